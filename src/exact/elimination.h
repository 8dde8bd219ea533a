/* elimination.h - in which order the units of an energy are summed out, one after the other.
 *
 * Summing out a unit joins all that interact with it, or came to by earlier sums: its separator.  The table over the
 * unit and its separator is what a sum costs.  The order is the cheapest of a few: by fewest joined states, by fewest
 * new neighbours, and sweeps along every axis of the units' shapes, which are transfer matrices taken site by site.
 * Promises: the same order for the same terms, whatever their values.  Knows nothing of the sums themselves. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_ELIMINATION_H
#define GIBBS_EXACT_ELIMINATION_H

#include "interactions.h"

/* Who interacts with whom, in compressed rows, ascending. */
typedef struct gibbs_contacts {
  size_t units;
  size_t *first; /* units + 1 */
  uint32_t *unit;
  const uint32_t *states; /* borrowed */
} gibbs_contacts;

typedef struct gibbs_elimination {
  size_t units;
  uint32_t *order;     /* [position]: the unit that is summed out then */
  uint32_t *position;  /* [unit] */
  size_t *first;       /* units + 1, into separator, by position */
  uint32_t *separator; /* positions, descending: all later than that of the unit itself */
  size_t room;
  const char *name; /* of the kind of order */
  size_t clique;    /* units of the largest table */
  double bits;      /* log2 of its states */
  double entries;   /* of all tables together */
  double kept;      /* of all tables over separators alone together */
  double peak;      /* of those that are there at one time, at most, where they go when they were used */
} gibbs_elimination;

/* ERR_SIZE: the best order needs a table of more than 2^limit states; with `tell` the message says how many, which
 * can take longer than the search. */
gibbs_status gibbs_elimination_plan(const gibbs_interactions *list, double limit, bool tell, gibbs_elimination *out,
                                    gibbs_error *err) GIBBS_CHECKED;
void gibbs_elimination_clear(gibbs_elimination *plan);

/* ---- shared by the files of the plan ------------------------------------------------------------------------- */

gibbs_status gibbs_contacts_new(const gibbs_interactions *list, gibbs_contacts *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_contacts_clear(gibbs_contacts *contacts);

/* What is summed out next. */
typedef enum gibbs_greed { GIBBS_GREED_NONE, GIBBS_GREED_STATES, GIBBS_GREED_FILL } gibbs_greed;

/* Sum out all units: greedily, or in the order given (GREED_NONE).  Where a table would have more than 2^limit
 * states, *fits is false, out->bits is what it would have, and nothing else of *out is there. */
gibbs_status gibbs_elimination_try(const gibbs_contacts *contacts, gibbs_greed greed, const uint32_t order[],
                                   double limit, gibbs_elimination *out, bool *fits, gibbs_error *err) GIBBS_CHECKED;

#endif
