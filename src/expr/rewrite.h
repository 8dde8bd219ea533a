/* rewrite.h - one rewriting of an elementwise operation: op(a), or op(a, b) with a shape. */
#ifndef GIBBS_EXPR_REWRITE_H
#define GIBBS_EXPR_REWRITE_H

#include "gibbs/private/builder.h"
#include "graph.h"

/* Tensors of one value everywhere have become scalars by now: where a constant has such a value, the other argument
 * has the shape of the result. */
typedef struct gibbs_rewrite {
  gibbs_op op;
  gibbs_expr *a, *b; /* not both constant; of ADD and MUL the constant one comes first */
  gibbs_shape shape; /* of the result */
  gibbs_builder make;
  gibbs_expr *result; /* borrowed, or made by `make`; NULL after a failure */
} gibbs_rewrite;

/* True if the rule applies; then the result is set, or `make` holds the failure. */
typedef bool gibbs_rewrite_rule(gibbs_rewrite *r);

/* rewrite_unary.c */
gibbs_rewrite_rule gibbs_rewrite_double_negative;     /* -(-x) = x */
gibbs_rewrite_rule gibbs_rewrite_negative_product;    /* -(c x) = (-c) x */
gibbs_rewrite_rule gibbs_rewrite_negative_difference; /* -(x - y) = y - x */
gibbs_rewrite_rule gibbs_rewrite_log_of_exp;          /* log(exp x) = x */
gibbs_rewrite_rule gibbs_rewrite_odd;                 /* f(-x) = -f(x) */
gibbs_rewrite_rule gibbs_rewrite_even;                /* f(-x) = f(x) */
gibbs_rewrite_rule gibbs_rewrite_double_absolute;     /* ||x|| = |x| */
gibbs_rewrite_rule gibbs_rewrite_two_values;          /* a function of a two-valued unit is affine in it */

/* rewrite_sum.c */
gibbs_rewrite_rule gibbs_rewrite_add_zero;          /* 0 + x = x */
gibbs_rewrite_rule gibbs_rewrite_add_negative;      /* x + (-y) = x - y */
gibbs_rewrite_rule gibbs_rewrite_add_twice;         /* x + x = 2 x */
gibbs_rewrite_rule gibbs_rewrite_add_constants;     /* c + (d + x) = (c + d) + x */
gibbs_rewrite_rule gibbs_rewrite_subtract_zero;     /* x - 0 = x, 0 - x = -x */
gibbs_rewrite_rule gibbs_rewrite_subtract_self;     /* x - x = 0 */
gibbs_rewrite_rule gibbs_rewrite_subtract_negative; /* x - (-y) = x + y, (-x) - y = -(x + y) */
gibbs_rewrite_rule gibbs_rewrite_subtract_constant; /* x - c = (-c) + x */

/* rewrite_product.c */
gibbs_rewrite_rule gibbs_rewrite_times_zero;       /* 0 x = 0 */
gibbs_rewrite_rule gibbs_rewrite_times_one;        /* 1 x = x, (-1) x = -x */
gibbs_rewrite_rule gibbs_rewrite_times_negative;   /* (-x) y = -(x y) */
gibbs_rewrite_rule gibbs_rewrite_constant_factors; /* c (d x) = (c d) x, c (d / x) = (c d) / x */
gibbs_rewrite_rule gibbs_rewrite_unit_squared;     /* s s = 1 of spins, b b = b of bits */
gibbs_rewrite_rule gibbs_rewrite_scalar_factor;    /* (c x) y = c (x y), c a constant or x, y tensors */
gibbs_rewrite_rule gibbs_rewrite_scalar_product;   /* s (t x) = (s t) x, s and t scalars, x a tensor */
gibbs_rewrite_rule gibbs_rewrite_times_reciprocal; /* x (1 / y) = x / y */
gibbs_rewrite_rule gibbs_rewrite_over_one;         /* x / 1 = x, x / -1 = -x */
gibbs_rewrite_rule gibbs_rewrite_zero_over;        /* 0 / x = 0 */
gibbs_rewrite_rule gibbs_rewrite_over_negative;    /* (-x) / y = x / (-y) = -(x / y) */
gibbs_rewrite_rule gibbs_rewrite_constant_over;    /* (c x) / d = (c / d) x */
gibbs_rewrite_rule gibbs_rewrite_small_power;      /* x^0 = 1, x^1 = x, x^2 = x x, x^-1 = 1 / x */

static inline bool gibbs_is_op(const gibbs_expr *x, gibbs_op op) {
  return x->kind == GIBBS_KIND_ELEMENTWISE && x->op == op;
}

/* c x with a constant c of any shape. */
static inline bool gibbs_is_multiple(const gibbs_expr *x) {
  return gibbs_is_op(x, GIBBS_OP_MUL) && gibbs_expr_is_constant(x->arguments[0]);
}

static inline bool gibbs_rewritten_to(gibbs_rewrite *r, gibbs_expr *result) {
  r->result = result;
  return true;
}

#endif
