/* heat_bath.c - single units, each drawn anew given all others. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/clones.h"
#include "single_site.h"
#include "threshold.h"

GIBBS_CLONES static void heat_bath_thresholds(const uint32_t *words, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = gibbs_heat_bath_threshold(words[i]);
}

const gibbs_site_rule gibbs_rule_heat_bath = {heat_bath_thresholds, gibbs_heat_bath_acceptance, false};

static const char *const orders[] = {"sequential", "random", NULL};

static const gibbs_kernel_option options[] = {
    {"order", GIBBS_KERNEL_WORD, 0, 0, 1, orders,
     "which units a sweep visits: every one once, in a fixed order; or as many as there are, drawn with replacement, "
     "the "
     "same for all chains"},
};

/* Any discrete energy: the kernel to fall back on. */
static bool suits(const gibbs_target *target) {
  (void)target;
  return true;
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  return gibbs_single_site_make(target, &gibbs_rule_heat_bath, settings[0] == 1, chains, first_chain, instance, err);
}

const gibbs_kernel gibbs_kernel_heat_bath = {
    .name = "heat_bath",
    .doc = "discrete units one at a time: each is drawn from its distribution given all others; a sweep draws as "
           "many as "
           "there are.  Every state of a unit is evaluated.  Measures: acceptance, the share of visits that changed "
           "their unit",
    .source = "Glauber, J. Math. Phys. 4 (1963) 294; Geman and Geman, IEEE Trans. PAMI 6 (1984) 721",
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
