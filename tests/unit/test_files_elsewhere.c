/* test_files_elsewhere.c - HDF5 files whose data lie in other files: links, external storage, virtual data sets. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gibbs/files.h"

static char folder[] = "/tmp/gibbs-elsewhere-XXXXXX";
static char path[80], other[80];

static void make_folder(void) {
  cr_assert(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/a.h5", folder);
  snprintf(other, sizeof other, "%s/secret", folder);
  FILE *secret = fopen(other, "wb");
  fwrite("sixteen bytes...", 1, 16, secret);
  fclose(secret);
}

static void remove_folder(void) {
  unlink(path);
  unlink(other);
  rmdir(folder);
}

TestSuite(files_elsewhere, .init = make_folder, .fini = remove_folder);

/* A file with one data set of two numbers, made as `how` says. */
static void make_file(hid_t how) {
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t space = H5Screate_simple(1, (hsize_t[]){2}, NULL);
  hid_t set = H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, how, H5P_DEFAULT);
  cr_assert(set >= 0);
  H5Dclose(set), H5Sclose(space), H5Fclose(file);
}

static void expect_refusal(const char *text) {
  gibbs_value *value = NULL;
  gibbs_error err;
  cr_assert(gibbs_file_read(path, &value, &err) != GIBBS_OK);
  cr_assert(strstr(err.message, text), "%s", err.message);
}

Test(files_elsewhere, a_data_set_of_the_file_itself_is_read) {
  hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  make_file(how);
  gibbs_value *value = NULL;
  gibbs_error err;
  cr_assert(gibbs_file_read(path, &value, &err) == GIBBS_OK, "%s", err.message);
  gibbs_value_free(value);
}

Test(files_elsewhere, external_storage_is_refused) {
  hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  cr_assert(H5Pset_external(how, other, 0, 16) >= 0);
  make_file(how);
  expect_refusal("x keeps its numbers in other files, which are not opened");
}

Test(files_elsewhere, a_virtual_data_set_is_refused) {
  hid_t how = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, (hsize_t[]){2}, NULL);
  cr_assert(H5Pset_virtual(how, space, other, "y", space) >= 0);
  make_file(how);
  expect_refusal("x keeps its numbers in other files, which are not opened");
}

Test(files_elsewhere, an_external_link_is_refused) {
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  cr_assert(H5Lcreate_external(other, "/y", file, "x", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  H5Fclose(file);
  expect_refusal("x is a link to another place, which is not followed");
}
