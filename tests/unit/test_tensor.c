/* test_tensor.c - shapes and the arrays that have them. */
#include "gibbs/tensor.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static void expect_printed(gibbs_shape shape, const char *expected) {
  char text[64];
  cr_expect_str_eq(gibbs_shape_print(&shape, text, sizeof text), expected);
}

Test(tensor, shapes_print_as_users_write_them) {
  expect_printed(gibbs_shape_scalar(), "scalar");
  expect_printed(gibbs_shape_vector(6), "6");
  expect_printed(gibbs_shape_matrix(4, 3), "4x3");
  expect_printed((gibbs_shape){.rank = 6, .extent = {1, 2, 3, 4, 5, 60}}, "1x2x3x4x5x60");
}

Test(tensor, printing_stays_within_its_buffer) {
  gibbs_shape shape = {.rank = 3, .extent = {1000, 2000, 3000}};
  for (size_t size = 1; size < 16; size++) {
    char text[32];
    memset(text, '#', sizeof text);
    gibbs_shape_print(&shape, text, size);
    cr_expect_lt(strlen(text), size);
    cr_expect_eq(text[size], '#', "size %zu", size);
  }
  cr_expect_null(gibbs_shape_print(&shape, NULL, 0));
}

Test(tensor, sizes_are_products_of_lengths) {
  gibbs_shape scalar = gibbs_shape_scalar(), matrix = gibbs_shape_matrix(4, 3);
  cr_expect_eq(gibbs_shape_size(&scalar), 1u);
  cr_expect_eq(gibbs_shape_size(&matrix), 12u);
}

Test(tensor, shapes_are_equal_when_rank_and_lengths_are) {
  gibbs_shape a = gibbs_shape_matrix(4, 3), b = gibbs_shape_matrix(3, 4), c = gibbs_shape_vector(4);
  cr_expect(gibbs_shape_equal(&a, &a));
  cr_expect_not(gibbs_shape_equal(&a, &b));
  cr_expect_not(gibbs_shape_equal(&a, &c), "4x3 begins as 4 does");
  c.extent[1] = 3;
  cr_expect_not(gibbs_shape_equal(&a, &c), "lengths beyond the rank do not count");
}

static void expect_refused(gibbs_shape shape, const char *message) {
  gibbs_error err = {.code = GIBBS_OK};
  gibbs_tensor *untouched = NULL;
  cr_expect_eq(gibbs_tensor_new(&shape, &untouched, &err), GIBBS_ERR_SHAPE);
  cr_expect_null(untouched);
  cr_expect_str_eq(err.message, message);
}

Test(tensor, illegal_shapes_are_refused) {
  expect_refused((gibbs_shape){.rank = 7}, "shape: too many axes: 7; at most 6");
  expect_refused(gibbs_shape_matrix(3, 0), "shape: axis 2 has length 0; lengths are at least 1");
  /* 2^32 x 2^32 is 0 modulo 2^64: the size must not be found by multiplying. */
  expect_refused(gibbs_shape_matrix((size_t)1 << 32, (size_t)1 << 32),
                 "shape: too many elements: 4294967296x4294967296; at most 1152921504606846967");
  expect_refused(gibbs_shape_vector(PTRDIFF_MAX / sizeof(double) + 1),
                 "shape: too many elements: 1152921504606846976; at most 1152921504606846967");
}

Test(tensor, memory_that_cannot_be_had_is_an_error) {
  gibbs_error err = {.code = GIBBS_OK};
  gibbs_tensor *untouched = NULL;
  gibbs_shape shape = gibbs_shape_vector((size_t)1 << 58);
  cr_expect_eq(gibbs_tensor_new(&shape, &untouched, &err), GIBBS_ERR_MEMORY);
  cr_expect_null(untouched);
}

Test(tensor, new_tensors_are_zero_aligned_and_theirs) {
  gibbs_shape shape = gibbs_shape_matrix(3, 5);
  gibbs_tensor *tensor = NULL;
  cr_assert_eq(gibbs_tensor_new(&shape, &tensor, NULL), GIBBS_OK);
  cr_expect(gibbs_shape_equal(gibbs_tensor_shape(tensor), &shape));
  cr_expect_eq(gibbs_tensor_size(tensor), 15u);
  cr_expect_eq((uintptr_t)gibbs_tensor_data(tensor) % 64, 0u, "rows start on a cache line");
  for (size_t k = 0; k < 15; k++) cr_expect_eq(gibbs_tensor_values(tensor)[k], 0.0);
  gibbs_tensor_data(tensor)[14] = 2.5;
  cr_expect_eq(gibbs_tensor_values(tensor)[14], 2.5);
  gibbs_tensor_release(tensor);
}

Test(tensor, the_last_release_frees) {
  gibbs_shape shape = gibbs_shape_scalar();
  gibbs_tensor *tensor = NULL;
  cr_assert_eq(gibbs_tensor_new(&shape, &tensor, NULL), GIBBS_OK);
  cr_expect_eq(gibbs_tensor_retain(tensor), tensor);
  gibbs_tensor_release(tensor);
  gibbs_tensor_data(tensor)[0] = 1.0;
  cr_expect_eq(gibbs_tensor_values(tensor)[0], 1.0);
  gibbs_tensor_release(tensor);
  gibbs_tensor_release(NULL);
}
