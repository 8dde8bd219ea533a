/* files_idx.c - idx, the format of MNIST: two zeros, the type of the numbers, how many axes, their lengths, numbers.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "files_gzip.h"

enum { fixed_size = 4, extent_size = 4, most_header = fixed_size + extent_size * GIBBS_MAX_RANK };

typedef struct idx_type {
  unsigned char code;
  gibbs_encoding encoding;
} idx_type;

static const idx_type types[] = {
    {0x08, {'u', 1, true}}, {0x09, {'i', 1, true}}, {0x0B, {'i', 2, true}},
    {0x0C, {'i', 4, true}}, {0x0D, {'f', 4, true}}, {0x0E, {'f', 8, true}},
};

typedef struct idx_header {
  const gibbs_encoding *encoding;
  gibbs_shape shape;
  size_t size, total; /* bytes of the header, and of the whole file */
} idx_header;

/* ---- reading ------------------------------------------------------------------------------------------------ */

static gibbs_status take_extents(const unsigned char *bytes, size_t rank, idx_header *out, gibbs_error *err) {
  out->shape.rank = rank;
  for (size_t k = 0; k < rank; k++) {
    const unsigned char *word = bytes + fixed_size + extent_size * k;
    out->shape.extent[k] = (size_t)word[0] << 24 | (size_t)word[1] << 16 | (size_t)word[2] << 8 | (size_t)word[3];
    if (out->shape.extent[k] == 0)
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "axis %zu of %zu has length 0: the file holds no numbers", k + 1, rank);
  }
  gibbs_status status = gibbs_shape_check(&out->shape, err);
  if (status != GIBBS_OK) return status;
  out->size = fixed_size + extent_size * rank;
  size_t count = gibbs_shape_size(&out->shape);
  if (count > (SIZE_MAX / 2 - out->size) / out->encoding->size)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "the header promises %zu numbers, more than memory can hold", count);
  out->total = out->size + count * out->encoding->size;
  return GIBBS_OK;
}

/* `head` may be the beginning of the file only. */
static gibbs_status take_header(const gibbs_bytes *head, idx_header *out, gibbs_error *err) {
  const unsigned char *bytes = head->data;
  if (head->size == 0) return gibbs_fail(err, GIBBS_ERR_FILE, "the file is empty");
  if (head->size < fixed_size) return gibbs_fail(err, GIBBS_ERR_FILE, "the file ends inside its header");
  if (bytes[0] != 0 || bytes[1] != 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "not an idx file: it begins with the bytes %02x %02x, and idx with 00 00",
                      bytes[0], bytes[1]);
  out->encoding = NULL;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].code == bytes[2]) out->encoding = &types[i].encoding;
  if (!out->encoding)
    return gibbs_fail(err, GIBBS_ERR_FILE,
                      "not an idx file: %02x is no type of numbers; 08, 09, 0b, 0c, 0d and 0e are", bytes[2]);
  size_t rank = bytes[3];
  if (rank < 1 || rank > GIBBS_MAX_RANK)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "the header tells of %zu axes; there may be 1 to %d", rank,
                      GIBBS_MAX_RANK);
  if (head->size < fixed_size + extent_size * rank)
    return gibbs_fail(err, GIBBS_ERR_FILE, "the file ends inside its header");
  return take_extents(bytes, rank, out, err);
}

static gibbs_status check_total(const idx_header *header, size_t size, gibbs_error *err) {
  char shape[160];
  if (size == header->total) return GIBBS_OK;
  const char *what = size < header->total ? "are missing" : "are too many";
  return gibbs_fail(err, GIBBS_ERR_FILE, "the header promises %s numbers of %zu byte%s, and %zu bytes %s",
                    gibbs_shape_print(&header->shape, shape, sizeof shape), header->encoding->size,
                    header->encoding->size == 1 ? "" : "s",
                    size < header->total ? header->total - size : size - header->total, what);
}

static gibbs_status read_numbers(const gibbs_bytes *bytes, const idx_header *header, gibbs_value **out,
                                 gibbs_error *err) {
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_tensor_new(&header->shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_numbers_decode(bytes->data + header->size, header->encoding, gibbs_tensor_size(tensor),
                                gibbs_tensor_data(tensor), err);
  if (status == GIBBS_OK && !(*out = gibbs_value_tensor(tensor)))
    status = gibbs_fail_memory(err, "a value", sizeof(void *));
  gibbs_tensor_release(tensor);
  return status;
}

static gibbs_status read_plain(const gibbs_bytes *bytes, gibbs_value **out, gibbs_error *err) {
  idx_header header;
  gibbs_status status = take_header(bytes, &header, err);
  if (status == GIBBS_OK) status = check_total(&header, bytes->size, err);
  return status == GIBBS_OK ? read_numbers(bytes, &header, out, err) : status;
}

/* A header that promises what cannot be in the file is refused before anything else is unpacked. */
static gibbs_status peek_header(const gibbs_bytes *packed, idx_header *out, gibbs_error *err) {
  gibbs_bytes head;
  bool more;
  gibbs_status status = gibbs_gzip_unpack(packed, most_header, &head, &more, err);
  if (status != GIBBS_OK) return status;
  status = take_header(&head, out, err);
  gibbs_bytes_free(&head);
  if (status != GIBBS_OK || out->total / gibbs_gzip_most_ratio <= packed->size) return status;
  char shape[160];
  return gibbs_fail(err, GIBBS_ERR_FILE, "the header promises %s numbers, which %zu packed bytes cannot hold",
                    gibbs_shape_print(&out->shape, shape, sizeof shape), packed->size);
}

static gibbs_status read_packed(const gibbs_bytes *packed, gibbs_value **out, gibbs_error *err) {
  idx_header header;
  gibbs_bytes bytes;
  bool more;
  gibbs_status status = peek_header(packed, &header, err);
  if (status == GIBBS_OK) status = gibbs_gzip_unpack(packed, header.total, &bytes, &more, err);
  if (status != GIBBS_OK) return status;
  if (more)
    status = gibbs_fail(err, GIBBS_ERR_FILE, "bytes follow after the %zu that the header promises", header.total);
  if (status == GIBBS_OK) status = read_plain(&bytes, out, err);
  gibbs_bytes_free(&bytes);
  return status;
}

/* The content tells whether it is packed: names of such files often do not. */
gibbs_status gibbs_idx_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_bytes bytes;
  gibbs_status status = gibbs_bytes_load(path, &bytes, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_gzip_marked(&bytes) ? read_packed(&bytes, out, err) : read_plain(&bytes, out, err);
  gibbs_bytes_free(&bytes);
  return status;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static bool all_bytes(const gibbs_tensor *tensor) {
  const double *values = gibbs_tensor_values(tensor);
  for (size_t i = 0; i < gibbs_tensor_size(tensor); i++)
    if (!(values[i] >= 0 && values[i] <= 255 && values[i] == (double)(unsigned char)values[i])) return false;
  return true;
}

static gibbs_status write_header(FILE *stream, const gibbs_shape *shape, bool bytes, gibbs_error *err) {
  if (shape->rank == 0) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "an idx file holds an array, got a number");
  putc(0, stream), putc(0, stream);
  putc(bytes ? 0x08 : 0x0E, stream);
  putc((int)shape->rank, stream);
  for (size_t k = 0; k < shape->rank; k++) {
    if (shape->extent[k] > UINT32_MAX)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "axis %zu has length %zu, and idx holds at most %u", k + 1,
                        shape->extent[k], UINT32_MAX);
    for (int shift = 24; shift >= 0; shift -= 8) putc((int)(shape->extent[k] >> shift & 0xFF), stream);
  }
  return GIBBS_OK;
}

static void write_number(FILE *stream, double number) {
  unsigned char little[8], big[8];
  gibbs_numbers_encode(&number, 1, little);
  for (size_t i = 0; i < 8; i++) big[i] = little[7 - i];
  fwrite(big, 1, sizeof big, stream);
}

gibbs_status gibbs_idx_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_value_to_tensor(value, &tensor, err);
  if (status != GIBBS_OK) return status;
  bool bytes = all_bytes(tensor);
  status = write_header(out->stream, gibbs_tensor_shape(tensor), bytes, err);
  const double *values = gibbs_tensor_values(tensor);
  for (size_t i = 0; status == GIBBS_OK && i < gibbs_tensor_size(tensor); i++) {
    if (bytes)
      putc((int)values[i], out->stream);
    else
      write_number(out->stream, values[i]);
  }
  gibbs_tensor_release(tensor);
  return status;
}
