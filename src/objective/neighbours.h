/* neighbours.h - objectives of data that compare every row with those that differ from it in one unit.
 *
 *   value = sum_r weight_r sum_i g( H(v_r) - H(v'), for every v' that is v_r with unit i in another state )
 *
 * Such objectives know their value and gradient from H alone: no free energy, no samples.  Promises: rows are taken
 * a few at a time, so that memory does not grow with their number; sums are in double. */
#ifndef GIBBS_OBJECTIVE_NEIGHBOURS_H
#define GIBBS_OBJECTIVE_NEIGHBOURS_H

#include "functional.h"

typedef struct gibbs_neighbours gibbs_neighbours;

/* Whether objectives of this kind are of this sort: pseudo-likelihood, ratio matching, minimum probability flow. */
bool gibbs_neighbours_has(gibbs_functional_kind kind);
/* ERR_UNSUPPORTED where the visible units are none that it is for. */
gibbs_status gibbs_neighbours_check(gibbs_functional_kind kind, const gibbs_distribution *q,
                                    gibbs_error *err) GIBBS_CHECKED;

/* The distribution is retained. */
gibbs_status gibbs_neighbours_new(gibbs_functional_kind kind, gibbs_distribution *q, gibbs_neighbours **out,
                                  gibbs_error *err) GIBBS_CHECKED;
void gibbs_neighbours_free(gibbs_neighbours *neighbours); /* NULL is fine */

/* The value over rows[r * units + u] with weight[r] each, with the present parameters. */
gibbs_status gibbs_neighbours_value(gibbs_neighbours *neighbours, const double *rows, const double *weight,
                                    size_t count, double *out, gibbs_error *err) GIBBS_CHECKED;
/* totals[k][...] += factor * d value / d parameters[k]; the value itself in *value where that is not NULL. */
gibbs_status gibbs_neighbours_add(gibbs_neighbours *neighbours, const double *rows, const double *weight,
                                  size_t count, double factor, gibbs_expr *const parameters[], size_t parameter_count,
                                  double *const totals[], double *value, gibbs_error *err) GIBBS_CHECKED;

#endif
