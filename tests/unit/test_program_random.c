/* test_program_random.c - expressions put together at random, compiled, against the walk node by node. */
#include "programs.h"

TestSuite(random_programs, .init = begin_case, .fini = end_case);

enum { rows = 3, columns = 4, most_entries = 90, input_count = 6, parameter_count = 4 };

typedef struct pool {
  gibbs_stream stream;
  gibbs_expr *entries[most_entries];
  size_t count;
  gibbs_expr *bound; /* a variable that bodies of sums over states may use */
  batch_case c;
} pool;

static size_t below(pool *p, size_t n) {
  return gibbs_stream_word(&p->stream) % n;
}

static gibbs_expr *pick(pool *p) {
  return p->entries[below(p, p->count)];
}

/* Any entry of this shape; there always is one. */
static gibbs_expr *pick_shape(pool *p, const gibbs_shape *shape) {
  for (size_t start = below(p, p->count), k = 0; k < p->count; k++) {
    gibbs_expr *e = p->entries[(start + k) % p->count];
    if (gibbs_shape_equal(gibbs_expr_shape(e), shape)) return e;
  }
  return constant(*shape, -1, 1, (unsigned)below(p, 100));
}

static gibbs_expr *pick_rank(pool *p, size_t rank) {
  for (size_t start = below(p, p->count), k = 0; k < p->count; k++) {
    gibbs_expr *e = p->entries[(start + k) % p->count];
    if (gibbs_expr_shape(e)->rank == rank) return e;
  }
  return p->entries[0];
}

static gibbs_expr *make_elementwise(pool *p) {
  static const gibbs_op unary[] = {GIBBS_OP_NEG,     GIBBS_OP_TANH,     GIBBS_OP_SIGMOID,
                                   GIBBS_OP_LOGCOSH, GIBBS_OP_SOFTPLUS, GIBBS_OP_RELU,
                                   GIBBS_OP_ABS,     GIBBS_OP_STEP,     GIBBS_OP_SIGN};
  static const gibbs_op binary[] = {GIBBS_OP_ADD, GIBBS_OP_SUB, GIBBS_OP_MUL, GIBBS_OP_MUL};
  gibbs_expr *a = pick(p), *small = un(GIBBS_OP_TANH, a);
  gibbs_expr *b = below(p, 4) ? pick_shape(p, gibbs_expr_shape(a)) : pick_rank(p, 0);
  if (gibbs_expr_shape(b)->rank == 0 && below(p, 2)) a = small;
  switch (below(p, 8)) {
  case 0:
    return un(GIBBS_OP_EXP, small);
  case 1:
    return un(GIBBS_OP_LOG, add(num(1.5), small));
  case 2:
    return quotient(b, add(num(2), gibbs_expr_shape(b)->rank == 0 ? small : un(GIBBS_OP_TANH, b)));
  case 3:
    return power(add(num(2), small), draw(&p->stream, -2, 4));
  case 4:
    return un(unary[below(p, sizeof unary / sizeof *unary)], a);
  default:
    return bin(binary[below(p, 4)], below(p, 2) ? a : small, b);
  }
}

static gibbs_expr *make_gather(pool *p, gibbs_expr *x, bool scatters) {
  uint32_t at[2 * rows * columns];
  static const gibbs_shape shapes[] = {{0, {0}}, {1, {rows}}, {1, {columns}}, {2, {rows, columns}}};
  gibbs_shape shape = shapes[below(p, 4)];
  size_t count = scatters ? gibbs_expr_size(x) : gibbs_shape_size(&shape);
  size_t most = scatters ? gibbs_shape_size(&shape) : gibbs_expr_size(x), style = below(p, 3), first = below(p, most);
  for (size_t k = 0; k < count; k++)
    at[k] = (uint32_t)(style == 0 ? below(p, most) : style == 1 ? first : (first + k) % most);
  if (scatters) return scatter(x, at, shape);
  return gather(x, at, shape);
}

static gibbs_expr *make_product(pool *p) {
  gibbs_expr *a = pick_rank(p, 2);
  const gibbs_shape *shape = gibbs_expr_shape(a);
  bool ta = below(p, 2), tb = below(p, 2);
  gibbs_shape other = gibbs_shape_vector(shape->extent[!ta]);
  if (below(p, 2)) {
    size_t inner = shape->extent[!ta], free_extent = below(p, 2) ? rows : columns;
    other = tb ? gibbs_shape_matrix(free_extent, inner) : gibbs_shape_matrix(inner, free_extent);
  }
  gibbs_expr *b = pick_shape(p, &other);
  return matmul(a, ta, b, other.rank == 2 && tb);
}

/* A sum over the states of the bound variable; its energy and value know it. */
static gibbs_expr *make_sum_over_states(pool *p) {
  gibbs_expr *field = pick_shape(p, gibbs_expr_shape(p->bound));
  gibbs_expr *energy =
      add(dot(p->bound, field), mul(pick_rank(p, 0), sum(un(GIBBS_OP_TANH, mul(p->bound, pick_rank(p, 0))))));
  energy = add(energy, dot(matmul(constant(gibbs_shape_matrix(2, 2), -1, 1, 3), false, p->bound, false), p->bound));
  if (below(p, 2)) return marginal(energy, p->bound);
  switch (below(p, 3)) {
  case 0:
    return marginal_mean(mul(p->bound, field), energy, p->bound);
  case 1:
    return marginal_mean(outer(pick_rank(p, 1), p->bound), energy, p->bound);
  default:
    return marginal_mean(p->bound, energy, p->bound);
  }
}

/* Derivatives hold shapes of their own: scalars times outer products, many means over the same states. */
static gibbs_expr *make_gradient(pool *p) {
  gibbs_expr *e = pick_rank(p, 0), *x = p->entries[3 + below(p, 8)];
  if (gibbs_expr_as_constant(x) || gibbs_graph_nodes(graph) > 3000) return x;
  return below(p, 2) ? gradient(e, x) : gradient(sum(make_sum_over_states(p)), x);
}

static gibbs_expr *make_one(pool *p) {
  switch (below(p, 16)) {
  case 0:
    return sum(pick(p));
  case 1:
    return sum_axis(pick_rank(p, 2), below(p, 2));
  case 2:
    return make_gather(p, pick(p), false);
  case 3:
    return make_gather(p, pick(p), true);
  case 4:
    return logsumexp(pick_rank(p, 1 + below(p, 2)));
  case 5:
    return outer(pick_rank(p, 1), pick_rank(p, 1));
  case 6:
  case 7:
    return make_product(p);
  case 8:
    return make_gradient(p);
  case 9:
    return below(p, 3) ? make_elementwise(p) : make_sum_over_states(p);
  default:
    return make_elementwise(p);
  }
}

static gibbs_expr *parameter(pool *p, const char *name, gibbs_shape shape) {
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new(name, &shape, &parameter, &error));
  for (size_t k = 0; k < gibbs_parameter_size(parameter); k++)
    gibbs_parameter_values(parameter)[k] = draw(&p->stream, -1, 1);
  gibbs_expr *node = parameter_of(parameter);
  gibbs_parameter_release(parameter);
  return node;
}

/* What grows is pulled back into the range of tanh, so that rounding stays small: it is not what is tested. */
static void put(pool *p, gibbs_expr *e) {
  if (p->count == most_entries || gibbs_expr_size(e) > rows * columns * 2) return;
  bool tame = true;
  for (size_t b = 0; b < p->c.batch && b < 4 && tame; b++) {
    gibbs_tensor *value = reference_at(e, &p->c, b);
    for (size_t k = 0; k < gibbs_tensor_size(value); k++) tame = tame && fabs(gibbs_tensor_values(value)[k]) < 20;
    gibbs_tensor_release(value);
  }
  p->entries[p->count++] = tame ? e : un(GIBBS_OP_TANH, e);
}

static void fill_pool(pool *p, unsigned seed, size_t batch, size_t stride) {
  const gibbs_shape matrix = gibbs_shape_matrix(rows, columns), vector = gibbs_shape_vector(columns);
  *p = (pool){.stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHECK, 0, 0)};
  p->c = (batch_case){.batch = batch, .stride = stride, .count = input_count};
  p->c.inputs[0] = spins(columns);
  p->c.inputs[1] = bits(rows);
  p->c.inputs[2] = variable_of(GIBBS_POTTS, columns, gibbs_shape_vector(rows));
  p->c.inputs[3] = reals(matrix);
  p->c.inputs[4] = reals(gibbs_shape_scalar());
  p->bound = spins(2);
  p->c.inputs[5] = below(p, 2) ? p->bound : reals(gibbs_shape_vector(2));
  fill_batch(&p->c, -1, 1, seed);
  for (size_t k = 0; k < input_count; k++) p->entries[p->count++] = p->c.inputs[k];
  put(p, parameter(p, "W", matrix));
  put(p, parameter(p, "a", vector));
  put(p, parameter(p, "b", gibbs_shape_vector(2)));
  put(p, parameter(p, "c", gibbs_shape_scalar()));
  put(p, constant(matrix, -1, 1, seed));
  while (p->count < most_entries) put(p, make_one(p));
}

static void empty_pool(pool *p) {
  free_batch(&p->c);
  while (made_count > 0) gibbs_expr_release(made[--made_count]);
}

/* Rounding of some tens of operations on numbers below 20, in another order than the reference's. */
static const double tolerance = 1e-11;

static const struct { size_t batch, stride; } sizes[] = {{1, 1}, {7, 9}, {64, 64}, {300, 301}, {1000, 1001}};

ParameterizedTestParameters(random_programs, agree_with_the_reference) {
  static unsigned seeds[60];
  for (unsigned k = 0; k < 60; k++) seeds[k] = k + 1;
  return cr_make_param_array(unsigned, seeds, 60);
}

ParameterizedTest(unsigned *seed, random_programs, agree_with_the_reference) {
  static pool p;
  size_t size = *seed % 3;
  fill_pool(&p, *seed, sizes[size].batch, sizes[size].stride);
  expect_program(p.entries, p.count, &p.c, tolerance);
  empty_pool(&p);
}

/* Alone, a value has no neighbours to share its group with. */
Test(random_programs, agree_with_the_reference_one_by_one) {
  static pool p;
  for (unsigned seed = 100; seed < 110; seed++) {
    fill_pool(&p, seed, 7, 8);
    for (size_t k = input_count; k < p.count; k++) expect_program(&p.entries[k], 1, &p.c, tolerance);
    empty_pool(&p);
  }
}

/* Several blocks, and a last one that is not full. */
Test(random_programs, agree_with_the_reference_over_many_blocks) {
  static pool p;
  for (unsigned seed = 200; seed < 203; seed++) {
    fill_pool(&p, seed, sizes[4].batch, sizes[4].stride);
    expect_program(p.entries + p.count - 12, 12, &p.c, tolerance);
    empty_pool(&p);
  }
}
