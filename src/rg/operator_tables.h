/* operator_tables.h - operators on one lattice: their images there, and the spins that each site meets in them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OPERATOR_TABLES_H
#define OPERATOR_TABLES_H

#include "gibbs/operators.h"

/* One image: offsets relative to its first site in row-major order. */
typedef struct image {
  size_t spins;
  int offset[GIBBS_MOST_SPINS][GIBBS_MOST_AXES];
} image;

/* Terms of a site's field: products of as many other spins each. */
typedef struct term_run {
  size_t terms, others;
} term_run;

struct gibbs_operators {
  size_t axes, extent[GIBBS_MOST_AXES], padded[GIBBS_MOST_AXES];
  size_t sites, count, halo;
  char name[GIBBS_MOST_OPERATORS][sizeof((gibbs_operator){.spins = 0}.name)];
  size_t images[GIBBS_MOST_OPERATORS];
  image *image[GIBBS_MOST_OPERATORS]; /* as they are where nothing wraps around */
  image *left[GIBBS_MOST_OPERATORS]; /* on this lattice: spins that meet themselves around it are left out in pairs */
  term_run *run[GIBBS_MOST_OPERATORS]; /* neighbouring images of as many spins each */
  size_t runs[GIBBS_MOST_OPERATORS];
  size_t terms[GIBBS_MOST_OPERATORS]; /* spins of all images: a site is each of them once */
  uint32_t *neighbour;                /* [site][all terms' other spins] */
  size_t neighbours;
};

/* The site that lies `plus` - `minus` from another. */
size_t operators_site(const gibbs_operators *s, size_t site, const int *plus, const int *minus);

#endif
