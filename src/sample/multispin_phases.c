/* multispin_phases.c - the phases of a packed lattice: which sites are updated together, and where each reads its
 * neighbours. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "multispin.h"

/* A phase or a detour while its mask is being drawn, over the whole class. */
typedef struct draft_detour {
  gibbs_multispin_shift shift;
  uint64_t *mask;
} draft_detour;

typedef struct draft {
  size_t seam[GIBBS_MAX_RANK]; /* 0: not near a seam, else 1 + the distance from where that begins */
  uint32_t present;            /* bit k: has neighbour k */
  uint64_t *mask;
  gibbs_multispin_shift shift[GIBBS_MULTISPIN_NEIGHBOURS]; /* of neighbour k */
  draft_detour *detour[GIBBS_MULTISPIN_NEIGHBOURS];        /* likewise: a list */
  size_t detours[GIBBS_MULTISPIN_NEIGHBOURS];
} draft;

/* Indices of one axis that have nothing to do with its ends (low <= i < high) are of kind 0, each other one is of its
 * own kind; so the class falls into boxes of sites that see the same surroundings. */
typedef struct kinds {
  size_t low, high, count;
} kinds;

typedef struct box {
  size_t number, volume;
  size_t x[GIBBS_MAX_RANK]; /* of one of its cells */
} box;

typedef struct plan {
  gibbs_multispin_layout *layout;
  size_t class;
  size_t residue[GIBBS_MAX_RANK];
  kinds axis[GIBBS_MAX_RANK];
  const gibbs_multispin_neighbour *neighbour[GIBBS_MULTISPIN_NEIGHBOURS];
  size_t neighbours;
  size_t boxes;
  box *order;      /* the largest first */
  uint32_t *draft; /* of box number b: draft + 1, or 0 where it has no sites */
  uint32_t *way;   /* [b * neighbours + k]: detour + 1, or 0 */
  bool *winding;   /* of box number b: has a detour */
  draft *drafts;
  size_t draft_count;
} plan;

/* ---- kinds and boxes ----------------------------------------------------------------------------- */

static kinds sort_indices(const gibbs_multispin_axis *axis, size_t residue) {
  kinds out = {0};
  while (out.low < axis->count && out.low * axis->modulus + residue < axis->reach) out.low++;
  out.high = axis->count;
  while (out.high > out.low && (out.high - 1) * axis->modulus + residue + axis->reach >= axis->extent) out.high--;
  out.count = 1 + out.low + (axis->count - out.high);
  return out;
}

static size_t find_kind(const kinds *axis, size_t i) {
  return i < axis->low ? 1 + i : i < axis->high ? 0 : 1 + axis->low + (i - axis->high);
}

/* An index of this kind. */
static size_t find_index(const kinds *axis, size_t kind) {
  return kind == 0 ? axis->low : kind <= axis->low ? kind - 1 : axis->high + (kind - 1 - axis->low);
}

static int by_volume(const void *a, const void *b) {
  const box *x = a, *y = b;
  if (x->volume != y->volume) return x->volume > y->volume ? -1 : 1;
  return x->number > y->number ? 1 : -1;
}

static void measure_box(const plan *p, box *b) {
  size_t rest = b->number;
  b->volume = 1;
  for (size_t a = p->layout->axes; a-- > 0;) {
    const gibbs_multispin_axis *axis = &p->layout->axis[a];
    size_t k = rest % p->axis[a].count;
    rest /= p->axis[a].count;
    b->x[a] = find_index(&p->axis[a], k) * axis->modulus + p->residue[a];
    size_t size = k == 0 ? p->axis[a].high - p->axis[a].low : 1;
    b->volume *= b->x[a] < axis->extent ? size : 0;
  }
}

static gibbs_status list_boxes(plan *p, gibbs_error *err) {
  p->boxes = 1;
  for (size_t a = 0; a < p->layout->axes; a++) p->boxes *= p->axis[a].count;
  p->order = calloc(p->boxes, sizeof *p->order);
  p->draft = calloc(p->boxes, sizeof *p->draft);
  p->way = calloc(p->boxes * p->neighbours + 1, sizeof *p->way);
  p->winding = calloc(p->boxes, sizeof *p->winding);
  p->drafts = calloc(p->boxes, sizeof *p->drafts);
  if (!p->order || !p->draft || !p->way || !p->winding || !p->drafts)
    return gibbs_fail_memory(err, "a lattice's edges", p->boxes * (p->neighbours + 10) * sizeof *p->way);
  for (size_t b = 0; b < p->boxes; b++) {
    p->order[b].number = b;
    measure_box(p, &p->order[b]);
  }
  qsort(p->order, p->boxes, sizeof *p->order, by_volume);
  return GIBBS_OK;
}

/* ---- drafts --------------------------------------------------------------------------------------- */

static void find_seams(const gibbs_multispin_layout *layout, const size_t x[], size_t seam[GIBBS_MAX_RANK]) {
  for (size_t a = 0; a < layout->axes; a++) {
    const gibbs_multispin_axis *axis = &layout->axis[a];
    size_t from = axis->extent - axis->reach;
    seam[a] = axis->seam && x[a] >= from ? 1 + x[a] - from : 0;
  }
}

static gibbs_multispin_shift make_shift(size_t source, size_t from, size_t to) {
  ptrdiff_t bits = (ptrdiff_t)to - (ptrdiff_t)from, words = bits >= 0 ? bits / 64 : -((63 - bits) / 64);
  return (gibbs_multispin_shift){.source = source, .words = words, .bits = (unsigned)(bits - 64 * words)};
}

static bool same_shift(const gibbs_multispin_shift *a, const gibbs_multispin_shift *b) {
  return a->source == b->source && a->words == b->words && a->bits == b->bits;
}

static draft *find_draft(plan *p, const size_t seam[], uint32_t present) {
  for (size_t k = 0; k < p->draft_count; k++) {
    draft *d = &p->drafts[k];
    if (d->present == present && memcmp(d->seam, seam, p->layout->axes * sizeof *seam) == 0) return d;
  }
  return NULL;
}

/* NULL: no memory. */
static draft *add_draft(plan *p, const size_t seam[], uint32_t present, const gibbs_multispin_shift shift[]) {
  draft *d = &p->drafts[p->draft_count++];
  memcpy(d->seam, seam, p->layout->axes * sizeof *seam);
  memcpy(d->shift, shift, p->neighbours * sizeof *shift);
  d->present = present;
  d->mask = calloc(p->layout->words, sizeof *d->mask);
  return d->mask ? d : NULL;
}

/* The detour of neighbour k by this shift: its number + 1; 0: no memory. */
static uint32_t find_detour(const plan *p, draft *d, size_t k, const gibbs_multispin_shift *shift) {
  for (size_t t = 0; t < d->detours[k]; t++)
    if (same_shift(&d->detour[k][t].shift, shift)) return (uint32_t)t + 1;
  draft_detour *more = realloc(d->detour[k], (d->detours[k] + 1) * sizeof *more);
  if (!more) return 0;
  d->detour[k] = more;
  more += d->detours[k];
  *more = (draft_detour){.shift = *shift, .mask = calloc(p->layout->words, sizeof *more->mask)};
  if (!more->mask) return 0;
  return (uint32_t)++d->detours[k];
}

static gibbs_status place_box(plan *p, const box *b, gibbs_error *err) {
  const gibbs_multispin_layout *layout = p->layout;
  gibbs_multispin_shift shift[GIBBS_MULTISPIN_NEIGHBOURS] = {{0}};
  size_t seam[GIBBS_MAX_RANK] = {0}, slot = gibbs_multispin_slot(layout, b->x), class, at;
  uint32_t present = 0;
  find_seams(layout, b->x, seam);
  for (size_t k = 0; k < p->neighbours; k++) {
    if (!gibbs_multispin_find(layout, p->neighbour[k], b->x, &class, &at)) continue;
    present |= (uint32_t)1 << k;
    shift[k] = make_shift(class, slot, at);
  }
  draft *d = find_draft(p, seam, present);
  if (!d) d = add_draft(p, seam, present, shift);
  if (!d) return gibbs_fail_memory(err, "a lattice's masks", layout->words * sizeof *d->mask);
  p->draft[b->number] = (uint32_t)(d - p->drafts) + 1;
  for (size_t k = 0; k < p->neighbours; k++) {
    if (!(present >> k & 1) || same_shift(&shift[k], &d->shift[k])) continue;
    uint32_t way = find_detour(p, d, k, &shift[k]);
    if (way == 0) return gibbs_fail_memory(err, "a lattice's masks", layout->words * sizeof *d->mask);
    p->way[b->number * p->neighbours + k] = way;
    p->winding[b->number] = true;
  }
  return GIBBS_OK;
}

static gibbs_status place_boxes(plan *p, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t b = 0; b < p->boxes && p->order[b].volume > 0 && status == GIBBS_OK; b++)
    status = place_box(p, &p->order[b], err);
  return status;
}

/* ---- masks ---------------------------------------------------------------------------------------- */

static void mark_detours(const plan *p, size_t number, draft *d, size_t slot) {
  const uint32_t *way = p->way + number * p->neighbours;
  for (size_t k = 0; k < p->neighbours; k++)
    if (way[k] > 0) d->detour[k][way[k] - 1].mask[slot / 64] |= (uint64_t)1 << slot % 64;
}

/* The line of slots along the last axis whose other kinds make the number `outer`. */
static void mark_line(plan *p, size_t outer, size_t slot) {
  const kinds *last = &p->axis[p->layout->axes - 1];
  size_t length = p->layout->axis[p->layout->axes - 1].count;
  for (size_t i = 0; i < length; i++, slot++) {
    size_t number = outer * last->count + find_kind(last, i);
    if (p->draft[number] == 0) continue;
    draft *d = &p->drafts[p->draft[number] - 1];
    d->mask[slot / 64] |= (uint64_t)1 << slot % 64;
    if (p->winding[number]) mark_detours(p, number, d, slot);
  }
}

static void mark_sites(plan *p) {
  const gibbs_multispin_layout *layout = p->layout;
  size_t length = layout->axis[layout->axes - 1].count;
  for (size_t line = 0; line < layout->slots / length; line++) {
    size_t outer = 0, rest = line * length;
    for (size_t a = 0; a + 1 < layout->axes; a++) {
      outer = outer * p->axis[a].count + find_kind(&p->axis[a], rest / layout->axis[a].stride);
      rest %= layout->axis[a].stride;
    }
    mark_line(p, outer, line * length);
  }
}

/* ---- phases --------------------------------------------------------------------------------------- */

static gibbs_status keep_detours(gibbs_multispin_layout *layout, const draft *d, size_t k,
                                 gibbs_multispin_operand *operand, gibbs_error *err) {
  operand->detour = calloc(d->detours[k] + 1, sizeof *operand->detour);
  if (!operand->detour) return gibbs_fail_memory(err, "a lattice's edges", d->detours[k] * sizeof *operand->detour);
  for (size_t t = 0; t < d->detours[k]; t++) {
    gibbs_multispin_detour *detour = &operand->detour[operand->detours++];
    detour->shift = d->detour[k][t].shift;
    detour->mask = gibbs_multispin_keep_mask(layout, d->detour[k][t].mask, &detour->low, &detour->high);
    if (!detour->mask) return gibbs_fail_memory(err, "a lattice's masks", layout->words * sizeof *detour->mask);
  }
  return GIBBS_OK;
}

/* After this many digits about one group in ten is undecided still. */
static size_t count_digits(size_t sites, const uint64_t *mask, size_t groups) {
  size_t busy = 0, digits = 3;
  for (size_t g = 0; g < groups; g++) {
    uint64_t any = 0;
    for (size_t w = 0; w < GIBBS_MULTISPIN_GROUP; w++) any |= mask[g * GIBBS_MULTISPIN_GROUP + w];
    busy += any != 0;
  }
  for (size_t mean = sites / busy; mean > 1; mean = (mean + 1) / 2) digits++;
  return digits;
}

static bool reads_itself(const gibbs_multispin_phase *phase) {
  for (size_t o = 0; o < phase->operands; o++) {
    const gibbs_multispin_operand *operand = &phase->operand[o];
    if (operand->shift.source == phase->target) return true;
    for (size_t t = 0; t < operand->detours; t++)
      if (operand->detour[t].shift.source == phase->target) return true;
  }
  return false;
}

static gibbs_status keep_phase(const plan *p, const draft *d, gibbs_error *err) {
  gibbs_multispin_layout *layout = p->layout;
  gibbs_multispin_phase *phase = &layout->phase[layout->phases++];
  *phase = (gibbs_multispin_phase){.target = p->class};
  phase->operand = calloc(p->neighbours + 1, sizeof *phase->operand);
  phase->term = calloc(p->neighbours + 1, sizeof *phase->term);
  phase->mask = gibbs_multispin_keep_mask(layout, d->mask, &phase->low, &phase->high);
  if (!phase->operand || !phase->term || !phase->mask)
    return gibbs_fail_memory(err, "a lattice's masks", layout->words * sizeof *d->mask);
  for (size_t k = 0; k < p->neighbours; k++) {
    if (!(d->present >> k & 1)) continue;
    gibbs_multispin_operand *operand = &phase->operand[phase->operands++];
    operand->direction = p->neighbour[k]->direction;
    operand->shift = d->shift[k];
    gibbs_status status = keep_detours(layout, d, k, operand, err);
    if (status != GIBBS_OK) return status;
  }
  for (size_t w = 0; w < layout->words; w++) phase->sites += (size_t)__builtin_popcountll(d->mask[w]);
  phase->sure = count_digits(phase->sites, phase->mask, phase->high - phase->low);
  phase->alone = reads_itself(phase);
  return GIBBS_OK;
}

static gibbs_status keep_phases(const plan *p, gibbs_error *err) {
  gibbs_multispin_layout *layout = p->layout;
  size_t room = layout->phases + p->draft_count;
  gibbs_multispin_phase *more = realloc(layout->phase, room * sizeof *more);
  if (!more) return gibbs_fail_memory(err, "a lattice's phases", room * sizeof *more);
  layout->phase = more;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < p->draft_count && status == GIBBS_OK; k++) status = keep_phase(p, &p->drafts[k], err);
  return status;
}

static void free_plan(plan *p) {
  for (size_t k = 0; k < p->draft_count; k++) {
    draft *d = &p->drafts[k];
    for (size_t n = 0; n < p->neighbours; n++) {
      for (size_t t = 0; t < d->detours[n]; t++) free(d->detour[n][t].mask);
      free(d->detour[n]);
    }
    free(d->mask);
  }
  free(p->order);
  free(p->draft);
  free(p->way);
  free(p->winding);
  free(p->drafts);
}

static gibbs_status lay_class(gibbs_multispin_layout *layout, size_t class, gibbs_error *err) {
  plan p = {.layout = layout, .class = class};
  gibbs_status status = GIBBS_OK;
  gibbs_multispin_residues(layout, class, p.residue);
  for (size_t a = 0; a < layout->axes; a++) p.axis[a] = sort_indices(&layout->axis[a], p.residue[a]);
  for (size_t k = 0; k < layout->neighbours; k++)
    if (layout->neighbour[k].from == class % layout->basis) p.neighbour[p.neighbours++] = &layout->neighbour[k];
  status = list_boxes(&p, err);
  if (status == GIBBS_OK) status = place_boxes(&p, err);
  if (status == GIBBS_OK) {
    mark_sites(&p);
    status = keep_phases(&p, err);
  }
  free_plan(&p);
  return status;
}

/* ---- padding --------------------------------------------------------------------------------------- */

/* Words that reading by this shift in these groups needs before slot 0 and after the last word of a class. */
static void widen(const gibbs_multispin_layout *layout, const gibbs_multispin_shift *shift, size_t low, size_t high,
                  ptrdiff_t *before, ptrdiff_t *after) {
  ptrdiff_t first = (ptrdiff_t)(low * GIBBS_MULTISPIN_GROUP) + shift->words;
  ptrdiff_t end = (ptrdiff_t)(high * GIBBS_MULTISPIN_GROUP) + shift->words + 1 - (ptrdiff_t)layout->words;
  if (-first > *before) *before = -first;
  if (end > *after) *after = end;
}

static void pad_classes(gibbs_multispin_layout *layout) {
  ptrdiff_t before = 0, after = 0;
  for (size_t k = 0; k < layout->phases; k++) {
    const gibbs_multispin_phase *phase = &layout->phase[k];
    for (size_t o = 0; o < phase->operands; o++) {
      const gibbs_multispin_operand *operand = &phase->operand[o];
      widen(layout, &operand->shift, phase->low, phase->high, &before, &after);
      for (size_t t = 0; t < operand->detours; t++)
        widen(layout, &operand->detour[t].shift, operand->detour[t].low, operand->detour[t].high, &before, &after);
    }
  }
  size_t group = GIBBS_MULTISPIN_GROUP;
  layout->before = ((size_t)before + group - 1) / group * group;
  layout->class_words = layout->before + layout->words + ((size_t)after + group - 1) / group * group;
}

static ptrdiff_t find_class(const gibbs_multispin_layout *layout, size_t class) {
  return (ptrdiff_t)(class * layout->class_words + layout->before);
}

static void address_classes(gibbs_multispin_layout *layout) {
  for (size_t k = 0; k < layout->phases; k++) {
    gibbs_multispin_phase *phase = &layout->phase[k];
    phase->at = find_class(layout, phase->target);
    for (size_t o = 0; o < phase->operands; o++) {
      gibbs_multispin_operand *operand = &phase->operand[o];
      operand->shift.at = find_class(layout, operand->shift.source) + operand->shift.words;
      for (size_t t = 0; t < operand->detours; t++) {
        gibbs_multispin_shift *shift = &operand->detour[t].shift;
        shift->at = find_class(layout, shift->source) + shift->words;
      }
    }
  }
}

gibbs_status gibbs_multispin_lay_phases(gibbs_multispin_layout *layout, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t class = 0; class < layout->classes && status == GIBBS_OK; class ++)
    status = lay_class(layout, class, err);
  if (status == GIBBS_OK) {
    pad_classes(layout);
    address_classes(layout);
  }
  return status;
}
