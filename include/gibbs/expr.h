/* gibbs/expr.h - the expression graph: variables, parameters, constants and the operations on them.
 *
 * Promises: nodes are immutable and hash-consed (building the same expression twice gives the same node), shapes
 * are checked when a node is made, subexpressions of constants are folded, and derivatives are
 * expressions of the same graph, so they nest.
 * A graph and all that hangs on it belong to one thread; programs compiled from it (gibbs/program.h) do not.
 * Functions borrow their arguments and hand out new references: release what you are given.
 * Knows nothing of batches, distributions or Lua. */
#ifndef GIBBS_EXPR_H
#define GIBBS_EXPR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "gibbs/tensor.h"

/* ---- leaves -------------------------------------------------------------------------------------- */

/* name, values, doc */
#define GIBBS_DOMAIN_LIST(X)                                                                                         \
  X(SPINS, "spins", "-1 and +1")                                                                                     \
  X(BITS, "bits", "0 and 1")                                                                                         \
  X(POTTS, "potts", "states 1 to q, seen by expressions as q indicators on a last axis")                             \
  X(REALS, "reals", "any real number")

typedef enum gibbs_domain {
#define X(id, name, doc) GIBBS_##id,
  GIBBS_DOMAIN_LIST(X)
#undef X
      GIBBS_DOMAIN_COUNT
} gibbs_domain;

const char *gibbs_domain_name(gibbs_domain domain);

/* A random variable: `units` of one domain.  Immutable, reference-counted, compared by identity. */
typedef struct gibbs_variable gibbs_variable;

/* `shape` is the shape of the units.  `states` is q for GIBBS_POTTS (2..65535), ignored otherwise.
 * `name` may be NULL. */
gibbs_status gibbs_variable_new(const char *name, gibbs_domain domain, size_t states, const gibbs_shape *shape,
                                gibbs_variable **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_variable *gibbs_variable_retain(gibbs_variable *variable);
void gibbs_variable_release(gibbs_variable *variable);
const char *gibbs_variable_name(const gibbs_variable *variable); /* "" when it has none */
gibbs_domain gibbs_variable_domain(const gibbs_variable *variable);
size_t gibbs_variable_states(const gibbs_variable *variable); /* 2, q, or 0 for reals */
const gibbs_shape *gibbs_variable_units_shape(const gibbs_variable *variable);
size_t gibbs_variable_units(const gibbs_variable *variable);
/* As expressions see it: the shape of the units, with a last axis of q for Potts. */
const gibbs_shape *gibbs_variable_shape(const gibbs_variable *variable);
size_t gibbs_variable_size(const gibbs_variable *variable);

/* A trainable tensor.  Its values may change between evaluations; its shape may not. */
typedef struct gibbs_parameter gibbs_parameter;

gibbs_status gibbs_parameter_new(const char *name, const gibbs_shape *shape, gibbs_parameter **out,
                                 gibbs_error *err) GIBBS_CHECKED; /* values are 0 */
gibbs_parameter *gibbs_parameter_retain(gibbs_parameter *parameter);
void gibbs_parameter_release(gibbs_parameter *parameter);
const char *gibbs_parameter_name(const gibbs_parameter *parameter);
const gibbs_shape *gibbs_parameter_shape(const gibbs_parameter *parameter);
size_t gibbs_parameter_size(const gibbs_parameter *parameter);
double *gibbs_parameter_values(gibbs_parameter *parameter);
/* Counts changes: call after writing to the values, so that cached results know they are stale. */
void gibbs_parameter_touch(gibbs_parameter *parameter);
uint64_t gibbs_parameter_version(const gibbs_parameter *parameter);

/* How a parameter starts: a constant tensor is written to the values by the maker; the random ones are drawn
 * again at every restart. */
typedef enum gibbs_initial_kind {
  GIBBS_INITIAL_VALUES,
  GIBBS_INITIAL_NORMAL,
  GIBBS_INITIAL_UNIFORM
} gibbs_initial_kind;
typedef struct gibbs_initial {
  gibbs_initial_kind kind;
  double a, b; /* mean and standard deviation, or the two ends */
} gibbs_initial;
void gibbs_parameter_set_initial(gibbs_parameter *parameter, gibbs_initial initial);
gibbs_initial gibbs_parameter_initial(const gibbs_parameter *parameter);

/* A scalar of a higher floor seen as a leaf (a functional of distributions): opaque here, compared by identity.
 * The maker sets references to 1; at the last one `release` is called once with the payload, and may free the struct
 * itself (nothing here does). */
typedef struct gibbs_functional {
  size_t references;
  const char *name; /* for display, not copied; NULL: none */
  void *payload;
  void (*release)(void *payload);
} gibbs_functional;
gibbs_functional *gibbs_functional_retain(gibbs_functional *functional);
void gibbs_functional_release(gibbs_functional *functional); /* NULL is fine */

/* An energy computed by the caller, one configuration at a time, on the thread that runs the program.  `values` holds
 * the variables one after the other (Potts as indicators).  References and `release` as above. */
typedef struct gibbs_callback {
  size_t references;
  void *payload;
  gibbs_status (*call)(void *payload, const double *values, double *out, gibbs_error *err);
  void (*release)(void *payload);
} gibbs_callback;
gibbs_callback *gibbs_callback_retain(gibbs_callback *callback);
void gibbs_callback_release(gibbs_callback *callback); /* NULL is fine */

/* ---- the graph ----------------------------------------------------------------------------------- */

typedef struct gibbs_graph gibbs_graph;
typedef struct gibbs_expr gibbs_expr;

gibbs_status gibbs_graph_new(gibbs_graph **out, gibbs_error *err) GIBBS_CHECKED;
/* The graph lives on until its last node is released. */
void gibbs_graph_release(gibbs_graph *graph);
/* Nodes made from now on remember this place ("script.lua:12"; NULL: none), for messages about their values. */
void gibbs_graph_set_origin(gibbs_graph *graph, const char *place);
size_t gibbs_graph_nodes(const gibbs_graph *graph);

gibbs_expr *gibbs_expr_retain(gibbs_expr *expr);
void gibbs_expr_release(gibbs_expr *expr); /* NULL is fine; never recursive, however deep the expression */
gibbs_graph *gibbs_expr_graph(const gibbs_expr *expr);
const gibbs_shape *gibbs_expr_shape(const gibbs_expr *expr);
size_t gibbs_expr_size(const gibbs_expr *expr);
const char *gibbs_expr_origin(const gibbs_expr *expr); /* NULL when unknown */

/* Leaves.  Constants share the tensor: do not write to it afterwards. */
gibbs_status gibbs_expr_constant(gibbs_graph *, gibbs_tensor *, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_number(gibbs_graph *, double value, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_variable(gibbs_graph *, gibbs_variable *, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_parameter(gibbs_graph *, gibbs_parameter *, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_functional(gibbs_graph *, gibbs_functional *, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_callback(gibbs_graph *, gibbs_callback *, gibbs_expr *const variables[], size_t count,
                                 gibbs_expr **out, gibbs_error *) GIBBS_CHECKED; /* a scalar */
/* NULL unless the expression is such a leaf. */
gibbs_tensor *gibbs_expr_as_constant(const gibbs_expr *expr);
gibbs_variable *gibbs_expr_as_variable(const gibbs_expr *expr);
gibbs_parameter *gibbs_expr_as_parameter(const gibbs_expr *expr);
gibbs_functional *gibbs_expr_as_functional(const gibbs_expr *expr);

/* ---- operations ---------------------------------------------------------------------------------- */

/* Elementwise operations; the rows (value, derivative, doc) are in gibbs/ops.def. */
typedef enum gibbs_op {
#define GIBBS_OP_UNARY(id, ...) GIBBS_OP_##id,
#define GIBBS_OP_BINARY(id, ...) GIBBS_OP_##id,
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
  GIBBS_OP_ELEMENTWISE_COUNT
} gibbs_op;

/* Elementwise, of one argument or two.  Two arguments have equal shapes, or one is a scalar.
 * ERR_SHAPE names both shapes. */
gibbs_status gibbs_expr_unary(gibbs_op op, gibbs_expr *x, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_binary(gibbs_op op, gibbs_expr *a, gibbs_expr *b, gibbs_expr **out,
                               gibbs_error *) GIBBS_CHECKED;

/* Sum of all elements: a scalar.  Over one axis (0-based): that axis disappears. */
gibbs_status gibbs_expr_sum(gibbs_expr *x, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_sum_axis(gibbs_expr *x, size_t axis, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* Sum of the products of equal-shaped tensors: a scalar. */
gibbs_status gibbs_expr_dot(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* Matrix times vector, or matrix times matrix, of op(a) and op(b). */
gibbs_status gibbs_expr_matmul(gibbs_expr *a, bool transpose_a, gibbs_expr *b, bool transpose_b, gibbs_expr **out,
                               gibbs_error *) GIBBS_CHECKED;
gibbs_status gibbs_expr_outer(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out,
                              gibbs_error *) GIBBS_CHECKED;                                      /* vectors */
gibbs_status gibbs_expr_transpose(gibbs_expr *x, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED; /* a matrix */
gibbs_status gibbs_expr_reshape(gibbs_expr *x, const gibbs_shape *shape, gibbs_expr **out,
                                gibbs_error *) GIBBS_CHECKED;
/* x[i] along the first axis (0-based), which disappears. */
gibbs_status gibbs_expr_element(gibbs_expr *x, size_t i, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* Periodic shift: out[k] = x[k + offset], modulo the extent, for the first `count` axes. */
gibbs_status gibbs_expr_shift(gibbs_expr *x, const long offset[], size_t count, gibbs_expr **out,
                              gibbs_error *) GIBBS_CHECKED;
/* Insert an axis of extent n before `axis`, repeating the values. */
gibbs_status gibbs_expr_expand(gibbs_expr *x, size_t axis, size_t n, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* out[k] = x[index[k]]; index has size(shape) entries below size(x).  Copies the index. */
gibbs_status gibbs_expr_gather(gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape, gibbs_expr **out,
                               gibbs_error *) GIBBS_CHECKED;
/* out[index[k]] += x[k], out of shape `shape` starting at 0: the transpose of gather. */
gibbs_status gibbs_expr_scatter(gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape, gibbs_expr **out,
                                gibbs_error *) GIBBS_CHECKED;
/* log sum exp over the last axis, which disappears. */
gibbs_status gibbs_expr_logsumexp(gibbs_expr *x, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* -log sum_h exp(-energy) over all states of the (discrete) variables: a scalar.  At most 2^20 joint states. */
gibbs_status gibbs_expr_marginal(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_expr **out,
                                 gibbs_error *) GIBBS_CHECKED;
/* sum_h value exp(-energy) / sum_h exp(-energy): the shape of value. */
gibbs_status gibbs_expr_marginal_mean(gibbs_expr *value, gibbs_expr *energy, gibbs_expr *const variables[],
                                      size_t count, gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;

/* ---- calculus and structure ---------------------------------------------------------------------- */

/* outs[k] = d e / d xs[k] of a scalar e, by one reverse pass; xs are any nodes (leaves or inner).
 * What e does not depend on gives zeros of the shape.  ERR_UNSUPPORTED through a callback. */
gibbs_status gibbs_expr_gradient(gibbs_expr *e, gibbs_expr *const xs[], size_t count, gibbs_expr *outs[],
                                 gibbs_error *) GIBBS_CHECKED;
/* The same for sum(seed * y) with `seed` held fixed: shapes of seed and y agree. */
gibbs_status gibbs_expr_pullback(gibbs_expr *y, gibbs_expr *seed, gibbs_expr *const xs[], size_t count,
                                 gibbs_expr *outs[], gibbs_error *) GIBBS_CHECKED;
/* e with every from[k] replaced by to[k] (same shapes), rebuilt and simplified. */
gibbs_status gibbs_expr_substitute(gibbs_expr *e, gibbs_expr *const from[], gibbs_expr *const to[], size_t count,
                                   gibbs_expr **out, gibbs_error *) GIBBS_CHECKED;
/* Whether `leaf` (any node) occurs in e.  Variables that a marginal sums over do not occur in it.  When memory is
 * short: true. */
bool gibbs_expr_depends(gibbs_expr *e, const gibbs_expr *leaf);
/* An upper bound on the polynomial degree of e in the joint of the given leaves, or GIBBS_DEGREE_UNBOUNDED. */
#define GIBBS_DEGREE_UNBOUNDED UINT_MAX
unsigned gibbs_expr_degree(gibbs_expr *e, gibbs_expr *const leaves[], size_t count);
/* All distinct leaves of a kind that e reaches, in the order of their making; *out is an array of `*count` borrowed
 * nodes to be freed with free(). */
typedef enum gibbs_leaf_kind {
  GIBBS_LEAF_VARIABLE,
  GIBBS_LEAF_PARAMETER,
  GIBBS_LEAF_FUNCTIONAL,
  GIBBS_LEAF_CALLBACK
} gibbs_leaf_kind;
gibbs_status gibbs_expr_leaves(gibbs_expr *const exprs[], size_t n, gibbs_leaf_kind kind, gibbs_expr ***out,
                               size_t *count, gibbs_error *) GIBBS_CHECKED;
/* e written as a sum of terms: terms[k] with coefficient coefficients[k], e = sum_k coefficients[k] * terms[k].
 * Splits add, sub, neg, products with constants, and sums over tensors of such sums.  Terms are new references, the
 * arrays are freed with free(). */
gibbs_status gibbs_expr_terms(gibbs_expr *e, gibbs_expr ***terms, double **coefficients, size_t *count,
                              gibbs_error *) GIBBS_CHECKED;
/* If e is sum(op(x)) or op(x) with an elementwise op (or sum(logsumexp(x)), reported as GIBBS_OP_ELEMENTWISE_COUNT),
 * true with the op and x (borrowed). */
bool gibbs_expr_sum_of(gibbs_expr *e, unsigned *op, gibbs_expr **x);
/* If e is x * x of a scalar x, true with x (borrowed). */
bool gibbs_expr_square_of(gibbs_expr *e, gibbs_expr **x);
/* The expression as text, for display: at most `size` bytes with the terminator. */
char *gibbs_expr_print(const gibbs_expr *expr, char *text, size_t size);

#endif
