/* interactions.h - an energy of discrete units as a list of terms, each a number times a product of elements.
 *
 * Knows nothing of where the terms come from beyond normal forms, and nothing of how they are summed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_INTERACTIONS_H
#define GIBBS_EXACT_INTERACTIONS_H

#include "gibbs/normal_form.h"

typedef struct gibbs_interactions {
  size_t units, elements;
  const gibbs_segment *segments; /* borrowed from the form it was made of */
  size_t segment_count;
  uint32_t *states;        /* a unit */
  uint32_t *first_element; /* a unit */
  uint32_t *unit;          /* an element */
  gibbs_domain *domain;    /* a unit */
  size_t terms, term_room, entries, entry_room;
  size_t *first; /* terms + 1, into element */
  uint32_t *element;
  double *weight, *slope; /* a term: its coefficient in the logarithm of the weight, and in the derivative of that */
  double constant, constant_slope;
} gibbs_interactions;

/* Units and elements, without terms.  ERR_UNSUPPORTED where units take real values. */
gibbs_status gibbs_interactions_begin(const gibbs_normal_form *form, gibbs_interactions *out,
                                      gibbs_error *err) GIBBS_CHECKED;
void gibbs_interactions_clear(gibbs_interactions *list);

/* Coefficients of 0 in both columns are left out. */
gibbs_status gibbs_interactions_put(gibbs_interactions *list, const uint32_t element[], size_t count, double weight,
                                    double slope, gibbs_error *err) GIBBS_CHECKED;
/* Every term of a form over the same variables, its coefficients multiplied by `weight` and by `slope`.
 * ERR_UNSUPPORTED, with `what` as its subject: the form has more than products of elements. */
gibbs_status gibbs_interactions_add(gibbs_interactions *list, gibbs_normal_form *form, double weight, double slope,
                                    const char *what, gibbs_error *err) GIBBS_CHECKED;
/* A term of weight and slope 0, to be asked for its mean. */
gibbs_status gibbs_interactions_ask(gibbs_interactions *list, const uint32_t element[], size_t count,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif
