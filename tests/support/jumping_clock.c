/* jumping_clock.c - preloaded into a program: a wall clock that goes back an hour at every other look; the monotonic
 * clock is left alone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jump(void) {
  static int looks;
  return looks++ % 2 == 0 ? 0 : -3600;
}

int clock_gettime(clockid_t which, struct timespec *now) {
  int outcome = (int)syscall(SYS_clock_gettime, which, now);
  if (which == CLOCK_REALTIME) now->tv_sec += jump();
  return outcome;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
