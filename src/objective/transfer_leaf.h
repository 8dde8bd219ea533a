/* transfer_leaf.h - one functional by elimination: its value and its gradient. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_TRANSFER_LEAF_H
#define GIBBS_OBJECTIVE_TRANSFER_LEAF_H

#include "functional.h"

/* ERR_UNSUPPORTED: the functional cannot be had by elimination; the message says what can. */
gibbs_status gibbs_transfer_leaf_value(const gibbs_term *term, double *out, gibbs_error *err) GIBBS_CHECKED;
/* gradients[k] += coefficient * its derivative by parameters[k].  dF = <dE>, and with it that of KL(P||Q) by what Q
 * alone depends on.  ERR_UNSUPPORTED: another functional, or a P that varies. */
gibbs_status gibbs_transfer_leaf_gradient(const gibbs_term *term, double coefficient, gibbs_expr *const parameters[],
                                          size_t count, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;

#endif
