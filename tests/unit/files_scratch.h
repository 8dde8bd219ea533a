/* files_scratch.h - scratch files and sample values for the tests of files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FILES_SCRATCH_H
#define FILES_SCRATCH_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gibbs/files.h"

/* A path of our own for each ending; every case of Criterion is a process of its own. */
static inline const char *scratch(const char *ending) {
  static char path[200];
  const char *folder = getenv("TMPDIR");
  snprintf(path, sizeof path, "%s/gibbs-files-%ld%s", folder ? folder : "/tmp", (long)getpid(), ending);
  return path;
}

static inline void put(const char *path, const void *bytes, size_t size) {
  FILE *stream = fopen(path, "wb");
  cr_assert(stream != NULL);
  cr_assert(fwrite(bytes, 1, size, stream) == size);
  fclose(stream);
}

static inline gibbs_value *read_text(const char *ending, const char *text) {
  const char *path = scratch(ending);
  put(path, text, strlen(text));
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  gibbs_status status = gibbs_file_read(path, &value, &err);
  unlink(path);
  cr_assert(status == GIBBS_OK, "%s", err.message);
  return value;
}

static inline gibbs_value *number_list(const double *numbers, size_t count) {
  gibbs_value *list = gibbs_value_list();
  for (size_t i = 0; i < count; i++)
    cr_assert(gibbs_value_append(list, gibbs_value_number(numbers[i]), NULL) == GIBBS_OK);
  return list;
}

static inline bool same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

/* A value that every format of arrays by name holds, and what reads back from it. */
static inline gibbs_value *arrays(void) {
  gibbs_shape shape = gibbs_shape_matrix(2, 3);
  gibbs_tensor *tensor;
  cr_assert(gibbs_tensor_new(&shape, &tensor, NULL) == GIBBS_OK);
  for (size_t i = 0; i < 6; i++) gibbs_tensor_data(tensor)[i] = 0.1 * (double)i - 0.2;
  gibbs_value *map = gibbs_value_map();
  cr_assert(gibbs_value_set(map, "W", gibbs_value_tensor(tensor), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(map, "b", number_list((double[]){NAN, -INFINITY, 5e-324}, 3), NULL) == GIBBS_OK);
  gibbs_tensor_release(tensor);
  return map;
}

static inline gibbs_value *write_and_read(const char *ending, const gibbs_value *value) {
  const char *path = scratch(ending);
  gibbs_value *back = NULL;
  gibbs_error err = {0};
  cr_assert(gibbs_file_write(path, value, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(gibbs_file_read(path, &back, &err) == GIBBS_OK, "%s", err.message);
  unlink(path);
  return back;
}

#endif
