/* test_objective_chains.c - how objectives on samples go about their samples: the same bits however they are run, the
 * order of data, objectives beside others, and states that are refused. */
#include "sampled_setting.h"

/* One step down the gradient. */
static void descend(flat_gradient *f, double rate) {
  for (size_t k = 0; k < f->count; k++) {
    for (size_t i = 0; i < gibbs_expr_size(f->parameters[k]); i++)
      values_of(f->parameters[k])[i] -= rate * f->rows[k][i];
    gibbs_parameter_touch(gibbs_expr_as_parameter(f->parameters[k]));
  }
}

enum { steps = 12, room = 128 };

typedef struct record {
  double gradient[steps][room], value[steps];
  size_t size;
} record;

static void run_steps(flat_gradient *f, size_t first, size_t end, record *out) {
  out->size = f->size;
  for (size_t k = first; k < end; k++) {
    gibbs_objective_estimate estimate = sample_gradient(f);
    memcpy(out->gradient[k], f->values, f->size * sizeof(double));
    out->value[k] = estimate.value_known ? estimate.value : 0;
    descend(f, 0.05);
  }
}

static void expect_same(const record *a, const record *b, const char *what) {
  cr_assert_eq(a->size, b->size);
  for (size_t k = 0; k < steps; k++) {
    cr_expect(memcmp(a->gradient[k], b->gradient[k], a->size * sizeof(double)) == 0, "%s: gradient of step %zu", what,
              k);
    cr_expect(memcmp(&a->value[k], &b->value[k], sizeof(double)) == 0, "%s: value of step %zu", what, k);
  }
}

/* ---- bits
 * ---------------------------------------------------------------------------------------------------------- */

static record *run_whole(gibbs_sampling sampling, bool kl, size_t threads) {
  record *out = calloc(1, sizeof *out);
  gibbs_set_threads(threads);
  setting s = open_setting(kl ? 2 : 0.5);
  flat_gradient f = open_sampled(kl ? s.kl : s.loss, &sampling);
  run_steps(&f, 0, steps, out);
  close_flat(&f);
  close_setting(&s);
  return out;
}

/* Saved after some steps, and gone on with by another objective. */
static record *run_restored(gibbs_sampling sampling, bool kl, size_t cut) {
  record *out = calloc(1, sizeof *out);
  setting s = open_setting(kl ? 2 : 0.5);
  flat_gradient f = open_sampled(kl ? s.kl : s.loss, &sampling);
  double *state = NULL;
  size_t count = 0;
  run_steps(&f, 0, cut, out);
  CHECK(gibbs_objective_save(f.objective, &state, &count, err));
  run_steps(&f, cut, steps, &(record){0});
  setting again = open_setting(kl ? 2 : 0.5);
  flat_gradient g = open_sampled(kl ? again.kl : again.loss, &sampling);
  for (size_t k = 0; k < cut; k++) {
    memcpy(g.values, out->gradient[k], g.size * sizeof(double));
    descend(&g, 0.05);
  }
  CHECK(gibbs_objective_restore(g.objective, state, count, err));
  run_steps(&g, cut, steps, out);
  free(state);
  close_flat(&f);
  close_flat(&g);
  close_setting(&s);
  close_setting(&again);
  return out;
}

static void expect_bits(gibbs_sampling sampling, bool kl, const char *what) {
  record *one = run_whole(sampling, kl, 1), *two = run_whole(sampling, kl, 2);
  expect_same(one, two, what);
  for (size_t cut = 0; cut < steps; cut += 5) {
    record *restored = run_restored(sampling, kl, cut);
    expect_same(one, restored, what);
    free(restored);
  }
  free(one);
  free(two);
}

Test(objective_chains, give_the_same_bits_however_they_are_run) {
  expect_bits(make_sampling(GIBBS_SAMPLING_PERSISTENT), false, "persistent");
  expect_bits(make_sampling(GIBBS_SAMPLING_CARRIED), false, "carried");
  expect_bits(make_sampling(GIBBS_SAMPLING_PERSISTENT), true, "samples that hardly overlap");
  gibbs_sampling many = make_sampling(GIBBS_SAMPLING_PERSISTENT);
  many.snapshots = 3;
  expect_bits(many, false, "snapshots");
  many.batch = 0;
  many.method = gibbs_free_energy_find("ais");
  expect_bits(many, false, "with a method");
}

Test(objective_chains, start_at_data_with_the_same_bits) {
  gibbs_sampling sampling = make_sampling(GIBBS_SAMPLING_FROM_DATA);
  setting s = open_setting(0.5);
  flat_gradient f = open_sampled(s.likelihood, &sampling), g = open_sampled(s.likelihood, &sampling);
  double *state = NULL;
  size_t count = 0;
  for (size_t k = 0; k < 4; k++) CHECK(gibbs_objective_sample(f.objective, f.parameters, f.count, NULL, f.rows, err));
  CHECK(gibbs_objective_save(f.objective, &state, &count, err));
  CHECK(gibbs_objective_restore(g.objective, state, count, err));
  for (size_t k = 0; k < 4; k++) {
    CHECK(gibbs_objective_sample(f.objective, f.parameters, f.count, NULL, f.rows, err));
    CHECK(gibbs_objective_sample(g.objective, g.parameters, g.count, NULL, g.rows, err));
    cr_expect(memcmp(f.values, g.values, f.size * sizeof(double)) == 0);
  }
  free(state);
  close_flat(&f);
  close_flat(&g);
  close_setting(&s);
}

/* A step is the same step whether or not somebody wants to know the value there, with samples that overlap and with
 * such that do not. */
static void expect_same_step(gibbs_expr *expr, gibbs_sampling sampling, const char *what) {
  flat_gradient f = open_sampled(expr, &sampling), g = open_sampled(expr, &sampling);
  for (size_t k = 0; k < 20; k++) {
    gibbs_objective_estimate estimate;
    CHECK(gibbs_objective_sample(f.objective, f.parameters, f.count, &estimate, f.rows, err));
    CHECK(gibbs_objective_sample(g.objective, g.parameters, g.count, NULL, g.rows, err));
    cr_expect(memcmp(f.values, g.values, f.size * sizeof(double)) == 0, "%s: evaluation %zu: %g of %g", what, k,
              distance(f.values, g.values, f.size), norm(f.values, f.size));
  }
  close_flat(&f);
  close_flat(&g);
}

Test(objective_chains, give_the_same_gradients_with_values_and_without) {
  for (int k = 0; k < 2; k++) {
    setting s = open_setting(k ? 3.5 : 0.4);
    const char *const names[] = {"kl", "likelihood", "loss", "gap"};
    gibbs_expr *list[] = {s.kl, s.likelihood, s.loss, s.gap};
    for (size_t i = 0; i < 4; i++) expect_same_step(list[i], make_sampling(GIBBS_SAMPLING_PERSISTENT), names[i]);
    expect_same_step(s.loss, make_sampling(GIBBS_SAMPLING_CARRIED), "loss, carried");
    close_setting(&s);
  }
}

/* What does not fit, or is damaged, is refused, and the objective goes on as it would have. */
Test(objective_chains, refuse_states_of_others) {
  setting s = open_setting(0.5);
  gibbs_sampling sampling = make_sampling(GIBBS_SAMPLING_CARRIED), other = sampling;
  other.chains = 22;
  flat_gradient f = open_sampled(s.loss, &sampling), g = open_sampled(s.loss, &sampling),
                h = open_sampled(s.loss, &other);
  double *state = NULL;
  size_t count = 0;
  gibbs_error err;
  sample_gradient(&f);
  sample_gradient(&g);
  sample_gradient(&h);
  cr_assert_eq(gibbs_objective_save(f.objective, &state, &count, &err), GIBBS_OK);
  cr_expect_neq(gibbs_objective_restore(h.objective, state, count, &err), GIBBS_OK);
  cr_expect_neq(gibbs_objective_restore(f.objective, state, count - 1, &err), GIBBS_OK);
  size_t passed = 0; /* that no number is: fingerprints of parameters of the chains and of those apart, which
                        are only compared */
  for (size_t k = 0; k < count; k += 3) {
    double held = state[k];
    for (int fault = 0; fault < 3; fault++) {
      state[k] = fault == 0 ? NAN : fault == 1 ? -1.5 : 1e17;
      gibbs_status status = gibbs_objective_restore(f.objective, state, count, &err);
      passed += status == GIBBS_OK && fault == 0;
      if (status == GIBBS_OK) break; /* an energy or a weight may have any value */
    }
    state[k] = held;
  }
  cr_expect(passed <= 4, "%zu of %zu numbers may be none", passed, count);
  cr_assert_eq(gibbs_objective_restore(f.objective, state, count, &err), GIBBS_OK);
  gibbs_objective_estimate a = sample_gradient(&f), b = sample_gradient(&g);
  cr_expect(memcmp(f.values, g.values, f.size * sizeof(double)) == 0);
  cr_expect(a.value_known == b.value_known && a.value == b.value);
  free(state);
  close_flat(&f);
  close_flat(&g);
  close_flat(&h);
  close_setting(&s);
}

/* ---- data
 * ----------------------------------------------------------------------------------------------------------- */

/* Means over data in batches: those of one epoch are the mean over all rows. */
Test(objective_chains, batches_of_an_epoch_are_all_of_the_data) {
  setting s = open_setting(0.5);
  gibbs_expr *pseudo = NULL;
  gibbs_sampling sampling = make_sampling(GIBBS_SAMPLING_PERSISTENT);
  sampling.batch = 8;
  CHECK(gibbs_pseudo_likelihood(s.data, s.model.q, &pseudo, err));
  flat_gradient exact = open_exact(pseudo), sampled = open_sampled(pseudo, &sampling);
  double truth = exact_gradient(&exact);
  for (size_t epoch = 0; epoch < 3; epoch++) {
    double value = 0, sum[room] = {0};
    for (size_t k = 0; k < data_rows / 8; k++) {
      value += sample_gradient(&sampled).value * 8 / data_rows;
      for (size_t i = 0; i < sampled.size; i++) sum[i] += sampled.values[i] * 8 / data_rows;
    }
    cr_expect(near_to(value, truth, 1e-12), "%g, not %g", value, truth);
    cr_expect(distance(sum, exact.values, exact.size) < 1e-6 * norm(exact.values, exact.size));
  }
  close_flat(&exact);
  close_flat(&sampled);
  gibbs_expr_release(pseudo);
  close_setting(&s);
}

/* Rows come as often as their weights say: the mean over many batches is the weighted one, within its error. */
Test(objective_chains, batches_respect_weights) {
  setting s = open_setting(0.5);
  gibbs_data *weighted = make_data(true);
  gibbs_expr *pseudo = NULL;
  gibbs_sampling sampling = make_sampling(GIBBS_SAMPLING_PERSISTENT);
  sampling.batch = 7;
  CHECK(gibbs_pseudo_likelihood(weighted, s.model.q, &pseudo, err));
  flat_gradient exact = open_exact(pseudo), sampled = open_sampled(pseudo, &sampling);
  exact_gradient(&exact);
  moments m = open_moments(exact.size);
  for (size_t k = 0; k < 600; k++) {
    sample_gradient(&sampled);
    take_run(&m, sampled.values);
  }
  double worst = largest_deviation(&m, exact.values);
  cr_expect(worst <= allowed_deviation(&m), "%.2f standard errors off", worst);
  close_moments(&m);
  close_flat(&exact);
  close_flat(&sampled);
  gibbs_expr_release(pseudo);
  gibbs_data_release(weighted);
  close_setting(&s);
}

/* ---- beside
 * --------------------------------------------------------------------------------------------------------- */

Test(objective_chains, beside_another_objective_they_share_its_samples) {
  setting s = open_setting(0.5);
  gibbs_sampling sampling = make_sampling(GIBBS_SAMPLING_PERSISTENT);
  gibbs_objective *second = NULL, *third = NULL;
  flat_gradient first = open_sampled(s.kl, &sampling), alone = open_sampled(s.kl, &sampling);
  CHECK(gibbs_objective_new_beside(s.kl, first.objective, &second, err));
  CHECK(gibbs_objective_new_beside(s.gap, first.objective, &third, err));
  flat_gradient beside = open_flat(second), gap = open_flat(third);
  for (size_t k = 0; k < 3; k++) {
    gibbs_objective_estimate a = sample_gradient(&first), b = sample_gradient(&beside), c = sample_gradient(&alone);
    cr_expect(a.value == b.value && a.error == b.error && a.value == c.value);
    cr_expect(memcmp(first.values, beside.values, first.size * sizeof(double)) == 0);
    cr_expect(memcmp(first.values, alone.values, first.size * sizeof(double)) == 0);
    gibbs_objective_estimate d = sample_gradient(&gap), e = sample_gradient(&gap);
    cr_expect(d.value == e.value, "a second look is at the same samples");
  }
  double *state = (double *)&s;
  size_t count = 1;
  CHECK(gibbs_objective_save(second, &state, &count, err));
  cr_expect(state == NULL && count == 0, "what is shared is saved once");
  close_flat(&beside);
  close_flat(&gap);
  close_flat(&first);
  close_flat(&alone);
  close_setting(&s);
}
