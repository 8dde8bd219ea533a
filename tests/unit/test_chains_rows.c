/* test_chains_rows.c - configurations of chains as rows of numbers, in and out. */
#include "gibbs/chains.h"
#include "machines.h"

/* Configurations of any number of chains come back as they went in, and one value that is none changes nothing. */
static void check_rows(gibbs_domain visible, size_t units, size_t chains) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, visible, units, GIBBS_BITS, 5, 0.3, 1);
  gibbs_chains_options options = {.chains = chains, .seed = 3};
  gibbs_chains *c = NULL;
  CHECK(gibbs_chains_new(x.q, &options, &c, err));
  double *in = malloc(units * chains * sizeof *in), *out = malloc(units * chains * sizeof *out);
  gibbs_stream stream = gibbs_stream_open(21, GIBBS_PURPOSE_CHECK, 0, 0);
  double low = visible == GIBBS_SPINS ? -1 : 0;
  for (size_t i = 0; i < units * chains; i++) in[i] = gibbs_stream_uniform(&stream) < 0.4 ? 1 : low;
  CHECK(gibbs_chains_set(c, 0, in, err));
  CHECK(gibbs_chains_get(c, 0, out, err));
  cr_expect_eq(memcmp(in, out, units * chains * sizeof *in), 0, "%zu units, %zu chains", units, chains);
  double kept = in[units * chains - 1];
  in[0] = in[0] == 1 ? low : 1;
  in[units * chains - 1] = 0.5;
  gibbs_error error;
  cr_expect_eq(gibbs_chains_set(c, 0, in, &error), GIBBS_ERR_ARGUMENT);
  in[0] = in[0] == 1 ? low : 1;
  in[units * chains - 1] = kept;
  CHECK(gibbs_chains_get(c, 0, out, err));
  cr_expect_eq(memcmp(in, out, units * chains * sizeof *in), 0, "after a failure");
  free(in), free(out);
  gibbs_chains_free(c);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(chains_rows, rows_come_back_as_they_went_in) {
  static const size_t chains[] = {1, 15, 16, 100, 129, 300};
  for (size_t k = 0; k < sizeof chains / sizeof *chains; k++) {
    check_rows(GIBBS_BITS, 33 + 40 * k, chains[k]);
    check_rows(GIBBS_SPINS, 64 - 3 * k, chains[k]);
  }
}
