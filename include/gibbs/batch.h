/* gibbs/batch.h - configurations given by a user, checked and laid out for programs.
 *
 * Promises: every value is one its variable can take; storage is unit by unit (see gibbs/program.h).
 * Knows nothing of probabilities. */
#ifndef GIBBS_BATCH_H
#define GIBBS_BATCH_H

#include "gibbs/expr.h"

/* ERR_ARGUMENT unless a unit of the variable can take the value, ERR_NUMERIC for a real one that is not finite; the
 * message names the unit and its row ("chain", "configuration"), numbered here from 0 and there from 1. */
gibbs_status gibbs_unit_value_check(const gibbs_variable *variable, double value, const char *row, size_t number,
                                    size_t unit, gibbs_error *err) GIBBS_CHECKED;

typedef struct gibbs_batch gibbs_batch;

/* Room for `count` configurations of the variables. */
gibbs_status gibbs_batch_new(gibbs_expr *const variables[], size_t variable_count, size_t count, gibbs_batch **out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_batch_free(gibbs_batch *batch);
size_t gibbs_batch_count(const gibbs_batch *batch);

/* Set variable k from rows[c * stride + u], unit u of configuration c: -1/+1, 0/1, a state number 1..q, or any finite
 * number. A failure names the configuration, the unit and the value. */
gibbs_status gibbs_batch_set(gibbs_batch *batch, size_t k, const double *rows, size_t stride,
                             gibbs_error *err) GIBBS_CHECKED;

/* out[c * size + e]: element e of the expression at configuration c. */
gibbs_status gibbs_batch_evaluate(const gibbs_batch *batch, gibbs_expr *expr, double *out,
                                  gibbs_error *err) GIBBS_CHECKED;

/* totals[i][...] += sum_c weight[c] d expr(c) / d parameters[i], of a scalar expression. */
gibbs_status gibbs_batch_backward(const gibbs_batch *batch, gibbs_expr *expr, const double *weight,
                                  gibbs_expr *const parameters[], size_t parameter_count, double *const totals[],
                                  gibbs_error *err) GIBBS_CHECKED;

#endif
