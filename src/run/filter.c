/* filter.c - another program as a filter, run to its end. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "gibbs/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gibbs/control.h"

extern char **environ;

enum { INPUT, OUTPUT, MESSAGES, ENDS, CHUNK = 65536, PATIENCE = 50 /* ms between looks at the interrupt */ };

/* Our end and the program's end of each of its three streams; -1 where closed. */
typedef struct filter {
  int ours[ENDS], theirs[ENDS];
  pid_t id;
  const char *input; /* what is still to be sent */
  size_t left;
  double deadline;
} filter;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void close_end(int *end) {
  if (*end >= 0) close(*end);
  *end = -1;
}

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

/* Sockets, because writing to one whose reader has died can be told not to raise a signal.  Descriptors close in
 * other programs that are started meanwhile. */
static gibbs_status open_ends(filter *p, gibbs_error *err) {
  for (int i = 0; i < ENDS; i++) {
    int ends[2];
    if (pipe(ends) != 0) return fail_system(err, "no pipe to another program can be made");
    p->ours[i] = ends[i == INPUT];
    p->theirs[i] = ends[i != INPUT];
    for (int k = 0; k < 2; k++) (void)fcntl(ends[k], F_SETFD, FD_CLOEXEC);
    (void)fcntl(p->ours[i], F_SETFL, O_NONBLOCK);
  }
  return GIBBS_OK;
}

static int set_signals(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigemptyset(&all);
  sigaddset(&all, SIGPIPE);
  sigaddset(&all, SIGTERM);
  int code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (code == 0) code = posix_spawnattr_setsigmask(attributes, &none);
  return code ? code : posix_spawnattr_setsigdefault(attributes, &all);
}

/* A code of errno. */
static int spawn(filter *p, const char *const arguments[]) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = posix_spawn_file_actions_init(&actions);
  if (code) return code;
  code = posix_spawnattr_init(&attributes);
  if (code) {
    posix_spawn_file_actions_destroy(&actions);
    return code;
  }
  for (int i = 0; code == 0 && i < ENDS; i++) code = posix_spawn_file_actions_adddup2(&actions, p->theirs[i], i);
  if (code == 0) code = set_signals(&attributes);
  /* posix_spawnp changes none of the texts; its type is older than const */
  if (code == 0) code = posix_spawnp(&p->id, arguments[0], &actions, &attributes, (char *const *)arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

static gibbs_status start(filter *p, const char *const arguments[], bool *found, gibbs_error *err) {
  int code = spawn(p, arguments);
  for (int i = 0; i < ENDS; i++) close_end(&p->theirs[i]);
  *found = code == 0;
  if (code == 0 || code == ENOENT || code == EACCES || code == ENOTDIR) return GIBBS_OK;
  errno = code;
  return fail_system(err, arguments[0]);
}

/* write() that raises no SIGPIPE when the reader has died: errno says so. */
static ssize_t write_quietly(int descriptor, const char *bytes, size_t size) {
  sigset_t broken, before;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  if (pthread_sigmask(SIG_BLOCK, &broken, &before) != 0) return -1;
  ssize_t written = write(descriptor, bytes, size);
  int code = errno;
  const struct timespec at_once = {0};
  if (written < 0 && code == EPIPE && !sigismember(&before, SIGPIPE))
    while (sigtimedwait(&broken, NULL, &at_once) < 0 && errno == EINTR) continue;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = code;
  return written;
}

static void send_input(filter *p) {
  ssize_t sent = p->left > 0 ? write_quietly(p->ours[INPUT], p->input, p->left) : 0;
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent > 0) {
    p->input += sent;
    p->left -= (size_t)sent;
  }
  if (sent < 0 || p->left == 0) close_end(&p->ours[INPUT]); /* a program that does not listen has its reasons */
}

static gibbs_status receive(int *end, char **text, size_t *size, size_t *room, gibbs_error *err) {
  if (*room - *size < CHUNK + 1) {
    size_t more = 2 * *room + CHUNK + 1;
    char *larger = realloc(*text, more);
    if (!larger) return gibbs_fail_memory(err, "what a program says", more);
    *text = larger;
    *room = more;
  }
  ssize_t got = read(*end, *text + *size, CHUNK);
  if (got > 0) *size += (size_t)got;
  (*text)[*size] = '\0';
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) close_end(end);
  return GIBBS_OK;
}

static void wait_for_data(const filter *p, struct pollfd watched[ENDS]) {
  for (int i = 0; i < ENDS; i++)
    watched[i] = (struct pollfd){.fd = p->ours[i], .events = i == INPUT ? POLLOUT : POLLIN};
  if (poll(watched, ENDS, PATIENCE) < 0)
    for (int i = 0; i < ENDS; i++) watched[i].revents = 0;
}

/* Until both outputs are closed: what a program leaves behind in the background is not waited for once it is dead. */
static gibbs_status exchange(filter *p, gibbs_filter_end *out, gibbs_error *err) {
  size_t room[ENDS] = {0};
  gibbs_status status = GIBBS_OK;
  while (status == GIBBS_OK && (p->ours[OUTPUT] >= 0 || p->ours[MESSAGES] >= 0)) {
    struct pollfd watched[ENDS];
    wait_for_data(p, watched);
    if (watched[INPUT].revents) send_input(p);
    if (watched[OUTPUT].revents)
      status = receive(&p->ours[OUTPUT], &out->output, &out->output_size, &room[OUTPUT], err);
    if (status == GIBBS_OK && watched[MESSAGES].revents)
      status = receive(&p->ours[MESSAGES], &out->messages, &out->messages_size, &room[MESSAGES], err);
    if (status == GIBBS_OK && gibbs_interrupted()) status = gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
    out->timed_out = now() > p->deadline;
    if (out->timed_out) break;
  }
  return status;
}

/* The program closed its outputs, and may still run. */
static bool ended(filter *p, int *how) {
  const struct timespec nap = {.tv_nsec = 2000000};
  for (;;) {
    if (waitpid(p->id, how, WNOHANG) == p->id) return true;
    if (now() > p->deadline || gibbs_interrupted()) return false;
    nanosleep(&nap, NULL);
  }
}

static void finish(filter *p, gibbs_filter_end *out, gibbs_status status) {
  int how = 0;
  for (int i = 0; i < ENDS; i++) close_end(&p->ours[i]);
  if (status != GIBBS_OK || out->timed_out || !ended(p, &how)) {
    out->timed_out = status == GIBBS_OK && now() > p->deadline;
    kill(p->id, SIGKILL);
    while (waitpid(p->id, &how, 0) < 0 && errno == EINTR) continue;
  }
  out->exit = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  out->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
}

gibbs_status gibbs_filter_run(const char *const arguments[], const char *input, size_t size, double seconds,
                              gibbs_filter_end *out, gibbs_error *err) {
  filter p = {
      .ours = {-1, -1, -1}, .theirs = {-1, -1, -1}, .input = input, .left = size, .deadline = now() + seconds};
  *out = (gibbs_filter_end){.exit = -1};
  gibbs_status status = open_ends(&p, err);
  if (status == GIBBS_OK) status = start(&p, arguments, &out->found, err);
  if (status == GIBBS_OK && out->found) {
    status = exchange(&p, out, err);
    finish(&p, out, status);
    if (status == GIBBS_OK && gibbs_interrupted()) status = gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  }
  for (int i = 0; i < ENDS; i++) {
    close_end(&p.ours[i]);
    close_end(&p.theirs[i]);
  }
  if (status != GIBBS_OK) gibbs_filter_clear(out);
  return status;
}

void gibbs_filter_clear(gibbs_filter_end *end) {
  free(end->output);
  free(end->messages);
  *end = (gibbs_filter_end){.exit = -1};
}
