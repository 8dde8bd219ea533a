/* program.c - compiled expressions: made, prepared, freed; and the values of expressions without variables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/program.h"

#include <stdlib.h>
#include <string.h>

#include "program_parts.h"
#include "program_rewrite.h"

static gibbs_status compile(gibbs_program *program, gibbs_error *err) {
  const gibbs_frame *f = program->frame;
  gibbs_status status = gibbs_totals_new(f, program->kinds, &program->totals, err);
  size_t *each = malloc((f->root_count + 1) * sizeof *each);
  if (status == GIBBS_OK && !each) status = gibbs_fail_memory(err, "a program", f->root_count * sizeof *each);
  for (size_t k = 0; status == GIBBS_OK && k < f->root_count; k++)
    each[k] = program->kinds[k] == GIBBS_OUTPUT_EACH ? f->roots[k] : GIBBS_NONE;
  gibbs_demand demand = {.each = each,
                         .each_count = f->root_count,
                         .totals = program->totals.demands,
                         .total_count = program->totals.demand_count};
  if (status == GIBBS_OK) status = gibbs_code_compile(program->frame, &demand, err);
  free(each);
  return status;
}

static gibbs_status sort_rewritten(gibbs_expr *const exprs[], size_t count, gibbs_expr *const inputs[],
                                   size_t input_count, gibbs_frame **out, gibbs_error *err) {
  gibbs_expr **better = malloc((count + 1) * sizeof *better);
  if (!better) return gibbs_fail_memory(err, "a program", count * sizeof *better);
  gibbs_status status = gibbs_program_rewrite(exprs, count, better, err);
  if (status == GIBBS_OK) {
    status = gibbs_frame_new(better, count, inputs, input_count, out, err);
    for (size_t k = 0; k < count; k++) gibbs_expr_release(better[k]);
  }
  free(better);
  return status;
}

gibbs_status gibbs_program_new(gibbs_expr *const exprs[], const gibbs_output kinds[], size_t count,
                               gibbs_expr *const inputs[], size_t input_count, gibbs_program **out,
                               gibbs_error *err) {
  gibbs_program *program = calloc(1, sizeof *program);
  gibbs_output *copied = calloc(count + 1, sizeof *copied);
  if (!program || !copied) {
    free(program);
    free(copied);
    return gibbs_fail_memory(err, "a program", sizeof *program);
  }
  if (count > 0) memcpy(copied, kinds, count * sizeof *copied);
  program->kinds = copied;
  gibbs_status status = sort_rewritten(exprs, count, inputs, input_count, &program->frame, err);
  if (status == GIBBS_OK) status = compile(program, err);
  if (status == GIBBS_OK) status = gibbs_plain_new(program->frame, NULL, NULL, GIBBS_PLAIN_SAME, &program->plain, err);
  if (status != GIBBS_OK) {
    gibbs_program_free(program);
    return status;
  }
  program->calls_back = gibbs_frame_calls_back(program->frame);
  *out = program;
  return GIBBS_OK;
}

void gibbs_program_free(gibbs_program *program) {
  if (!program) return;
  gibbs_plain_free(program->plain);
  gibbs_totals_free(&program->totals);
  gibbs_frame_free(program->frame);
  free(program->kinds);
  free(program);
}

bool gibbs_program_calls_back(const gibbs_program *program) {
  return program->calls_back;
}

gibbs_status gibbs_program_prepare(gibbs_program *program, gibbs_error *err) {
  gibbs_status status = gibbs_plain_read_parameters(program->plain, err);
  return status == GIBBS_OK ? gibbs_plain_run(program->plain, err) : status;
}

gibbs_status gibbs_expr_value(gibbs_expr *expr, gibbs_tensor **out, gibbs_error *err) {
  gibbs_frame *frame = NULL;
  gibbs_plain *plain = NULL;
  gibbs_tensor *tensor = NULL;
  gibbs_status status = gibbs_frame_new(&expr, 1, NULL, 0, &frame, err);
  if (status == GIBBS_OK) status = gibbs_plain_new(frame, NULL, NULL, GIBBS_PLAIN_SAME, &plain, err);
  if (status == GIBBS_OK) status = gibbs_plain_read_parameters(plain, err);
  if (status == GIBBS_OK) status = gibbs_plain_run(plain, err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(&expr->shape, &tensor, err);
  if (status == GIBBS_OK) {
    memcpy(gibbs_tensor_data(tensor), plain->at[frame->roots[0]], expr->size * sizeof(double));
    *out = tensor;
  }
  gibbs_plain_free(plain);
  gibbs_frame_free(frame);
  return status;
}
