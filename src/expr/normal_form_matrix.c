/* normal_form_matrix.c - which pairs are a dense block of two variables, and which are sparse. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "normal_form_parts.h"

/* Within one variable, fewer partners an element than this are sparse, whatever they fill. */
enum { fewest_partners = 12, most_segments = 256 };

void gibbs_sparse_clear(gibbs_sparse *s) {
  free((void *)s->first);
  free((void *)s->column);
  free((void *)s->value);
  *s = (gibbs_sparse){.rows = 0};
}

void gibbs_pairs_clear(gibbs_pairs *p) {
  gibbs_sparse_clear(&p->sparse);
  for (size_t k = 0; k < p->blocks; k++) free((void *)p->block[k].value);
  free(p->block);
  free(p->seen);
  *p = (gibbs_pairs){.blocks = 0};
}

/* ---- pieces -------------------------------------------------------------------------------------- */

/* Elements with themselves are folded. */
static gibbs_status fold_diagonal(gibbs_lowering *l, gibbs_piece *piece, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (piece->row_at != piece->column_at) return status;
  for (size_t i = 0; i < piece->rows && status == GIBBS_OK; i++) {
    double *value = &piece->value[i * piece->columns + i];
    uint32_t element = (uint32_t)(piece->row_at + i);
    if (!piece->fixed || *value != 0.0) status = gibbs_gather_pair(l, element, element, *value, err);
    *value = 0.0;
  }
  return status;
}

/* A small one goes to the single pairs. */
static gibbs_status scatter_piece(gibbs_lowering *l, const gibbs_piece *piece, gibbs_error *err) {
  gibbs_status status = gibbs_gather_pairs_reserve(l, piece->rows * piece->columns, err);
  for (size_t i = 0; i < piece->rows; i++)
    for (size_t j = 0; j < piece->columns && status == GIBBS_OK; j++) {
      size_t a = piece->row_at + i, b = piece->column_at + j;
      double value = piece->value[i * piece->columns + j];
      if (a == b || (piece->fixed && value == 0.0)) continue;
      status = gibbs_gather_pair(l, (uint32_t)a, (uint32_t)b, value, err);
    }
  return status;
}

static bool is_small(const gibbs_piece *piece) {
  return piece->row_at == piece->column_at && piece->rows <= fewest_partners;
}

/* What stays is dense. */
static gibbs_status sift_pieces(gibbs_lowering *l, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  gibbs_status status = GIBBS_OK;
  size_t kept = 0;
  for (size_t k = 0; k < g->pieces; k++) {
    if (status == GIBBS_OK) status = fold_diagonal(l, &g->piece[k], err);
    if (status != GIBBS_OK || !is_small(&g->piece[k])) {
      g->piece[kept++] = g->piece[k];
      continue;
    }
    status = scatter_piece(l, &g->piece[k], err);
    free(g->piece[k].value);
  }
  g->pieces = kept;
  return status;
}

/* ---- which are dense ----------------------------------------------------------------------------- */

typedef struct decision {
  gibbs_lowering *l;
  size_t *entries; /* [segment, segment], first <= second: pairs among the sparse */
  size_t *block;   /* [segment, segment]: number of its block + 1, or 0 */
} decision;

static size_t segment_number(const gibbs_lowering *l, size_t element) {
  return (size_t)(gibbs_segment_of(l, element) - l->segments);
}

static void count_entries(decision *d, const gibbs_sparse *s) {
  const gibbs_lowering *l = d->l;
  for (size_t a = 0; a < l->segment_count; a++) {
    const gibbs_segment *rows = &l->segments[a];
    for (size_t i = rows->first_element; i < rows->first_element + rows->elements; i++) {
      size_t b = a, end = rows->first_element + rows->elements;
      for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
        if (s->column[k] < i) continue;
        while (s->column[k] >= end) end += l->segments[++b].elements;
        d->entries[a * l->segment_count + b]++;
      }
    }
  }
}

static bool fills_block(const decision *d, size_t a, size_t b) {
  const gibbs_lowering *l = d->l;
  size_t rows = l->segments[a].elements, columns = l->segments[b].elements;
  size_t entries = d->entries[a * l->segment_count + b];
  if (entries == 0) return false;
  if (a != b) return 4 * (double)entries > (double)rows * (double)columns;
  return 2 * entries >= (size_t)fewest_partners * rows && 8 * (double)entries > (double)rows * (double)(rows - 1);
}

static void mark_pieces(decision *d) {
  const gibbs_gathered *g = &d->l->gathered;
  for (size_t k = 0; k < g->pieces; k++) {
    size_t a = segment_number(d->l, g->piece[k].row_at), b = segment_number(d->l, g->piece[k].column_at);
    size_t low = a < b ? a : b, high = a < b ? b : a;
    d->block[low * d->l->segment_count + high] = 1;
  }
}

/* Numbers the blocks and allots them, in order of their variables. */
static gibbs_status make_blocks(decision *d, gibbs_pairs *out, gibbs_error *err) {
  const gibbs_lowering *l = d->l;
  size_t n = l->segment_count, count = 0;
  for (size_t k = 0; k < n * n; k++) {
    if (fills_block(d, k / n, k % n)) d->block[k] = 1;
    count += d->block[k];
  }
  out->block = calloc(count + 1, sizeof *out->block);
  out->seen = calloc(count + 1, sizeof *out->seen);
  if (!out->block || !out->seen)
    return gibbs_fail_memory(err, "the pairs of an energy", count * (sizeof *out->block + sizeof *out->seen));
  for (size_t k = 0; k < n * n; k++) {
    const gibbs_segment *rows = &l->segments[k / n], *columns = &l->segments[k % n];
    if (d->block[k] == 0) continue;
    out->block[out->blocks] =
        (gibbs_dense){rows->first_element, rows->elements, columns->first_element, columns->elements, NULL};
    d->block[k] = ++out->blocks;
  }
  return GIBBS_OK;
}

/* ---- what is only seen --------------------------------------------------------------------------- */

GIBBS_CLONES static void write_straight(const double *restrict from, size_t step, size_t rows, size_t columns,
                                        double factor, double *restrict out) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) out[i * columns + j] = factor * from[i * step + j];
}

/* Square tiles, for one of both sides runs across the memory. */
static void write_across(const gibbs_seen *seen, size_t rows, size_t columns, double factor, double *out) {
  enum { tile = 32 };
  for (size_t i0 = 0; i0 < rows; i0 += tile)
    for (size_t j0 = 0; j0 < columns; j0 += tile) {
      size_t i1 = i0 + tile < rows ? i0 + tile : rows, j1 = j0 + tile < columns ? j0 + tile : columns;
      for (size_t i = i0; i < i1; i++)
        for (size_t j = j0; j < j1; j++)
          out[i * columns + j] = factor * seen->matrix[i * seen->row_step + j * seen->column_step];
    }
}

void gibbs_seen_write(const gibbs_seen *seen, size_t rows, size_t columns, double scale, double *out) {
  if (seen->column_step == 1)
    write_straight(seen->matrix, seen->row_step, rows, columns, scale * seen->factor, out);
  else
    write_across(seen, rows, columns, scale * seen->factor, out);
}

/* ---- filling ------------------------------------------------------------------------------------- */

static gibbs_status open_block(gibbs_pairs *out, size_t number, gibbs_error *err) {
  gibbs_dense *block = &out->block[number];
  gibbs_seen *seen = &out->seen[number];
  if (block->value) return GIBBS_OK;
  block->value = calloc(block->rows * block->columns, sizeof *block->value);
  if (!block->value)
    return gibbs_fail_memory(err, "the pairs of an energy", block->rows * block->columns * sizeof(double));
  if (seen->matrix) gibbs_seen_write(seen, block->rows, block->columns, 1.0, (double *)block->value);
  *seen = (gibbs_seen){.matrix = NULL};
  return GIBBS_OK;
}

static void add_square(gibbs_dense *block, const gibbs_piece *piece) {
  double *value = (double *)block->value;
  size_t n = block->rows;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      if (i != j) value[i * n + j] += piece->value[i * n + j] + piece->value[j * n + i];
}

static void add_rectangle(gibbs_dense *block, const gibbs_piece *piece) {
  double *value = (double *)block->value;
  bool turned = piece->row_at > piece->column_at;
  size_t rows = block->rows, columns = block->columns;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++)
      value[i * columns + j] += turned ? piece->value[j * rows + i] : piece->value[i * columns + j];
}

/* The first one becomes the block. */
static bool take_over(gibbs_pairs *out, size_t number, gibbs_piece *piece) {
  gibbs_dense *block = &out->block[number];
  if (block->value || out->seen[number].matrix || piece->row_at >= piece->column_at) return false;
  block->value = piece->value;
  out->seen[number] = piece->seen;
  piece->value = NULL;
  return true;
}

static gibbs_status write_piece(gibbs_piece *piece, gibbs_error *err) {
  size_t size = piece->rows * piece->columns;
  if (piece->value) return GIBBS_OK;
  piece->value = malloc(size * sizeof *piece->value);
  if (!piece->value) return gibbs_fail_memory(err, "the pairs of an energy", size * sizeof *piece->value);
  gibbs_seen_write(&piece->seen, piece->rows, piece->columns, 1.0, piece->value);
  return GIBBS_OK;
}

static gibbs_status add_piece(gibbs_pairs *out, size_t number, gibbs_piece *piece, gibbs_error *err) {
  gibbs_dense *block = &out->block[number];
  if (take_over(out, number, piece)) return GIBBS_OK;
  gibbs_status status = open_block(out, number, err);
  if (status == GIBBS_OK) status = write_piece(piece, err);
  if (status != GIBBS_OK) return status;
  if (piece->row_at == piece->column_at)
    add_square(block, piece);
  else
    add_rectangle(block, piece);
  return GIBBS_OK;
}

/* The number of the block of a pair, or SIZE_MAX. */
static size_t block_of(const decision *d, size_t i, size_t j) {
  size_t a = segment_number(d->l, i), b = segment_number(d->l, j), n = d->l->segment_count;
  return d->block[a < b ? a * n + b : b * n + a] - 1;
}

/* Sparse pairs of dense blocks move there. */
static gibbs_status move_entries(decision *d, gibbs_pairs *out, gibbs_error *err) {
  size_t *first = (size_t *)out->sparse.first, used = 0, from = 0;
  uint32_t *column = (uint32_t *)out->sparse.column;
  double *value = (double *)out->sparse.value;
  for (size_t i = 0; i < out->sparse.rows; i++) {
    size_t end = first[i + 1];
    for (size_t k = from; k < end; k++) {
      size_t number = block_of(d, i, column[k]);
      gibbs_dense *block = number != SIZE_MAX ? &out->block[number] : NULL;
      gibbs_status status = block ? open_block(out, number, err) : GIBBS_OK;
      if (status != GIBBS_OK) return status;
      if (!block) {
        column[used] = column[k];
        value[used++] = value[k];
      } else if (i >= block->row_at && i < block->row_at + block->rows) {
        ((double *)block->value)[(i - block->row_at) * block->columns + column[k] - block->column_at] += value[k];
      }
    }
    from = end;
    first[i] = used;
  }
  first[out->sparse.rows] = out->sparse.entries = used;
  for (size_t i = out->sparse.rows; i > 0; i--) first[i] = first[i - 1];
  first[0] = 0;
  return GIBBS_OK;
}

/* Indicators of one unit are never 1 together. */
static void clear_units(const gibbs_lowering *l, gibbs_dense *block) {
  const gibbs_segment *s = gibbs_segment_of(l, block->row_at);
  double *value = (double *)block->value;
  if (block->row_at != block->column_at || s->domain != GIBBS_POTTS) return;
  for (size_t i = 0; i < block->rows; i++)
    for (size_t j = i / s->states * s->states; j < (i / s->states + 1) * s->states; j++)
      value[i * block->columns + j] = 0.0;
}

static gibbs_status fill_blocks(decision *d, gibbs_pairs *out, gibbs_error *err) {
  gibbs_gathered *g = &d->l->gathered;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < g->pieces && status == GIBBS_OK; k++)
    status = add_piece(out, block_of(d, g->piece[k].row_at, g->piece[k].column_at), &g->piece[k], err);
  if (status == GIBBS_OK && out->blocks > 0) status = move_entries(d, out, err);
  for (size_t k = 0; k < out->blocks && status == GIBBS_OK; k++) {
    if (out->seen[k].matrix) continue;
    status = open_block(out, k, err);
    if (status == GIBBS_OK) clear_units(d->l, &out->block[k]);
  }
  return status;
}

static gibbs_status choose_blocks(decision *d, gibbs_pairs *out, gibbs_error *err) {
  size_t n = d->l->segment_count;
  d->entries = calloc(n * n + 1, sizeof *d->entries);
  d->block = calloc(n * n + 1, sizeof *d->block);
  if (!d->entries || !d->block) return gibbs_fail_memory(err, "the pairs of an energy", 2 * n * n * sizeof(size_t));
  count_entries(d, &out->sparse);
  mark_pieces(d);
  gibbs_status status = make_blocks(d, out, err);
  return status == GIBBS_OK ? fill_blocks(d, out, err) : status;
}

gibbs_status gibbs_pairs_assemble(gibbs_lowering *l, gibbs_pairs *out, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  decision d = {.l = l};
  *out = (gibbs_pairs){.blocks = 0};
  gibbs_status status = sift_pieces(l, err);
  if (status == GIBBS_OK)
    status = gibbs_rows_from_pairs(l->elements, g->pairs, g->pair, g->coupling, &out->sparse, err);
  if (status == GIBBS_OK && (l->segment_count <= most_segments || g->pieces > 0))
    status = choose_blocks(&d, out, err);
  free(d.entries);
  free(d.block);
  if (status != GIBBS_OK) gibbs_pairs_clear(out);
  return status;
}
