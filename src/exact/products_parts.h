/* products_parts.h - what the files of the product kernel share: the kernel itself and a thread's scratch.
 *
 * A state number is cut into three: lane (the lowest lane_bits bits), block (the rest of the chunk's bits) and top
 * (the number of the chunk).  Every exponential of a sum of units is then a product of a lane's, a block's and a
 * top's. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_PRODUCTS_PARTS_H
#define GIBBS_EXACT_PRODUCTS_PARTS_H

#include "products.h"

/* exp of +-this is a normal double, with room for a sum over 2^30 states. */
#define GIBBS_PRODUCTS_LARGEST_LOG 600.0
/* Of one factor, and of what the top units add: products of three are within range, and so are weights over two. */
#define GIBBS_PRODUCTS_LARGEST_PART 200.0

/* GNU C vectors (gcc and clang): gcc 12 does not keep the running products of a tile in registers when they are plain
 * arrays, which costs a factor of five.  A load may begin at any double. */
typedef double gibbs_lanes __attribute__((vector_size(32)));
typedef double gibbs_lanes_at __attribute__((vector_size(32), aligned(8), may_alias));
enum { GIBBS_WIDTH = 4, GIBBS_TILE = 8 /* lanes in a tile: 2 vectors */, GIBBS_LANE_BITS = 6 /* at most */ };

/* Factors whose products are formed in one go; `rescale`: take the exponents out of the products afterwards. */
typedef struct gibbs_products_group {
  size_t from, to;
  bool rescale;
} gibbs_products_group;

struct gibbs_products {
  size_t n, m;
  unsigned chunk_bits, lane_bits;
  size_t states, lanes, blocks; /* of a chunk: states = lanes * blocks */

  /* The part without softplus.  Turned factors have put their linear part here. */
  double constant;
  double *field;     /* [n] */
  double *coupling;  /* [n][n], or NULL */
  double *energy;    /* [states] its log-weight inside a chunk, without what the top units add */
  bool pair_product; /* exp of it can be formed by products: no chunk's range is too wide */
  double shift;      /* max of energy */
  double down, up;   /* the most that the top units can take from energy, and add to it */
  double *table;     /* [states] exp(energy - shift), if pair_product */

  /* The softplus terms as factors: those that are formed as products first, then those that need logarithms. */
  size_t products;
  size_t *order;  /* [m] the caller's number of factor k */
  bool *turned;   /* [m] log(1 + e^a) is written a + log(1 + e^-a), so that the factor stays small */
  double *bias;   /* [m] of the turned factor */
  double *weight; /* [n][m] of the turned factor */
  double *low;    /* [m][lanes]: exp of the lane's part, of the part itself where factors need logarithms */
  double *middle; /* [m][blocks]: the same of the block's part */
  size_t group_count;
  gibbs_products_group *groups; /* of the products */
  bool settled;                 /* the largest weight of a chunk is near enough to 1 as products give it */
};

/* Sums of one segment of chunks.  The factors' are those of tau = t / (1 + t), t = exp of the turned factor: sigma,
 * or 1 - sigma where the factor is turned. */
struct gibbs_moments {
  bool second;
  size_t count;
  double *all;      /* [count]: the following, in a row */
  double *zero;     /* sum of w */
  double *first;    /* [n] sum of w x_i */
  double *response; /* [m] sum of w tau_k */
  double *cross;    /* [m][n] sum of w tau_k x_i */
  double *pairs;    /* [n][n] sum of w x_i x_j for j < i, if second */
};

struct gibbs_products_scratch {
  double log_top;                /* what the top units add to all states of the chunk, constant included */
  double *pull;                  /* [n] what the top units add to the field of each unit */
  double *lane_sum;              /* [lanes] log-weight of the lane's units in the pull of the top, */
  double *lane_exp;              /* [lanes] and its exp */
  double *block_sum, *block_exp; /* [blocks] */
  double *top;      /* [m] the top's part of each factor: exp for products, the sum itself for logarithms */
  double *high;     /* [members of a group][blocks]: block times top */
  double *product;  /* [states] */
  double *exponent; /* [states] powers of two taken out of the products */
  double *work;     /* [states] */
};

/* Aligned to a cache line; at least one element; NULL when out of memory.  Released by free. */
double *gibbs_products_doubles(size_t count);

/* Which factors are products, which of them are turned, and the groups.  Fills order, turned, bias, weight, products,
 * constant, field. */
gibbs_status gibbs_products_plan(gibbs_products *kernel, const gibbs_bit_form *form, gibbs_error *err) GIBBS_CHECKED;
/* Fills energy, shift, down, up, pair_product, table, low, middle. */
gibbs_status gibbs_products_tabulate(gibbs_products *kernel, gibbs_error *err) GIBBS_CHECKED;
/* Cuts the products into groups so that none leaves the range of a double.  After the tables. */
gibbs_status gibbs_products_divide(gibbs_products *kernel, gibbs_error *err) GIBBS_CHECKED;
/* The largest members of a group, which is what `high` has room for. */
size_t gibbs_products_group_room(const gibbs_products *kernel);

/* What the units above the chunk add: log_top, pull, top. */
void gibbs_products_enter(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk);
/* high[k - from] = middle[k] * top[k]. */
void gibbs_products_raise(const gibbs_products *kernel, gibbs_products_scratch *scratch, size_t from, size_t to);
/* Multiplies every state's product by its factors; exponents are set when the kernel rescales. */
void gibbs_products_multiply(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *product);
/* value *= 2^(exponent - largest), where too small to be told from zero: 0. */
void gibbs_products_give_exponents(double *value, const double *exponent, double largest, size_t count);
/* sums[s] = first + the sum of part_i over the bits of s; products[s] = the product of factor_i over them. */
void gibbs_products_spread_sums(double *sums, double first, const double *part, size_t stride, unsigned bits);
void gibbs_products_spread_products(double *products, const double *factor, unsigned bits);

static inline bool gibbs_products_rescales(const gibbs_products *kernel) {
  return kernel->group_count > 0 && kernel->groups[kernel->group_count - 1].rescale;
}

#endif
