/* neighbour_layers.h - rows and their one-unit neighbours where visible units have two states and
 *
 *   H(v) = p(v) - sum_j f_j(x_j(v)),  p of degree two, x_j affine, f_j softplus or log cosh:
 *
 * a unit that changes moves every x_j by a known step, so that all neighbours of a row cost O(units x hidden) instead
 * of O(units x units x hidden).  No exponential a neighbour: f(x + d) - f(x) = log(s e^(d hi) + (1 - s) e^(d lo)),
 * with s the probability of the hidden unit's upper state hi (the lower one is lo), and the logarithm is taken of
 * products of many. */
#ifndef GIBBS_OBJECTIVE_NEIGHBOUR_LAYERS_H
#define GIBBS_OBJECTIVE_NEIGHBOUR_LAYERS_H

#include "gibbs/distribution.h"
#include "gibbs/program.h"

/* What a unit adds to the value, from the differences H(v) - H(v') to its other states; slope[k] is the derivative.
 */
typedef double (*gibbs_neighbour_rule)(const double *difference, size_t count, double *slope);

enum { LAYER_LANES = 8, LAYER_BLOCK = 256, LAYER_PARTS = 16 };

/* Hidden units that came from one term of the form; padded to whole lanes. */
typedef struct layer_segment {
  bool spin; /* log cosh: states -1 and +1; else softplus: 0 and 1 */
  size_t first, count, padded;
} layer_segment;

typedef struct gibbs_layers_of_units {
  gibbs_distribution *q; /* retained */
  size_t units, width;   /* width: hidden units with padding */
  layer_segment *segments;
  size_t segment_count, piece_count; /* pieces: dp/dv of every visible variable, then the arguments of every term */
  gibbs_expr **pieces, **seeds;      /* retained; seeds: inputs of their shapes */
  gibbs_program *forward, *backward;
  gibbs_workspace *forward_space, *backward_space;
  gibbs_expr **parameters; /* that `backward` is for, retained */
  size_t parameter_count;
  double *size;          /* [unit]: between its two states */
  double *up, *down;     /* [unit][width]: exp of plus and minus the step of x_j */
  double *bend;          /* [unit]: d2p/dv2 */
  double *step_total;    /* [unit][width]: sums for derivatives by the steps */
  double *bend_total;    /* [unit] */
  size_t group;          /* factors whose product is in range */
  double *in, *out;      /* [element][LAYER_BLOCK] of the variables, and of the pieces */
  double *upper, *lower; /* [row][width]: probabilities of the states of a hidden unit */
  double *row_slope;     /* [unit][row]: derivative of the value by H(v) - H(v') */
  double *part;          /* [part][row][width] */
  double *part_value;    /* [part] */
  size_t room;           /* rows at a time */
} gibbs_layers_of_units;

/* *out is NULL where H is of another structure. */
gibbs_status gibbs_neighbour_layers_new(gibbs_distribution *q, gibbs_layers_of_units **out,
                                        gibbs_error *err) GIBBS_CHECKED;
void gibbs_neighbour_layers_free(gibbs_layers_of_units *layers);

/* As gibbs_neighbours_add; *done is false, and nothing has been added, where weights are too large for products. */
gibbs_status gibbs_neighbour_layers_add(gibbs_layers_of_units *layers, gibbs_neighbour_rule rule, const double *rows,
                                        const double *weight, size_t count, double factor,
                                        gibbs_expr *const parameters[], size_t parameter_count,
                                        double *const totals[], double *value, bool *done,
                                        gibbs_error *err) GIBBS_CHECKED;

/* neighbour_layers_sum.c: the rows in `in` and `out`; leaves derivatives in row_slope, part, step_total, bend_total,
 * and adds to *value. */
gibbs_status gibbs_neighbour_layers_sum(gibbs_layers_of_units *layers, gibbs_neighbour_rule rule, size_t rows,
                                        const double *weight, bool derivatives, double *value,
                                        gibbs_error *err) GIBBS_CHECKED;

#endif
