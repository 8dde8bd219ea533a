/* files_npy.c - NumPy's array files: a line of Python that describes the array, then its numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "files_npy.h"

static const char magic[] = "\x93NUMPY";
enum { magic_size = 6, alignment = 64 };

typedef struct npy_header {
  gibbs_encoding encoding;
  bool fortran, has_descr, has_order, has_shape;
  gibbs_shape shape;
} npy_header;

/* The header is Python's way to write {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }. */
typedef struct cursor {
  const char *text;
  size_t at, size;
} cursor;

static void skip_space(cursor *c) {
  while (c->at < c->size && (c->text[c->at] == ' ' || c->text[c->at] == '\n')) c->at++;
}

static bool accept(cursor *c, const char *token) {
  skip_space(c);
  size_t length = strlen(token);
  if (c->size - c->at < length || memcmp(c->text + c->at, token, length) != 0) return false;
  c->at += length;
  return true;
}

/* A quoted word without escapes. */
static bool take_word(cursor *c, char word[24]) {
  if (!accept(c, "'") && !accept(c, "\"")) return false;
  char quote = c->text[c->at - 1];
  size_t length = 0;
  while (c->at < c->size && c->text[c->at] != quote && length < 23) word[length++] = c->text[c->at++];
  word[length] = '\0';
  return c->at < c->size && c->text[c->at++] == quote;
}

static bool take_extent(cursor *c, size_t *out) {
  skip_space(c);
  size_t start = c->at, extent = 0;
  while (c->at < c->size && c->text[c->at] >= '0' && c->text[c->at] <= '9') {
    size_t digit = (size_t)(c->text[c->at++] - '0');
    if (extent > (SIZE_MAX - digit) / 10) return false;
    extent = 10 * extent + digit;
  }
  *out = extent;
  return c->at > start;
}

static gibbs_status fail_header(gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "the header is not that of a NumPy array");
}

static gibbs_status take_shape(cursor *c, gibbs_shape *shape, gibbs_error *err) {
  if (!accept(c, "(")) return fail_header(err);
  shape->rank = 0;
  while (!accept(c, ")")) {
    size_t extent;
    if (!take_extent(c, &extent)) return fail_header(err);
    if (shape->rank == GIBBS_MAX_RANK)
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "the array has more than %d axes", GIBBS_MAX_RANK);
    shape->extent[shape->rank++] = extent;
    if (!accept(c, ",") && !accept(c, ")")) return fail_header(err);
    if (c->text[c->at - 1] == ')') break;
  }
  return gibbs_shape_check(shape, err);
}

static gibbs_status take_type(cursor *c, gibbs_encoding *out, gibbs_error *err) {
  char word[24];
  if (accept(c, "[")) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "arrays of records are not supported");
  if (!take_word(c, word)) return fail_header(err);
  if (strlen(word) == 3 && strchr("<>|=", word[0]) && word[2] >= '1' && word[2] <= '8') {
    *out = (gibbs_encoding){word[1], (size_t)(word[2] - '0'), word[0] == '>'};
    if (gibbs_encoding_known(out)) return GIBBS_OK;
  }
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                    "numbers of type '%s' are not supported; bool, int, uint, float32 and float64 are", word);
}

static gibbs_status take_item(cursor *c, npy_header *out, gibbs_error *err) {
  char key[24];
  if (!take_word(c, key) || !accept(c, ":")) return fail_header(err);
  if (strcmp(key, "descr") == 0) {
    out->has_descr = true;
    return take_type(c, &out->encoding, err);
  }
  if (strcmp(key, "shape") == 0) {
    out->has_shape = true;
    return take_shape(c, &out->shape, err);
  }
  if (strcmp(key, "fortran_order") != 0) return fail_header(err);
  out->has_order = true;
  out->fortran = accept(c, "True");
  return out->fortran || accept(c, "False") ? GIBBS_OK : fail_header(err);
}

static gibbs_status take_header(cursor *c, npy_header *out, gibbs_error *err) {
  if (!accept(c, "{")) return fail_header(err);
  while (!accept(c, "}")) {
    gibbs_status status = take_item(c, out, err);
    if (status != GIBBS_OK) return status;
    if (!accept(c, ",") && c->at < c->size && c->text[c->at] != '}') return fail_header(err);
  }
  skip_space(c);
  return c->at == c->size && out->has_descr && out->has_shape && out->has_order ? GIBBS_OK : fail_header(err);
}

/* Column-major to row-major: the axes of `from` run the other way round. */
static void reverse_axes(const double *from, double *to, const gibbs_shape *shape) {
  size_t size = gibbs_shape_size(shape), index[GIBBS_MAX_RANK] = {0}, stride[GIBBS_MAX_RANK], offset = 0;
  size_t step = 1;
  for (size_t k = shape->rank; k-- > 0; step *= shape->extent[k]) stride[k] = step;
  for (size_t i = 0; i < size; i++) {
    to[offset] = from[i];
    for (size_t k = 0; k < shape->rank; k++) {
      offset += stride[k];
      if (++index[k] < shape->extent[k]) break;
      index[k] = 0;
      offset -= stride[k] * shape->extent[k];
    }
  }
}

static gibbs_status fill_tensor(const unsigned char *bytes, const npy_header *header, gibbs_tensor *tensor,
                                gibbs_error *err) {
  size_t count = gibbs_tensor_size(tensor);
  double *data = gibbs_tensor_data(tensor);
  if (!header->fortran || header->shape.rank < 2)
    return gibbs_numbers_decode(bytes, &header->encoding, count, data, err);
  double *columns = malloc(count * sizeof *columns);
  if (!columns) return gibbs_fail_memory(err, "an array", count * sizeof *columns);
  gibbs_status status = gibbs_numbers_decode(bytes, &header->encoding, count, columns, err);
  if (status == GIBBS_OK) reverse_axes(columns, data, &header->shape);
  free(columns);
  return status;
}

/* Where the header's text lies: two bytes of length in version 1, four afterwards. */
static gibbs_status find_header(const unsigned char *bytes, size_t size, cursor *out, gibbs_error *err) {
  if (size < magic_size + 6 || memcmp(bytes, magic, magic_size) != 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "not a NumPy array: it does not begin with \\x93NUMPY");
  int version = bytes[magic_size];
  if (version < 1 || version > 3)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "version %d of NumPy's format is not known; 1 to 3 are", version);
  size_t length_size = version == 1 ? 2 : 4, start = magic_size + 2 + length_size, length = 0;
  for (size_t i = 0; i < length_size; i++) length |= (size_t)bytes[magic_size + 2 + i] << 8 * i;
  if (length > size - start) return gibbs_fail(err, GIBBS_ERR_FILE, "the file ends inside its header");
  *out = (cursor){(const char *)bytes + start, 0, length};
  return GIBBS_OK;
}

gibbs_status gibbs_npy_parse(const unsigned char *bytes, size_t size, gibbs_value **out, gibbs_error *err) {
  cursor text = {0};
  npy_header header = {0};
  gibbs_status status = find_header(bytes, size, &text, err);
  if (status == GIBBS_OK) status = take_header(&text, &header, err);
  if (status != GIBBS_OK) return status;
  const unsigned char *data = (const unsigned char *)text.text + text.size;
  size_t left = size - (size_t)(data - bytes), count = gibbs_shape_size(&header.shape);
  if (left % header.encoding.size != 0 || left / header.encoding.size != count)
    return gibbs_fail(err, GIBBS_ERR_FILE, "the header promises %zu numbers of %zu bytes, and %zu bytes follow",
                      count, header.encoding.size, left);
  gibbs_tensor *tensor;
  status = gibbs_tensor_new(&header.shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  status = fill_tensor(data, &header, tensor, err);
  if (status == GIBBS_OK && !(*out = gibbs_value_tensor(tensor)))
    status = gibbs_fail_memory(err, "a value", sizeof(void *));
  gibbs_tensor_release(tensor);
  return status;
}

gibbs_status gibbs_npy_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_bytes bytes;
  gibbs_status status = gibbs_bytes_load(path, &bytes, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_npy_parse(bytes.data, bytes.size, out, err);
  gibbs_bytes_free(&bytes);
  return status;
}

/* Padded so that the numbers begin at a multiple of 64 bytes, as NumPy does for mapping files into memory. */
size_t gibbs_npy_header(const gibbs_shape *shape, unsigned char header[gibbs_npy_header_size]) {
  char *text = (char *)header + magic_size + 4;
  size_t room = gibbs_npy_header_size - magic_size - 4, used = 0;
  used += (size_t)snprintf(text, room, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
  for (size_t k = 0; k < shape->rank; k++)
    used += (size_t)snprintf(text + used, room - used, "%zu,%s", shape->extent[k], k + 1 < shape->rank ? " " : "");
  used += (size_t)snprintf(text + used, room - used, "), }");
  size_t total = (magic_size + 4 + used + 1 + alignment - 1) / alignment * alignment;
  size_t length = total - magic_size - 4;
  memset(text + used, ' ', length - used - 1);
  text[length - 1] = '\n';
  memcpy(header, magic, magic_size);
  header[6] = 1, header[7] = 0;
  header[8] = (unsigned char)(length & 0xFF), header[9] = (unsigned char)(length >> 8);
  return total;
}

void gibbs_npy_numbers(const gibbs_tensor *tensor, gibbs_npy_sink *sink, void *context) {
  enum { block = 1024 };
  unsigned char bytes[8 * block];
  const double *values = gibbs_tensor_values(tensor);
  for (size_t done = 0, size = gibbs_tensor_size(tensor); done < size;) {
    size_t count = size - done < block ? size - done : block;
    gibbs_numbers_encode(values + done, count, bytes);
    sink(context, bytes, 8 * count);
    done += count;
  }
}

static void put_bytes(void *stream, const unsigned char *bytes, size_t size) {
  fwrite(bytes, 1, size, stream);
}

gibbs_status gibbs_npy_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_value_to_tensor(value, &tensor, err);
  if (status != GIBBS_OK) return status;
  unsigned char header[gibbs_npy_header_size];
  put_bytes(out->stream, header, gibbs_npy_header(gibbs_tensor_shape(tensor), header));
  gibbs_npy_numbers(tensor, put_bytes, out->stream);
  gibbs_tensor_release(tensor);
  return GIBBS_OK;
}
