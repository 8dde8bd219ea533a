/* normal_form_function.c - functions of one number, step by step over blocks of arguments. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
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

/* The operation that is the derivative of another, where there is one: these are done over whole blocks. */
static bool find_derivative(gibbs_op op, gibbs_op *out) {
  switch (op) {
#define ROW(id, derivative)                                                                                          \
  case GIBBS_OP_##id:                                                                                                \
    return *out = GIBBS_OP_##derivative, true;
    ROW(EXP, EXP)
    ROW(COSH, SINH)
    ROW(SINH, COSH)
    ROW(LOGCOSH, TANH)
    ROW(SOFTPLUS, SIGMOID)
    ROW(RELU, STEP)
    ROW(ABS, SIGN)
#undef ROW
  default:
    return false;
  }
}

/* out += slope of the argument times the derivative by it. */
static void add_slopes(const gibbs_function_step *step, gibbs_operand a, gibbs_operand b, const double *y,
                       const double *slope, bool second, double *out, size_t n) {
  double local[block];
  gibbs_op derivative;
  if (!second && !gibbs_op_is_binary(step->op) && find_derivative(step->op, &derivative))
    gibbs_vector_unary(derivative, local, a.at, n);
  else if (step->op == GIBBS_OP_MUL)
    for (size_t k = 0; k < n; k++) local[k] = second ? a.at[k * a.step] : b.at[k * b.step];
  else
    for (size_t k = 0; k < n; k++) /* 0 times infinity is not asked for */
      local[k] = slope[k] == 0.0 ? 0.0
                 : second        ? slope_by_second(step->op, a.at[k * a.step], b.at[k * b.step], y[k])
                                 : slope_by_first(step->op, a.at[k * a.step], b.at[k * b.step], y[k]);
  gibbs_vector_add_product(out, local, slope, n);
}

/* b a^(b - 1) by multiplication; false where the exponent is no small whole number. */
static bool add_power_slopes(const gibbs_function *f, const gibbs_function_step *step, const double *x,
                             const double *slope, double *out, size_t n) {
  double exponent = step->op == GIBBS_OP_POW && step->b < 0 ? f->constant[-step->b - 1] : 0.0, local[block];
  if (!(exponent >= 3.0)) return false;
  double less[] = {exponent - 1.0};
  gibbs_function one = {.constant = less};
  if (!take_whole_power(&one, &(gibbs_function_step){GIBBS_OP_POW, 0, -1}, x, local, n)) return false;
  for (size_t k = 0; k < n; k++) out[k] += exponent * local[k] * slope[k];
  return true;
}

/* Forward: the slope of each value from those of its operands. */
static void run_slopes(const gibbs_function *f, const work *w, double *out) {
  double slope[most_values][block];
  gibbs_vector_fill(slope[0], 1.0, w->n);
  for (size_t s = 0; s < f->steps; s++) {
    const gibbs_function_step *step = &f->step[s];
    gibbs_operand a = operand_at(f, w, step->a), b = operand_at(f, w, step->b);
    gibbs_vector_fill(slope[s + 1], 0.0, w->n);
    if (step->a >= 0 && !add_power_slopes(f, step, a.at, slope[step->a], slope[s + 1], w->n))
      add_slopes(step, a, b, w->value[s + 1], slope[step->a], false, slope[s + 1], w->n);
    if (gibbs_op_is_binary(step->op) && step->b >= 0)
      add_slopes(step, a, b, w->value[s + 1], slope[step->b], true, slope[s + 1], w->n);
  }
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

/* Powers, the functions of dense associative memories, need no more precision than their arguments have. */
GIBBS_CLONES static void raise_float(unsigned power, size_t n, const float *x, float *value) {
  float square[block];
  memcpy(square, x, n * sizeof *square);
  for (size_t k = 0; k < n; k++) value[k] = 1.0f;
  for (unsigned rest = power; rest > 0; rest /= 2) {
    if (rest % 2 == 1)
      for (size_t k = 0; k < n; k++) value[k] *= square[k];
    for (size_t k = 0; k < n; k++) square[k] *= square[k];
  }
}

void gibbs_function_values_float(const gibbs_function *f, size_t n, const float *x, float *value) {
  work w;
  unsigned power;
  if (f->steps == 1 && gibbs_function_is_power(f, &power)) {
    for (size_t at = 0; at < n; at += block) raise_float(power, n - at < block ? n - at : block, x + at, value + at);
    return;
  }
  for (size_t at = 0; at < n; at += block) {
    w.n = n - at < block ? n - at : block;
    for (size_t k = 0; k < w.n; k++) w.value[0][k] = (double)x[at + k];
    run_steps(f, &w);
    for (size_t k = 0; k < w.n; k++) value[at + k] = (float)w.value[f->steps][k];
  }
}
