/* checkpoint_folder.h - a folder of its own for each test of checkpoints, and what is written there. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHECKPOINT_FOLDER_H
#define CHECKPOINT_FOLDER_H

#include <dirent.h>

#include "checkpoint_seal.h"
#include "files_scratch.h"
#include "gibbs/checkpoint.h"

static char checkpoint_folder[200];

static inline void enter_folder(void) {
  const char *folder = getenv("TMPDIR");
  snprintf(checkpoint_folder, sizeof checkpoint_folder, "%s/gibbs-checkpoint-XXXXXX", folder ? folder : "/tmp");
  cr_assert(mkdtemp(checkpoint_folder) != NULL && chdir(checkpoint_folder) == 0);
}

static inline void leave_folder(void) {
  char command[240];
  snprintf(command, sizeof command, "rm -rf '%s'", checkpoint_folder);
  cr_assert(chdir("/") == 0 && system(command) == 0);
}

/* Entries of the folder whose names begin so. */
static inline size_t count_named(const char *start) {
  DIR *listing = opendir(".");
  cr_assert(listing != NULL);
  size_t count = 0;
  for (const struct dirent *entry; (entry = readdir(listing));)
    count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
             strncmp(entry->d_name, start, strlen(start)) == 0;
  closedir(listing);
  return count;
}

static inline size_t count_entries(void) {
  return count_named("");
}

/* Numbers that follow from one, NaN and the smallest number among them, texts and groups. */
static inline gibbs_value *content(double number) {
  gibbs_value *map = gibbs_value_map(), *group = gibbs_value_map();
  cr_assert(gibbs_value_set(map, "@model", gibbs_value_string("rbm", 3), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(map, "number", gibbs_value_number(number), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(map, "state", number_list((double[]){NAN, -INFINITY, 5e-324, 1 / 3.0 + number}, 4),
                            NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(group, "W", number_list((double[]){number, -number}, 2), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(map, "parameters", group, NULL) == GIBBS_OK);
  return map;
}

static inline void expect_content(const gibbs_value *map, double number) {
  const gibbs_value *W = gibbs_value_get(gibbs_value_get(map, "parameters"), "W");
  gibbs_tensor *state = gibbs_value_as_tensor(gibbs_value_get(map, "state"));
  const double expected[] = {NAN, -INFINITY, 5e-324, 1 / 3.0 + number};
  cr_assert(W && state && gibbs_tensor_size(state) == 4);
  cr_expect(memcmp(gibbs_tensor_values(state), expected, sizeof expected) == 0);
  cr_expect(gibbs_value_as_number(gibbs_value_get(map, "number")) == number);
  cr_expect(gibbs_tensor_values(gibbs_value_as_tensor(W))[1] == -number);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_get(map, "@model"), NULL), "rbm");
}

static inline gibbs_checkpoint *open_checkpoint(const char *path) {
  gibbs_checkpoint *c = NULL;
  gibbs_error err = {0};
  cr_assert(gibbs_checkpoint_open(path, &c, &err) == GIBBS_OK, "%s", err.message);
  return c;
}

static inline void write_number(gibbs_checkpoint *c, double number) {
  gibbs_value *value = content(number);
  gibbs_error err = {0};
  cr_assert(gibbs_checkpoint_write(c, value, &err) == GIBBS_OK, "%s", err.message);
  gibbs_value_free(value);
}

/* The number in a checkpoint, all of whose content is as it was written. */
static inline double number_in(const char *path) {
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  cr_assert(gibbs_checkpoint_read(path, &value, &err) == GIBBS_OK, "%s", err.message);
  double number = gibbs_value_as_number(gibbs_value_get(value, "number"));
  expect_content(value, number);
  gibbs_value_free(value);
  return number;
}

#endif
