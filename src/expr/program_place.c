/* program_place.c - rows chosen from rows: gathers that copy nothing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "program_compile.h"

gibbs_status gibbs_code_keep_index(gibbs_code *code, uint32_t *index, gibbs_error *err) {
  uint32_t **indices = realloc(code->indices, (code->index_count + 1) * sizeof *indices);
  if (!indices) {
    free(index);
    return gibbs_fail_memory(err, "a program", code->index_count * sizeof *indices);
  }
  code->indices = indices;
  code->indices[code->index_count++] = index;
  return GIBBS_OK;
}

static gibbs_status choose_from_chosen(gibbs_code *code, const gibbs_place *from, const uint32_t *at, size_t count,
                                       gibbs_place *out, gibbs_error *err) {
  uint32_t *index = malloc(count * sizeof *index);
  if (!index) return gibbs_fail_memory(err, "a program", count * sizeof *index);
  for (size_t k = 0; k < count; k++) index[k] = from->index[at[k]];
  out->index = index;
  return gibbs_code_keep_index(code, index, err);
}

gibbs_status gibbs_place_choose(gibbs_code *code, const gibbs_place *from, const uint32_t *at, size_t count,
                                gibbs_place *out, gibbs_error *err) {
  bool run = !from->index, same = true;
  *out = *from;
  if (from->repeats) return GIBBS_OK;
  for (size_t k = 1; k < count; k++) {
    run = run && at[k] == at[0] + k;
    same = same && at[k] == at[0];
  }
  if (run || same) {
    out->offset = gibbs_place_element(from, at[0]);
    out->index = NULL;
    out->repeats = !run;
    return GIBBS_OK;
  }
  if (from->index) return choose_from_chosen(code, from, at, count, out, err);
  out->index = at;
  return GIBBS_OK;
}
