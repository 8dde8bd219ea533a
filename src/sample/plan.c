/* plan.c - how chains of a distribution would be made, in lines of text: the normal form, and what each kernel says
 * of it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "chains.h"
#include "gibbs/private/page.h"

enum { most_options = 64 };

static bool ask(const gibbs_kernel *kernel, const gibbs_target *target, char *why, size_t size) {
  double settings[most_options];
  gibbs_kernel_defaults(kernel, settings);
  return kernel->can(target, settings, why, size);
}

static void put_able(gibbs_page *page, const gibbs_target *target, bool joint, bool all, const gibbs_kernel *chosen) {
  char why[256];
  size_t listed = 0;
  if (chosen && (all || chosen->joint == joint)) gibbs_page_put(page, "kernel      %s\n", chosen->name);
  for (size_t k = 0; k < gibbs_kernels_count; k++) {
    const gibbs_kernel *kernel = gibbs_kernels[k];
    if (kernel == chosen || (!all && kernel->joint != joint) || !ask(kernel, target, why, sizeof why)) continue;
    gibbs_page_put(page, "%s%s", listed++ == 0 ? "            on request: " : ", ", kernel->name);
  }
  if (listed) gibbs_page_put(page, "\n");
}

static void put_unable(gibbs_page *page, const gibbs_target *target, bool joint, bool all) {
  char why[256];
  for (size_t k = 0; k < gibbs_kernels_count; k++) {
    const gibbs_kernel *kernel = gibbs_kernels[k];
    if ((!all && kernel->joint != joint) || ask(kernel, target, why, sizeof why)) continue;
    gibbs_page_put(page, "            not %s: %s\n", kernel->name, why);
  }
}

/* One target and the kernels that are asked about it (`all`: there is no other target). */
static void put_target(gibbs_page *page, const gibbs_target *target, bool joint, bool all,
                       const gibbs_kernel *chosen) {
  char form[256];
  const char *label = all ? "chains      " : joint ? "chains      of E(v,h): " : "            of H(v): ";
  gibbs_page_put(page, "%s%s\n", label, gibbs_normal_form_print(target->form, form, sizeof form));
  put_able(page, target, joint, all, chosen);
  put_unable(page, target, joint, all);
}

static gibbs_status put_both(gibbs_page *page, gibbs_distribution *d, gibbs_error *err) {
  gibbs_owned_target joint, summed;
  gibbs_status status = gibbs_target_new(d, true, &joint, err);
  if (status != GIBBS_OK) return status;
  if (!gibbs_distribution_hamiltonian(d)) {
    put_target(page, &joint.target, true, true, gibbs_kernel_choose(&joint.target));
    gibbs_target_clear(&joint);
    return GIBBS_OK;
  }
  status = gibbs_target_new(d, false, &summed, err);
  if (status == GIBBS_OK) {
    const gibbs_kernel *chosen = gibbs_kernel_choose(&joint.target);
    if (!chosen || !chosen->joint) chosen = gibbs_kernel_choose(&summed.target);
    put_target(page, &joint.target, true, false, chosen);
    put_target(page, &summed.target, false, false, chosen);
    gibbs_target_clear(&summed);
  }
  gibbs_target_clear(&joint);
  return status;
}

static gibbs_status put_one(gibbs_page *page, gibbs_distribution *d, gibbs_error *err) {
  gibbs_owned_target own;
  gibbs_status status = gibbs_target_new(d, false, &own, err);
  if (status != GIBBS_OK) return status;
  put_target(page, &own.target, false, true, gibbs_kernel_choose(&own.target));
  gibbs_target_clear(&own);
  return GIBBS_OK;
}

gibbs_status gibbs_chains_plan(gibbs_distribution *d, char **out, gibbs_error *err) {
  gibbs_page page = {0};
  gibbs_status status = gibbs_distribution_hidden_count(d) > 0 ? put_both(&page, d, err) : put_one(&page, d, err);
  char *text = NULL;
  gibbs_status ended = gibbs_page_end(&page, &text, status == GIBBS_OK ? err : NULL);
  if (status == GIBBS_OK) status = ended;
  if (status == GIBBS_OK)
    *out = text;
  else
    free(text);
  return status;
}
