/* program_plain.h - the values of a frame that are one number an element: what is the same for all configurations,
 * or everything, for one configuration. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_PLAIN_H
#define GIBBS_EXPR_PROGRAM_PLAIN_H

#include "program_frame.h"

/* The value of one node from the values of its arguments; not of leaves, callbacks and sums over states. */
void gibbs_apply(const gibbs_expr *node, const double *const arguments[], double *out);

typedef struct gibbs_plain {
  const gibbs_frame *frame;
  bool all;                    /* also what varies */
  bool in_place;               /* parameters are read where they stand */
  double **at;                 /* [value]: NULL if it has no place here */
  double *room;                /* what `at` points into, as far as it is owned */
  double *joint;               /* arguments of a callback, one after the other */
  struct gibbs_plain **bodies; /* [value]: of sums over states */
} gibbs_plain;

/* What is evaluated: what is the same for all configurations, with copies of the parameters or with these as they
 * stand (for somebody who looks at values only right after they were read), or everything. */
typedef enum gibbs_plain_kind { GIBBS_PLAIN_SAME, GIBBS_PLAIN_IN_PLACE, GIBBS_PLAIN_ALL } gibbs_plain_kind;

/* `parent` (NULL for the outermost) must outlive it; `prepared` (or NULL) lends the values of the parameters. */
gibbs_status gibbs_plain_new(const gibbs_frame *frame, const gibbs_plain *parent, const gibbs_plain *prepared,
                             gibbs_plain_kind kind, gibbs_plain **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_plain_free(gibbs_plain *plain); /* NULL is fine */

/* Read the present values of the parameters.  ERR_NUMERIC: one is not finite (named). */
gibbs_status gibbs_plain_read_parameters(gibbs_plain *plain, gibbs_error *err) GIBBS_CHECKED;
/* Give the variables that are summed over their values in a joint state. */
void gibbs_plain_set_state(gibbs_plain *plain, uint64_t state);
/* Compute all that has a place here from the leaves. */
gibbs_status gibbs_plain_run(gibbs_plain *plain, gibbs_error *err) GIBBS_CHECKED;

#endif
