/* folder.c - reading folders. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

static int compare_names(const void *a, const void *b) {
  return strcmp(((const gibbs_folder_entry *)a)->name, ((const gibbs_folder_entry *)b)->name);
}

static gibbs_status add_entry(gibbs_folder *folder, size_t *room, DIR *listing, const char *name, gibbs_error *err) {
  if (folder->count == *room) {
    size_t more = 2 * *room + 16;
    gibbs_folder_entry *entries = realloc(folder->entries, more * sizeof *entries);
    if (entries == NULL) return gibbs_fail_memory(err, "the names in a folder", more * sizeof *entries);
    folder->entries = entries;
    *room = more;
  }
  struct stat about;
  bool known = fstatat(dirfd(listing), name, &about, AT_SYMLINK_NOFOLLOW) == 0;
  gibbs_folder_entry *entry = &folder->entries[folder->count];
  *entry = (gibbs_folder_entry){.name = strdup(name), .is_folder = known && S_ISDIR(about.st_mode)};
  if (entry->name == NULL) return gibbs_fail_memory(err, "a name in a folder", strlen(name));
  folder->count++;
  return GIBBS_OK;
}

static gibbs_status read_entries(DIR *listing, gibbs_folder *folder, gibbs_error *err) {
  size_t room = 0;
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(listing);
    if (entry == NULL) return errno == 0 ? GIBBS_OK : fail_system(err, "cannot be read");
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    gibbs_status status = add_entry(folder, &room, listing, entry->d_name, err);
    if (status != GIBBS_OK) return status;
  }
}

gibbs_status gibbs_folder_read(const char *path, gibbs_folder *out, gibbs_error *err) {
  DIR *listing = opendir(path);
  if (listing == NULL) return fail_system(err, "cannot be read");
  gibbs_folder folder = {NULL, 0};
  gibbs_status status = read_entries(listing, &folder, err);
  closedir(listing);
  if (status != GIBBS_OK) {
    gibbs_folder_free(&folder);
    return status;
  }
  if (folder.count > 1) qsort(folder.entries, folder.count, sizeof *folder.entries, compare_names);
  *out = folder;
  return GIBBS_OK;
}

void gibbs_folder_free(gibbs_folder *folder) {
  for (size_t i = 0; i < folder->count; i++) free(folder->entries[i].name);
  free(folder->entries);
  *folder = (gibbs_folder){NULL, 0};
}
