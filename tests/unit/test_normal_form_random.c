/* test_normal_form_random.c - energies put together at random, lowered, against the walk node by node: as they are,
 * scaled, and after their parameters have changed. */
#include "forms.h"

TestSuite(random_forms, .init = begin_case, .fini = end_case);

enum { units = 4, most_entries = 60, variable_count = 5 };

typedef struct pool {
  gibbs_stream stream;
  gibbs_expr *entries[most_entries];
  gibbs_expr *variables[variable_count];
  gibbs_parameter *parameters[8];
  size_t count, parameter_count;
} pool;

static size_t below(pool *p, size_t n) {
  return gibbs_stream_word(&p->stream) % n;
}

static gibbs_expr *pick(pool *p) {
  return p->entries[below(p, p->count)];
}

static gibbs_expr *pick_shape(pool *p, gibbs_shape shape) {
  for (size_t start = below(p, p->count), k = 0; k < p->count; k++) {
    gibbs_expr *e = p->entries[(start + k) % p->count];
    if (gibbs_shape_equal(gibbs_expr_shape(e), &shape)) return e;
  }
  return constant(shape, -1, 1, (unsigned)below(p, 100));
}

static gibbs_expr *parameter(pool *p, gibbs_shape shape) {
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new("p", &shape, &parameter, &error));
  for (size_t k = 0; k < gibbs_parameter_size(parameter); k++)
    gibbs_parameter_values(parameter)[k] = draw(&p->stream, -1, 1);
  gibbs_expr *node = parameter_of(parameter);
  p->parameters[p->parameter_count++] = parameter;
  gibbs_parameter_release(parameter); /* the node holds it */
  return node;
}

/* Vectors of `units`, matrices of units x units, scalars. */
static gibbs_shape draw_shape(pool *p) {
  size_t rank = below(p, 3);
  return rank == 0 ? gibbs_shape_scalar() : rank == 1 ? gibbs_shape_vector(units) : gibbs_shape_matrix(units, units);
}

static gibbs_expr *draw_gather(pool *p, bool scatters) {
  gibbs_expr *x = pick(p);
  gibbs_shape shape = draw_shape(p);
  uint32_t at[2 * units * units];
  size_t count = scatters ? gibbs_expr_size(x) : gibbs_shape_size(&shape);
  size_t most = scatters ? gibbs_shape_size(&shape) : gibbs_expr_size(x), first = below(p, most);
  bool random = below(p, 2);
  for (size_t k = 0; k < count; k++) at[k] = (uint32_t)(random ? below(p, most) : (first + k) % most);
  return scatters ? scatter(x, at, shape) : gather(x, at, shape);
}

static gibbs_expr *draw_product(pool *p) {
  gibbs_expr *a = pick_shape(p, gibbs_shape_matrix(units, units));
  if (below(p, 2)) return matmul(a, below(p, 2), pick_shape(p, gibbs_shape_vector(units)), false);
  return matmul(a, below(p, 2), pick_shape(p, gibbs_shape_matrix(units, units)), below(p, 2));
}

static gibbs_expr *draw_elementwise(pool *p) {
  static const gibbs_op functions[] = {GIBBS_OP_LOGCOSH, GIBBS_OP_SOFTPLUS, GIBBS_OP_TANH,
                                       GIBBS_OP_ABS,     GIBBS_OP_RELU,     GIBBS_OP_SIGMOID};
  gibbs_expr *a = pick(p);
  gibbs_expr *b = below(p, 3) ? pick_shape(p, *gibbs_expr_shape(a)) : pick_shape(p, gibbs_shape_scalar());
  switch (below(p, 12)) {
  case 0:
    return neg(a);
  case 1:
    return un(functions[below(p, 6)], a);
  case 2:
    return power(a, (double)(2 + below(p, 2)));
  case 3:
    return quotient(a, num(draw(&p->stream, 1, 2)));
  case 4:
    return mul(a, a);
  case 5:
  case 6:
    return sub(a, b);
  case 7:
  case 8:
    return add(a, b);
  default:
    return mul(a, b);
  }
}

static gibbs_expr *draw_one(pool *p) {
  switch (below(p, 10)) {
  case 0:
    return sum(pick(p));
  case 1:
    return draw_gather(p, below(p, 2));
  case 2:
    return draw_product(p);
  case 3:
    return outer(pick_shape(p, gibbs_shape_vector(units)), pick_shape(p, gibbs_shape_vector(units)));
  case 4:
    return below(p, 4) ? transpose(pick_shape(p, gibbs_shape_matrix(units, units)))
                       : logsumexp(pick_shape(p, gibbs_shape_matrix(units, units)));
  default:
    return draw_elementwise(p);
  }
}

/* What grows beyond these numbers would be lost in rounding. */
static bool is_tame(pool *p, gibbs_expr *e) {
  batch_case c = {.count = variable_count, .batch = 3, .stride = 3};
  bool tame = true;
  for (size_t k = 0; k < variable_count; k++) c.inputs[k] = p->variables[k];
  fill_batch(&c, -1.5, 1.5, 1);
  for (size_t b = 0; b < 3; b++) {
    gibbs_tensor *value = reference_at(e, &c, b);
    for (size_t k = 0; k < gibbs_tensor_size(value); k++) tame = tame && fabs(gibbs_tensor_values(value)[k]) < 50;
    gibbs_tensor_release(value);
  }
  free_batch(&c);
  return tame;
}

static void put(pool *p, gibbs_expr *e) {
  if (gibbs_expr_size(e) <= (size_t)units * units && is_tame(p, e)) p->entries[p->count++] = e;
}

static void fill_pool(pool *p, unsigned seed) {
  *p = (pool){.stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHECK, 0, 0)};
  p->variables[0] = spins(units);
  p->variables[1] = bits(units);
  p->variables[2] = variable_of(GIBBS_POTTS, units, gibbs_shape_vector(units));
  p->variables[3] = reals(gibbs_shape_vector(units));
  p->variables[4] = variable_of(GIBBS_SPINS, 2, gibbs_shape_matrix(units, units));
  for (size_t k = 0; k < variable_count; k++) p->entries[p->count++] = p->variables[k];
  put(p, parameter(p, gibbs_shape_matrix(units, units)));
  put(p, parameter(p, gibbs_shape_vector(units)));
  put(p, parameter(p, gibbs_shape_scalar()));
  put(p, constant(gibbs_shape_matrix(units, units), -1, 1, seed));
  while (p->count < most_entries) put(p, draw_one(p));
}

static gibbs_expr *draw_energy(pool *p) {
  gibbs_expr *e = num(draw(&p->stream, -1, 1));
  for (size_t k = 0; k < 4; k++) {
    gibbs_expr *x = p->entries[variable_count + below(p, p->count - variable_count)];
    e = add(e, mul(below(p, 2) ? p->entries[variable_count + 2] : num(draw(&p->stream, -1, 1)), sum(x)));
  }
  return e;
}

static void change_parameters(pool *p) {
  for (size_t k = 0; k < p->parameter_count; k++) {
    for (size_t i = 0; i < gibbs_parameter_size(p->parameters[k]); i++)
      gibbs_parameter_values(p->parameters[k])[i] = draw(&p->stream, -1, 1);
    gibbs_parameter_touch(p->parameters[k]);
  }
}

/* Sums of many products, in another order than the reference's: rounding of some hundred operations. */
static const double tolerance = 1e-9;

static void expect_form(pool *p, gibbs_expr *e) {
  gibbs_normal_form *form = NULL;
  char text[400];
  OK(gibbs_normal_form_new(e, p->variables, variable_count, &form, &error));
  expect_energy(form, e, p->variables, variable_count, tolerance, gibbs_normal_form_print(form, text, sizeof text));
  gibbs_normal_form_set_scale(form, 0.75);
  change_parameters(p);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(gibbs_normal_form_scale(form), 0.75);
  expect_energy(form, e, p->variables, variable_count, tolerance, "after a change of the parameters");
  gibbs_normal_form_free(form);
}

ParameterizedTestParameters(random_forms, have_the_energy_of_the_expression) {
  static unsigned seeds[60];
  for (unsigned k = 0; k < 60; k++) seeds[k] = k + 1;
  return cr_make_param_array(unsigned, seeds, 60);
}

ParameterizedTest(unsigned *seed, random_forms, have_the_energy_of_the_expression) {
  static pool p;
  fill_pool(&p, *seed);
  for (size_t k = 0; k < 12; k++) expect_form(&p, draw_energy(&p));
}
