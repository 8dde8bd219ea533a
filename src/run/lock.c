/* lock.c - flock on a file that holds the number of its process. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Whoever only asks holds the lock for a moment too. */
enum { ATTEMPTS = 20, PAUSE = 5000000 /* nanoseconds */ };

struct gibbs_lock {
  int descriptor;
};

static bool try_lock(int descriptor) {
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    nanosleep(&(struct timespec){0, PAUSE}, NULL);
    errno = EWOULDBLOCK;
  }
  return false;
}

static gibbs_status fail_held(int descriptor, gibbs_error *err) {
  char holder[24] = "";
  ssize_t length = pread(descriptor, holder, sizeof holder - 1, 0);
  holder[length > 0 ? strspn(holder, "0123456789") : 0] = '\0';
  return gibbs_fail(err, GIBBS_ERR_FILE, "another process%s%s%s works there", holder[0] != '\0' ? " (" : "", holder,
                    holder[0] != '\0' ? ")" : "");
}

static void write_number(int descriptor) {
  char number[24];
  int length = snprintf(number, sizeof number, "%ld\n", (long)getpid());
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, number, (size_t)length, 0) != length)
    return; /* only messages lose by it */
}

gibbs_status gibbs_lock_take(const char *path, gibbs_lock **out, bool *held, gibbs_error *err) {
  gibbs_lock *lock = malloc(sizeof *lock);
  if (lock == NULL) return gibbs_fail_memory(err, "a lock", sizeof *lock);
  lock->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  gibbs_status status = GIBBS_OK;
  if (lock->descriptor < 0 || !try_lock(lock->descriptor)) {
    int reason = errno;
    bool taken = lock->descriptor >= 0 && reason == EWOULDBLOCK;
    status = taken ? fail_held(lock->descriptor, err)
                   : gibbs_fail(err, GIBBS_ERR_FILE, "cannot be written: %s", strerror(reason));
    if (taken) *held = true;
    gibbs_lock_release(lock);
    return status;
  }
  write_number(lock->descriptor);
  *out = lock;
  return GIBBS_OK;
}

void gibbs_lock_release(gibbs_lock *lock) {
  if (lock == NULL) return;
  if (lock->descriptor >= 0) close(lock->descriptor);
  free(lock);
}

bool gibbs_lock_is_held(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(descriptor);
  return held;
}
