/* file_access.c - the guard and the observer of files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/file_access.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

typedef struct watcher {
  gibbs_file_watcher *call;
  void *context;
} watcher;

static watcher guard, observer; /* of the process, as its files are */
static gibbs_file_placer *placer;
static void *placer_context;

const char *gibbs_file_use_text(gibbs_file_use use) {
  static const char *const texts[] = {
#define X(id, text) text,
      GIBBS_FILE_USE_LIST(X)
#undef X
  };
  return (unsigned)use < GIBBS_FILE_USE_COUNT ? texts[use] : "used";
}

void gibbs_file_access_guard(gibbs_file_watcher *call, void *context) {
  guard = (watcher){call, context};
}

void gibbs_file_access_observe(gibbs_file_watcher *call, void *context) {
  observer = (watcher){call, context};
}

bool gibbs_file_access_watched(void) {
  return guard.call || observer.call;
}

void gibbs_file_access_place_by(gibbs_file_placer *call, void *context) {
  placer = call;
  placer_context = context;
}

const char *gibbs_file_access_place(const char *path, gibbs_file_use use) {
  return placer ? placer(placer_context, path, use) : path;
}

gibbs_status gibbs_file_access_check(const char *path, gibbs_file_use use, gibbs_error *err) {
  gibbs_status status = guard.call ? guard.call(guard.context, path, use, err) : GIBBS_OK;
  if (status == GIBBS_OK && observer.call) status = observer.call(observer.context, path, use, err);
  return status;
}

/* Where the system does not tell, the check by path has to do. */
gibbs_status gibbs_file_access_check_opened(int descriptor, gibbs_file_use use, gibbs_error *err) {
  char entry[40], path[PATH_MAX];
  if (!guard.call) return GIBBS_OK;
  snprintf(entry, sizeof entry, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(entry, path, sizeof path - 1);
  if (length <= 0) return GIBBS_OK;
  path[length] = '\0';
  return guard.call(guard.context, path, use, err);
}
