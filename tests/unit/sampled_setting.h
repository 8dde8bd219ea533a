/* sampled_setting.h - a target, a model and data for tests of objectives on samples. */
#ifndef TESTS_SAMPLED_SETTING_H
#define TESTS_SAMPLED_SETTING_H

#include "sampled.h"

typedef struct setting {
  gibbs_graph *graph;
  machine target, model;
  gibbs_data *data;
  gibbs_expr *kl, *likelihood, *fp, *fq, *gap, *loss; /* loss: likelihood + gap^2, of the other sign */
} setting;

enum { units = 6, data_rows = 40 };

static inline gibbs_data *make_data(bool weighted) {
  double rows[data_rows * units], weights[data_rows];
  gibbs_data *data = NULL;
  for (size_t i = 0; i < data_rows; i++) {
    weights[i] = (double)(i % 4);
    for (size_t u = 0; u < units; u++) rows[i * units + u] = unit_value(GIBBS_BITS, 11 * i + 5, u);
  }
  CHECK(gibbs_data_new(data_rows, units, rows, weighted ? weights : NULL, &data, err));
  return data;
}

static inline setting open_setting(double size) {
  setting s = {0};
  CHECK(gibbs_graph_new(&s.graph, err));
  s.target = make_machine_in(s.graph, GIBBS_BITS, units, GIBBS_BITS, 3, size, 40);
  s.model = make_machine_in(s.graph, GIBBS_BITS, units, GIBBS_BITS, 4, size, 41);
  s.data = make_data(false);
  CHECK(gibbs_kl(s.target.q, s.model.q, &s.kl, err));
  CHECK(gibbs_log_likelihood(s.data, s.model.q, &s.likelihood, err));
  CHECK(gibbs_free_energy(s.target.q, &s.fp, err));
  CHECK(gibbs_free_energy(s.model.q, &s.fq, err));
  s.gap = combine(GIBBS_OP_SUB, s.fp, s.fq);
  gibbs_expr *square = combine(GIBBS_OP_MUL, s.gap, s.gap);
  s.loss = combine(GIBBS_OP_SUB, square, s.likelihood);
  gibbs_expr_release(square);
  return s;
}

static inline void close_setting(setting *s) {
  gibbs_expr *nodes[] = {s->kl, s->likelihood, s->fp, s->fq, s->gap, s->loss};
  for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) gibbs_expr_release(nodes[k]);
  gibbs_data_release(s->data);
  free_machine(&s->target);
  free_machine(&s->model);
  gibbs_graph_release(s->graph);
}

static inline gibbs_sampling make_sampling(gibbs_sampling_kind kind) {
  return (gibbs_sampling){.kind = kind, .chains = 24, .burn = 5, .sweeps = 2, .snapshots = 1, .batch = 12, .seed = 4};
}

#endif
