/* test_objective_digest.c - equal objectives have equal digests wherever they are made; whatever the result depends
 * on changes one of the two. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gibbs/objective.h"
#include "machines.h"

/* How an objective differs from the plain one, which is all 0. */
typedef struct twist {
  double factor, coupling, own_coupling, row, weight;
  int hidden, units_before, rows_less, other_functional;
  bool fixed; /* the bias a of the model does not vary */
} twist;

typedef struct digests {
  uint64_t formula, data;
} digests;

enum { row_count = 4, unit_count = 3 };

static gibbs_data *make_data(const twist *t) {
  double rows[row_count * unit_count] = {1, -1, 1, 1, 1, -1, -1, -1, 1, 1, 1, 1}, weights[row_count] = {1, 2, 1, 1};
  gibbs_data *data = NULL;
  rows[5] += t->row;
  weights[1] += t->weight;
  CHECK(gibbs_data_new((size_t)(row_count - t->rows_less), unit_count, rows, weights, &data, err));
  return data;
}

/* factor KL(target, model) - <log model>_data, or S(model) instead of the divergence. */
static gibbs_expr *make_loss(const twist *t, gibbs_graph *graph, machine *target, machine *model) {
  gibbs_data *data = make_data(t);
  gibbs_expr *kl = NULL, *factor = NULL, *scaled = NULL, *likelihood = NULL, *loss = NULL;
  if (t->other_functional)
    CHECK(gibbs_entropy(model->q, &kl, err));
  else
    CHECK(gibbs_kl(target->q, model->q, &kl, err));
  CHECK(gibbs_expr_number(graph, 0.5 + t->factor, &factor, err));
  CHECK(gibbs_expr_binary(GIBBS_OP_MUL, factor, kl, &scaled, err));
  CHECK(gibbs_log_likelihood(data, model->q, &likelihood, err));
  CHECK(gibbs_expr_binary(GIBBS_OP_SUB, scaled, likelihood, &loss, err));
  gibbs_expr *parts[] = {kl, factor, scaled, likelihood};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) gibbs_expr_release(parts[k]);
  gibbs_data_release(data);
  return loss;
}

static digests digest_of(twist t) {
  gibbs_graph *graph = NULL;
  gibbs_objective *objective = NULL;
  gibbs_expr *before[8];
  digests out = {0, 0};
  CHECK(gibbs_graph_new(&graph, err));
  for (int k = 0; k < t.units_before; k++) before[k] = make_variable(graph, "w", GIBBS_BITS, 2, (size_t)k + 1);
  machine target = make_machine_in(graph, GIBBS_SPINS, unit_count, GIBBS_SPINS, 2, 0.9, 30);
  machine model = make_machine_in(graph, GIBBS_SPINS, unit_count, GIBBS_SPINS, (size_t)(2 + t.hidden), 0.6, 31);
  values_of(target.W)[2] += t.coupling;
  values_of(model.a)[1] += t.own_coupling;
  gibbs_expr *loss = make_loss(&t, graph, &target, &model);
  gibbs_expr *const varied[] = {model.W, model.b, model.a};
  CHECK(gibbs_objective_new(loss, &objective, err));
  CHECK(gibbs_objective_digest(objective, varied, t.fixed ? 2 : 3, &out.formula, &out.data, err));
  gibbs_objective_free(objective);
  gibbs_expr_release(loss);
  free_machine(&target);
  free_machine(&model);
  for (int k = 0; k < t.units_before; k++) gibbs_expr_release(before[k]);
  gibbs_graph_release(graph);
  return out;
}

Test(objective_digest, is_the_same_for_equal_objectives) {
  const digests plain = digest_of((twist){0});
  const digests again = digest_of((twist){0}), elsewhere = digest_of((twist){.units_before = 5});
  cr_expect(plain.formula == again.formula && plain.data == again.data);
  cr_expect(plain.formula == elsewhere.formula && plain.data == elsewhere.data);
  const digests moved = digest_of((twist){.own_coupling = 0.25});
  cr_expect(moved.formula == plain.formula, "what varies counts by its shape");
}

Test(objective_digest, is_the_same_in_another_process) {
  const digests plain = digest_of((twist){0});
  digests theirs = {0, 0};
  int ends[2];
  cr_assert(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    void *shift = malloc(100000); /* other addresses */
    theirs = digest_of((twist){.units_before = 3});
    _exit(write(ends[1], &theirs, sizeof theirs) == sizeof theirs && shift ? 0 : 1);
  }
  cr_assert(read(ends[0], &theirs, sizeof theirs) == sizeof theirs);
  waitpid(child, NULL, 0);
  close(ends[0]);
  close(ends[1]);
  cr_expect(theirs.formula == plain.formula && theirs.data == plain.data);
}

Test(objective_digest, tells_formulas_apart) {
  const digests plain = digest_of((twist){0}), fixed = digest_of((twist){.fixed = true});
  const twist twists[] = {{.factor = 1e-15},       {.coupling = 1e-12}, {.hidden = 1},
                          {.other_functional = 1}, {.fixed = true},     {.fixed = true, .own_coupling = 0.25}};
  for (size_t k = 0; k < sizeof twists / sizeof *twists; k++) {
    const digests other = digest_of(twists[k]);
    cr_expect(other.formula != plain.formula, "row %zu", k);
    cr_expect(other.data == plain.data, "row %zu", k);
  }
  cr_expect(digest_of(twists[5]).formula != fixed.formula, "what does not vary counts by its values");
}

Test(objective_digest, tells_data_apart) {
  const digests plain = digest_of((twist){0});
  const twist twists[] = {{.row = 2}, {.weight = 1e-15 * 4}, {.rows_less = 1}};
  for (size_t k = 0; k < sizeof twists / sizeof *twists; k++) {
    const digests other = digest_of(twists[k]);
    cr_expect(other.formula == plain.formula, "row %zu", k);
    cr_expect(other.data != plain.data, "row %zu", k);
  }
}
