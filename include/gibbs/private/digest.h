/* digest.h - a number that tells two expressions apart, the same for equal ones in every process.
 *
 * Of two things that differ the digests are equal once in 2^64 times, which is no protection against malice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_DIGEST_H
#define GIBBS_PRIVATE_DIGEST_H

#include "gibbs/expr.h"

uint64_t gibbs_digest_numbers(uint64_t digest, const double *numbers, size_t count);
uint64_t gibbs_digest_integer(uint64_t digest, uint64_t number);
uint64_t gibbs_digest_text(uint64_t digest, const char *text);

/* What the digest of an expression has to be told: which parameters vary, and so count by their shape and not by
 * their values; and what a functional is. */
typedef struct gibbs_digest_context {
  gibbs_expr *const *varied;
  size_t count;
  void *payload; /* for `functional` */
  gibbs_status (*functional)(const struct gibbs_digest_context *context, const gibbs_functional *functional,
                             uint64_t *out, gibbs_error *err);
} gibbs_digest_context;

/* Structure, shapes, constants, and the values of parameters that do not vary.  Functions of a script count by their
 * variables alone.  O(nodes + numbers in constants). */
gibbs_status gibbs_expr_digest(gibbs_expr *expr, const gibbs_digest_context *context, uint64_t *out,
                               gibbs_error *err) GIBBS_CHECKED;

#endif
