/* files_apart.c - a task in a child process, and its outcome through a pipe. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files_apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What stands before the value, if there is one. */
typedef struct outcome {
  gibbs_error err; /* code GIBBS_OK: the task succeeded */
  bool has_value;
} outcome;

/* A child whose parent was killed must not go on, with a file that the next run may want to write or to remove. */
static void die_with(pid_t parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(1);
}

/* A crash in the child is our message, not a trace on the user's terminal or a core file. Ctrl-C ends it; a file that
 * may not grow as large is an error of the library's. */
static void be_quiet(rlim_t seconds) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM, SIGPIPE, SIGXCPU};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds});
  int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
}

/* Leaves by _exit: the buffers of the parent's streams are the parent's to flush, its atexit functions to call. */
static void run_child(const gibbs_apart *job, int descriptor, const sigset_t *signals) {
  be_quiet(job->seconds);
  pthread_sigmask(SIG_SETMASK, signals, NULL);
  outcome result;
  memset(&result, 0, sizeof result);
  gibbs_value *value = NULL;
  result.err.code = job->task(job->context, &value, &result.err);
  result.has_value = result.err.code == GIBBS_OK && value;
  FILE *stream = fdopen(descriptor, "wb");
  if (!stream) _exit(1);
  fwrite(&result, sizeof result, 1, stream);
  if (result.has_value) gibbs_value_send(stream, value);
  _exit(fflush(stream) != 0);
}

static gibbs_status fail_crash(const gibbs_apart *job, int how, gibbs_error *err) {
  int by = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
  if (by == SIGINT || by == SIGTERM) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "%s was interrupted", job->what);
  if (by == SIGXCPU || by == SIGKILL)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s found no end: the file is damaged, or memory ran out", job->what);
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s crashed: the file is damaged, or memory ran out", job->what);
}

/* The outcome alone decides; how the child ended only explains a missing one. */
static gibbs_status receive_outcome(FILE *stream, gibbs_value **out, bool *arrived, gibbs_error *err) {
  outcome result;
  *arrived = fread(&result, sizeof result, 1, stream) == 1;
  if (!*arrived) return GIBBS_ERR_FILE;
  if (result.err.code != GIBBS_OK) return gibbs_fail(err, result.err.code, "%s", result.err.message);
  if (!result.has_value) return GIBBS_OK;
  return gibbs_value_receive(stream, out, err);
}

static gibbs_status hear_child(const gibbs_apart *job, pid_t child, int descriptor, gibbs_value **out,
                               gibbs_error *err) {
  FILE *stream = fdopen(descriptor, "rb");
  bool arrived = false;
  gibbs_status status = GIBBS_ERR_FILE;
  if (stream) status = receive_outcome(stream, out, &arrived, err);
  if (stream)
    fclose(stream);
  else
    close(descriptor);
  int how = 0;
  while (waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  return arrived ? status : fail_crash(job, how, err);
}

/* A signal for the parent would cut the reading short: it waits until the child is done, which gets its own. */
gibbs_status gibbs_run_apart(const gibbs_apart *job, gibbs_value **out, gibbs_error *err) {
  int ends[2];
  sigset_t all, before;
  if (pipe(ends) != 0) return job->task(job->context, out, err);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    die_with(parent);
    close(ends[0]);
    run_child(job, ends[1], &before);
  }
  close(ends[1]);
  gibbs_status status = GIBBS_OK;
  if (child > 0)
    status = hear_child(job, child, ends[0], out, err);
  else
    close(ends[0]);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return child > 0 ? status : job->task(job->context, out, err);
}
