/* run_folder.c - the folder of a recorded run, held by a lock. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* flock */

#include "gibbs/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder_tree.h"

static const char lock_name[] = ".lock", manifest_name[] = "manifest.json";

struct gibbs_run_folder {
  char *path;
  int lock;
};

/* ---- what is there -----------------------------------------------------------------------------------------------
 */

/* A writer that was killed before the manifest had its name leaves a lock and perhaps ".manifest.json.<...>". */
static bool is_a_beginning(const char *name) {
  static const char temporary[] = ".manifest.json.";
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, lock_name) == 0 ||
         strncmp(name, temporary, sizeof temporary - 1) == 0;
}

static gibbs_run_place place_of_entries(DIR *listing) {
  gibbs_run_place place = GIBBS_RUN_PLACE_FREE;
  for (const struct dirent *entry; (entry = readdir(listing));) {
    if (strcmp(entry->d_name, manifest_name) == 0) return GIBBS_RUN_PLACE_RUN;
    if (!is_a_beginning(entry->d_name)) place = GIBBS_RUN_PLACE_FOREIGN;
  }
  return place;
}

gibbs_run_place gibbs_run_place_of(const char *path) {
  struct stat about;
  if (lstat(path, &about) != 0) return GIBBS_RUN_PLACE_FREE;
  DIR *listing = opendir(path);
  if (!listing) return GIBBS_RUN_PLACE_FOREIGN;
  gibbs_run_place place = place_of_entries(listing);
  closedir(listing);
  return place;
}

/* ---- the lock ----------------------------------------------------------------------------------------------------
 */

static long read_process(int descriptor) {
  char text[32];
  ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
  text[got > 0 ? got : 0] = '\0';
  return strtol(text, NULL, 10);
}

bool gibbs_run_held(const char *path, long *process) {
  char *name = gibbs_path_join(path, lock_name);
  int descriptor = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  free(name);
  if (descriptor < 0) return false;
  bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  *process = held ? read_process(descriptor) : 0;
  close(descriptor);
  return held;
}

static gibbs_status fail_held(const char *path, int descriptor, gibbs_error *err) {
  long process = read_process(descriptor);
  char who[40] = "";
  if (process > 0) snprintf(who, sizeof who, " (process %ld)", process);
  return gibbs_fail(err, GIBBS_ERR_FILE,
                    "'%.300s' is being written by another run%s; give each run a folder of its own", path, who);
}

/* The number of the process is for people: the lock itself is what holds. */
static void write_process(int descriptor) {
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, text, (size_t)length, 0) != length) return;
}

/* Whoever asks whether the folder is held has a shared lock for a moment: with one such another can be had, with that
 * of a writer none. */
static bool lock_for_writing(int descriptor) {
  static const struct timespec moment = {0, 1000000};
  enum { most = 5000 };
  for (int tries = 0; flock(descriptor, LOCK_EX | LOCK_NB) != 0; tries++) {
    if (errno != EWOULDBLOCK || tries == most || flock(descriptor, LOCK_SH | LOCK_NB) != 0) return false;
    flock(descriptor, LOCK_UN);
    nanosleep(&moment, NULL);
  }
  return true;
}

static gibbs_status take_lock(gibbs_run_folder *folder, gibbs_error *err) {
  char *name = gibbs_path_join(folder->path, lock_name);
  if (!name) return gibbs_fail_memory(err, "a path", strlen(folder->path));
  folder->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  free(name);
  if (folder->lock < 0) return gibbs_fail_path(err, folder->path, "cannot be written");
  if (lock_for_writing(folder->lock)) {
    write_process(folder->lock);
    return GIBBS_OK;
  }
  if (errno == EWOULDBLOCK) return fail_held(folder->path, folder->lock, err);
  return gibbs_fail_path(err, folder->path, "cannot be locked");
}

gibbs_status gibbs_run_folder_hold(const char *path, gibbs_run_folder **out, gibbs_error *err) {
  gibbs_status status = gibbs_folder_make(path, err);
  if (status != GIBBS_OK) return status;
  gibbs_run_folder *folder = calloc(1, sizeof *folder);
  if (!folder) return gibbs_fail_memory(err, "a run's folder", sizeof *folder);
  folder->lock = -1;
  folder->path = strdup(path);
  status = folder->path ? take_lock(folder, err) : gibbs_fail_memory(err, "a path", strlen(path));
  if (status == GIBBS_OK)
    *out = folder;
  else
    gibbs_run_folder_release(folder);
  return status;
}

/* The file stays: whoever opened it meanwhile would otherwise lock a file without a name. */
void gibbs_run_folder_release(gibbs_run_folder *folder) {
  if (!folder) return;
  if (folder->lock >= 0) close(folder->lock);
  free(folder->path);
  free(folder);
}

/* ---- all that is in it -------------------------------------------------------------------------------------------
 */

static gibbs_status remove_entries(const gibbs_run_folder *folder, DIR *listing, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (const struct dirent *entry; status == GIBBS_OK && (entry = readdir(listing));) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    if (strcmp(name, lock_name) == 0 || strcmp(name, manifest_name) == 0) continue;
    char *path = gibbs_path_join(folder->path, name);
    status = path ? gibbs_folder_remove(path, err) : gibbs_fail_memory(err, "a path", strlen(name));
    free(path);
  }
  return status;
}

gibbs_status gibbs_run_folder_empty(gibbs_run_folder *folder, gibbs_error *err) {
  DIR *listing = opendir(folder->path);
  if (!listing) return gibbs_fail_path(err, folder->path, "cannot be read");
  gibbs_status status = remove_entries(folder, listing, err);
  closedir(listing);
  return status;
}

static gibbs_status flush_entry(void *context, const char *path, const struct stat *about, gibbs_error *err) {
  (void)context;
  if (!S_ISREG(about->st_mode) && !S_ISDIR(about->st_mode)) return GIBBS_OK;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | (S_ISDIR(about->st_mode) ? O_DIRECTORY : 0));
  if (descriptor < 0) return gibbs_fail_path(err, path, "cannot be flushed");
  bool flushed = fsync(descriptor) == 0 || errno == EINVAL; /* some file systems do not flush folders */
  close(descriptor);
  return flushed ? GIBBS_OK : gibbs_fail_path(err, path, "cannot be flushed");
}

gibbs_status gibbs_run_folder_flush(gibbs_run_folder *folder, gibbs_error *err) {
  return gibbs_tree_walk(folder->path, flush_entry, NULL, err);
}
