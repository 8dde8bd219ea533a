/* metropolis.c - single units, one proposal each, taken or not by the change of the energy. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/clones.h"
#include "single_site.h"
#include "threshold.h"

GIBBS_CLONES static void lazy_thresholds(const uint32_t *words, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = gibbs_lazy_threshold(words[i]);
}

const gibbs_site_rule gibbs_rule_metropolis = {lazy_thresholds, gibbs_lazy_acceptance, true};

static const char *const orders[] = {"random", "sequential", NULL};

static const gibbs_kernel_option options[] = {
    {"order", GIBBS_KERNEL_WORD, 0, 0, 1, orders,
     "which units a sweep visits: as many as there are, drawn with replacement, the same for all chains; or every "
     "one "
     "once, in a fixed order"},
};

static bool suits(const gibbs_target *target) {
  (void)target;
  return false;
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  bool random = settings[0] == 0;
  return gibbs_single_site_make(target, &gibbs_rule_metropolis, random, chains, first_chain, instance, err);
}

const gibbs_kernel gibbs_kernel_metropolis = {
    .name = "metropolis",
    .doc = "discrete units one at a time: another state is proposed (uniformly) and accepted with probability "
           "min(1, exp(-change of E)); a sweep visits as many units as there are.  One visit in eight, at random, is "
           "left out: without that moves at no cost would always be made, and a sweep need not reach every "
           "configuration.  Measures: acceptance, the share of visits that changed their unit",
    .source = "Metropolis, Rosenbluth, Rosenbluth, Teller and Teller, J. Chem. Phys. 21 (1953) 1087",
    .joint = false,
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .can = gibbs_single_site_can,
    .suits = suits,
    .make = make,
    .free = gibbs_single_site_free,
    .refresh = gibbs_single_site_refresh,
    .set = gibbs_single_site_set,
    .get = gibbs_single_site_get,
    .sweep = gibbs_single_site_sweep,
    .measures = gibbs_single_site_measures,
    .measure = gibbs_single_site_measure,
    .memory = gibbs_single_site_memory,
    .recall = gibbs_single_site_recall,
    .reversible = gibbs_single_site_reversible,
};
