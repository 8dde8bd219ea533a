/* test_files_damage.c - files that are cut off or changed give errors, never crashes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "files_scratch.h"
#include "gibbs/files.h"

typedef struct damage {
  const char *ending;
  bool short_is_error; /* every file that is cut off is refused */
  size_t stride; /* of the bytes that are touched: HDF5 is read in a process of its own, a few milliseconds each */
} damage;

static const damage damages[] = {{".json", true, 1}, {".csv", false, 1}, {".npy", true, 1},
                                 {".npz", true, 1},  {".h5", true, 17},  {".idx", true, 1}};

static size_t sample(const char *ending, unsigned char bytes[16384]) {
  gibbs_value *value = arrays(), *whole = value;
  if (strcmp(ending, ".json") == 0) whole = read_text(".json", "{\"W\": [[1, 2.5], [true, null]], \"b\": \"x\\n\"}");
  if (strcmp(ending, ".h5") == 0)
    whole = read_text(".json", "{\"W\": [[1, 2]], \"s\": \"text\", \"g\": {\"@a\": true, \"l\": [\"b\", \"cd\"]}}");
  if (strcmp(ending, ".csv") == 0) whole = read_text(".csv", "a,\"b\"\n1,\"x\"\n2,\"y\"\n");
  gibbs_error err = {0};
  bool one_tensor = strcmp(ending, ".npy") == 0 || strcmp(ending, ".idx") == 0;
  const gibbs_value *written = one_tensor ? gibbs_value_get(value, "W") : whole;
  cr_assert(gibbs_file_write(scratch(ending), written, &err) == GIBBS_OK, "%s", err.message);
  FILE *stream = fopen(scratch(ending), "rb");
  size_t size = fread(bytes, 1, 16384, stream);
  fclose(stream);
  if (whole != value) gibbs_value_free(whole);
  gibbs_value_free(value);
  cr_assert(size > 0 && size < 16384);
  return size;
}

/* The point of these is what the sanitizers say; an error has to have a message of one line. */
static gibbs_status read_damaged(const char *ending, const unsigned char *bytes, size_t size) {
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  put(scratch(ending), bytes, size);
  gibbs_status status = gibbs_file_read(scratch(ending), &value, &err);
  cr_expect((status == GIBBS_OK) == (value != NULL));
  cr_expect(status == GIBBS_OK || (err.code == status && strlen(err.message) > strlen(scratch(ending)) + 4));
  gibbs_value_free(value);
  return status;
}

ParameterizedTestParameters(files_damage, truncated_files_are_refused) {
  static int row[] = {0, 1, 2, 3, 4, 5};
  return cr_make_param_array(int, row, sizeof row / sizeof *row);
}

ParameterizedTest(int *row, files_damage, truncated_files_are_refused) {
  const damage *kind = &damages[*row];
  unsigned char bytes[16384];
  size_t size = sample(kind->ending, bytes), text_end = strcmp(kind->ending, ".json") == 0; /* the last line end */
  for (size_t length = 0; length + text_end < size; length += kind->stride) {
    gibbs_status status = read_damaged(kind->ending, bytes, length);
    cr_expect(status != GIBBS_OK || !kind->short_is_error, "%zu of %zu bytes of %s were read", length, size,
              kind->ending);
  }
  unlink(scratch(kind->ending));
}

ParameterizedTestParameters(files_damage, changed_bytes_never_crash) {
  static int row[] = {0, 1, 2, 3, 4, 5};
  return cr_make_param_array(int, row, sizeof row / sizeof *row);
}

ParameterizedTest(int *row, files_damage, changed_bytes_never_crash) {
  static const unsigned char masks[] = {0xFF, 0x01, 0x80, 0x20};
  const char *ending = damages[*row].ending;
  unsigned char bytes[16384];
  size_t size = sample(ending, bytes), refused = 0;
  for (size_t at = 0; at < size; at += damages[*row].stride)
    for (size_t m = 0; m < sizeof masks; m++) {
      bytes[at] ^= masks[m];
      refused += read_damaged(ending, bytes, size) != GIBBS_OK;
      bytes[at] ^= masks[m];
    }
  cr_expect(refused > 0);
  cr_expect(read_damaged(ending, bytes, size) == GIBBS_OK);
  unlink(scratch(ending));
}
