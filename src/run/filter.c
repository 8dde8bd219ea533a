/* filter.c - another program as a filter, run to its end. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "gibbs/filter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gibbs/control.h"
#include "process_start.h"

enum { CHUNK = 65536, PATIENCE = 50 /* ms between looks at the interrupt */ };

typedef struct filter {
  gibbs_started child; /* its streams are -1 once they are closed */
  const char *input;   /* what is still to be sent */
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

/* The path of a program by the folders of PATH, the caller's to free; NULL where there is none. */
static gibbs_status find_program(const char *name, char **out, gibbs_error *err) {
  *out = NULL;
  const char *folders = getenv("PATH");
  if (!folders) folders = "";
  size_t room = strlen(folders) + strlen(name) + 2;
  char *path = malloc(room);
  if (!path) return gibbs_fail_memory(err, "the path of a program", room);
  while (*folders && !*out) {
    size_t length = strcspn(folders, ":");
    snprintf(path, room, "%.*s/%s", (int)length, folders, name);
    if (length > 0 && access(path, X_OK) == 0) *out = path;
    folders += length + (folders[length] == ':');
  }
  if (!*out) free(path);
  return GIBBS_OK;
}

static gibbs_status start(filter *p, const char *program, const char *const arguments[], gibbs_error *err) {
  size_t count = 0;
  while (arguments[count] != NULL) count++;
  const char **list = calloc(count + 1, sizeof *list);
  if (!list) return gibbs_fail_memory(err, "a program's arguments", count * sizeof *list);
  memcpy(list, arguments, count * sizeof *list);
  list[0] = program;
  const char *const no_more[] = {NULL};
  gibbs_status status = gibbs_process_begin(list, no_more, true, &p->child, err);
  free(list);
  return status;
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
  ssize_t sent = p->left > 0 ? write_quietly(p->child.input, p->input, p->left) : 0;
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent > 0) {
    p->input += sent;
    p->left -= (size_t)sent;
  }
  if (sent < 0 || p->left == 0) close_end(&p->child.input); /* a program that does not listen has its reasons */
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

/* Until both outputs are closed: what a program leaves behind in the background is not waited for once it is dead. */
static gibbs_status exchange(filter *p, gibbs_filter_end *out, gibbs_error *err) {
  size_t output_room = 0, messages_room = 0;
  gibbs_status status = GIBBS_OK;
  while (status == GIBBS_OK && !out->timed_out && (p->child.output >= 0 || p->child.errors >= 0)) {
    struct pollfd watched[] = {{.fd = p->child.input, .events = POLLOUT},
                               {.fd = p->child.output, .events = POLLIN},
                               {.fd = p->child.errors, .events = POLLIN}};
    bool ready = poll(watched, 3, PATIENCE) > 0;
    if (ready && watched[0].revents) send_input(p);
    if (ready && watched[1].revents)
      status = receive(&p->child.output, &out->output, &out->output_size, &output_room, err);
    if (ready && status == GIBBS_OK && watched[2].revents)
      status = receive(&p->child.errors, &out->messages, &out->messages_size, &messages_room, err);
    if (status == GIBBS_OK && gibbs_interrupted()) status = gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
    out->timed_out = now() > p->deadline;
  }
  return status;
}

/* The program closed its outputs, and may still run. */
static bool ended(filter *p, int *how) {
  const struct timespec nap = {.tv_nsec = 2000000};
  for (;;) {
    if (waitpid(p->child.process, how, WNOHANG) == p->child.process) return true;
    if (now() > p->deadline || gibbs_interrupted()) return false;
    nanosleep(&nap, NULL);
  }
}

static void finish(filter *p, gibbs_filter_end *out, gibbs_status status) {
  int how = 0;
  close_end(&p->child.input);
  close_end(&p->child.output);
  close_end(&p->child.errors);
  if (status != GIBBS_OK || out->timed_out || !ended(p, &how)) {
    out->timed_out = status == GIBBS_OK && now() > p->deadline;
    kill(-p->child.process, SIGKILL);
    while (waitpid(p->child.process, &how, 0) < 0 && errno == EINTR) continue;
  }
  out->exit = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  out->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
}

static gibbs_status run(filter *p, const char *program, const char *const arguments[], gibbs_filter_end *out,
                        gibbs_error *err) {
  gibbs_status status = start(p, program, arguments, err);
  if (status != GIBBS_OK) return status;
  status = exchange(p, out, err);
  finish(p, out, status);
  if (status == GIBBS_OK && gibbs_interrupted()) status = gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  return status;
}

gibbs_status gibbs_filter_run(const char *const arguments[], const char *input, size_t size, double seconds,
                              gibbs_filter_end *out, gibbs_error *err) {
  filter p = {.input = input, .left = size, .deadline = now() + seconds};
  *out = (gibbs_filter_end){.exit = -1};
  char *program = NULL;
  gibbs_status status = find_program(arguments[0], &program, err);
  out->found = program != NULL;
  if (out->found) status = run(&p, program, arguments, out, err);
  free(program);
  if (status != GIBBS_OK) gibbs_filter_clear(out);
  return status;
}

void gibbs_filter_clear(gibbs_filter_end *end) {
  free(end->output);
  free(end->messages);
  *end = (gibbs_filter_end){.exit = -1};
}
