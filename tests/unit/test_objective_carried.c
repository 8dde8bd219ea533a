/* test_objective_carried.c - objectives on samples whose weights are carried along while parameters move. */
#include "sampled_setting.h"

/* Parameters jump, and one sweep follows: chains lag behind.  With their weights they know F, and gradients without
 * bias; without, not. */
static void move_parameters(machine *q, size_t step) {
  gibbs_expr *parameters[] = {q->W, q->a, q->b};
  for (size_t k = 0; k < 3; k++) {
    gibbs_stream stream = gibbs_stream_open(8, GIBBS_PURPOSE_CHECK, (uint32_t)step, (uint32_t)k);
    for (size_t i = 0; i < gibbs_expr_size(parameters[k]); i++)
      values_of(parameters[k])[i] += 0.25 * gibbs_stream_normal(&stream);
    gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  }
}

static void run_moves(gibbs_sampling_kind kind, uint64_t seed, flat_gradient *exact, moments *gradients,
                      moments *scores, size_t *known) {
  setting s = open_setting(0.3);
  gibbs_sampling sampling = {.kind = kind, .chains = 64, .burn = 60, .sweeps = 1, .snapshots = 1, .seed = seed};
  flat_gradient f = open_sampled(s.likelihood, &sampling);
  gibbs_objective_estimate estimate = {0};
  for (size_t k = 0; k < 6; k++) {
    if (k > 0) move_parameters(&s.model, k);
    estimate = sample_gradient(&f);
  }
  flat_gradient truth = open_exact(s.likelihood);
  double value = exact_gradient(&truth);
  memcpy(exact->values, truth.values, truth.size * sizeof(double));
  take_run(gradients, f.values);
  double score = estimate.value_known ? (estimate.value - value) / estimate.error : 0;
  take_run(scores, &score);
  *known += estimate.value_known;
  close_flat(&truth);
  close_flat(&f);
  close_setting(&s);
}

/* A target that is known exactly, a model whose weights are carried along: the gap is known better from both than
 * from what their samples say of each other, and right. */
Test(objective_carried, the_better_of_two_ways_to_a_gap_is_taken) {
  gibbs_set_threads(1);
  double scores = 0, ratio = 0;
  size_t runs = effort(40);
  for (size_t r = 0; r < runs; r++) {
    setting s = open_setting(0.3);
    gibbs_expr *energy = NULL, *fp = NULL, *number = NULL;
    gibbs_distribution *fixed = NULL;
    CHECK(gibbs_expr_sum(s.model.v, &energy, err));
    CHECK(gibbs_expr_number(s.graph, 1.2, &number, err));
    gibbs_expr *scaled = combine(GIBBS_OP_MUL, energy, number);
    CHECK(gibbs_distribution_new("fixed", scaled, &s.model.v, 1, NULL, 0, &fixed, err));
    CHECK(gibbs_free_energy(fixed, &fp, err));
    gibbs_expr *gap = combine(GIBBS_OP_SUB, fp, s.fq);
    gibbs_sampling sampling = {.chains = 64, .burn = 60, .sweeps = 4, .snapshots = 1, .seed = 300 + r};
    flat_gradient persistent = open_sampled(gap, &sampling);
    sampling.kind = GIBBS_SAMPLING_CARRIED;
    flat_gradient carried = open_sampled(gap, &sampling), exact = open_exact(gap);
    gibbs_objective_estimate a = {0}, b = {0};
    for (size_t k = 0; k < 3; k++) {
      if (k > 0) move_parameters(&s.model, k);
      a = sample_gradient(&persistent);
      b = sample_gradient(&carried);
    }
    scores += pow((b.value - exact_gradient(&exact)) / b.error, 2) / (double)runs;
    ratio += b.error / a.error / (double)runs;
    cr_expect(b.value_known && a.value_known);
    close_flat(&persistent);
    close_flat(&carried);
    close_flat(&exact);
    gibbs_expr *nodes[] = {energy, fp, number, scaled, gap};
    for (size_t k = 0; k < 5; k++) gibbs_expr_release(nodes[k]);
    gibbs_distribution_release(fixed);
    close_setting(&s);
  }
  cr_expect(ratio < 0.8, "errors are %.2f of those without", ratio);
  cr_expect(scores < 2.5, "values are off by %.2f of their errors", sqrt(scores));
}

Test(objective_carried, carried_weights_make_up_for_chains_that_lag) {
  size_t runs = effort(300), known[2] = {0, 0};
  gibbs_set_threads(1);
  setting s = open_setting(0.3);
  flat_gradient exact = open_exact(s.likelihood);
  moments carried = open_moments(exact.size), lagging = open_moments(exact.size), scores = open_moments(1),
          none = open_moments(1);
  for (size_t k = 0; k < runs; k++) {
    run_moves(GIBBS_SAMPLING_CARRIED, 100 + k, &exact, &carried, &scores, &known[0]);
    run_moves(GIBBS_SAMPLING_PERSISTENT, 100 + k, &exact, &lagging, &none, &known[1]);
  }
  double worst = largest_deviation(&carried, exact.values), fault = largest_deviation(&lagging, exact.values);
  cr_expect(worst <= allowed_deviation(&carried), "%.2f standard errors off", worst);
  cr_expect(runs < 300 || fault > 1.5 * allowed_deviation(&lagging), "without weights only %.2f off", fault);
  cr_expect_eq(known[0], runs);
  cr_expect_eq(known[1], 0, "nothing tells the free energy");
  double spread = sqrt(scores.square[0] / (double)(runs - 1));
  cr_expect(runs < 300 || (fabs(scores.mean[0]) < 0.35 && spread > 0.7 && spread < 1.4),
            "values are off by %.2f +- %.2f of their errors", scores.mean[0], spread);
  close_moments(&carried);
  close_moments(&lagging);
  close_moments(&scores);
  close_moments(&none);
  close_flat(&exact);
  close_setting(&s);
}
