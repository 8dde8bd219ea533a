/* program_trace.h - where a value that is not finite was made. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_TRACE_H
#define GIBBS_EXPR_PROGRAM_TRACE_H

#include "program_plain.h"

/* Evaluate configuration `at` again, node by node, and fail with the operation that made `root` of the frame NaN or
 * infinite out of finite arguments.  `prepared` holds the parameters. Always a failure. */
gibbs_status gibbs_trace(const gibbs_plain *prepared, size_t root, const double *const in[], size_t stride, size_t at,
                         gibbs_error *err) GIBBS_CHECKED;

#endif
