/* program_rewrite.h - expressions as programs like them: the same values, less work for every state and
 * configuration. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_REWRITE_H
#define GIBBS_EXPR_PROGRAM_REWRITE_H

#include "graph.h"

/* out[k]: roots[k] with sums over states taken past what is linear, products brought to the side that is computed
 * once, and scalars drawn into outer products.  New references; none on failure. */
gibbs_status gibbs_program_rewrite(gibbs_expr *const roots[], size_t count, gibbs_expr *out[],
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
