/* SHA-256: the digits of the standard's examples, of bytes and of files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/sha256.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_million_a[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"; /* FIPS 180-2, B.3 */

Test(sha256, bytes_have_the_digits_of_the_standard) {
  char text[gibbs_sha256_size];
  gibbs_sha256_bytes("", 0, text);
  cr_assert(eq(str, text, (char *)of_nothing));
  gibbs_sha256_bytes("abc", 3, text);
  cr_assert(eq(str, text, (char *)of_abc));
}

Test(sha256, a_file_of_many_pieces_has_them_too) {
  char path[] = "/tmp/gibbs-sha256-XXXXXX", text[gibbs_sha256_size];
  int descriptor = mkstemp(path);
  FILE *stream = fdopen(descriptor, "wb");
  for (int i = 0; i < 1000000; i++) putc('a', stream);
  fclose(stream);
  uint64_t bytes = 0;
  gibbs_error err;
  cr_assert(eq(int, gibbs_sha256_file(path, text, &bytes, &err), GIBBS_OK));
  cr_assert(eq(str, text, (char *)of_million_a));
  cr_assert(eq(u64, bytes, 1000000));
  unlink(path);
}

Test(sha256, what_is_no_file_is_refused) {
  char text[gibbs_sha256_size] = "untouched";
  uint64_t bytes = 0;
  gibbs_error err;
  cr_assert(eq(int, gibbs_sha256_file("/tmp/there/is/none", text, &bytes, &err), GIBBS_ERR_FILE));
  cr_assert(eq(str, err.message, "cannot be opened: No such file or directory"));
  cr_assert(eq(int, gibbs_sha256_file("/tmp", text, &bytes, &err), GIBBS_ERR_FILE));
  cr_assert(eq(str, err.message, "is not an ordinary file"));
  cr_assert(eq(int, gibbs_sha256_file("/dev/zero", text, &bytes, &err), GIBBS_ERR_FILE));
  cr_assert(eq(str, text, "untouched"));
}
