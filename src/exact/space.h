/* space.h - an enumerable space: all joint states of discrete variables, numbered. */
#ifndef GIBBS_EXACT_SPACE_H
#define GIBBS_EXACT_SPACE_H

#include "gibbs/expr.h"

/* One unit: its digit in state number s is (s / place) % states. */
typedef struct gibbs_unit {
  gibbs_domain domain;
  uint64_t place;
  size_t states;
  size_t variable, row; /* its first row in its variable's values (Potts: `states` rows) */
} gibbs_unit;

typedef struct gibbs_space {
  size_t unit_count, variable_count;
  gibbs_unit *units;
  size_t *sizes; /* rows of each variable */
  uint64_t states;
  double log2_states;
  bool two_state; /* spins and bits only: digit i is bit i */
} gibbs_space;

/* ERR_UNSUPPORTED for reals; ERR_SIZE above 2^62 states. */
gibbs_status gibbs_space_new(gibbs_expr *const variables[], size_t count, gibbs_space *out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_space_clear(gibbs_space *space);
/* ERR_SHAPE unless the variables have the same units as the space. */
gibbs_status gibbs_space_match(const gibbs_space *space, gibbs_expr *const variables[], size_t count,
                               gibbs_error *err) GIBBS_CHECKED;

/* values[variable][row * stride + s] for the states first..first+count-1, of the units whose place is at least
 * `place`: digits of smaller places repeat from one aligned run of states to the next. */
void gibbs_space_fill(const gibbs_space *space, uint64_t first, size_t count, size_t stride, uint64_t place,
                      double *const values[]);
/* The value a user sees of unit u in state s: -1/+1, 0/1, 1..q. */
double gibbs_space_value(const gibbs_space *space, uint64_t state, size_t u);

#endif
