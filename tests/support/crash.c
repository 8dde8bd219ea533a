/* crash.c - a training that is killed again and again ends with the bits of one that never was: crash PROGRAM SCRIPT
 *
 * For each method SCRIPT is run once undisturbed.  Then runs of it are killed by SIGKILL: half of the lives end at a
 * random moment, half at a random moment after the temporary file of a checkpoint appeared.  Every life goes on from
 * the checkpoint it finds, with one thread or two.  What the run leaves has to be the same to the last byte.
 * GIBBS_TEST_EFFORT scales the number of kills. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_kills = 50, least_kills = 6, longest_life = 200000, longest_wait = 120000, longest_write = 6000 };

static const char *const methods[] = {"adam", "momentum", "natural"};
enum { method_count = sizeof methods / sizeof *methods };

typedef struct crash {
  const char *program, *script;
  uint64_t dice;
  int kills, wanted, limit, while_writing, runs; /* limit: of kills in this run and those before it */
} crash;

/* ---- small things ---------------------------------------------------------------------------------------------- */

static void stop(const char *what, const char *which) {
  fprintf(stderr, "crash: %s %s\n", what, which);
  exit(1);
}

/* A number below `n`, from a fixed seed: Knuth's MMIX. */
static unsigned roll(crash *c, unsigned n) {
  c->dice = c->dice * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(c->dice >> 33) % n;
}

static void wait_microseconds(unsigned microseconds) {
  struct timespec left = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

static bool is_temporary(const char *name) {
  return strncmp(name, ".run.h5.", 8) == 0;
}

/* A run that is killed while it writes its result leaves a temporary file of that: no checkpoint, and nothing that
 * another run would clean. */
static bool belongs_here(const char *name) {
  return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strncmp(name, ".result.h5.", 11) != 0;
}

/* Entries of the folder that are temporary files of the run's checkpoint; `all`: entries of any name. */
static int count_entries(bool all) {
  DIR *listing = opendir(".");
  if (!listing) stop("cannot list", "the folder");
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(listing));)
    count += all ? belongs_here(entry->d_name) : is_temporary(entry->d_name);
  closedir(listing);
  return count;
}

static long read_whole(const char *path, unsigned char **bytes) {
  FILE *stream = fopen(path, "rb");
  if (!stream) stop("there is no", path);
  fseek(stream, 0, SEEK_END);
  long size = ftell(stream);
  rewind(stream);
  *bytes = malloc((size_t)size + 1);
  if (!*bytes || fread(*bytes, 1, (size_t)size, stream) != (size_t)size) stop("cannot read", path);
  fclose(stream);
  return size;
}

static void expect_same(const char *path, const char *expected) {
  unsigned char *a, *b;
  long size = read_whole(path, &a), expected_size = read_whole(expected, &b);
  if (size != expected_size || memcmp(a, b, (size_t)size) != 0) stop(path, "is not what it should be");
  free(a);
  free(b);
}

/* ---- lives ------------------------------------------------------------------------------------------------------
 */

static pid_t begin_life(const crash *c, const char *method, const char *checkpoint, const char *result,
                        const char *threads) {
  pid_t child = fork();
  if (child < 0) stop("cannot start", c->program);
  if (child > 0) return child;
  setenv("OMP_NUM_THREADS", threads, 1);
  execl(c->program, c->program, c->script, "--method", method, "--checkpoint", checkpoint, "--result", result,
        (char *)NULL);
  _exit(127);
}

static bool has_ended(pid_t child, int *how) {
  pid_t ended = waitpid(child, how, WNOHANG);
  return ended == child;
}

/* Until it has ended or a temporary file is there. */
static bool wait_for_writing(pid_t child, int *how) {
  while (count_entries(false) == 0) {
    if (has_ended(child, how)) return true;
    wait_microseconds(100);
  }
  return false;
}

/* True when it came to its end by itself. */
static bool live(crash *c, const char *method) {
  pid_t child = begin_life(c, method, "run.h5", "result.h5", roll(c, 2) ? "1" : "2");
  int how = 0;
  bool ended = false;
  if (c->kills >= c->limit) {
    waitpid(child, &how, 0);
    ended = true;
  } else if (roll(c, 2)) {
    wait_microseconds(roll(c, longest_life));
  } else {
    wait_microseconds(roll(c, longest_wait));
    ended = wait_for_writing(child, &how);
    if (!ended) wait_microseconds(roll(c, longest_write));
  }
  if (!ended) {
    kill(child, SIGKILL);
    waitpid(child, &how, 0);
  }
  if (WIFEXITED(how) && WEXITSTATUS(how) != 0) stop("a run failed that was to go on:", method);
  if (!WIFEXITED(how)) {
    c->kills++;
    c->while_writing += count_entries(false) > 0;
  }
  return WIFEXITED(how);
}

static void run_to_the_end(const crash *c, const char *method) {
  char checkpoint[64], result[64];
  snprintf(checkpoint, sizeof checkpoint, "../%s.h5", method);
  snprintf(result, sizeof result, "../%s-result.h5", method);
  int how = 0;
  waitpid(begin_life(c, method, checkpoint, result, "2"), &how, 0);
  if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) stop("the undisturbed run failed:", method);
}

static void run_with_crashes(crash *c, const char *method) {
  char checkpoint[64], result[64];
  snprintf(checkpoint, sizeof checkpoint, "../%s.h5", method);
  snprintf(result, sizeof result, "../%s-result.h5", method);
  c->limit = c->kills + (c->wanted + method_count - 1) / method_count;
  if (c->limit > c->wanted) c->limit = c->wanted;
  while (!live(c, method)) continue;
  c->runs++;
  expect_same("run.h5", checkpoint);
  expect_same("result.h5", result);
  if (count_entries(true) != 3) stop("more is left than", "run.h5, run.h5.previous and result.h5");
  unlink("run.h5");
  unlink("run.h5.previous");
  unlink("result.h5");
}

static void make_folder(char folder[300]) {
  const char *base = getenv("TMPDIR");
  snprintf(folder, 300, "%s/gibbs-crash-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(folder) || chdir(folder) != 0 || mkdir("run", 0777) != 0 || chdir("run") != 0)
    stop("cannot make", folder);
}

static void remove_folder(const char *folder) {
  char command[400];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (chdir("/") != 0 || system(command) != 0) stop("cannot remove", folder);
}

int main(int count, char **arguments) {
  if (count != 3) stop("usage:", "crash PROGRAM SCRIPT");
  const char *effort = getenv("GIBBS_TEST_EFFORT");
  crash c = {.program = arguments[1], .script = arguments[2], .dice = 2024, .wanted = most_kills};
  if (effort) c.wanted = (int)(most_kills * strtod(effort, NULL));
  if (c.wanted < least_kills) c.wanted = least_kills;
  char folder[300];
  make_folder(folder);
  for (int m = 0; m < method_count; m++) run_to_the_end(&c, methods[m]);
  while (c.kills < c.wanted) run_with_crashes(&c, methods[c.runs % method_count]);
  remove_folder(folder);
  printf("%d kills in %d runs, %d of them while a checkpoint was being written; the same bits in all runs\n", c.kills,
         c.runs, c.while_writing);
  return 0;
}
