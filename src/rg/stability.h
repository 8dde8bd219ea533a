/* stability.h - dK'/dK from connected correlations of operators, and its largest eigenvalue. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STABILITY_H
#define STABILITY_H

#include <stddef.h>

#include "gibbs/status.h"

/* out[rows x columns] = same^-1 cross: same[rows x rows] = <S' S'> (overwritten), cross[rows x columns] = <S' S>.
 * ERR_NUMERIC when the operators do not fluctuate or are linearly dependent; the test does not depend on their sizes.
 * GSL's error handler has to be off. */
gibbs_status stability_solve(size_t rows, size_t columns, double *same, const double *cross, double *out,
                             gibbs_error *err) GIBBS_CHECKED;
/* The largest modulus of the eigenvalues. */
gibbs_status stability_largest(size_t count, const double *matrix, double *out, gibbs_error *err) GIBBS_CHECKED;

#endif
