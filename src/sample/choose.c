/* choose.c - which kernel samples a target: checks, defaults and the choice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

enum { most_options = 32 };

void gibbs_kernel_defaults(const gibbs_kernel *kernel, double *settings) {
  for (size_t k = 0; k < kernel->option_count; k++) settings[k] = kernel->options[k].initial;
}

static bool can_by_default(const gibbs_kernel *kernel, const gibbs_target *target, char *why, size_t size) {
  double settings[most_options];
  if (kernel->option_count > most_options) return false;
  if (target->ladder && !kernel->ladder) return false;
  gibbs_kernel_defaults(kernel, settings);
  return kernel->can(target, settings, why, size);
}

/* The names of the kernels that can, as "a, b or c". */
static void list_able(const gibbs_target *target, char *text, size_t size) {
  const char *able[64];
  size_t count = 0, at = 0;
  char why[256];
  for (size_t k = 0; k < gibbs_kernels_count && count < 64; k++)
    if (can_by_default(gibbs_kernels[k], target, why, sizeof why)) able[count++] = gibbs_kernels[k]->name;
  text[0] = '\0';
  for (size_t k = 0; k < count && at < size; k++) {
    int written = snprintf(text + at, size - at, "%s%s", k == 0 ? "" : k + 1 == count ? " or " : ", ", able[k]);
    at += written > 0 ? (size_t)written : 0;
  }
}

gibbs_status gibbs_kernel_check(const gibbs_kernel *kernel, const gibbs_target *target, const double *settings,
                                gibbs_error *err) {
  char why[256] = "", able[256];
  if (target->ladder && !kernel->ladder)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "kernel %s has no rungs, so that it takes no ladder; tempering does",
                      kernel->name);
  if (kernel->can(target, settings, why, sizeof why)) return GIBBS_OK;
  list_able(target, able, sizeof able);
  if (!able[0])
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "kernel %s cannot sample this energy: %s; no other kernel can",
                      kernel->name, why);
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "kernel %s cannot sample this energy: %s. These can: %s",
                    kernel->name, why, able);
}

const gibbs_kernel *gibbs_kernel_choose(const gibbs_target *target) {
  const gibbs_kernel *able = NULL;
  char why[256];
  for (size_t k = 0; k < gibbs_kernels_count; k++) {
    const gibbs_kernel *kernel = gibbs_kernels[k];
    if (kernel->ladder != (target->ladder != NULL) || !can_by_default(kernel, target, why, sizeof why)) continue;
    if (target->ladder || (kernel->suits && kernel->suits(target))) return kernel;
    if (!able) able = kernel;
  }
  return able;
}
