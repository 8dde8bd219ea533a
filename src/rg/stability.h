/* stability.h - dK'/dK from connected correlations of operators, and its eigenvalues. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STABILITY_H
#define STABILITY_H

#include <stddef.h>

#include "gibbs/operators.h"
#include "gibbs/status.h"

/* out[rows x columns] = same^-1 cross: same[rows x rows] = <S' S'> (overwritten), cross[rows x columns] = <S' S>.
 * ERR_NUMERIC when the operators (of the rows) do not fluctuate or are linearly dependent; the test does not depend
 * on their sizes.  GSL's error handler has to be off. */
gibbs_status stability_solve(const gibbs_operator *operators, size_t rows, size_t columns, double *same,
                             const double *cross, double *out, gibbs_error *err) GIBBS_CHECKED;

typedef struct eigenvalue {
  double real, imaginary;
} eigenvalue;

double eigenvalue_modulus(eigenvalue z);
/* All of them, by falling modulus; of a complex pair the one above the axis first. */
gibbs_status stability_eigenvalues(size_t count, const double *matrix, eigenvalue *out,
                                   gibbs_error *err) GIBBS_CHECKED;
/* Orders the eigenvalues of a matrix that is hardly another one: each becomes the successor of the one of `from` that
 * it is nearest to, though two may have changed places in size. */
void stability_follow(size_t count, const eigenvalue *from, eigenvalue *list);
/* NULL, or why an exponent of the eigenvalue means little. */
const char *eigenvalue_doubt(eigenvalue z);

#endif
