/* limit.c - limits of memory and time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* RLIMIT_DATA counts what is private and written to, and setitimer */

#include "limit.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "coroutines.h"
#include "exit.h"
#include "gibbs/control.h"
#include "gibbs/private/blas.h"
#include "signals.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct unit {
  char letter;
  double factor;
} unit;

static const unit sizes[] = {{'K', 1024.0}, {'M', 1048576.0}, {'G', 1073741824.0}, {'T', 1099511627776.0}, {0, 0}};
static const unit times[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {0, 0}};

static double factor_of(const unit *units, char letter) {
  while (units->letter != 0 && units->letter != letter) units++;
  return units->factor;
}

/* A number and its unit at *text, which moves behind them; NaN when there is none. */
static double read_part(const char **text, const unit *units, double without) {
  char *end = NULL;
  if ((**text < '0' || **text > '9') && **text != '.') return NAN;
  double value = strtod(*text, &end);
  double factor = factor_of(units, *end);
  bool bare = *end == '\0';
  *text = bare ? end : end + 1;
  return bare ? value * without : factor > 0 ? value * factor : NAN;
}

static double read_sum(const char *text, const unit *units, double without) {
  double sum = 0;
  do sum += read_part(&text, units, without);
  while (isfinite(sum) && *text != '\0');
  return sum;
}

gibbs_status limit_read_memory(const char *name, const char *text, uint64_t *bytes, gibbs_error *err) {
  const char *rest = text;
  double value = read_part(&rest, sizes, NAN), least = 64 * factor_of(sizes, 'M');
  if (*rest == 'B' || *rest == 'b') rest++;
  if (!(value >= least && value <= 9e15) || *rest != '\0')
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s is '%.40s'; it must be a size from 64M, like 500M or 2G", name,
                      text);
  *bytes = (uint64_t)value;
  return GIBBS_OK;
}

gibbs_status limit_read_time(const char *name, const char *text, double *seconds, gibbs_error *err) {
  double value = read_sum(text, times, 1);
  if (!(value > 0 && value <= 1e8))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s is '%.40s'; it must be a time, like 90s, 15m, 1h30m or 2d", name,
                      text);
  *seconds = value;
  return GIBBS_OK;
}

/* ---- memory ---------------------------------------------------------------------------------------------------- */

static char memory_text[40];
static char memory_place[LUA_IDSIZE + 16]; /* of the script, where Lua last got no memory; "" unknown */

void *limit_allocate(void *unused, void *block, size_t old_size, size_t size) {
  (void)unused, (void)old_size;
  if (size == 0) {
    free(block);
    return NULL;
  }
  void *got = realloc(block, size);
  if (got == NULL) coroutines_place(memory_place, sizeof memory_place);
  return got;
}

/* What counts against RLIMIT_DATA already: mostly work space that OpenBLAS reserves and hardly touches. */
static uint64_t held_already(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages) != 1) pages = 0;
  fclose(file);
  long size = sysconf(_SC_PAGESIZE);
  return size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

/* What the libraries keep for as long as they live is had before, and not counted: they do not take a refusal well.
 */
gibbs_status limit_memory(const char *text, uint64_t bytes, gibbs_error *err) {
  static char hint[80];
  gibbs_blas_prepare();
  rlim_t most = (rlim_t)(bytes + held_already());
  struct rlimit limit = {most, most};
  if (setrlimit(RLIMIT_DATA, &limit) != 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "--memory: the system refuses the limit: %s", strerror(errno));
  snprintf(memory_text, sizeof memory_text, "%.30s", text);
  snprintf(hint, sizeof hint, "; the limit is %s (--memory)", memory_text);
  gibbs_memory_hint(hint);
  return GIBBS_OK;
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

static char time_text[40];
static double hard_end; /* on the monotonic clock: then the process ends */
static volatile sig_atomic_t over;
static char last_words[160];

static double now(void) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A checkpoint that is being written is held against interruption, and has its time. */
static void end_process(void) {
  if (gibbs_interrupt_held()) return;
  ssize_t ignored = write(STDERR_FILENO, last_words, strlen(last_words));
  (void)ignored;
  _exit(EXIT_TIME);
}

/* Again and again from the end of the time on: the core is asked by its flag, Lua by a hook that stays, so that a
 * pcall catches one error, and its caller gets the next. */
static void on_alarm(int signal) {
  (void)signal;
  int before = errno;
  over = 1;
  gibbs_interrupt();
  coroutines_hook(signals_raise, LUA_MASKCOUNT, 1);
  if (now() > hard_end) end_process();
  errno = before;
}

static void set_timer(double first, double again) {
  struct itimerval timer = {{(time_t)again, (suseconds_t)(1e6 * (again - floor(again)))},
                            {(time_t)first, (suseconds_t)(1e6 * (first - floor(first)))}};
  if (first > 0 && timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0) timer.it_value.tv_usec = 1;
  setitimer(ITIMER_REAL, &timer, NULL);
}

double limit_patience(double seconds) {
  return fmin(2 + seconds / 10, 60);
}

gibbs_status limit_time(const char *text, double seconds, double patience, gibbs_error *err) {
  struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART: waiting for input ends too */
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGALRM, &action, NULL) != 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "--time: the system gives no timer: %s", strerror(errno));
  bool bare = text[strlen(text) - 1] >= '0' && text[strlen(text) - 1] <= '9';
  snprintf(time_text, sizeof time_text, "%.30s%s", text, bare ? "s" : "");
  snprintf(last_words, sizeof last_words,
           "gibbs: the time limit of %s is over (--time); the script did not stop when asked, and was ended\n",
           time_text);
  hard_end = now() + seconds + patience;
  set_timer(seconds, 0.1);
  return GIBBS_OK;
}

bool limit_script_ended(void) {
  if (time_text[0] == '\0') return false;
  set_timer(0, 0);
  if (!over) return false;
  coroutines_hook(NULL, 0, 0);
  gibbs_interrupt_clear();
  return true;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

/* The length of "script.lua:12: " at the beginning of a message; 0 without it. */
static size_t place_length(const char *message) {
  const char *at = strchr(message, ':');
  while (at != NULL) {
    const char *digit = at + 1;
    while (*digit >= '0' && *digit <= '9') digit++;
    if (digit > at + 1 && digit[0] == ':' && digit[1] == ' ') return (size_t)(digit + 2 - message);
    at = strchr(at + 1, ':');
  }
  return 0;
}

const char *limit_explain(lua_State *L, const char *message) {
  if (over) {
    lua_pushlstring(L, message, place_length(message));
    lua_pushfstring(L, "%sthe time limit of %s is over (--time)", lua_tostring(L, -1), time_text);
    lua_remove(L, -2);
    return lua_tostring(L, -1);
  }
  if (memory_text[0] != '\0' && strcmp(message, "not enough memory") == 0)
    return lua_pushfstring(L, "%s%sout of memory; the limit is %s (--memory)", memory_place,
                           memory_place[0] != '\0' ? ": " : "", memory_text);
  return lua_pushstring(L, message);
}
