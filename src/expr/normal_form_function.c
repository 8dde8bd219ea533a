/* normal_form_function.c - functions of one number, step by step over blocks of arguments. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "normal_form_parts.h"
#include "vectormath.h"

enum { block = 64, most_values = 33 };

/* ---- what it is ---------------------------------------------------------------------------------- */

bool gibbs_function_is_op(const gibbs_function *f, gibbs_op *op) {
  if (f->steps != 1 || f->step[0].a != 0 || gibbs_op_is_binary(f->step[0].op)) return false;
  *op = f->step[0].op;
  return true;
}

/* The power of the value that an operand stands for, or 0. */
static unsigned power_of(const unsigned *power, int operand) {
  return operand < 0 ? 0 : power[operand];
}

static unsigned power_after(const gibbs_function *f, const gibbs_function_step *step, const unsigned *power) {
  unsigned a = power_of(power, step->a), b = power_of(power, step->b);
  if (step->op == GIBBS_OP_MUL && a > 0 && b > 0) return a + b;
  if (step->op != GIBBS_OP_POW || a == 0 || step->b >= 0) return 0;
  double exponent = f->constant[-step->b - 1];
  if (!(exponent >= 1.0) || exponent > 16.0 || exponent != floor(exponent)) return 0;
  return a * (unsigned)exponent;
}

bool gibbs_function_is_power(const gibbs_function *f, unsigned *power) {
  unsigned value[most_values] = {1};
  if (f->steps + 1 > most_values) return false;
  for (size_t k = 0; k < f->steps; k++) {
    value[k + 1] = power_after(f, &f->step[k], value);
    if (value[k + 1] > 16) value[k + 1] = 0;
  }
  if (value[f->steps] < 2) return false;
  *power = value[f->steps];
  return true;
}

/* ---- values -------------------------------------------------------------------------------------- */

/* The arguments of a block and the values of all steps. */
typedef struct work {
  size_t n;
  double value[most_values][block];
} work;

static gibbs_operand operand_at(const gibbs_function *f, const work *w, int operand) {
  if (operand < 0) return (gibbs_operand){&f->constant[-operand - 1], 0};
  return (gibbs_operand){w->value[operand], 1};
}

/* By multiplication: powers are what these functions are made of most often. */
static bool take_whole_power(const gibbs_function *f, const gibbs_function_step *step, const double *x, double *out,
                             size_t n) {
  if (step->op != GIBBS_OP_POW || step->b >= 0 || step->a < 0) return false;
  double exponent = f->constant[-step->b - 1];
  if (!(exponent >= 2.0) || exponent > 16.0 || exponent != floor(exponent)) return false;
  double square[block];
  memcpy(square, x, n * sizeof *square);
  for (size_t k = 0; k < n; k++) out[k] = 1.0;
  for (unsigned rest = (unsigned)exponent; rest > 0; rest /= 2) {
    for (size_t k = 0; rest % 2 == 1 && k < n; k++) out[k] *= square[k];
    for (size_t k = 0; rest > 1 && k < n; k++) square[k] *= square[k];
  }
  return true;
}

static void run_steps(const gibbs_function *f, work *w) {
  for (size_t k = 0; k < f->steps; k++) {
    const gibbs_function_step *step = &f->step[k];
    double *out = w->value[k + 1];
    gibbs_operand a = operand_at(f, w, step->a);
    if (take_whole_power(f, step, a.at, out, w->n)) continue;
    if (gibbs_op_is_binary(step->op))
      gibbs_vector_binary(step->op, out, a, operand_at(f, w, step->b), w->n);
    else
      gibbs_vector_unary(step->op, out, a.at, w->n);
  }
}

/* ---- slopes -------------------------------------------------------------------------------------- */

/* The derivative of each op by its arguments, from the rows of ops.def: x, a, b are the arguments and y the value. */
#define ADD(p, q) ((p) + (q))
#define SUB(p, q) ((p) - (q))
#define MUL(p, q) ((p) * (q))
#define DIV(p, q) ((p) / (q))
#define NEG(p) (-(p))
#define NUM(v) ((double)(v))
#define POWER(p, q) pow(p, q)
#define F(id, p) gibbs_op_value(GIBBS_OP_##id, p, 0.0)
#define X x
#define Y y
#define A a
#define B b
static double slope_by_first(gibbs_op op, double x, double b, double y) {
  double a = x;
  (void)a;
  switch (op) {
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc)                                                     \
  case GIBBS_OP_##id:                                                                                                \
    return derivative;
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc)                                                        \
  case GIBBS_OP_##id:                                                                                                \
    return da;
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
  default:
    return NAN;
  }
}

static double slope_by_second(gibbs_op op, double a, double b, double y) {
  switch (op) {
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc)
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc)                                                        \
  case GIBBS_OP_##id:                                                                                                \
    return db;
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
  default:
    return 0.0;
  }
}
#undef ADD
#undef SUB
#undef MUL
#undef DIV
#undef NEG
#undef NUM
#undef POWER
#undef F
#undef X
#undef Y
#undef A
#undef B

/* Forward: the slope of each value from those of its operands. */
static double slope_after(const gibbs_function *f, const gibbs_function_step *step, const work *w,
                          double slope[][block], size_t value, size_t k) {
  double a = step->a < 0 ? f->constant[-step->a - 1] : w->value[step->a][k], y = w->value[value][k];
  double b = step->b < 0 ? f->constant[-step->b - 1] : w->value[step->b][k];
  double total = 0.0;
  if (step->a >= 0 && slope[step->a][k] != 0.0) total += slope_by_first(step->op, a, b, y) * slope[step->a][k];
  if (gibbs_op_is_binary(step->op) && step->b >= 0 && slope[step->b][k] != 0.0)
    total += slope_by_second(step->op, a, b, y) * slope[step->b][k];
  return total;
}

static void run_slopes(const gibbs_function *f, const work *w, double *out) {
  double slope[most_values][block];
  for (size_t k = 0; k < w->n; k++) slope[0][k] = 1.0;
  for (size_t s = 0; s < f->steps; s++)
    for (size_t k = 0; k < w->n; k++) slope[s + 1][k] = slope_after(f, &f->step[s], w, slope, s + 1, k);
  memcpy(out, slope[f->steps], w->n * sizeof *out);
}

void gibbs_function_values(const gibbs_function *f, size_t n, const double *x, double *value, double *slope) {
  work w;
  for (size_t at = 0; at < n; at += block) {
    w.n = n - at < block ? n - at : block;
    memcpy(w.value[0], x + at, w.n * sizeof *x);
    run_steps(f, &w);
    if (slope) run_slopes(f, &w, slope + at);
    memcpy(value + at, w.value[f->steps], w.n * sizeof *value);
  }
}

void gibbs_function_values_float(const gibbs_function *f, size_t n, const float *x, float *value) {
  work w;
  for (size_t at = 0; at < n; at += block) {
    w.n = n - at < block ? n - at : block;
    for (size_t k = 0; k < w.n; k++) w.value[0][k] = (double)x[at + k];
    run_steps(f, &w);
    for (size_t k = 0; k < w.n; k++) value[at + k] = (float)w.value[f->steps][k];
  }
}
