/* process.c - children of this process: started, listened to, awaited. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process_start.h"

/* Milliseconds after which a child is looked at even if its pipes say nothing: something that it started may hold
 * them open, or it has closed them and is about to end. */
enum { LISTENING = 100, CLOSED = 2 };

/* The last bytes that came from a pipe; -1 once it is closed. */
typedef struct stream {
  int descriptor;
  char *text;
  size_t length;
} stream;

typedef struct child {
  size_t id;
  pid_t process;
  stream streams[2]; /* output, errors */
} child;

struct gibbs_processes {
  child *children;
  size_t count, room;
  struct pollfd *polled; /* two for each child there is room for */
};

/* ---- streams -------------------------------------------------------------------------------------------------- */

/* Twice what is kept, so that bytes are moved once for every GIBBS_PROCESS_KEPT that come. */
static bool stream_open(stream *s, int descriptor) {
  *s = (stream){.descriptor = descriptor, .text = malloc(2 * GIBBS_PROCESS_KEPT + 1)};
  return s->text != NULL;
}

static void stream_close(stream *s) {
  if (s->descriptor >= 0) close(s->descriptor);
  s->descriptor = -1;
}

static void stream_trim(stream *s) {
  if (s->length <= GIBBS_PROCESS_KEPT) return;
  memmove(s->text, s->text + s->length - GIBBS_PROCESS_KEPT, GIBBS_PROCESS_KEPT);
  s->length = GIBBS_PROCESS_KEPT;
}

/* Take what is there; false when there is no more for now, or for good. */
static bool stream_take(stream *s) {
  if (s->length == 2 * GIBBS_PROCESS_KEPT) stream_trim(s);
  ssize_t got = read(s->descriptor, s->text + s->length, 2 * GIBBS_PROCESS_KEPT - s->length);
  if (got > 0) s->length += (size_t)got;
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) stream_close(s);
  return got > 0;
}

static void stream_drain(stream *s) {
  while (s->descriptor >= 0 && stream_take(s)) continue;
}

/* The text is the caller's. */
static char *stream_finish(stream *s) {
  stream_drain(s);
  stream_close(s);
  stream_trim(s);
  s->text[s->length] = '\0';
  char *text = s->text;
  s->text = NULL;
  return text;
}

/* ---- children ------------------------------------------------------------------------------------------------- */

static void child_free(child *c) {
  for (int i = 0; i < 2; i++) {
    stream_close(&c->streams[i]);
    free(c->streams[i].text);
  }
}

/* While the ended child is not yet awaited nobody else can get its number, nor that of its group. */
static bool child_has_ended(const child *c) {
  siginfo_t how = {0};
  return waitid(P_PID, (id_t)c->process, &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid == c->process;
}

static int child_await(const child *c) {
  int how = 0;
  kill(-c->process, SIGKILL);
  while (waitpid(c->process, &how, 0) < 0 && errno == EINTR) continue;
  return how;
}

static void child_finish(child *c, gibbs_process_end *out) {
  int how = child_await(c);
  *out = (gibbs_process_end){.id = c->id,
                             .exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : -1,
                             .signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0};
  out->output = stream_finish(&c->streams[0]);
  out->errors = stream_finish(&c->streams[1]);
}

void gibbs_process_end_free(gibbs_process_end *end) {
  free(end->output);
  free(end->errors);
  *end = (gibbs_process_end){0};
}

/* ---- the set -------------------------------------------------------------------------------------------------- */

gibbs_status gibbs_processes_new(gibbs_processes **out, gibbs_error *err) {
  gibbs_processes *set = calloc(1, sizeof *set);
  if (set == NULL) return gibbs_fail_memory(err, "a set of processes", sizeof *set);
  *out = set;
  return GIBBS_OK;
}

void gibbs_processes_free(gibbs_processes *set) {
  if (set == NULL) return;
  for (size_t i = 0; i < set->count; i++) {
    child_await(&set->children[i]);
    child_free(&set->children[i]);
  }
  free(set->children);
  free(set->polled);
  free(set);
}

size_t gibbs_processes_count(const gibbs_processes *set) {
  return set->count;
}

void gibbs_processes_signal(gibbs_processes *set, int signal) {
  for (size_t i = 0; i < set->count; i++) kill(-set->children[i].process, signal);
}

static gibbs_status make_room(gibbs_processes *set, gibbs_error *err) {
  if (set->count < set->room) return GIBBS_OK;
  size_t room = 2 * set->room + 4;
  child *children = realloc(set->children, room * sizeof *children);
  if (children != NULL) set->children = children;
  struct pollfd *polled = realloc(set->polled, 2 * room * sizeof *polled);
  if (polled != NULL) set->polled = polled;
  if (children == NULL || polled == NULL) return gibbs_fail_memory(err, "processes", room * sizeof *children);
  set->room = room;
  return GIBBS_OK;
}

gibbs_status gibbs_processes_start(gibbs_processes *set, size_t id, const char *const arguments[],
                                   const char *const environment[], gibbs_error *err) {
  gibbs_status status = make_room(set, err);
  if (status != GIBBS_OK) return status;
  gibbs_started started;
  status = gibbs_process_begin(arguments, environment, false, &started, err);
  if (status != GIBBS_OK) return status;
  child *c = &set->children[set->count];
  *c = (child){.id = id, .process = started.process};
  bool heard = stream_open(&c->streams[0], started.output);
  heard = stream_open(&c->streams[1], started.errors) && heard;
  if (heard) {
    set->count++;
    return GIBBS_OK;
  }
  child_await(c);
  child_free(c);
  return gibbs_fail_memory(err, "what a process says", 2 * GIBBS_PROCESS_KEPT);
}

/* ---- waiting -------------------------------------------------------------------------------------------------- */

static double now(void) {
  struct timespec moment;
  clock_gettime(CLOCK_MONOTONIC, &moment);
  return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

static bool find_ended(const gibbs_processes *set, size_t *at) {
  for (size_t i = 0; i < set->count; i++)
    if (child_has_ended(&set->children[i])) return *at = i, true;
  return false;
}

static void take_out(gibbs_processes *set, size_t at, gibbs_process_end *out) {
  child_finish(&set->children[at], out);
  child_free(&set->children[at]);
  set->children[at] = set->children[--set->count];
}

/* Sleep until something is said or closed, `left` seconds at most; false when a signal came. */
static bool listen(gibbs_processes *set, double left) {
  int most = LISTENING;
  for (size_t i = 0; i < 2 * set->count; i++) {
    int descriptor = set->children[i / 2].streams[i % 2].descriptor;
    set->polled[i] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    if (descriptor < 0) most = CLOSED;
  }
  if (left * 1000 < most) most = (int)ceil(fmax(left, 0) * 1000);
  int ready = poll(set->polled, (nfds_t)(2 * set->count), most);
  if (ready < 0 && errno == EINTR) return false;
  for (size_t i = 0; ready > 0 && i < 2 * set->count; i++)
    if (set->polled[i].revents != 0) stream_drain(&set->children[i / 2].streams[i % 2]);
  return true;
}

gibbs_status gibbs_processes_wait(gibbs_processes *set, double seconds, bool *ended, gibbs_process_end *out,
                                  gibbs_error *err) {
  if (!(seconds >= 0)) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "seconds is %g; it must be at least 0", seconds);
  double until = now() + seconds, left = seconds;
  size_t at = 0;
  *ended = false;
  do {
    if (find_ended(set, &at)) {
      take_out(set, at, out);
      *ended = true;
      return GIBBS_OK;
    }
    if (!listen(set, left)) break;
    left = until - now();
  } while (left > 0);
  return GIBBS_OK;
}
