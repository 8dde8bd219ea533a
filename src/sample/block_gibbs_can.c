/* block_gibbs_can.c - which energies the block Gibbs kernel can sample, and which it is the one for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "block_gibbs.h"

/* With more blocks than this there is nothing to be had from them. */
enum { most_blocks = 64 };

static bool refuse(char *why, size_t size, const char *reason) {
  snprintf(why, size, "%s", reason);
  return false;
}

bool gibbs_block_can_sample(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  const gibbs_segment *s = gibbs_normal_form_segments(target->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(target->form); k++)
    if (s[k].domain == GIBBS_REALS) return refuse(why, size, "units take real values");
  if (gibbs_normal_form_affine_count(target->form) > 0)
    return refuse(why, size, "it has functions of sums of units, which join all of them");
  if (gibbs_normal_form_rest(target->form) != NULL)
    return refuse(why, size, "part of it is no sum of products of units");
  return true;
}

/* A dense symmetric block is a clique. */
static bool has_large_clique(const gibbs_normal_form *form) {
  const gibbs_dense *dense = gibbs_normal_form_dense(form);
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  for (size_t k = 0; k < gibbs_normal_form_dense_count(form); k++) {
    const gibbs_segment *s = segments;
    while (dense[k].row_at >= s->first_element + s->elements) s++;
    size_t each = s->elements / s->units;
    if (dense[k].row_at == dense[k].column_at && dense[k].rows / each > most_blocks) return true;
  }
  return false;
}

bool gibbs_block_suits(const gibbs_target *target) {
  if (gibbs_normal_form_regular(target->form)->found) return true;
  if (has_large_clique(target->form)) return false;
  gibbs_colouring c;
  if (gibbs_colouring_new(target->form, target->held, &c, NULL) != GIBBS_OK) return false;
  bool few = c.blocks <= most_blocks;
  gibbs_colouring_free(&c);
  return few;
}
