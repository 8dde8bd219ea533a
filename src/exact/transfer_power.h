/* transfer_power.h - long periodic strips of equal rows: log Z by powers of the matrix from one row to the next. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_TRANSFER_POWER_H
#define GIBBS_EXACT_TRANSFER_POWER_H

#include "bucket.h"

enum { GIBBS_POWER_MOST_UNITS = 11 }; /* of a row */

/* A bond from unit `from` of a row to unit `to` of the same row, or of the next one. */
typedef struct gibbs_row_bond {
  size_t from, to;
  bool next;
  double coupling;
} gibbs_row_bond;

typedef struct gibbs_rows {
  size_t count, units; /* rows, and units of each */
  gibbs_domain domain;
  double field;
  size_t bonds;
  gibbs_row_bond *bond;
  double log2_work; /* of the products, in additions and multiplications */
} gibbs_rows;

/* Whether the form is a lattice of spins or bits, with equal bonds and fields everywhere, that is periodic along an
 * axis, interacts from row to row alone, and has rows of few units; the best such axis. */
gibbs_status gibbs_rows_find(gibbs_normal_form *form, gibbs_rows *out, bool *found, gibbs_error *err) GIBBS_CHECKED;
void gibbs_rows_clear(gibbs_rows *rows);

/* log Z without constants, and its first two derivatives along E as gibbs_eliminate has them.  *done is false where
 * the weights of one row span more than doubles do. */
gibbs_status gibbs_rows_power(const gibbs_rows *rows, size_t orders, double *out, bool *done,
                              gibbs_error *err) GIBBS_CHECKED;

#endif
