/* slopes_layers.h - the parts of the way of two layers: what is recognised, configurations as bits, products with
 * them.
 *
 * The energy is E = constant + sum_i field_i v_i + sum_j field_j h_j + sum_ij J_ij v_i h_j, where each of the three
 * groups of coefficients is a parameter times a number.  A unit is low + step * bit.  Matrices are cut into panels of
 * 64 columns that stand one after the other, so that what a product reads stays in the cache. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_SLOPES_LAYERS_H
#define GIBBS_SAMPLE_SLOPES_LAYERS_H

#include "slopes.h"

enum {
  GIBBS_LAYERS_PANEL = 64,        /* columns */
  GIBBS_LAYERS_DOUBLE_PANEL = 32, /* the same of matrices of doubles */
  GIBBS_LAYERS_ROWS = 128,        /* rows of a product that are done together, by one thread */
  GIBBS_LAYERS_CHUNK = 512        /* most configurations whose sums are taken in single precision */
};

/* ---- what is recognised (slopes_layers_find.c) --------------------------------------------------------------- */

typedef enum gibbs_layers_group { GIBBS_LAYERS_PAIRS, GIBBS_LAYERS_VISIBLE, GIBBS_LAYERS_HIDDEN } gibbs_layers_group;
enum { GIBBS_LAYERS_GROUPS = 3 };

/* Coefficients that are `scale` times a parameter; number SIZE_MAX: nobody wants their slopes. */
typedef struct gibbs_layers_role {
  gibbs_parameter *parameter; /* borrowed from the distribution; NULL: the coefficients are 0 */
  double scale;
  bool transposed; /* pairs: the parameter is hidden x visible */
  size_t number;   /* of it among those that slopes are wanted by */
} gibbs_layers_role;

typedef struct gibbs_layers_form {
  size_t n, m;            /* units: visible, hidden */
  double low[2], step[2]; /* of visible and of hidden units */
  double constant;
  gibbs_layers_role role[GIBBS_LAYERS_GROUPS];
} gibbs_layers_form;

/* *found: the energy is such a one, and every parameter of it is one of the groups. */
gibbs_status gibbs_layers_find(const gibbs_slopes *slopes, gibbs_layers_form *out, bool *found,
                               gibbs_error *err) GIBBS_CHECKED;

/* ---- bits (slopes_layers_bits.c) ------------------------------------------------------------------------------ */

/* Which of `columns` bits of each row are set: as words, and as lists where they are few or nearly all. */
typedef struct gibbs_layers_bits {
  size_t rows, columns, words;
  uint32_t *word;         /* [word][row]: bit i is column 32 * word + i */
  bool listed, turned;    /* turned: the lists hold the bits that are clear */
  uint32_t *count, *list; /* [row], [row][columns] */
} gibbs_layers_bits;

/* Some configurations of n units. */
typedef struct gibbs_layers_chunk {
  size_t most;
  gibbs_layers_bits by_configuration, by_unit;
} gibbs_layers_chunk;

/* Room for `most` configurations. */
gibbs_status gibbs_layers_chunk_new(size_t n, size_t most, gibbs_layers_chunk *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_layers_chunk_clear(gibbs_layers_chunk *chunk);
/* Take configurations in, for products with so many panels; `first` is the number of the first one, for messages.
 * `lists`: whatever they are like. */
gibbs_status gibbs_layers_chunk_fill(gibbs_layers_chunk *chunk, const gibbs_variable *variable, const double *rows,
                                     size_t first, size_t count, size_t panels, bool lists,
                                     gibbs_error *err) GIBBS_CHECKED;

/* ---- matrices (slopes_layers_matrix.c) ------------------------------------------------------------------------- */

/* sum_j of a field on column j and of rows i whose bit is set, in panels. */
typedef struct gibbs_layers_matrix {
  float *value;        /* [panel][rows, rounded up to words][64] */
  float *bias, *total; /* [panel * 64]: the field; the sum of a column */
} gibbs_layers_matrix;

/* The same in double, in panels of 32 columns. */
typedef struct gibbs_layers_doubles {
  double *value, *bias, *total;
} gibbs_layers_doubles;

/* factor * (field_j + sum_i J_ij v_i) as a field and a matrix, from values for the parameters of pairs and of hidden
 * units (NULL: 0).  Arrays are made where they are NULL.  ERR_NUMERIC: too large for single precision. */
gibbs_status gibbs_layers_read(const gibbs_layers_form *form, const double *pairs, const double *hidden,
                               double factor, gibbs_layers_matrix *out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_layers_read_double(const gibbs_layers_form *form, const double *pairs, const double *hidden,
                                      double factor, gibbs_layers_doubles *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_layers_matrix_clear(gibbs_layers_matrix *matrix);
void gibbs_layers_doubles_clear(gibbs_layers_doubles *matrix);

static inline size_t gibbs_layers_round_up(size_t n, size_t step) {
  return (n + step - 1) / step * step;
}

/* ---- products (slopes_layers_product.c) ------------------------------------------------------------------------ */

/* out[r - from][64] = sum of source[column][64] over the columns whose bit is set in row r, from <= r < to; `total`
 * is the sum over all columns.  `source` has rows for whole words of columns, the last ones 0. */
void gibbs_layers_multiply(const gibbs_layers_bits *bits, size_t from, size_t to, const float *source,
                           const float *total, float *out);
/* The same in double, 32 columns. */
void gibbs_layers_multiply_double(const gibbs_layers_bits *bits, size_t from, size_t to, const double *source,
                                  const double *total, double *out);
/* x = weight[row] * 1 / (1 + exp(x + bias)) of 64 columns; for spins weight * (2 / (1 + exp(x + bias)) - 1). */
void gibbs_layers_respond(float *x, size_t rows, const float *bias, const double *weight, bool spins);

#endif
