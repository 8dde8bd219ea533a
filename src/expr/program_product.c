/* program_product.c - matrix products and log-sum-exp over rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/private/blas.h"
#include "program_block.h"
#include "vectormath.h"

/* op(a) is rows x inner, op(b) inner x columns; a_extent and b_extent are the columns of a and b as stored. */
typedef struct product {
  const gibbs_expr *node;
  size_t rows, columns, inner, a_extent, b_extent;
  const double *a, *b; /* numbers, or row 0 */
  size_t a_distance, b_distance;
  double *out;
  size_t out_distance, width;
} product;

static product read_product(const gibbs_block *block, const gibbs_instruction *instruction) {
  product p = {.node = block->plain->frame->values[instruction->value].node, .width = block->columns};
  const gibbs_shape *a = &p.node->arguments[0]->shape, *b = &p.node->arguments[1]->shape;
  p.rows = p.node->shape.extent[0];
  p.columns = p.node->shape.rank == 1 ? 1 : p.node->shape.extent[1];
  p.inner = a->extent[!p.node->transpose[0]];
  p.a_extent = a->extent[1];
  p.b_extent = b->rank == 1 ? 1 : b->extent[1];
  bool a_numbers = instruction->a.space == GIBBS_SPACE_NUMBERS,
       b_numbers = instruction->b.space == GIBBS_SPACE_NUMBERS;
  p.a = a_numbers ? block->plain->at[instruction->a.number] : gibbs_block_rows(block, &instruction->a, &p.a_distance);
  p.b = b_numbers ? block->plain->at[instruction->b.number] : gibbs_block_rows(block, &instruction->b, &p.b_distance);
  if (!a_numbers) p.a += instruction->a.offset * p.a_distance;
  if (!b_numbers) p.b += instruction->b.offset * p.b_distance;
  p.out = gibbs_block_rows(block, &instruction->out, &p.out_distance);
  return p;
}

/* Numbers times rows: one product for each column of b. */
static void multiply_from_left(const product *p) {
  bool transpose = p->node->transpose[1];
  for (size_t j = 0; j < p->columns; j++) {
    const double *b = p->b + (transpose ? j * p->b_extent : j) * p->b_distance;
    size_t distance = transpose ? p->b_distance : p->b_extent * p->b_distance;
    gibbs_dgemm(p->node->transpose[0], false, p->rows, p->width, p->inner, 1, p->a, p->a_extent, b, distance, 0,
                p->out + j * p->out_distance, p->columns * p->out_distance);
  }
}

/* Rows times numbers: one product for each row of a, seen from the other side. */
static void multiply_from_right(const product *p) {
  bool transpose = p->node->transpose[0];
  for (size_t i = 0; i < p->rows; i++) {
    const double *a = p->a + (transpose ? i : i * p->a_extent) * p->a_distance;
    size_t distance = transpose ? p->a_extent * p->a_distance : p->a_distance;
    gibbs_dgemm(!p->node->transpose[1], false, p->columns, p->width, p->inner, 1, p->b, p->b_extent, a, distance, 0,
                p->out + i * p->columns * p->out_distance, p->out_distance);
  }
}

static void multiply_rows(const product *p) {
  for (size_t i = 0; i < p->rows; i++)
    for (size_t j = 0; j < p->columns; j++) {
      double *out = p->out + (i * p->columns + j) * p->out_distance;
      gibbs_vector_fill(out, 0, p->width);
      for (size_t k = 0; k < p->inner; k++) {
        size_t a = p->node->transpose[0] ? k * p->a_extent + i : i * p->a_extent + k;
        size_t b = p->node->transpose[1] ? j * p->b_extent + k : k * p->b_extent + j;
        gibbs_vector_add_product(out, p->a + a * p->a_distance, p->b + b * p->b_distance, p->width);
      }
    }
}

void gibbs_block_product(gibbs_block *block, const gibbs_instruction *instruction) {
  product p = read_product(block, instruction);
  if (instruction->a.space == GIBBS_SPACE_NUMBERS)
    multiply_from_left(&p);
  else if (instruction->b.space == GIBBS_SPACE_NUMBERS)
    multiply_from_right(&p);
  else
    multiply_rows(&p);
}

void gibbs_block_logsumexp(gibbs_block *block, const gibbs_instruction *instruction) {
  const gibbs_expr *node = block->plain->frame->values[instruction->value].node;
  size_t count = node->arguments[0]->size / node->size, distance, out_distance;
  const double *x = gibbs_block_rows(block, &instruction->a, &distance);
  double *out = gibbs_block_rows(block, &instruction->out, &out_distance), most[GIBBS_STRIP];
  for (size_t column = 0; column < block->columns; column += GIBBS_STRIP) {
    size_t left = block->columns - column, width = left < GIBBS_STRIP ? left : GIBBS_STRIP;
    for (size_t e = 0; e < node->size; e++) {
      double *total = out + e * out_distance + column;
      gibbs_vector_fill(most, -INFINITY, width);
      gibbs_vector_fill(total, 0, width);
      for (size_t k = e * count; k < (e + 1) * count; k++)
        gibbs_vector_raise(most, x + gibbs_place_element(&instruction->a, k) * distance + column, width);
      for (size_t k = e * count; k < (e + 1) * count; k++)
        gibbs_vector_add_exp(total, x + gibbs_place_element(&instruction->a, k) * distance + column, most, width);
      gibbs_vector_log(total, total, width);
      gibbs_vector_add(total, most, width);
    }
  }
}
