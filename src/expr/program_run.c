/* program_run.c - running a program over a batch, block by block. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/program.h"
#include "program_parts.h"
#include "program_trace.h"
#include "vectormath.h"

/* Configurations of a block: so many that its rows stay in the second cache; more beside large matrices, which pass
 * through the cache once a block; few_columns at least while they fit into a modest memory. */
enum { cache_bytes = 1 << 19, memory_bytes = 1 << 25, few_columns = 64, most_columns = 1024, lanes = 8 };

struct gibbs_workspace {
  const gibbs_program *program;
  size_t width;
  gibbs_plain plain; /* the program's values, with bodies of its own */
  double *rows, *registers, *spare, *totals, *joint;
  double **accumulators;
  gibbs_cursor *cursors;
};

/* Elements of the largest matrix that a product of the frame reads or adds up. */
static size_t largest_matrix(const gibbs_frame *frame) {
  size_t most = 0;
  for (size_t k = 0; k < frame->code->count; k++) {
    const gibbs_instruction *instruction = &frame->code->instructions[k];
    const gibbs_expr *node = frame->values[instruction->value].node;
    size_t size = instruction->task == GIBBS_TASK_OUTER_TOTAL ? node->size : 0;
    if (instruction->task == GIBBS_TASK_PRODUCT && instruction->a.space == GIBBS_SPACE_NUMBERS)
      size = node->arguments[0]->size;
    if (instruction->task == GIBBS_TASK_PRODUCT && instruction->b.space == GIBBS_SPACE_NUMBERS)
      size = node->arguments[1]->size;
    if (size > most) most = size;
  }
  return most;
}

static size_t choose_width(const gibbs_frame *frame) {
  size_t rows = frame->code->rows + 1, modest = memory_bytes / sizeof(double) / rows;
  size_t width = (cache_bytes / sizeof(double) + 4 * largest_matrix(frame)) / rows;
  if (width < few_columns) width = modest < few_columns ? modest : few_columns;
  if (width > most_columns) width = most_columns;
  return width < lanes ? lanes : width / lanes * lanes;
}

static size_t most_operands(const gibbs_frame *frame) {
  size_t most = 0;
  for (size_t k = 0; k < frame->code->count; k++)
    if (frame->code->instructions[k].group.operand_count > most)
      most = frame->code->instructions[k].group.operand_count;
  for (size_t i = 0; i < frame->count; i++) {
    const gibbs_frame *body = frame->values[i].body;
    size_t inside = body && body->code ? most_operands(body) : 0;
    if (inside > most) most = inside;
  }
  return most;
}

/* Room for the arguments of any one callback. */
static size_t joint_size(const gibbs_frame *frame) {
  size_t size = 0;
  for (size_t i = 0; i < frame->count; i++) {
    if (frame->values[i].node->kind == GIBBS_KIND_VARIABLE) size += frame->values[i].node->size;
    if (frame->values[i].body) size += joint_size(frame->values[i].body);
  }
  return size;
}

/* Rows begin at cache lines. */
static double *new_rows(size_t count, size_t width) {
  void *rows = NULL;
  if (width > 0 && count > SIZE_MAX / sizeof(double) / width - 1) return NULL;
  return posix_memalign(&rows, 64, (count * width + lanes) * sizeof(double)) == 0 ? rows : NULL;
}

static gibbs_status furnish(gibbs_workspace *w, gibbs_error *err) {
  const gibbs_frame *f = w->program->frame;
  const gibbs_totals *totals = &w->program->totals;
  w->width = choose_width(f);
  w->rows = new_rows(f->code->rows, w->width);
  w->registers = new_rows(f->code->registers, GIBBS_STRIP);
  w->spare = new_rows(most_operands(f), GIBBS_STRIP);
  w->totals = new_rows(totals->room, 1);
  w->joint = new_rows(joint_size(f), 1);
  w->accumulators = calloc(totals->count + 1, sizeof *w->accumulators);
  w->cursors = calloc(most_operands(f) + 1, sizeof *w->cursors);
  w->plain = (gibbs_plain){.frame = f, .at = w->program->plain->at};
  w->plain.bodies = calloc(f->count + 1, sizeof *w->plain.bodies);
  if (!w->rows || !w->registers || !w->spare || !w->totals || !w->joint || !w->accumulators || !w->cursors ||
      !w->plain.bodies)
    return gibbs_fail_memory(err, "the workspace of a program", f->code->rows * w->width * sizeof(double));
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < f->count; i++)
    if (f->values[i].body && f->values[i].varying)
      status = gibbs_plain_new(f->values[i].body, &w->plain, NULL, GIBBS_PLAIN_SAME, &w->plain.bodies[i], err);
  return status;
}

gibbs_status gibbs_workspace_new(const gibbs_program *program, gibbs_workspace **out, gibbs_error *err) {
  gibbs_workspace *w = calloc(1, sizeof *w);
  if (!w) return gibbs_fail_memory(err, "the workspace of a program", sizeof *w);
  w->program = program;
  gibbs_status status = furnish(w, err);
  if (status == GIBBS_OK)
    *out = w;
  else
    gibbs_workspace_free(w);
  return status;
}

void gibbs_workspace_free(gibbs_workspace *w) {
  if (!w) return;
  for (size_t i = 0; w->plain.bodies && i < w->program->frame->count; i++) gibbs_plain_free(w->plain.bodies[i]);
  free(w->plain.bodies);
  free(w->rows);
  free(w->registers);
  free(w->spare);
  free(w->totals);
  free(w->joint);
  free(w->accumulators);
  free(w->cursors);
  free(w);
}

/* ---- running --------------------------------------------------------------------------------- */

static void clear_totals(gibbs_workspace *w, double *const out[]) {
  const gibbs_totals *totals = &w->program->totals;
  for (size_t k = 0; k < totals->count; k++) {
    const gibbs_total_value *total = &totals->values[k];
    if (total->kind != GIBBS_TOTAL_SUMMED) continue;
    w->accumulators[k] = total->output == GIBBS_NONE ? w->totals + total->offset : out[total->output];
    if (total->output == GIBBS_NONE)
      memset(w->accumulators[k], 0, w->program->frame->values[total->value].node->size * sizeof(double));
  }
}

/* The configuration of the block in which the output is not finite first. */
static gibbs_status check_output(const gibbs_block *block, const gibbs_program *program, size_t output,
                                 gibbs_error *err) {
  size_t root = program->frame->roots[output], size = program->frame->values[root].node->size;
  bool dense = block->columns == block->stride;
  if (dense && gibbs_vector_finite(block->out[output], size * block->columns)) return GIBBS_OK;
  for (size_t e = 0; e < size; e++) {
    const double *row = block->out[output] + e * block->stride + block->first;
    if (gibbs_vector_finite(row, block->columns)) continue;
    size_t c = 0;
    while (isfinite(row[c])) c++;
    return gibbs_trace(program->plain, root, block->in, block->stride, block->first + c, err);
  }
  return GIBBS_OK;
}

static gibbs_status run_block(gibbs_block *block, const gibbs_program *program, gibbs_error *err) {
  gibbs_status status = gibbs_block_run(block, program->frame->code, err);
  for (size_t k = 0; status == GIBBS_OK && k < program->frame->root_count; k++)
    if (program->kinds[k] == GIBBS_OUTPUT_EACH) status = check_output(block, program, k, err);
  return status;
}

gibbs_status gibbs_program_run(const gibbs_program *program, gibbs_workspace *w, size_t batch, size_t stride,
                               const double *const in[], double *const out[], gibbs_error *err) {
  size_t width = w->width < batch ? w->width : (batch + lanes - 1) / lanes * lanes;
  gibbs_block block = {.plain = &w->plain,
                       .in = in,
                       .out = out,
                       .stride = stride,
                       .width = width,
                       .rows = w->rows,
                       .registers = w->registers,
                       .spare = w->spare,
                       .accumulators = w->accumulators,
                       .cursors = w->cursors,
                       .joint = w->joint};
  gibbs_status status = GIBBS_OK;
  clear_totals(w, out);
  for (; status == GIBBS_OK && block.first < batch; block.first += width) {
    block.columns = batch - block.first < width ? batch - block.first : width;
    status = run_block(&block, program, err);
  }
  if (status == GIBBS_OK) gibbs_totals_finish(&program->totals, program->plain, batch, w->totals, out);
  return status;
}
