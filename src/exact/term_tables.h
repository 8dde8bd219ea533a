/* term_tables.h - the terms of an energy in the buckets where they enter the sum, as small tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_TERM_TABLES_H
#define GIBBS_EXACT_TERM_TABLES_H

#include "bucket.h"

/* A term enters with the first of its units to go; terms of one bucket over the same unit or pair share a table. */
typedef struct gibbs_term_place {
  uint32_t bucket, units, partner, term;
} gibbs_term_place;

typedef struct gibbs_term_group {
  size_t first, end; /* of the places */
  size_t cells;
  size_t units;
  uint32_t scope[GIBBS_BUCKET_MOST_UNITS]; /* positions, descending */
  double *marginal;                        /* of the present bucket; NULL where not wanted */
} gibbs_term_group;

typedef struct gibbs_term_tables {
  const gibbs_interactions *list;
  const gibbs_elimination *plan;
  gibbs_term_place *place; /* a term, by bucket */
  size_t *first;           /* units + 1: places of a bucket */
  size_t groups, group_room;
  gibbs_term_group *group; /* of the present bucket */
  double *cells;           /* tables of the present bucket */
  size_t cell_room;
} gibbs_term_tables;

gibbs_status gibbs_term_tables_new(const gibbs_interactions *list, const gibbs_elimination *plan,
                                   gibbs_term_tables *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_term_tables_clear(gibbs_term_tables *tables);

/* Add the terms of a position to its bucket: logarithms, with `slopes` their derivatives too, with `marginals` empty
 * marginals.  What was made for the bucket before goes. */
gibbs_status gibbs_term_tables_add(gibbs_term_tables *tables, size_t position, bool slopes, bool marginals,
                                   gibbs_bucket *bucket, gibbs_error *err) GIBBS_CHECKED;
/* The means of the terms of the present bucket, from its marginals, each at its own number. */
void gibbs_term_tables_read(const gibbs_term_tables *tables, double *mean);

#endif
