/* gibbs/program.h - expressions compiled for evaluation over thousands of configurations at once.
 *
 * A batch is stored unit by unit: value e of configuration b is at [e * stride + b], so that every inner loop
 * runs over configurations.  Elementwise chains run fused in cache-sized blocks of configurations, matrix products
 * through BLAS (single-threaded: run programs from your own threads).
 * Promises: after gibbs_program_prepare a program is read-only and may run on many threads, each with its own
 * workspace; the same call gives the same bits, whichever thread makes it.  TOTAL outputs add block by block, in
 * order. Making, preparing and freeing a program belong to the thread of its graph. */
#ifndef GIBBS_PROGRAM_H
#define GIBBS_PROGRAM_H

#include "gibbs/expr.h"

typedef enum gibbs_output {
  GIBBS_OUTPUT_EACH, /* one value a configuration */
  GIBBS_OUTPUT_TOTAL /* added over the configurations of the batch, and to what the output array holds */
} gibbs_output;

typedef struct gibbs_program gibbs_program;
typedef struct gibbs_workspace gibbs_workspace;

/* Compile `count` expressions of the variables `inputs` (nodes made by gibbs_expr_variable).  Parameters are read
 * when prepared.  ERR_ARGUMENT: an expression depends on a variable that is no input, or on a functional. A TOTAL of
 * outer products becomes one matrix product over the batch, never a stored outer product a configuration. */
gibbs_status gibbs_program_new(gibbs_expr *const exprs[], const gibbs_output kinds[], size_t count,
                               gibbs_expr *const inputs[], size_t input_count, gibbs_program **out,
                               gibbs_error *err) GIBBS_CHECKED;
void gibbs_program_free(gibbs_program *program);

/* True if it calls back into a script: run it on the script's own thread only. */
bool gibbs_program_calls_back(const gibbs_program *program);

/* Compute what does not depend on the configurations, with the present values of the parameters.
 * ERR_NUMERIC: a parameter is NaN or infinite (named). */
gibbs_status gibbs_program_prepare(gibbs_program *program, gibbs_error *err) GIBBS_CHECKED;

gibbs_status gibbs_workspace_new(const gibbs_program *program, gibbs_workspace **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_workspace_free(gibbs_workspace *workspace);

/* in[k][e * stride + b] for b < batch (stride >= batch); EACH outputs likewise out[k][e * stride + b], TOTAL outputs
 * out[k][e].  No output may overlap an input or another output.  After a failure the outputs hold nothing of use.
 * A non-finite value of an EACH output is ERR_NUMERIC, naming the operation that made it, its argument and the
 * script's line; TOTAL outputs are not looked at. */
gibbs_status gibbs_program_run(const gibbs_program *program, gibbs_workspace *workspace, size_t batch, size_t stride,
                               const double *const in[], double *const out[], gibbs_error *err) GIBBS_CHECKED;

/* The value of an expression without variables, with the present values of the parameters.  ERR_ARGUMENT: it has a
 * variable or a functional; ERR_NUMERIC: a parameter is NaN or infinite (the value itself may be). */
gibbs_status gibbs_expr_value(gibbs_expr *expr, gibbs_tensor **out, gibbs_error *err) GIBBS_CHECKED;

#endif
