/* gibbs/slopes.h - H(v) and weighted sums of its gradient at many configurations: the inner loop of training.
 *
 * Promises: the way it is done belongs to the structure of the energy, never to a name: two layers with a dense
 * matrix between them are done in single precision (sums over configurations included), everything else by the
 * compiled expression in double; H(v) is in double always.  The same bits for any number of threads. Knows nothing of
 * how configurations are had, or of what the weights mean. */
#ifndef GIBBS_SLOPES_H
#define GIBBS_SLOPES_H

#include "gibbs/distribution.h"

typedef struct gibbs_slopes gibbs_slopes;

/* With respect to these parameters (any of those of the distribution, in any order).  ERR_UNSUPPORTED, ERR_SIZE: H is
 * not to be had (gibbs_distribution_summable).  The distribution is retained. */
gibbs_status gibbs_slopes_new(gibbs_distribution *d, gibbs_expr *const parameters[], size_t count, gibbs_slopes **out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_slopes_free(gibbs_slopes *slopes);
/* "two layers" or "expression": what was recognised. */
const char *gibbs_slopes_method(const gibbs_slopes *slopes);

/* Configurations: rows[c * units + u], the units of all visible variables one after the other, each value one that
 * its unit can take (-1/+1, 0/1, state numbers from 1, numbers).  All read the present values of the parameters. */

/* out[c] = H of configuration c, in double. */
gibbs_status gibbs_slopes_hamiltonian(gibbs_slopes *slopes, const double *rows, size_t count, double *out,
                                      gibbs_error *err) GIBBS_CHECKED;
/* totals[k][...] += sum_c weight[c] dH(c)/d parameters[k]. */
gibbs_status gibbs_slopes_add(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                              double *const totals[], gibbs_error *err) GIBBS_CHECKED;
/* out[c] = sum_k dH(c)/d parameters[k] . direction[k]: the slope of H along a direction, for products with the Fisher
 * matrix. */
gibbs_status gibbs_slopes_along(gibbs_slopes *slopes, const double *rows, size_t count,
                                const double *const direction[], double *out, gibbs_error *err) GIBBS_CHECKED;
/* totals[k][...] += sum_c weight[c] (dH(c)/d parameters[k])^2, elementwise: the diagonal of the Fisher matrix. */
gibbs_status gibbs_slopes_squares(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                                  double *const totals[], gibbs_error *err) GIBBS_CHECKED;

/* Where the energy is -v.W h - a.v - b.h (or the same up to signs and shapes) with parameters of their own: which of
 * `parameters` they are (SIZE_MAX: that one is not among them, or not there).  W is visible x hidden, row-major. For
 * centred gradients.  hidden_mean[j] = sum_c weight[c] <h_j | v(c)>. */
typedef struct gibbs_layers {
  size_t weights, visible_bias, hidden_bias; /* numbers of parameters, or SIZE_MAX */
  size_t visible, hidden;                    /* units */
} gibbs_layers;
bool gibbs_slopes_layers(const gibbs_slopes *slopes, gibbs_layers *out);
gibbs_status gibbs_slopes_hidden_mean(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                                      double *hidden_mean, gibbs_error *err) GIBBS_CHECKED;

#endif
