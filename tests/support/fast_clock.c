/* fast_clock.c - preloaded into a program: time that never jumps runs fifty times as fast for it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

typedef int (*reader)(clockid_t, struct timespec *);

int clock_gettime(clockid_t clock, struct timespec *out) {
  static reader real;
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, out);
  if (status != 0 || clock != CLOCK_MONOTONIC) return status;
  double seconds = 50 * ((double)(out->tv_sec % 100000) + 1e-9 * (double)out->tv_nsec);
  out->tv_sec = (time_t)seconds;
  out->tv_nsec = (long)(1e9 * (seconds - (double)out->tv_sec));
  return 0;
}
