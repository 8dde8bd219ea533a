/* test_files_idx.c - idx and what gzip has packed: numbers come back, and a header that lies costs nothing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <sys/resource.h>
#include <zlib.h>

#include "files_scratch.h"
#include "gibbs/files.h"

static size_t gzip(const void *bytes, size_t size, unsigned char *out, size_t room) {
  z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size, .next_out = out, .avail_out = (uInt)room};
  cr_assert(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  cr_assert(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  deflateEnd(&stream);
  return stream.total_out;
}

/* Any error is the caller's to look at. */
static gibbs_value *try_read(const char *ending, const void *bytes, size_t size, gibbs_error *err) {
  gibbs_value *value = NULL;
  put(scratch(ending), bytes, size);
  *err = (gibbs_error){0};
  gibbs_status status = gibbs_file_read(scratch(ending), &value, err);
  unlink(scratch(ending));
  cr_assert((status == GIBBS_OK) == (value != NULL));
  return value;
}

static void check_numbers(const gibbs_value *value, size_t rank, const double *expected, size_t count) {
  gibbs_tensor *tensor = gibbs_value_as_tensor(value);
  cr_assert(tensor && gibbs_tensor_shape(tensor)->rank == rank && gibbs_tensor_size(tensor) == count);
  for (size_t i = 0; i < count; i++) cr_expect(gibbs_tensor_values(tensor)[i] == expected[i], "number %zu", i);
}

Test(files_idx, every_type_of_numbers_is_read) {
  static const struct {
    unsigned char bytes[24];
    size_t size;
    double expected[2];
  } rows[] = {
      {{0, 0, 0x08, 1, 0, 0, 0, 2, 7, 255}, 10, {7, 255}},
      {{0, 0, 0x09, 1, 0, 0, 0, 2, 7, 255}, 10, {7, -1}},
      {{0, 0, 0x0B, 1, 0, 0, 0, 2, 1, 2, 0xFF, 0xFE}, 12, {258, -2}},
      {{0, 0, 0x0C, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE}, 16, {65536, -2}},
      {{0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0}, 16, {1, -2.5}},
      {{0, 0, 0x0E, 1, 0, 0, 0, 2, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0x04}, 24, {1, -2.5}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    gibbs_error err;
    gibbs_value *value = try_read(".idx", rows[i].bytes, rows[i].size, &err);
    cr_assert(value, "row %zu: %s", i, err.message);
    check_numbers(value, 1, rows[i].expected, 2);
    gibbs_value_free(value);
  }
}

static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
static const double pixels[] = {1, 2, 3, 4, 5, 6};

Test(files_idx, names_of_images_and_packed_files_are_known) {
  static const char *const plain[] = {".idx", ".IDX", "-train-images-idx3-ubyte", ".images.idx3-ubyte"};
  static const char *const packed[] = {".idx.gz", "-images-idx3-ubyte.gz", "-images-idx3-ubyte", ".idx"};
  unsigned char small[200];
  size_t size = gzip(images, sizeof images, small, sizeof small);
  for (size_t i = 0; i < 4; i++) {
    gibbs_error err;
    gibbs_value *a = try_read(plain[i], images, sizeof images, &err);
    cr_assert(a, "%s: %s", plain[i], err.message);
    gibbs_value *b = try_read(packed[i], small, size, &err);
    cr_assert(b, "%s: %s", packed[i], err.message);
    check_numbers(a, 3, pixels, 6);
    check_numbers(b, 3, pixels, 6);
    gibbs_value_free(a);
    gibbs_value_free(b);
  }
}

Test(files_idx, two_packed_members_are_one_file) {
  unsigned char small[400];
  size_t first = gzip(images, 10, small, sizeof small);
  size_t second = gzip(images + 10, sizeof images - 10, small + first, sizeof small - first);
  gibbs_error err;
  gibbs_value *value = try_read(".idx.gz", small, first + second, &err);
  cr_assert(value, "%s", err.message);
  check_numbers(value, 3, pixels, 6);
  gibbs_value_free(value);
}

Test(files_idx, tensors_come_back_as_bytes_or_as_doubles) {
  static const double numbers[2][3] = {{0, 255, 17}, {0.5, -1e300, 256}};
  static const long sizes[] = {16 - 4 + 3, 16 - 4 + 24};
  for (size_t k = 0; k < 2; k++) {
    gibbs_value *list = gibbs_value_list(), *back = NULL;
    cr_assert(gibbs_value_append(list, number_list(numbers[k], 3), NULL) == GIBBS_OK);
    gibbs_error err = {0};
    const char *path = scratch(".idx");
    cr_assert(gibbs_file_write(path, list, &err) == GIBBS_OK, "%s", err.message);
    FILE *stream = fopen(path, "rb");
    fseek(stream, 0, SEEK_END);
    cr_expect(ftell(stream) == sizes[k]);
    fclose(stream);
    cr_assert(gibbs_file_read(path, &back, &err) == GIBBS_OK, "%s", err.message);
    check_numbers(back, 2, numbers[k], 3);
    unlink(path);
    gibbs_value_free(list);
    gibbs_value_free(back);
  }
}

Test(files_idx, nothing_is_written_packed) {
  gibbs_value *list = number_list(pixels, 6), *number = gibbs_value_number(1);
  gibbs_error err;
  cr_expect(gibbs_file_write(scratch(".idx.gz"), list, &err) == GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(err.message, "write '.idx' and pack it by gzip") != NULL, "%s", err.message);
  cr_expect(gibbs_file_write(scratch(".idx"), number, &err) == GIBBS_ERR_UNSUPPORTED);
  cr_expect(access(scratch(".idx"), F_OK) != 0 && access(scratch(".idx.gz"), F_OK) != 0);
  gibbs_value_free(list);
  gibbs_value_free(number);
}

Test(files_idx, mistakes_are_told_in_words) {
  static const struct {
    unsigned char bytes[24];
    size_t size;
    const char *message;
  } rows[] = {
      {{0}, 0, "the file is empty"},
      {{0, 0, 8}, 3, "the file ends inside its header"},
      {{0, 0, 8, 2, 0, 0, 0, 2, 0, 0}, 10, "the file ends inside its header"},
      {"P5 28 28", 8, "not an idx file: it begins with the bytes 50 35, and idx with 00 00"},
      {{0, 0, 0x0A, 1, 0, 0, 0, 1, 0}, 9, "0a is no type of numbers"},
      {{0, 0, 8, 0}, 4, "the header tells of 0 axes; there may be 1 to 6"},
      {{0, 0, 8, 7}, 4, "the header tells of 7 axes; there may be 1 to 6"},
      {{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 0}, 12, "axis 2 of 2 has length 0"},
      {{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4}, 16, "2x3 numbers of 1 byte, and 2 bytes are missing"},
      {{0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3}, 11, "2 numbers of 1 byte, and 1 bytes are too many"},
      {{0, 0, 0x0D, 1, 0, 0, 0, 2, 1, 2, 3}, 11, "2 numbers of 4 bytes, and 5 bytes are missing"},
  };
  unsigned char small[200];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    gibbs_error err;
    cr_expect(!try_read(".idx", rows[i].bytes, rows[i].size, &err));
    cr_expect(strstr(err.message, rows[i].message) != NULL, "row %zu: %s", i, err.message);
    size_t size = gzip(rows[i].bytes, rows[i].size, small, sizeof small);
    const char *packed_message = i == 9 ? "bytes follow after the 10 that the header promises" : rows[i].message;
    cr_expect(!try_read(".idx.gz", small, size, &err));
    cr_expect(strstr(err.message, packed_message) != NULL, "packed row %zu: %s", i, err.message);
  }
}

/* In 200 MB of address space, which the numbers that the headers promise would burst. */
static void bound_memory(void) {
#if !defined(__SANITIZE_ADDRESS__)
  cr_assert(setrlimit(RLIMIT_AS, &(struct rlimit){200u << 20, 200u << 20}) == 0);
#endif
}

Test(files_idx, a_billion_claimed_rows_cost_no_memory) {
  static unsigned char bytes[1024] = {0, 0, 8, 3, 0x3B, 0x9A, 0xCA, 0x00, 0, 0, 0, 28, 0, 0, 0, 28};
  unsigned char small[1200];
  gibbs_error err;
  bound_memory();
  cr_expect(!try_read(".idx", bytes, sizeof bytes, &err));
  cr_expect(err.code == GIBBS_ERR_FILE && strstr(err.message, "1000000000x28x28 numbers"), "%s", err.message);
  size_t size = gzip(bytes, sizeof bytes, small, sizeof small);
  cr_expect(!try_read(".idx.gz", small, size, &err));
  cr_expect(strstr(err.message, "1000000000x28x28 numbers, which"), "%s", err.message);
  memset(bytes + 4, 0xFF, 12);
  bytes[2] = 0x0E;
  cr_expect(!try_read(".idx", bytes, sizeof bytes, &err));
  cr_expect(err.code == GIBBS_ERR_SHAPE || err.code == GIBBS_ERR_SIZE, "%s", err.message);
}

/* A header within the reach of deflate, and zeros without end behind it. */
Test(files_idx, what_is_unpacked_is_bounded) {
  enum { zeros = 300 << 20 };
  static unsigned char header[16] = {0, 0, 8, 1, 0, 0, 0, 100}, small[1 << 20], block[1 << 16];
  z_stream stream = {.next_in = header, .avail_in = 8, .next_out = small, .avail_out = sizeof small};
  gibbs_error err;
  bound_memory();
  cr_assert(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  for (size_t done = 0; done < zeros; done += sizeof block) {
    cr_assert(deflate(&stream, Z_NO_FLUSH) == Z_OK);
    stream.next_in = block, stream.avail_in = sizeof block;
  }
  cr_assert(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  size_t size = stream.total_out;
  deflateEnd(&stream);
  cr_expect(!try_read(".idx.gz", small, size, &err));
  cr_expect(strstr(err.message, "bytes follow after the 108 that the header promises"), "%s", err.message);
  cr_expect(!try_read(".csv.gz", small, size, &err));
  cr_expect(strstr(err.message, "if that is right, unpack the file first"), "%s", err.message);
}

/* Cut or changed anywhere, packed data are refused: their checksum sees every bit but those of the name and the date.
 */
Test(files_idx, damage_of_packed_files_is_found) {
  unsigned char small[200];
  size_t size = gzip(images, sizeof images, small, sizeof small);
  gibbs_error err;
  for (size_t length = 0; length < size; length++)
    cr_expect(!try_read(".idx.gz", small, length, &err), "%zu of %zu bytes were read", length, size);
  for (size_t bit = 0; bit < 8 * size; bit++) {
    small[bit / 8] ^= (unsigned char)(1u << bit % 8);
    gibbs_value *value = try_read(".idx.gz", small, size, &err);
    bool idle = (bit / 8 >= 3 && bit / 8 < 10) || bit / 8 == size - 9;
    cr_expect(!value || idle, "bit %zu changed, and the file was read", bit);
    if (value) check_numbers(value, 3, pixels, 6);
    gibbs_value_free(value);
    small[bit / 8] ^= (unsigned char)(1u << bit % 8);
  }
  small[size] = 'x';
  cr_expect(!try_read(".idx.gz", small, size + 1, &err));
  cr_expect(strstr(err.message, "1 bytes follow after the end of the packed data"), "%s", err.message);
}

Test(files_idx, packed_text_is_read_as_text) {
  unsigned char small[200];
  const char *text = "1,2,3\n4,5,6\n", *wrong = "1,2\n3\n";
  gibbs_error err;
  gibbs_value *value = try_read(".csv.gz", small, gzip(text, strlen(text), small, sizeof small), &err);
  cr_assert(value, "%s", err.message);
  check_numbers(value, 2, pixels, 6);
  gibbs_value_free(value);
  cr_expect(!try_read(".csv.gz", small, gzip(wrong, strlen(wrong), small, sizeof small), &err));
  cr_expect(strstr(err.message, "line 2, column 1: this row has 1 fields"), "%s", err.message);
}
