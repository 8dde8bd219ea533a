/* test_recording.c - chains streamed into a series: the rows are those that one would read by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "gibbs/recording.h"
#include "invariance.h"

enum { CHAINS = 3, ROWS = 40, EVERY = 2 };

/* An Ising square of 3x4 spins, and its Hamiltonian and spins as what is recorded. */
typedef struct scene {
  gibbs_graph *graph;
  gibbs_distribution *d;
  gibbs_expr *exprs[2];
} scene;

static scene open_scene(void) {
  scene s = {0};
  gibbs_lattice *lattice = NULL;
  gibbs_expr *coupling = NULL;
  CHECK(gibbs_graph_new(&s.graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){3, 4}, true, &lattice, err));
  CHECK(gibbs_expr_number(s.graph, 0.4, &coupling, err));
  CHECK(gibbs_ising_new(s.graph, lattice, coupling, NULL, NULL, &s.d, err));
  s.exprs[0] = gibbs_distribution_hamiltonian(s.d);
  s.exprs[1] = gibbs_distribution_visible(s.d)[0];
  gibbs_expr_release(coupling);
  gibbs_lattice_release(lattice);
  return s;
}

static void close_scene(scene *s) {
  gibbs_distribution_release(s->d);
  gibbs_graph_release(s->graph);
}

static gibbs_chains *open_chains(const scene *s) {
  gibbs_chains *chains = NULL;
  gibbs_chains_options options = {.chains = CHAINS, .seed = 5, .kernel = gibbs_kernel_find("metropolis")};
  CHECK(gibbs_chains_new(s->d, &options, &chains, err));
  return chains;
}

/* rows[row][value * CHAINS + chain]: two sweeps, the meter, then measure 0. */
static void read_by_hand(const scene *s, double rows[ROWS][14 * CHAINS]) {
  gibbs_chains *chains = open_chains(s);
  gibbs_meter *meter = NULL;
  CHECK(gibbs_meter_new(chains, s->exprs, 2, &meter, err));
  cr_assert_eq(gibbs_meter_size(meter), 13);
  for (size_t row = 0; row < ROWS; row++) {
    CHECK(gibbs_chains_advance(chains, EVERY, err));
    CHECK(gibbs_meter_read(meter, rows[row], err));
    gibbs_chains_measure(chains, 0, rows[row] + 13 * CHAINS);
  }
  gibbs_meter_free(meter);
  gibbs_chains_free(chains);
}

Test(recording, rows_are_those_read_by_hand_and_runs_in_parts_are_the_whole) {
  static double rows[ROWS][14 * CHAINS];
  const size_t measures[] = {0};
  scene s = open_scene();
  read_by_hand(&s, rows);
  gibbs_chains *chains = open_chains(&s);
  gibbs_recording *recording = NULL;
  CHECK(gibbs_recording_new(chains, s.exprs, 2, measures, 1, EVERY, &recording, err));
  gibbs_recording_keep(recording);
  CHECK(gibbs_recording_run(recording, 15, err));
  CHECK(gibbs_recording_run(recording, ROWS - 15, err));
  const gibbs_series *series = gibbs_recording_series(recording);
  cr_assert_eq(gibbs_series_rows(series), ROWS);
  cr_assert_eq(gibbs_series_observables(series), 14);
  cr_assert_eq(gibbs_chains_sweeps(chains), ROWS * EVERY);
  for (size_t value = 0; value < 14; value++) {
    double kept[CHAINS * ROWS], late[CHAINS * 10], sum = 0;
    gibbs_estimate mean;
    gibbs_recording_values(recording, value, 0, kept);
    gibbs_recording_values(recording, value, ROWS - 10, late);
    for (size_t c = 0; c < CHAINS; c++)
      for (size_t row = 0; row < ROWS; row++) {
        cr_assert_eq(kept[c * ROWS + row], rows[row][value * CHAINS + c]);
        if (row >= ROWS - 10) cr_assert_eq(late[c * 10 + row - (ROWS - 10)], rows[row][value * CHAINS + c]);
        sum += kept[c * ROWS + row];
      }
    CHECK(gibbs_series_mean(series, value, 0, &mean, err));
    cr_assert_float_eq(mean.value, sum / (CHAINS * ROWS), 1e-12);
  }
  gibbs_recording_free(recording);
  gibbs_chains_free(chains);
  close_scene(&s);
}

Test(recording, nothing_and_no_sweeps_are_refused) {
  scene s = open_scene();
  gibbs_chains *chains = open_chains(&s);
  gibbs_recording *recording = NULL;
  gibbs_error err;
  cr_assert_eq(gibbs_recording_new(chains, NULL, 0, NULL, 0, 1, &recording, &err), GIBBS_ERR_ARGUMENT);
  cr_assert_eq(gibbs_recording_new(chains, s.exprs, 1, NULL, 0, 0, &recording, &err), GIBBS_ERR_ARGUMENT);
  cr_assert_null(recording);
  gibbs_recording_free(NULL);
  gibbs_chains_free(chains);
  close_scene(&s);
}

Test(recording, a_value_that_is_not_finite_leaves_the_rows_before_it) {
  scene s = open_scene();
  gibbs_expr *total = NULL, *logarithm = NULL;
  CHECK(gibbs_expr_sum(s.exprs[1], &total, err));
  CHECK(gibbs_expr_unary(GIBBS_OP_LOG, total, &logarithm, err));
  gibbs_chains *chains = open_chains(&s);
  gibbs_recording *recording = NULL;
  gibbs_error failure;
  CHECK(gibbs_recording_new(chains, &logarithm, 1, NULL, 0, 1, &recording, err));
  gibbs_status status = gibbs_recording_run(recording, 1000, &failure);
  cr_assert_eq(status, GIBBS_ERR_NUMERIC);
  cr_assert(gibbs_series_rows(gibbs_recording_series(recording)) + 1 == gibbs_chains_sweeps(chains));
  gibbs_recording_free(recording);
  gibbs_chains_free(chains);
  gibbs_expr_release(logarithm);
  gibbs_expr_release(total);
  close_scene(&s);
}
