/* sweep_crash.c - a sweep that is killed again and again ends with the table of one that never was:
 * sweep_crash PROGRAM SCRIPT
 *
 * Each life of the sweep is ended by SIGKILL at a random moment, within a sixth of the time that the undisturbed
 * sweep took on this machine, and the next one begins at once, so that it meets whatever the last one's runs still
 * do.  After each death every run that says it is finished has to hold what the undisturbed one holds. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kills_wanted = 20, seeds = 3 };

static const char *const settings[] = {"size=2,weight=0.1", "size=2,weight=0.2", "size=2,weight=0.3",
                                       "size=5,weight=0.1", "size=5,weight=0.2", "size=5,weight=0.3"};
enum { setting_count = sizeof settings / sizeof *settings };

typedef struct crash {
  const char *program, *script;
  uint64_t dice;
  unsigned longest_life;   /* in microseconds */
  int kills, sweeps, kept; /* kept: runs found finished after a death */
} crash;

/* ---- small things ---------------------------------------------------------------------------------------------- */

static void stop(const char *what, const char *which) {
  fprintf(stderr, "sweep_crash: %s %s\n", what, which);
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

/* The whole file as a text, the caller's; NULL when there is none. */
static char *read_whole(const char *path) {
  FILE *stream = fopen(path, "rb");
  if (!stream) return NULL;
  fseek(stream, 0, SEEK_END);
  long size = ftell(stream);
  rewind(stream);
  char *text = malloc((size_t)size + 1);
  if (!text || fread(text, 1, (size_t)size, stream) != (size_t)size) stop("cannot read", path);
  text[size] = '\0';
  fclose(stream);
  return text;
}

static void expect_same(const char *folder, const char *name) {
  char path[200], calm_path[200];
  snprintf(path, sizeof path, "stormy/%s/%s", folder, name);
  snprintf(calm_path, sizeof calm_path, "calm/%s/%s", folder, name);
  char *text = read_whole(path), *calm_text = read_whole(calm_path);
  if (!text || !calm_text) stop("there is no", text ? calm_path : path);
  if (strcmp(text, calm_text) != 0) stop(path, "is not what it should be");
  free(text);
  free(calm_text);
}

/* ---- lives ----------------------------------------------------------------------------------------------------- */

static pid_t begin_sweep(const crash *c, const char *folder) {
  pid_t child = fork();
  if (child < 0) stop("cannot start", c->program);
  if (child > 0) return child;
  int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) _exit(126);
  execl(c->program, c->program, "sweep", c->script, "--size", "2,5", "--weight", "0.1:0.3:0.1", "--seeds", "3",
        "--jobs", "2", "--out", folder, (char *)NULL);
  _exit(127);
}

static void expect_success(int how, const char *which) {
  if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) stop("a sweep did not succeed:", which);
}

/* True when it came to its end by itself. */
static bool live(crash *c) {
  pid_t child = begin_sweep(c, "stormy");
  int how = 0;
  if (c->kills < kills_wanted) {
    wait_microseconds(roll(c, c->longest_life));
    if (waitpid(child, &how, WNOHANG) != child) {
      kill(child, SIGKILL);
      waitpid(child, &how, 0);
    }
  } else {
    waitpid(child, &how, 0);
  }
  if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL) {
    c->kills++;
    return false;
  }
  expect_success(how, "one that was killed before");
  return true;
}

/* ---- what is left ---------------------------------------------------------------------------------------------- */

static bool says_finished(const char *folder) {
  char path[200];
  snprintf(path, sizeof path, "stormy/%s/manifest.json", folder);
  char *text = read_whole(path);
  bool finished = text && strstr(text, "\"status\":\t\"finished\"") != NULL;
  free(text);
  return finished;
}

static int check_runs(void) {
  int finished = 0;
  for (int s = 0; s < setting_count; s++)
    for (int seed = 1; seed <= seeds; seed++) {
      char folder[100];
      snprintf(folder, sizeof folder, "%s/seed-%d", settings[s], seed);
      if (!says_finished(folder)) continue;
      expect_same(folder, "metrics.csv");
      expect_same(folder, "results.h5");
      finished++;
    }
  return finished;
}

static void run_with_crashes(crash *c) {
  while (!live(c)) c->kept += check_runs();
  c->sweeps++;
  if (check_runs() != setting_count * seeds) stop("a run is not finished in", "stormy");
  expect_same(".", "sweep.csv");
  if (system("rm -rf stormy") != 0) stop("cannot remove", "stormy");
}

static void make_folder(char folder[300]) {
  const char *base = getenv("TMPDIR");
  snprintf(folder, 300, "%s/gibbs-sweep-crash-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(folder) || chdir(folder) != 0) stop("cannot make", folder);
}

static void remove_folder(const char *folder) {
  char command[400];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (chdir("/") != 0 || system(command) != 0) stop("cannot remove", folder);
}

static double now(void) {
  struct timespec moment;
  clock_gettime(CLOCK_MONOTONIC, &moment);
  return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

static void run_undisturbed(crash *c) {
  int how = 0;
  double began = now();
  waitpid(begin_sweep(c, "calm"), &how, 0);
  expect_success(how, "the undisturbed one");
  c->longest_life = (unsigned)(1e6 * (now() - began) / 6);
}

int main(int count, char **arguments) {
  if (count != 3) stop("usage:", "sweep_crash PROGRAM SCRIPT");
  crash c = {.program = arguments[1], .script = arguments[2], .dice = 2026};
  char folder[300];
  make_folder(folder);
  run_undisturbed(&c);
  do run_with_crashes(&c);
  while (c.kills < kills_wanted);
  if (c.kept == 0) stop("no run was finished", "before a kill");
  remove_folder(folder);
  printf("%d kills in %d sweeps; the same table each time, and no run that was complete before its time\n", c.kills,
         c.sweeps);
  return 0;
}
