/* test_files_binary.c - npy, npz and HDF5: arrays come back, and what a double cannot hold is refused. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "files_scratch.h"
#include "gibbs/files.h"

static void check_arrays(const char *ending) {
  gibbs_value *value = arrays(), *back = write_and_read(ending, value);
  gibbs_tensor *W = gibbs_value_as_tensor(gibbs_value_get(back, "W"));
  gibbs_tensor *b = gibbs_value_as_tensor(gibbs_value_get(back, "b"));
  gibbs_shape shape = gibbs_shape_matrix(2, 3);
  cr_assert(W && b && gibbs_shape_equal(gibbs_tensor_shape(W), &shape) && gibbs_tensor_size(b) == 3);
  for (size_t i = 0; i < 6; i++) cr_expect(same_bits(gibbs_tensor_values(W)[i], 0.1 * (double)i - 0.2));
  cr_expect(isnan(gibbs_tensor_values(b)[0]));
  cr_expect(gibbs_tensor_values(b)[1] == -INFINITY && gibbs_tensor_values(b)[2] == 5e-324);
  gibbs_value_free(value);
  gibbs_value_free(back);
}

Test(files_binary, npz_gives_arrays_back) {
  check_arrays(".npz");
}

Test(files_binary, hdf5_gives_arrays_back) {
  check_arrays(".h5");
}

Test(files_binary, hdf5_keeps_groups_strings_booleans_and_attributes) {
  const char *text = "{\"@units\":\"J\",\"flag\":true,\"none\":null,\"words\":[\"a\",\"\\u00e9\"],"
                     "\"deep\":{\"@beta\":0.5,\"name\":\"x\",\"empty\":[]}}";
  gibbs_value *value = read_text(".json", text), *back = write_and_read(".hdf5", value);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_get(back, "@units"), NULL), "J");
  cr_expect(gibbs_value_as_bool(gibbs_value_get(back, "flag")));
  cr_expect(gibbs_value_kind_of(gibbs_value_get(back, "none")) == GIBBS_VALUE_NULL);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_item(gibbs_value_get(back, "words"), 1), NULL), "\xC3\xA9");
  const gibbs_value *deep = gibbs_value_get(back, "deep");
  cr_expect(gibbs_value_as_number(gibbs_value_get(deep, "@beta")) == 0.5);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_get(deep, "name"), NULL), "x");
  cr_expect(gibbs_value_kind_of(gibbs_value_get(deep, "empty")) == GIBBS_VALUE_LIST);
  gibbs_value_free(value);
  gibbs_value_free(back);
}

Test(files_binary, hdf5_refuses_mixed_lists_and_names_with_slashes) {
  static const char *const rows[][2] = {
      {"{\"a\": {\"b\": [1, \"x\"]}}",
       "a.b: lists in HDF5 hold only strings or only numbers: a number expected at [2], got a string"},
      {"{\"a/b\": 1}", "[\"a/b\"] is no name for HDF5: it is empty, '.', or has a '/'"},
      {"[1]", "an HDF5 file holds values by name, like { W = W, b = b }, got a list"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    gibbs_value *value = read_text(".json", rows[i][0]);
    const char *path = scratch(".h5");
    gibbs_error err;
    cr_expect(gibbs_file_write(path, value, &err) == GIBBS_ERR_UNSUPPORTED);
    cr_expect(strstr(err.message, rows[i][1]) != NULL, "%s", err.message);
    cr_expect(access(path, F_OK) != 0, "a failed write left a file");
    gibbs_value_free(value);
  }
}

/* A file of version 1.0 with this description and these bytes. */
static gibbs_status read_npy(const char *description, const void *data, size_t size, gibbs_value **out,
                             gibbs_error *err) {
  unsigned char file[300] = "\x93NUMPY\1";
  size_t length = strlen(description);
  file[8] = (unsigned char)length;
  memcpy(file + 10, description, length);
  memcpy(file + 10 + length, data, size);
  const char *path = scratch(".npy");
  put(path, file, 10 + length + size);
  gibbs_status status = gibbs_file_read(path, out, err);
  unlink(path);
  return status;
}

Test(files_binary, npy_takes_every_type_and_both_orders) {
  static const struct {
    const char *description;
    unsigned char data[16];
    size_t size;
    double expected[2];
  } rows[] = {
      {"{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", {0xFE, 0xFF, 1, 2}, 4, {-2, 513}},
      {"{'descr': '>u4', 'fortran_order': False, 'shape': (2,), }",
       {0, 0, 1, 0, 255, 255, 255, 255},
       8,
       {256, 4294967295.0}},
      {"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1), }\n", {0, 1}, 2, {0, 1}},
      {"{'shape': (2,), 'fortran_order': True, 'descr': '<f4'}", {0, 0, 128, 63, 0, 0, 32, 192}, 8, {1, -2.5}},
      {"{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
       {0, 0, 0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 255, 255},
       16,
       {-9223372036854775808.0, -1}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    gibbs_value *value = NULL;
    gibbs_error err = {0};
    cr_assert(read_npy(rows[i].description, rows[i].data, rows[i].size, &value, &err) == GIBBS_OK, "%s", err.message);
    const double *values = gibbs_tensor_values(gibbs_value_as_tensor(value));
    cr_expect(values[0] == rows[i].expected[0] && values[1] == rows[i].expected[1], "row %zu", i);
    gibbs_value_free(value);
  }
}

Test(files_binary, npy_in_column_order_is_turned_into_rows) {
  const unsigned char columns[] = {11, 21, 12, 22, 13, 23};
  gibbs_value *value = NULL;
  cr_assert(read_npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", columns, 6, &value, NULL) ==
            GIBBS_OK);
  const double *values = gibbs_tensor_values(gibbs_value_as_tensor(value));
  const double rows[] = {11, 12, 13, 21, 22, 23};
  for (size_t i = 0; i < 6; i++) cr_expect(values[i] == rows[i]);
  gibbs_value_free(value);
}

Test(files_binary, npy_refuses_what_it_cannot_hold_exactly) {
  static const struct {
    const char *description;
    unsigned char data[8];
    const char *message;
  } rows[] = {
      {"{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
       {1, 0, 0, 0, 0, 0, 32, 0},
       "integer 1, about 9007199254740992, has more digits than a double holds"},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", {0}, "numbers of type '<c8' are not supported"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }",
       {0},
       "the header promises 2 numbers of 8 bytes, and 8 bytes follow"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", {0}, "too many elements"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }",
       {0},
       "the header is not that of a NumPy array"},
      {"{'descr': '<f8', 'shape': (1,), }", {0}, "the header is not that of a NumPy array"},
      {"__import__('os').system('false')", {0}, "the header is not that of a NumPy array"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    gibbs_value *value = NULL;
    gibbs_error err;
    cr_expect(read_npy(rows[i].description, rows[i].data, 8, &value, &err) != GIBBS_OK);
    cr_expect(strstr(err.message, rows[i].message) != NULL, "%s", err.message);
  }
}
