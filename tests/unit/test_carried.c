/* test_carried.c - weights carried along while parameters move: the free energy, its error, and the weights against
 * exact sums. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/carried.h"
#include "gibbs/exact.h"
#include "gibbs/free_energy.h"
#include "gibbs/threads.h"
#include "machines.h"

static gibbs_graph *graph;

static void begin(void) {
  CHECK(gibbs_graph_new(&graph, err));
}
static void end(void) {
  gibbs_set_threads(0);
  gibbs_graph_release(graph);
}
TestSuite(carried, .init = begin, .fini = end);

/* A run: a machine whose parameters are 0 at first, where chains at a random start are in equilibrium. */
typedef struct run {
  machine x;
  gibbs_chains *chains;
  gibbs_carried *carried;
  uint32_t path;
} run;

static void set_zero(machine *x) {
  gibbs_expr *parameters[] = {x->W, x->a, x->b};
  for (size_t k = 0; k < 3; k++) {
    memset(values_of(parameters[k]), 0, gibbs_expr_size(parameters[k]) * sizeof(double));
    gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  }
}

/* Every parameter takes a step towards values that are drawn for the path, and one of noise: as in training. */
static void step(machine *x, uint32_t path, uint32_t number, double pull, double noise) {
  gibbs_expr *parameters[] = {x->W, x->a, x->b};
  for (uint32_t k = 0; k < 3; k++) {
    gibbs_stream goal = gibbs_stream_open(path, GIBBS_PURPOSE_CHECK, 1 + k, 0);
    gibbs_stream kick = gibbs_stream_open(path, GIBBS_PURPOSE_CHECK, 11 + k, number);
    for (size_t i = 0; i < gibbs_expr_size(parameters[k]); i++) {
      double *value = &values_of(parameters[k])[i];
      *value += pull * (0.8 * gibbs_stream_normal(&goal) - *value) + noise * gibbs_stream_normal(&kick);
    }
    gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  }
}

static run open_run(size_t n, size_t m, size_t count, double below, uint32_t path, uint64_t seed) {
  run r = {.path = path};
  r.x = make_machine_in(graph, GIBBS_SPINS, n, GIBBS_SPINS, m, 0, 1);
  set_zero(&r.x);
  gibbs_chains_options options = {.chains = count, .seed = seed};
  gibbs_carried_options own = {.resample_below = below, .free_energy = -(double)(n + m) * log(2)};
  CHECK(gibbs_chains_new(r.x.q, &options, &r.chains, err));
  CHECK(gibbs_carried_new(r.chains, &own, &r.carried, err));
  return r;
}

static void close_run(run *r) {
  gibbs_carried_free(r->carried);
  gibbs_chains_free(r->chains);
  free_machine(&r->x);
}

static void go(run *r, uint32_t from, uint32_t to, double pull, double noise) {
  for (uint32_t t = from; t < to; t++) {
    step(&r->x, r->path, t, pull, noise);
    CHECK(gibbs_carried_move(r->carried, err));
    CHECK(gibbs_carried_advance(r->carried, 1, err));
  }
}

static double exact_of(const run *r) {
  double exact = 0;
  CHECK(gibbs_exact_free_energy(r->x.q, &exact, err));
  return exact;
}

/* ---- the free energy -------------------------------------------------------------------------------------- */

typedef struct tally {
  size_t runs, trusted, inside;
  double mean, square; /* of (F - exact) / error, where trusted */
} tally;

typedef struct plan {
  size_t n, m, chains;
  double below;
  uint32_t steps, forgotten; /* forgotten: the step after which the weights are not told; 0: none */
  double pull, noise;
} plan;

static void walk(run *r, const plan *p) {
  go(r, 0, p->forgotten ? p->forgotten : p->steps, p->pull, p->noise);
  if (!p->forgotten) return;
  step(&r->x, r->path, p->forgotten, p->pull, p->noise);
  CHECK(gibbs_carried_advance(r->carried, 1, err));
  go(r, p->forgotten + 1, p->steps, p->pull, p->noise);
}

static tally repeat(const plan *p, size_t runs) {
  tally t = {.runs = runs};
  for (size_t k = 0; k < runs; k++) {
    run r = open_run(p->n, p->m, p->chains, p->below, 77 + (uint32_t)k, 1000 + k);
    gibbs_carried_state s;
    walk(&r, p);
    gibbs_carried_report(r.carried, &s);
    double apart = (s.free_energy - exact_of(&r)) / s.error;
    if (s.trusted) {
      t.trusted++;
      t.inside += fabs(apart) <= 1;
      t.mean += apart;
      t.square += apart * apart;
    }
    cr_assert(!s.trusted || fabs(apart) < 4.5, "run %zu is %g errors off", k, apart);
    close_run(&r);
  }
  t.mean /= (double)t.trusted;
  t.square /= (double)t.trusted;
  return t;
}

/* One standard error holds the exact value in 68 % of the runs: 60 to 76 % of 200, or of fewer that are trusted
 * by 2.4 standard deviations (false alarms: 1.6 % of seeds). */
static void check_coverage(const char *what, const plan *p, size_t runs) {
  tally t = repeat(p, runs);
  double part = (double)t.inside / (double)t.trusted, width = 2.4 * sqrt(0.683 * 0.317 / (double)t.trusted);
  cr_log_info("%s: %zu of %zu trusted, %.3f inside, mean %.3f, mean square %.3f", what, t.trusted, runs, part, t.mean,
              t.square);
  cr_assert(4 * t.trusted > 3 * runs, "%s: only %zu of %zu are trusted", what, t.trusted, runs);
  cr_assert(fabs(part - 0.683) < fmax(0.08, width), "%s: %.3f inside of %zu", what, part, t.trusted);
  cr_assert(fabs(t.mean) < 0.4, "%s: %.3f errors off on average", what, t.mean);
}

static size_t effort(size_t runs) {
  const char *text = getenv("GIBBS_TEST_EFFORT");
  double part = text ? atof(text) : 1;
  return part < 1 ? (size_t)fmax(5, part * (double)runs) : runs;
}

Test(carried, one_error_holds_the_exact_free_energy_in_68_percent) {
  static const plan few_large = {6, 4, 128, 0.5, 10, 0, 0.2, 0.05}, many_small = {6, 4, 128, 0.5, 200, 0, 0.02, 0.02};
  static const plan long_way = {5, 4, 256, 0.5, 1000, 0, 0.01, 0.05}, eager = {6, 4, 128, 0.9, 100, 0, 0.05, 0.02};
  static const plan never = {6, 4, 256, 0, 40, 0, 0.05, 0.02};
  check_coverage("few large steps", &few_large, effort(200));
  check_coverage("many small steps", &many_small, effort(200));
  check_coverage("a long way", &long_way, effort(200));
  check_coverage("resampled at once", &eager, effort(200));
  check_coverage("never resampled", &never, effort(200));
}
