/* test_program.c - compiled programs: their values, what they store, their errors, and who may run them. */
#include "programs.h"

#include <float.h>
#include <string.h>

#include "gibbs/private/parallel.h"
#include "program_parts.h"

TestSuite(program, .init = begin_case, .fini = end_case);

static double *values_of(gibbs_expr *node) {
  return gibbs_parameter_values(gibbs_expr_as_parameter(node));
}

/* ---- a machine, its Hamiltonian and its gradient --------------------------------------------- */

typedef struct machine {
  gibbs_expr *v, *weight, *W, *a, *b, *hamiltonian;
  gibbs_expr *gradient[3];
} machine;

static machine make_machine(size_t n, size_t m) {
  machine k = {.v = spins(n), .weight = reals(gibbs_shape_scalar())};
  k.W = named_parameter("W", gibbs_shape_matrix(n, m), 0.3);
  k.a = named_parameter("a", gibbs_shape_vector(n), 0.2);
  k.b = named_parameter("b", gibbs_shape_vector(m), 0.1);
  k.hamiltonian = sub(neg(dot(k.a, k.v)), sum(un(GIBBS_OP_LOGCOSH, add(k.b, matmul(k.W, true, k.v, false)))));
  gibbs_expr *xs[] = {k.W, k.a, k.b};
  OK(gibbs_expr_pullback(k.hamiltonian, k.weight, xs, 3, k.gradient, &error));
  for (size_t i = 0; i < 3; i++) keep(k.gradient[i]);
  return k;
}

static batch_case make_batch(const machine *m, size_t batch, size_t stride) {
  batch_case c = {.inputs = {m->v, m->weight}, .count = 2, .batch = batch, .stride = stride};
  fill_batch(&c, -1, 1, 3);
  return c;
}

ParameterizedTestParameters(program, a_machine_and_its_gradient_are_right_at_every_size) {
  static int batches[] = {1, 7, 64, 1000};
  return cr_make_param_array(int, batches, 4);
}

ParameterizedTest(int *batch, program, a_machine_and_its_gradient_are_right_at_every_size) {
  machine m = make_machine(9, 5);
  batch_case c = make_batch(&m, (size_t)*batch, (size_t)*batch + 3);
  gibbs_expr *all[] = {m.hamiltonian, m.gradient[0], m.gradient[1], m.gradient[2]};
  expect_program(all, 4, &c, 1e-13); /* sums of some tens of numbers of order 1 */
  free_batch(&c);
}

Test(program, a_total_is_added_to_what_is_there) {
  machine m = make_machine(4, 3);
  batch_case c = make_batch(&m, 10, 10);
  gibbs_output kinds[] = {GIBBS_OUTPUT_TOTAL};
  double once[12] = {0}, twice[12] = {0}, *out = once;
  compiled p = compile(m.gradient, kinds, 1, &c);
  cr_expect(!gibbs_program_calls_back(p.program));
  for (int k = 0; k < 3; k++, out = twice)
    OK(gibbs_program_run(p.program, p.workspace, c.batch, c.stride, (const double *const *)c.values, &out, &error));
  for (size_t k = 0; k < 12; k++) cr_assert(fabs(twice[k] - 2 * once[k]) <= 4 * DBL_EPSILON * fabs(twice[k]));
  free_compiled(&p);
  free_batch(&c);
}

Test(program, nothing_happens_to_an_empty_batch) {
  machine m = make_machine(4, 3);
  batch_case c = make_batch(&m, 0, 1);
  gibbs_expr *all[] = {m.hamiltonian, m.gradient[0]};
  gibbs_output kinds[] = {GIBBS_OUTPUT_EACH, GIBBS_OUTPUT_TOTAL};
  double each = 7, total[12] = {1}, *out[] = {&each, total};
  compiled p = compile(all, kinds, 2, &c);
  OK(gibbs_program_run(p.program, p.workspace, 0, 1, (const double *const *)c.values, out, &error));
  cr_assert(each == 7 && total[0] == 1 && total[5] == 0);
  free_compiled(&p);
  free_batch(&c);
}

/* ---- few configurations ----------------------------------------------------------------------- */

enum { wide_units = 700, wide_bonds = 1100, wide_batch = 40, wide_outputs = 5 };

/* Sums over chosen pairs, over contiguous and repeated elements, and values of all elements. */
static void make_wide(gibbs_expr *x, gibbs_expr *exprs[wide_outputs]) {
  static uint32_t i[wide_bonds], j[wide_bonds];
  for (uint32_t k = 0; k < wide_bonds; k++) {
    i[k] = k * 37 % wide_units;
    j[k] = (k < wide_bonds / 2 ? k + 1 : k * 101 + 5) % wide_units;
  }
  gibbs_shape bonds = gibbs_shape_vector(wide_bonds), units = gibbs_shape_vector(wide_units);
  gibbs_expr *a = named_parameter("a", units, 0.5),
             *mean = mul(sum(x), named_parameter("c", gibbs_shape_scalar(), 0.01));
  exprs[0] = sum(mul(gather(x, i, bonds), gather(x, j, bonds)));
  exprs[1] = sum(mul(un(GIBBS_OP_EXP, x), a));
  exprs[2] = add(mul(a, x), un(GIBBS_OP_TANH, gather(x, j, units)));
  exprs[3] = mul(mean, un(GIBBS_OP_LOGCOSH, sub(x, mean)));
  exprs[4] = sum(power(sub(x, mean), 3));
}

static void run_wide(gibbs_expr *const exprs[wide_outputs], const batch_case *c, size_t batch, size_t stride,
                     const double *x, double *const out[wide_outputs]) {
  gibbs_output kinds[wide_outputs] = {GIBBS_OUTPUT_EACH, GIBBS_OUTPUT_EACH, GIBBS_OUTPUT_EACH, GIBBS_OUTPUT_EACH,
                                      GIBBS_OUTPUT_EACH};
  compiled p = compile(exprs, kinds, wide_outputs, c);
  OK(gibbs_program_run(p.program, p.workspace, batch, stride, &x, out, &error));
  free_compiled(&p);
}

static void expect_columns(gibbs_expr *const exprs[wide_outputs], size_t batch, size_t stride, double *const got[],
                           double *const all[]) {
  for (size_t k = 0; k < wide_outputs; k++)
    for (size_t e = 0; e < gibbs_expr_size(exprs[k]); e++)
      for (size_t b = 0; b < batch; b++)
        cr_assert(got[k][e * stride + b] == all[k][e * wide_batch + b],
                  "output %zu, element %zu, column %zu of %zu: %.17g and %.17g", k, e, b, batch,
                  got[k][e * stride + b], all[k][e * wide_batch + b]);
}

Test(program, the_number_of_configurations_changes_no_bit) {
  static double values[2][wide_outputs][wide_units * wide_batch], dense[wide_units * wide_batch];
  gibbs_expr *x = reals(gibbs_shape_vector(wide_units)), *exprs[wide_outputs];
  batch_case c = {.inputs = {x}, .count = 1, .batch = wide_batch, .stride = wide_batch};
  double *all[wide_outputs], *got[wide_outputs];
  for (size_t k = 0; k < wide_outputs; k++) {
    all[k] = values[0][k];
    got[k] = values[1][k];
  }
  fill_batch(&c, -1, 1, 5);
  make_wide(x, exprs);
  run_wide(exprs, &c, wide_batch, wide_batch, c.values[0], all);
  for (size_t batch = 1; batch <= 18; batch++) {
    run_wide(exprs, &c, batch, wide_batch, c.values[0], got);
    expect_columns(exprs, batch, wide_batch, got, all);
    for (size_t e = 0; e < wide_units; e++)
      memcpy(dense + e * batch, c.values[0] + e * wide_batch, batch * sizeof *dense);
    run_wide(exprs, &c, batch, batch, dense, got);
    expect_columns(exprs, batch, batch, got, all);
  }
  free_batch(&c);
}

/* ---- what is stored -------------------------------------------------------------------------- */

static size_t rows_of(gibbs_expr *e, gibbs_output kind, const batch_case *c) {
  compiled p = compile(&e, &kind, 1, c);
  size_t rows = p.program->frame->code->rows;
  free_compiled(&p);
  return rows;
}

Test(program, bonds_are_summed_without_a_copy_of_a_row) {
  uint32_t i[] = {0, 1, 2, 3, 0, 1}, j[] = {1, 2, 3, 0, 2, 3};
  gibbs_expr *v = spins(4);
  gibbs_expr *ends = mul(gather(v, i, gibbs_shape_vector(6)), gather(v, j, gibbs_shape_vector(6)));
  batch_case c = {.inputs = {v}, .count = 1, .batch = 300, .stride = 300};
  fill_batch(&c, -1, 1, 1);
  cr_expect(rows_of(sum(ends), GIBBS_OUTPUT_EACH, &c) == 0);
  cr_expect(rows_of(ends, GIBBS_OUTPUT_TOTAL, &c) == 0);
  free_batch(&c);
}

Test(program, of_a_machine_only_the_fields_are_stored) {
  machine m = make_machine(9, 5);
  batch_case c = make_batch(&m, 10, 10);
  /* The fields W'v, and one number of each of the two sums. */
  cr_expect(rows_of(m.hamiltonian, GIBBS_OUTPUT_EACH, &c) <= 5 + 2);
  /* The fields, and the weighted tanh of them. */
  cr_expect(rows_of(m.gradient[0], GIBBS_OUTPUT_TOTAL, &c) <= 5 + 5);
  free_batch(&c);
}

/* The square of a gradient, and its product with a direction: nothing of the size of the matrix. */
Test(program, outer_products_are_not_stored) {
  machine m = make_machine(40, 30);
  batch_case c = make_batch(&m, 10, 10);
  gibbs_expr *direction = named_parameter("D", gibbs_shape_matrix(40, 30), 0.3),
             *slope = gradient(m.hamiltonian, m.W);
  gibbs_expr *both[] = {mul(m.weight, mul(slope, slope)), sum(mul(slope, direction))};
  cr_expect(rows_of(both[0], GIBBS_OUTPUT_TOTAL, &c) <= 40 + 3 * 30);
  cr_expect(rows_of(both[1], GIBBS_OUTPUT_EACH, &c) <= 40 + 3 * 30);
  expect_program(both, 2, &c, 1e-12);
  free_batch(&c);
}

Test(program, rows_are_used_again) {
  gibbs_expr *v = reals(gibbs_shape_vector(4)), *x = v;
  batch_case c = {.inputs = {v}, .count = 1, .batch = 10, .stride = 10};
  fill_batch(&c, -1, 1, 1);
  for (unsigned k = 0; k < 50; k++)
    x = un(GIBBS_OP_TANH, matmul(constant(gibbs_shape_matrix(4, 4), -1, 1, k), false, x, false));
  cr_expect(rows_of(x, GIBBS_OUTPUT_EACH, &c) <= 12);
  free_batch(&c);
}

static size_t count_tasks(const gibbs_code *code, gibbs_task task) {
  size_t count = 0;
  for (size_t k = 0; k < code->count; k++) count += code->instructions[k].task == task;
  return count;
}

Test(program, means_of_one_energy_share_one_sum_over_states) {
  gibbs_expr *v = spins(6), *h = spins(3), *weight = reals(gibbs_shape_scalar()), *slopes[3];
  gibbs_expr *xs[] = {named_parameter("W", gibbs_shape_matrix(6, 3), 1),
                      named_parameter("K", gibbs_shape_matrix(3, 3), 1),
                      named_parameter("b", gibbs_shape_vector(3), 1)};
  gibbs_expr *energy = add(dot(v, matmul(xs[0], false, h, false)), dot(h, matmul(xs[1], false, h, false)));
  OK(gibbs_expr_pullback(marginal(add(energy, dot(xs[2], h)), h), weight, xs, 3, slopes, &error));
  for (size_t k = 0; k < 3; k++) keep(slopes[k]);
  gibbs_output kinds[] = {GIBBS_OUTPUT_TOTAL, GIBBS_OUTPUT_TOTAL, GIBBS_OUTPUT_TOTAL};
  batch_case c = {.inputs = {v, weight}, .count = 2, .batch = 20, .stride = 20};
  fill_batch(&c, -1, 1, 1);
  compiled p = compile(slopes, kinds, 3, &c);
  const gibbs_code *code = p.program->frame->code;
  cr_expect(count_tasks(code, GIBBS_TASK_STATES) == 1);
  cr_expect(count_tasks(code, GIBBS_TASK_OUTER_TOTAL) == 1, "the mean of v h' is v times the mean of h'");
  for (size_t i = 0; i < p.program->frame->count; i++)
    if (p.program->frame->values[i].body)
      cr_expect(count_tasks(p.program->frame->values[i].body->code, GIBBS_TASK_PRODUCT) == 0,
                "W'v is the same in all states");
  free_compiled(&p);
  expect_program(slopes, 3, &c, 1e-13);
  free_batch(&c);
}

Test(program, long_chains_are_compiled_without_recursion) {
  gibbs_expr *v = reals(gibbs_shape_vector(2)), *x = v, *y = element(v, 0);
  batch_case c = {.inputs = {v}, .count = 1, .batch = 5, .stride = 5};
  fill_batch(&c, -1, 1, 1);
  for (size_t k = 0; k < 3000; k++) {
    x = un(GIBBS_OP_TANH, add(x, y));
    y = sum(x);
  }
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  double got[10], *out = got;
  compiled p = compile(&x, &kind, 1, &c);
  OK(gibbs_program_run(p.program, p.workspace, 5, 5, (const double *const *)c.values, &out, &error));
  gibbs_tensor *want = reference_at(x, &c, 4);
  cr_assert(fabs(got[4] - gibbs_tensor_values(want)[0]) < 1e-12);
  gibbs_tensor_release(want);
  free_compiled(&p);
  free_batch(&c);
}

/* ---- parameters ------------------------------------------------------------------------------ */

Test(program, parameters_are_read_when_it_is_prepared) {
  gibbs_expr *v = reals(gibbs_shape_scalar()), *J = named_parameter("J", gibbs_shape_scalar(), 1), *e = mul(J, v);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  batch_case c = {.inputs = {v}, .count = 1, .batch = 1, .stride = 1};
  fill_batch(&c, 1, 2, 1);
  values_of(J)[0] = 2;
  compiled p = compile(&e, &kind, 1, &c);
  double got, *out = &got, x = c.values[0][0];
  values_of(J)[0] = 3;
  OK(gibbs_program_run(p.program, p.workspace, 1, 1, (const double *const *)c.values, &out, &error));
  cr_assert(got == 2 * x);
  OK(gibbs_program_prepare(p.program, &error));
  OK(gibbs_program_run(p.program, p.workspace, 1, 1, (const double *const *)c.values, &out, &error));
  cr_assert(got == 3 * x);
  free_compiled(&p);
  free_batch(&c);
}

Test(program, an_expression_of_parameters_has_a_value) {
  gibbs_expr *W = named_parameter("W", gibbs_shape_matrix(2, 3), 1), *h = spins(3),
             *x = named_parameter("x", gibbs_shape_vector(3), 1);
  gibbs_expr *e = add(un(GIBBS_OP_EXP, matmul(W, false, x, false)), marginal(dot(x, h), h));
  gibbs_tensor *got = NULL, *want = NULL;
  OK(gibbs_expr_value(e, &got, &error));
  OK(gibbs_reference_value(e, NULL, NULL, 0, &want, &error));
  for (size_t k = 0; k < 2; k++) cr_assert(fabs(gibbs_tensor_values(got)[k] - gibbs_tensor_values(want)[k]) < 1e-14);
  gibbs_tensor_release(got);
  gibbs_tensor_release(want);
}

/* ---- threads --------------------------------------------------------------------------------- */

enum { segments = 12, segment_size = 300 };

typedef struct shared_run {
  const gibbs_program *program;
  gibbs_workspace *workspaces[2];
  const batch_case *c;
  double *each, *totals; /* of each segment */
  size_t total_size;
} shared_run;

static gibbs_status run_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  shared_run *r = context;
  size_t first = segment * segment_size;
  const double *in[] = {r->c->values[0] + first, r->c->values[1] + first};
  double *results[] = {r->each + first, r->totals + segment * r->total_size};
  return gibbs_program_run(r->program, r->workspaces[thread], segment_size, r->c->stride, in, results, err);
}

static void run_shared(shared_run *r, int threads) {
  gibbs_set_threads(threads);
  memset(r->totals, 0, segments * r->total_size * sizeof *r->totals);
  for (int k = 0; k < threads; k++) OK(gibbs_workspace_new(r->program, &r->workspaces[k], &error));
  OK(gibbs_parallel_segments(segments, run_segment, r, &error));
  for (int k = 0; k < threads; k++) gibbs_workspace_free(r->workspaces[k]);
}

Test(program, two_threads_get_the_bits_of_one) {
  enum { n = 9, m = 5, all = segments * segment_size };
  machine k = make_machine(n, m);
  gibbs_expr *h = spins(2), *energy = add(mul(k.hamiltonian, element(h, 0)), mul(element(h, 1), sum(k.v)));
  gibbs_expr *exprs[] = {marginal(energy, h), k.gradient[0]};
  gibbs_output kinds[] = {GIBBS_OUTPUT_EACH, GIBBS_OUTPUT_TOTAL};
  batch_case c = make_batch(&k, all, all);
  compiled p = compile(exprs, kinds, 2, &c);
  static double each[2][all], totals[2][segments * n * m];
  for (int threads = 1; threads <= 2; threads++) {
    shared_run r = {
        .program = p.program, .c = &c, .each = each[threads - 1], .totals = totals[threads - 1], .total_size = n * m};
    run_shared(&r, threads);
  }
  cr_assert(memcmp(each[0], each[1], sizeof each[0]) == 0);
  cr_assert(memcmp(totals[0], totals[1], sizeof totals[0]) == 0);
  free_compiled(&p);
  free_batch(&c);
}
