/* kernels.c - the list of Markov kernels, made of the rows of kernels.def. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "kernel.h"

#define GIBBS_KERNEL(id) extern const gibbs_kernel gibbs_kernel_##id;
#include "kernels.def"
#undef GIBBS_KERNEL

const gibbs_kernel *const gibbs_kernels[] = {
#define GIBBS_KERNEL(id) &gibbs_kernel_##id,
#include "kernels.def"
#undef GIBBS_KERNEL
    NULL};

const size_t gibbs_kernels_count = sizeof gibbs_kernels / sizeof gibbs_kernels[0] - 1;

size_t gibbs_kernel_count(void) {
  return gibbs_kernels_count;
}
const gibbs_kernel *gibbs_kernel_at(size_t k) {
  return gibbs_kernels[k];
}
const gibbs_kernel *gibbs_kernel_find(const char *name) {
  for (size_t k = 0; k < gibbs_kernels_count; k++)
    if (strcmp(gibbs_kernels[k]->name, name) == 0) return gibbs_kernels[k];
  return NULL;
}
const char *gibbs_kernel_name(const gibbs_kernel *kernel) {
  return kernel->name;
}
const char *gibbs_kernel_doc(const gibbs_kernel *kernel) {
  return kernel->doc;
}
const char *gibbs_kernel_source(const gibbs_kernel *kernel) {
  return kernel->source;
}
size_t gibbs_kernel_option_count(const gibbs_kernel *kernel) {
  return kernel->option_count;
}
const gibbs_kernel_option *gibbs_kernel_options(const gibbs_kernel *kernel) {
  return kernel->options;
}
