/* test_checkpoint_damage.c - a checkpoint cut off anywhere, or changed in any single bit, is refused, and the one
 * before it is there. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>

#include "checkpoint_folder.h"
#include "gibbs/checkpoint.h"

enum { most_bytes = 65536 };

static unsigned char bytes[most_bytes + 8];

/* Two checkpoints; the bytes of the second. */
static size_t write_two(void) {
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  write_number(c, 2);
  gibbs_checkpoint_close(c);
  FILE *stream = fopen("run.h5", "rb");
  size_t size = fread(bytes, 1, most_bytes, stream);
  fclose(stream);
  cr_assert(size > 1024 && size < most_bytes);
  return size;
}

/* In place: files that are emptied and written anew are flushed by some file systems. */
static void put_bytes(size_t at, const unsigned char *what, size_t count) {
  int descriptor = open("run.h5", O_WRONLY);
  cr_assert(pwrite(descriptor, what, count, (off_t)at) == (ssize_t)count);
  close(descriptor);
}

/* The damaged file is refused in words of the file and of the previous one. */
static void expect_refused(const char *what, size_t at) {
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  gibbs_status status = gibbs_checkpoint_read("run.h5", &value, &err);
  cr_expect(status == GIBBS_ERR_FILE && !value, "%s %zu was read", what, at);
  cr_expect(strncmp(err.message, "'run.h5' is ", 12) == 0, "%s %zu: %s", what, at, err.message);
  cr_expect(strstr(err.message, "the checkpoint before it is whole, and resume = \"run.h5.previous\" goes on"),
            "%s %zu: %s", what, at, err.message);
  gibbs_value_free(value);
}

static void expect_both_whole(void) {
  cr_expect(number_in("run.h5") == 2 && number_in("run.h5.previous") == 1);
}

Test(checkpoint_damage, every_length_but_the_right_one) {
  enter_folder();
  size_t size = write_two();
  for (size_t more = 1; more <= 8; more++) {
    put_bytes(size, bytes, more);
    expect_refused("length", size + more);
  }
  for (size_t length = size; length-- > 0;) {
    cr_assert(truncate("run.h5", (off_t)length) == 0);
    expect_refused("length", length);
  }
  put_bytes(0, bytes, size);
  expect_both_whole();
  leave_folder();
}

Test(checkpoint_damage, every_single_bit) {
  enter_folder();
  size_t size = write_two();
  for (size_t bit = 0; bit < 8 * size; bit++) {
    unsigned char changed = bytes[bit / 8] ^ (unsigned char)(1u << bit % 8);
    put_bytes(bit / 8, &changed, 1);
    expect_refused("bit", bit);
    put_bytes(bit / 8, &bytes[bit / 8], 1);
  }
  expect_both_whole();
  leave_folder();
}

/* Blocks that were never written, as after a crash of the machine, and blocks in the wrong order. */
Test(checkpoint_damage, lost_and_exchanged_blocks) {
  static const unsigned char zeros[256];
  enter_folder();
  size_t size = write_two();
  for (size_t from = 0; from + 512 <= size; from += 256) {
    if (memcmp(bytes + from, zeros, 256) == 0) continue;
    put_bytes(from, zeros, 256);
    expect_refused("lost block at", from);
    put_bytes(from, bytes + from + 256, 256);
    put_bytes(from + 256, bytes + from, 256);
    expect_refused("exchanged blocks at", from);
    put_bytes(from, bytes + from, 512);
  }
  expect_both_whole();
  leave_folder();
}

Test(checkpoint_damage, two_damaged_ones_are_both_named) {
  enter_folder();
  size_t size = write_two();
  put("run.h5.previous", bytes, size / 2);
  put("run.h5", bytes, size / 3);
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  cr_expect(gibbs_checkpoint_read("run.h5", &value, &err) == GIBBS_ERR_FILE && !value);
  cr_expect(strstr(err.message, "'run.h5.previous', is not whole either"), "%s", err.message);
  cr_expect(gibbs_checkpoint_read("run.h5.previous", &value, &err) == GIBBS_ERR_FILE && !value);
  cr_expect(strncmp(err.message, "'run.h5.previous' is cut off", 28) == 0, "%s", err.message);
  leave_folder();
}
