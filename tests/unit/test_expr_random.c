/* test_expr_random.c - expressions put together at random: whatever they are rewritten to, values and slopes stay. */
#include "expressions.h"

#include "gibbs/random.h"

TestSuite(random_expressions, .init = begin_case, .fini = end_case);

enum { units = 3, leaf_count = 5, steps = 60, most_entries = 128 };

/* An expression, and its value as plain numbers computed beside it: a scalar, or a vector of `units`. */
typedef struct entry {
  gibbs_expr *expr;
  bool scalar;
  double value[units];
} entry;

typedef struct pool {
  gibbs_stream stream;
  entry entries[most_entries];
  size_t count;
  gibbs_expr *leaves[leaf_count];
  gibbs_tensor *values[leaf_count];
} pool;

static size_t below(pool *p, size_t n) {
  return gibbs_stream_word(&p->stream) % n;
}

/* What is large or undefined is left out, so that rounding stays small: it is not what is tested. */
static void put(pool *p, gibbs_expr *expr, bool scalar, const double *value) {
  entry e = {.expr = expr, .scalar = scalar};
  for (size_t k = 0; k < units; k++) {
    e.value[k] = value[scalar ? 0 : k];
    if (!(fabs(e.value[k]) < 50)) return;
  }
  p->entries[p->count++] = e;
}

static void put_leaf(pool *p, size_t k, gibbs_expr *leaf, double low, double high, bool two_valued) {
  gibbs_tensor *tensor = spread(gibbs_expr_shape(leaf), low, high, (unsigned)below(p, 1000));
  for (size_t i = 0; two_valued && i < gibbs_tensor_size(tensor); i++)
    gibbs_tensor_data(tensor)[i] = below(p, 2) ? high : low;
  p->leaves[k] = leaf;
  p->values[k] = tensor;
  put(p, leaf, gibbs_tensor_size(tensor) == 1, gibbs_tensor_values(tensor));
}

static void put_number(pool *p) {
  static const double numbers[] = {0, 1, -1, 2, 0.5, -3};
  double value = numbers[below(p, sizeof numbers / sizeof *numbers)], all[units] = {value, value, value};
  if (below(p, 2))
    put(p, num(value), true, &value);
  else
    put(p, constant(gibbs_shape_vector(units), value, value, 0), false, all);
}

static void put_elementwise(pool *p, gibbs_op op, const entry *a, const entry *b) {
  double value[units];
  bool scalar = a->scalar && (!b || b->scalar);
  for (size_t k = 0; k < units; k++) value[k] = gibbs_op_value(op, a->value[k], b ? b->value[k] : 0);
  put(p, b ? bin(op, a->expr, b->expr) : un(op, a->expr), scalar, value);
}

static void put_power(pool *p, const entry *a) {
  static const double exponents[] = {0, 1, 2, 3, 4};
  double exponent = exponents[below(p, 5)];
  entry b = {.expr = num(exponent), .scalar = true, .value = {exponent, exponent, exponent}};
  put_elementwise(p, GIBBS_OP_POW, a, &b);
}

/* A division is away from its pole at all points that differences will use. */
static bool is_far_from_zero(const entry *b) {
  for (size_t k = 0; k < units; k++)
    if (fabs(b->value[k]) < 0.3) return false;
  return true;
}

static void put_sum(pool *p, const entry *a) {
  double total = a->scalar ? a->value[0] : a->value[0] + a->value[1] + a->value[2];
  put(p, sum(a->expr), true, &total);
}

static void put_shift(pool *p, const entry *a) {
  const long by = (long)below(p, 5) - 2;
  double value[units];
  if (a->scalar) return;
  for (size_t k = 0; k < units; k++) value[k] = a->value[(k + (size_t)(by + 6)) % units];
  put(p, shift(a->expr, &by, 1), false, value);
}

static void put_expansion(pool *p, const entry *a) {
  if (a->scalar) put(p, expand(a->expr, 0, units), false, a->value);
}

/* (a b') c = a (b.c), with a transpose now and then. */
static void put_product(pool *p, const entry *a, const entry *b, const entry *c) {
  double value[units], inner = 0;
  if (a->scalar || b->scalar || c->scalar) return;
  for (size_t k = 0; k < units; k++) inner += b->value[k] * c->value[k];
  for (size_t k = 0; k < units; k++) value[k] = a->value[k] * inner;
  bool turned = below(p, 2);
  gibbs_expr *matrix = turned ? outer(b->expr, a->expr) : outer(a->expr, b->expr);
  if (below(p, 2)) matrix = transpose(matrix), turned = !turned;
  put(p, matmul(matrix, turned, c->expr, false), false, value);
}

static void put_logsumexp(pool *p, const entry *a) {
  double total = 0;
  if (a->scalar) return;
  for (size_t k = 0; k < units; k++) total += exp(a->value[k]);
  total = log(total);
  put(p, logsumexp(a->expr), true, &total);
}

static void put_one(pool *p) {
  static const gibbs_op unary[] = {GIBBS_OP_NEG,     GIBBS_OP_NEG,  GIBBS_OP_TANH,
                                   GIBBS_OP_LOGCOSH, GIBBS_OP_COSH, GIBBS_OP_SOFTPLUS,
                                   GIBBS_OP_SIGMOID, GIBBS_OP_SINH, GIBBS_OP_EXP};
  const entry a = p->entries[below(p, p->count)], b = p->entries[below(p, p->count)],
              c = p->entries[below(p, p->count)];
  switch (below(p, 12)) {
  case 0:
    put_number(p);
    break;
  case 1:
    put_elementwise(p, unary[below(p, sizeof unary / sizeof *unary)], &a, NULL);
    break;
  case 2:
    put_elementwise(p, GIBBS_OP_ADD, &a, &b);
    break;
  case 3:
    put_elementwise(p, GIBBS_OP_SUB, &a, &b);
    break;
  case 4:
  case 5:
    put_elementwise(p, GIBBS_OP_MUL, &a, &b);
    break;
  case 6:
    if (is_far_from_zero(&b)) put_elementwise(p, GIBBS_OP_DIV, &a, &b);
    break;
  case 7:
    put_power(p, &a);
    break;
  case 8:
    put_sum(p, &a);
    break;
  case 9:
    put_shift(p, &a);
    break;
  case 10:
    below(p, 2) ? put_expansion(p, &a) : put_logsumexp(p, &a);
    break;
  default:
    put_product(p, &a, &b, &c);
    break;
  }
}

static void fill_pool(pool *p, unsigned seed) {
  *p = (pool){.stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHECK, 0, 0)};
  put_leaf(p, 0, reals(gibbs_shape_scalar()), 0.5, 1.5, false);
  put_leaf(p, 1, reals(gibbs_shape_vector(units)), -1, 1, false);
  put_leaf(p, 2, reals(gibbs_shape_vector(units)), 0.5, 1.5, false);
  put_leaf(p, 3, spins(units), -1, 1, true);
  put_leaf(p, 4, bits(units), 0, 1, true);
  for (int k = 0; k < steps; k++) put_one(p);
}

static void empty_pool(pool *p) {
  for (size_t k = 0; k < leaf_count; k++) gibbs_tensor_release(p->values[k]);
}

/* Rounding: some tens of operations on numbers below 50, with cancellation; 1e-10 is far above it and far below any
 * wrong rule. */
static void expect_value(const pool *p, const entry *e, unsigned seed, size_t at) {
  gibbs_tensor *value = NULL;
  OK(gibbs_reference_value(e->expr, p->leaves, p->values, leaf_count, &value, &error));
  cr_assert(gibbs_tensor_size(value) == (e->scalar ? 1 : units), "seed %u, entry %zu: shape", seed, at);
  for (size_t k = 0; k < gibbs_tensor_size(value); k++) {
    char text[400];
    cr_assert(fabs(gibbs_tensor_values(value)[k] - e->value[k]) < 1e-10 * (1 + fabs(e->value[k])),
              "seed %u, entry %zu, element %zu: %.17g, not %.17g: %s", seed, at, k, gibbs_tensor_values(value)[k],
              e->value[k], gibbs_expr_print(e->expr, text, sizeof text));
  }
  gibbs_tensor_release(value);
}

Test(random_expressions, keep_their_values_through_simplification) {
  static pool p;
  for (unsigned seed = 1; seed <= 120; seed++) {
    fill_pool(&p, seed);
    for (size_t k = 0; k < p.count; k++) expect_value(&p, &p.entries[k], seed, k);
    empty_pool(&p);
    while (made_count > 0) gibbs_expr_release(made[--made_count]);
  }
}

/* The terms add up to the whole, and substitution folds to the same value as the walk node by node. */
Test(random_expressions, keep_their_values_through_substitution_and_terms) {
  static pool p;
  for (unsigned seed = 1; seed <= 40; seed++) {
    fill_pool(&p, seed);
    for (size_t k = leaf_count; k < p.count; k++) {
      gibbs_expr *e = p.entries[k].expr, **terms = NULL, *total = num(0);
      double *coefficients = NULL;
      size_t count = 0;
      OK(gibbs_expr_terms(e, &terms, &coefficients, &count, &error));
      for (size_t i = 0; i < count; i++) total = add(total, mul(num(coefficients[i]), keep(terms[i])));
      free(terms);
      free(coefficients);
      if (!p.entries[k].scalar) total = add(total, constant(gibbs_shape_vector(units), 0, 0, 0));
      gibbs_tensor *folded = fold_at(total, p.leaves, p.values, leaf_count);
      for (size_t i = 0; i < gibbs_tensor_size(folded); i++)
        cr_assert(fabs(gibbs_tensor_values(folded)[i] - p.entries[k].value[i]) <
                      1e-10 * (1 + fabs(p.entries[k].value[i])),
                  "seed %u, entry %zu", seed, k);
      gibbs_tensor_release(folded);
    }
    empty_pool(&p);
    while (made_count > 0) gibbs_expr_release(made[--made_count]);
  }
}

/* Slopes by the real leaves; large values have large third derivatives, so that only tame entries are taken. */
Test(random_expressions, have_the_right_slopes) {
  static pool p;
  for (unsigned seed = 1; seed <= 40; seed++) {
    fill_pool(&p, seed);
    for (size_t k = p.count - 6; k < p.count; k++) {
      const entry *e = &p.entries[k];
      if (fabs(e->value[0]) + fabs(e->value[1]) + fabs(e->value[2]) > 6) continue;
      gibbs_expr *scalar = e->scalar ? e->expr : dot(e->expr, constant(gibbs_shape_vector(units), 0.5, 1.5, 9));
      gibbs_expr *units_of[2] = {p.leaves[3], p.leaves[4]}, *fixed[2], *rest = NULL;
      for (size_t i = 0; i < 2; i++) fixed[i] = constant_of(p.values[3 + i]);
      rest = substitute_all(un(GIBBS_OP_TANH, mul(num(0.1), scalar)), units_of, fixed, 2);
      expect_gradient(rest, p.leaves, p.values, 3, "random");
    }
    empty_pool(&p);
    while (made_count > 0) gibbs_expr_release(made[--made_count]);
  }
}
