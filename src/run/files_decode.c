/* files_decode.c - numbers as they are stored in files, as doubles and back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <string.h>

#include "files_format.h"

_Static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53, "doubles are stored as IEEE 754 binary64");

typedef struct encoding_row {
  char kind;
  size_t size;
} encoding_row;

static const encoding_row rows[] = {
    {'f', 8}, {'f', 4}, {'b', 1}, {'i', 1}, {'i', 2}, {'i', 4}, {'i', 8}, {'u', 1}, {'u', 2}, {'u', 4}, {'u', 8},
};

bool gibbs_encoding_known(const gibbs_encoding *encoding) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].kind == encoding->kind && rows[i].size == encoding->size) return true;
  return false;
}

static uint64_t take_word(const unsigned char *bytes, const gibbs_encoding *encoding) {
  uint64_t word = 0;
  for (size_t i = 0; i < encoding->size; i++)
    word |= (uint64_t)bytes[i] << 8 * (encoding->big_endian ? encoding->size - 1 - i : i);
  return word;
}

static double float_of(uint64_t word, size_t size) {
  double number;
  if (size == 8) {
    memcpy(&number, &word, sizeof number);
    return number;
  }
  uint32_t half = (uint32_t)word;
  float single;
  memcpy(&single, &half, sizeof single);
  return (double)single;
}

/* Two's complement of `size` bytes as magnitude and sign; false when a double does not hold it. */
static bool integer_of(uint64_t word, const gibbs_encoding *encoding, double *out) {
  uint64_t top = (uint64_t)1 << (8 * encoding->size - 1);
  bool negative = encoding->kind == 'i' && (word & top);
  uint64_t magnitude = negative ? 2 * top - word : word; /* 2 * 2^63 is 0, and the difference still right */
  uint64_t odd = magnitude;
  while (odd && !(odd & 1)) odd >>= 1;
  *out = negative ? -(double)magnitude : (double)magnitude;
  return odd <= (uint64_t)1 << DBL_MANT_DIG;
}

gibbs_status gibbs_numbers_decode(const unsigned char *bytes, const gibbs_encoding *encoding, size_t count,
                                  double *values, gibbs_error *err) {
  if (encoding->kind == 'u' && encoding->size == 1) { /* images, by the million */
    for (size_t i = 0; i < count; i++) values[i] = bytes[i];
    return GIBBS_OK;
  }
  for (size_t i = 0; i < count; i++) {
    uint64_t word = take_word(bytes + i * encoding->size, encoding);
    if (encoding->kind == 'f')
      values[i] = float_of(word, encoding->size);
    else if (encoding->kind == 'b')
      values[i] = word != 0;
    else if (!integer_of(word, encoding, &values[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "integer %zu, about %.17g, has more digits than a double holds",
                        i + 1, values[i]);
  }
  return GIBBS_OK;
}

void gibbs_numbers_encode(const double *values, size_t count, unsigned char *bytes) {
  for (size_t i = 0; i < count; i++) {
    uint64_t word;
    memcpy(&word, &values[i], sizeof word);
    for (size_t k = 0; k < 8; k++) bytes[8 * i + k] = (unsigned char)(word >> 8 * k);
  }
}
