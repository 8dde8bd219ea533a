/* process_start.c - fork and exec, with nothing left to chance in between. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "gibbs/process.h"

extern char **environ;

/* Ends of pipes: [0] is read, [1] written. */
typedef struct pipes {
  int input[2];                         /* -1 when the child reads nothing */
  int output[2], errors[2], failure[2]; /* failure: the child's errno when the program cannot be run */
} pipes;

/* ---- the environment ------------------------------------------------------------------------------------------ */

static size_t count_of(const char *const list[]) {
  size_t count = 0;
  while (list[count] != NULL) count++;
  return count;
}

static bool is_replaced(const char *entry, const char *const replacements[]) {
  size_t length = strcspn(entry, "=") + 1;
  for (; *replacements != NULL; replacements++)
    if (strncmp(entry, *replacements, length) == 0) return true;
  return false;
}

/* A list of borrowed entries, the caller's to free; NULL without memory. */
static const char **make_environment(const char *const additions[]) {
  size_t inherited = count_of((const char *const *)environ), count = 0;
  const char **list = malloc((inherited + count_of(additions) + 1) * sizeof *list);
  if (list == NULL) return NULL;
  for (size_t i = 0; i < inherited; i++)
    if (!is_replaced(environ[i], additions)) list[count++] = environ[i];
  for (; *additions != NULL; additions++) list[count++] = *additions;
  list[count] = NULL;
  return list;
}

/* ---- pipes ---------------------------------------------------------------------------------------------------- */

static void close_pair(int ends[2]) {
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0) close(ends[i]);
}

static void close_pipes(pipes *p) {
  close_pair(p->input);
  close_pair(p->output);
  close_pair(p->errors);
  close_pair(p->failure);
}

/* Above the standard streams, which may have been closed, and not for the children of others. */
static bool lift(int *end) {
  int lifted = fcntl(*end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(*end);
  *end = lifted;
  return lifted >= 0;
}

static bool open_pair(int ends[2]) {
  if (pipe(ends) != 0) {
    ends[0] = ends[1] = -1;
    return false;
  }
  bool first = lift(&ends[0]), second = lift(&ends[1]);
  return first && second;
}

static bool open_pipes(pipes *p, bool listens) {
  *p = (pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
  if (listens && !(open_pair(p->input) && fcntl(p->input[1], F_SETFL, O_NONBLOCK) == 0)) return false;
  return open_pair(p->output) && open_pair(p->errors) && open_pair(p->failure) &&
         fcntl(p->output[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(p->errors[0], F_SETFL, O_NONBLOCK) == 0;
}

/* ---- the child ------------------------------------------------------------------------------------------------ */

/* Only what is safe after fork, since other threads may have held any lock. */
static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGINT, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
}

static void die_with(pid_t parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(1);
}

static bool connect_streams(const pipes *p) {
  int input = p->input[0] >= 0 ? p->input[0] : open("/dev/null", O_RDONLY);
  return input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(p->output[1], STDOUT_FILENO) >= 0 &&
         dup2(p->errors[1], STDERR_FILENO) >= 0 && (input == STDIN_FILENO || close(input) == 0);
}

static void become(const char *const arguments[], const char *const environment[], const pipes *p, pid_t parent) {
  die_with(parent);
  setpgid(0, 0);
  reset_signals();
  if (connect_streams(p)) execve(arguments[0], (char *const *)arguments, (char *const *)environment);
  int reason = errno;
  while (write(p->failure[1], &reason, sizeof reason) < 0 && errno == EINTR) continue;
  _exit(127);
}

/* ---- the parent ----------------------------------------------------------------------------------------------- */

/* The end that is written closes when the program runs. */
static int failure_of(pipes *p) {
  int reason = 0;
  ssize_t got;
  close(p->failure[1]);
  p->failure[1] = -1;
  do got = read(p->failure[0], &reason, sizeof reason);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t)sizeof reason ? reason : 0;
}

static gibbs_status follow(const char *program, pid_t process, pipes *p, gibbs_started *out, gibbs_error *err) {
  if (process < 0) return gibbs_fail(err, GIBBS_ERR_FILE, "cannot start another process: %s", strerror(errno));
  setpgid(process, process);
  int reason = failure_of(p);
  if (reason != 0) {
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
    return gibbs_fail(err, GIBBS_ERR_FILE, "cannot run '%.200s': %s", program, strerror(reason));
  }
  *out = (gibbs_started){.process = process, .input = p->input[1], .output = p->output[0], .errors = p->errors[0]};
  p->input[1] = p->output[0] = p->errors[0] = -1;
  return GIBBS_OK;
}

gibbs_status gibbs_process_begin(const char *const arguments[], const char *const environment[], bool listens,
                                 gibbs_started *out, gibbs_error *err) {
  const char **entries = make_environment(environment);
  if (entries == NULL) return gibbs_fail_memory(err, "an environment", sizeof *entries);
  pipes p;
  gibbs_status status;
  if (open_pipes(&p, listens)) {
    pid_t parent = getpid(), process = fork();
    if (process == 0) become(arguments, entries, &p, parent);
    status = follow(arguments[0], process, &p, out, err);
  } else {
    status = gibbs_fail(err, GIBBS_ERR_FILE, "cannot make a pipe: %s", strerror(errno));
  }
  close_pipes(&p);
  free(entries);
  return status;
}

/* A program that was replaced has no file any more, but the system still knows it. */
gibbs_status gibbs_process_self(char *path, size_t size, gibbs_error *err) {
  static const char known[] = "/proc/self/exe";
  ssize_t length = readlink(known, path, size);
  if (length > 0 && (size_t)length < size) {
    path[length] = '\0';
    if (access(path, X_OK) == 0) return GIBBS_OK;
  }
  if (size < sizeof known || access(known, X_OK) != 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "this system does not say where the program that runs lies");
  memcpy(path, known, sizeof known);
  return GIBBS_OK;
}
