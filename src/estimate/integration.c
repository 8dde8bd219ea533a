/* integration.c - thermodynamic integration: the mean of dE/dbeta along the path, by chains at Chebyshev's points. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "free_energy_parts.h"
#include "gibbs/progress.h"

/* Means of the slope at one point, chain by chain, over the first and the second half of the sweeps. */
typedef struct station {
  double beta, weight, coarse; /* coarse: weight in the rule of every second point */
  double naive;                /* variance of the slope within this point */
} station;

typedef struct tour {
  gibbs_path *path;
  const gibbs_free_energy_options *options;
  gibbs_chains *chains;
  gibbs_meter *meter;
  station *station;
  size_t stations;
  double *slope, *sum, *late, *square; /* [chain]: now, and over the sweeps of a point */
  double *whole, *coarse, *drift;      /* [chain]: integrals; drift: late half less early half */
} tour;

static void close_tour(tour *t) {
  gibbs_meter_free(t->meter);
  gibbs_chains_free(t->chains);
  free(t->station);
  free(t->slope);
}

/* Weights of Clenshaw and Curtis for n + 1 points (n even) on [0, 1]; point k at (1 - cos(k pi / n)) / 2. */
static double clenshaw_curtis(size_t n, size_t k) {
  if (n == 1) return 0.5;
  double sum = 1, pi = acos(-1), ends = k == 0 || k == n ? 0.5 : 1;
  for (size_t j = 1; 2 * j <= n; j++) {
    double b = 2 * j == n ? 1 : 2, jj = (double)j;
    sum -= b / (4 * jj * jj - 1) * cos(2 * jj * (double)k * pi / (double)n);
  }
  return ends * sum / (double)n;
}

/* The trapezoid rule on points of the user's own. */
static double trapezoid(const double *x, size_t n, size_t k, size_t step) {
  double before = k >= step ? x[k] - x[k - step] : 0, after = k + step <= n ? x[k + step] - x[k] : 0;
  return (before + after) / 2;
}

static void place_stations(tour *t) {
  const gibbs_free_energy_options *o = t->options;
  size_t n = t->stations - 1;
  double pi = acos(-1);
  for (size_t k = 0; k <= n; k++) {
    station *s = &t->station[k];
    bool even = k % 2 == 0 && n % 2 == 0 && n > 1;
    s->beta = o->ladder ? o->ladder[k] : k == n ? 1 : (1 - cos((double)k * pi / (double)n)) / 2;
    s->weight = o->ladder ? trapezoid(o->ladder, n, k, 1) : clenshaw_curtis(n, k);
    s->coarse = !even ? 0 : o->ladder ? trapezoid(o->ladder, n, k, 2) : clenshaw_curtis(n / 2, k / 2);
  }
}

static gibbs_status make_rooms(tour *t, gibbs_error *err) {
  size_t n = t->options->chains;
  /* An even number of steps, so that every second point is a rule too. */
  t->stations = t->options->temperatures + 1 + (t->options->ladder ? 0 : t->options->temperatures % 2);
  t->station = calloc(t->stations, sizeof *t->station);
  t->slope = calloc(7 * n, sizeof *t->slope);
  if (!t->station || !t->slope) return gibbs_fail_memory(err, "an integration", 7 * n * sizeof *t->slope);
  t->sum = t->slope + n, t->late = t->slope + 2 * n, t->square = t->slope + 3 * n;
  t->whole = t->slope + 4 * n, t->coarse = t->slope + 5 * n, t->drift = t->slope + 6 * n;
  place_stations(t);
  return GIBBS_OK;
}

static gibbs_status open_tour(gibbs_path *path, const gibbs_free_energy_options *o, tour *t, gibbs_error *err) {
  gibbs_expr *slope = NULL;
  t->path = path;
  t->options = o;
  gibbs_status status = make_rooms(t, err);
  if (status == GIBBS_OK) status = gibbs_path_chains(path, o, o->seed, 0, &t->chains, err);
  if (status == GIBBS_OK) status = gibbs_path_restart(path, t->chains, 0, err);
  if (status == GIBBS_OK) status = gibbs_path_slope(path, &slope, err);
  if (status == GIBBS_OK) status = gibbs_meter_new(t->chains, &slope, 1, &t->meter, err);
  gibbs_expr_release(slope);
  return status;
}

/* ---- at one point ----------------------------------------------------------------------------------------- */

/* At beta = 0 the chains are where they have been put, at independent samples. */
static gibbs_status move(tour *t, const station *s, uint64_t sweeps, gibbs_error *err) {
  return s->beta > 0 ? gibbs_chains_advance(t->chains, sweeps, err) : GIBBS_OK;
}

static gibbs_status measure_station(tour *t, const station *s, size_t sweeps, gibbs_error *err) {
  size_t n = t->options->chains;
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  for (size_t c = 0; c < n; c++) t->sum[c] = t->late[c] = t->square[c] = 0;
  gibbs_progress_begin(&task, "chains", "sweep", 0, sweeps);
  for (size_t k = 0; status == GIBBS_OK && k < sweeps; k++) {
    status = move(t, s, 1, err);
    if (status == GIBBS_OK) status = gibbs_meter_read(t->meter, t->slope, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++) {
      t->sum[c] += t->slope[c];
      t->square[c] += t->slope[c] * t->slope[c];
      if (2 * k >= sweeps) t->late[c] += t->slope[c];
    }
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  return status;
}

static gibbs_status visit(tour *t, station *s, gibbs_error *err) {
  size_t n = t->options->chains, sweeps = s->beta > 0 ? t->options->sweeps : 1, late = sweeps - (sweeps + 1) / 2;
  gibbs_path_set(t->path, s->beta, s->beta);
  gibbs_status status = move(t, s, t->options->burn, err);
  if (status == GIBBS_OK) status = measure_station(t, s, sweeps, err);
  double sum = 0, square = 0, rows = (double)n * (double)sweeps;
  for (size_t c = 0; status == GIBBS_OK && c < n; c++) {
    double mean = t->sum[c] / (double)sweeps;
    t->whole[c] += s->weight * mean;
    t->coarse[c] += s->coarse * mean;
    if (late > 0)
      t->drift[c] += s->weight * (t->late[c] / (double)late - (t->sum[c] - t->late[c]) / (double)(sweeps - late));
    sum += t->sum[c];
    square += t->square[c];
  }
  s->naive = fmax(square / rows - sum / rows * (sum / rows), 0) / (double)sweeps;
  return status;
}

/* ---- the integral ----------------------------------------------------------------------------------------- */

/* The mean over chains, which are independent, and its error. */
static double mean_of(const double *x, size_t n, double *error) {
  double mean = 0, spread = 0;
  for (size_t c = 0; c < n; c++) mean += x[c] / (double)n;
  for (size_t c = 0; c < n; c++) spread += (x[c] - mean) * (x[c] - mean);
  *error = sqrt(spread / ((double)n * (double)(n - 1)));
  return mean;
}

/* How many independent samples a point would give the same error. */
static double effective(const tour *t, double error) {
  double naive = 0, rows = (double)t->options->chains * (double)t->options->sweeps;
  for (size_t k = 0; k < t->stations; k++) naive += t->station[k].weight * t->station[k].weight * t->station[k].naive;
  double one = naive / (double)t->options->chains;
  return error > 0 ? fmin(rows, rows * one / (error * error)) : rows;
}

static void conclude(const tour *t, gibbs_free_energy_result *out) {
  size_t n = t->options->chains;
  double drift_error, apart_error, drift = mean_of(t->drift, n, &drift_error);
  out->value = mean_of(t->whole, n, &out->error) - t->path->log_z;
  out->ess = effective(t, out->error);
  gibbs_free_energy_judge(out, n, "chains");
  if (out->ess < 3 * (double)n)
    gibbs_free_energy_doubt(
        out, "%zu sweeps of a chain are worth only %.2g independent ones, so that it may not have settled",
        t->options->sweeps, out->ess / (double)n);
  if (fabs(drift) > fmax(4 * drift_error, 1e-9))
    gibbs_free_energy_doubt(out, "the chains have not settled: the second half of the sweeps moves it by %.2g",
                            drift / 2);
  if (t->stations < 5) {
    gibbs_free_energy_doubt(out, "%zu temperatures are too few to tell the error of the integral", t->stations);
    return;
  }
  if (t->options->ladder && t->stations % 2 == 0) return;
  for (size_t c = 0; c < n; c++) t->coarse[c] -= t->whole[c];
  double apart = mean_of(t->coarse, n, &apart_error);
  /* A trapezoid's error falls by 4 when steps are halved; the other rule's much faster. */
  double left = fabs(apart) / (t->options->ladder ? 3 : 15);
  if (left > out->error && fabs(apart) > 4 * apart_error)
    gibbs_free_energy_doubt(out,
                            "the integral of %zu temperatures is not exact to its error: every second of them makes "
                            "it %.2g larger",
                            t->stations, apart);
}

static gibbs_status run_path(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                             gibbs_error *err) {
  tour t = {0};
  gibbs_status status = open_tour(path, o, &t, err);
  gibbs_progress task;
  gibbs_progress_begin(&task, "integration", "temperature", 0, t.stations);
  for (size_t k = 0; status == GIBBS_OK && k < t.stations; k++) {
    status = visit(&t, &t.station[k], err);
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) conclude(&t, out);
  close_tour(&t);
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  gibbs_path path;
  gibbs_status status = gibbs_path_open(d, o, false, &path, err);
  if (status != GIBBS_OK) return status;
  status = run_path(&path, o, out, err);
  gibbs_path_close(&path);
  return status;
}

const gibbs_free_energy_method gibbs_free_energy_integration = {
    .name = "integration",
    .doc =
        "thermodynamic integration: F less that of the reference is the integral over beta of the mean of the "
        "energy's derivative, at Chebyshev's points by the rule of Clenshaw and Curtis (at given temperatures: "
        "trapezoids). The chains go from point to point; the error is that of the chains' own integrals, which are "
        "independent",
    .source = "Kirkwood, J. Chem. Phys. 3 (1935) 300; Clenshaw and Curtis, Numer. Math. 2 (1960) 197",
    .chains = 128,
    .temperatures = 32,
    .sweeps = 200,
    .burn = 50,
    .run = run,
};
