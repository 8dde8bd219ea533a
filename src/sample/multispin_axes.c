/* multispin_axes.c - classes of sites that do not interact, found from the directions of a regular lattice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "multispin.h"

enum { MOST_MODULUS = 8, MOST_CLASSES = 64, MOST_REACH = 16 };

/* The offset of a direction in a lattice of these lengths, of least size; false when no site has such a partner. */
static bool reduce_offset(const gibbs_regular *regular, const long offset[], long out[GIBBS_MAX_RANK]) {
  for (size_t a = 0; a < regular->axes; a++) {
    long length = (long)regular->extent[a], o = offset[a];
    if (regular->periodic[a]) {
      o %= length;
      if (2 * o > length) o -= length;
      if (2 * o <= -length) o += length;
    } else if (o >= length || -o >= length) {
      return false;
    }
    out[a] = o;
  }
  return true;
}

static bool is_zero(const gibbs_multispin_layout *layout, const long offset[]) {
  for (size_t a = 0; a < layout->axes; a++)
    if (offset[a] != 0) return false;
  return true;
}

static void add_neighbour(gibbs_multispin_layout *layout, const long offset[], size_t from, size_t to, long sign,
                          size_t direction) {
  gibbs_multispin_neighbour *n = &layout->neighbour[layout->neighbours++];
  *n = (gibbs_multispin_neighbour){.from = from, .to = to, .direction = direction};
  for (size_t a = 0; a < layout->axes; a++) {
    n->offset[a] = sign * offset[a];
    size_t reach = (size_t)labs(offset[a]);
    if (reach > layout->axis[a].reach) layout->axis[a].reach = reach;
  }
}

/* Both ends of every direction; a bond of a site with itself is a constant. */
static gibbs_status list_neighbours(const gibbs_regular *regular, gibbs_multispin_layout *layout, gibbs_error *err) {
  size_t room = 2 * regular->directions + 1;
  layout->neighbour = calloc(room, sizeof *layout->neighbour);
  if (!layout->neighbour) return gibbs_fail_memory(err, "a lattice's directions", room * sizeof *layout->neighbour);
  for (size_t d = 0; d < regular->directions; d++) {
    const gibbs_direction *direction = &regular->direction[d];
    long offset[GIBBS_MAX_RANK] = {0};
    if (!reduce_offset(regular, direction->offset, offset)) continue;
    if (direction->from == direction->to && is_zero(layout, offset)) continue;
    add_neighbour(layout, offset, direction->from, direction->to, 1, d);
    add_neighbour(layout, offset, direction->to, direction->from, -1, d);
  }
  return GIBBS_OK;
}

static gibbs_status check_neighbours(const gibbs_multispin_layout *layout, gibbs_error *err) {
  for (size_t b = 0; b < layout->basis; b++) {
    size_t count = 0;
    for (size_t k = 0; k < layout->neighbours; k++) count += layout->neighbour[k].from == b;
    if (count > GIBBS_MULTISPIN_NEIGHBOURS)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "a site has %zu neighbours, and at most %d can be counted", count,
                        GIBBS_MULTISPIN_NEIGHBOURS);
  }
  for (size_t a = 0; a < layout->axes; a++)
    if (layout->axis[a].reach > MOST_REACH)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "couplings reach over %zu cells, and at most %d are allowed",
                        layout->axis[a].reach, MOST_REACH);
  return GIBBS_OK;
}

/* Whether two sites of equal residues never interact (but across seams). */
static bool separates(const gibbs_multispin_layout *layout, const size_t modulus[]) {
  for (size_t k = 0; k < layout->neighbours; k++) {
    const gibbs_multispin_neighbour *n = &layout->neighbour[k];
    bool apart = n->from != n->to;
    for (size_t a = 0; a < layout->axes; a++) apart |= n->offset[a] % (long)modulus[a] != 0;
    if (!apart) return false;
  }
  return true;
}

/* The next of all moduli, the last axis fastest; false after the last. */
static bool step_moduli(const gibbs_multispin_layout *layout, size_t modulus[]) {
  for (size_t a = layout->axes; a-- > 0;) {
    size_t most = layout->axis[a].reach == 0 ? 1 : MOST_MODULUS;
    if (modulus[a] < most && modulus[a] < layout->axis[a].extent) {
      modulus[a]++;
      return true;
    }
    modulus[a] = 1;
  }
  return false;
}

/* The moduli with the fewest classes. */
static gibbs_status choose_moduli(gibbs_multispin_layout *layout, gibbs_error *err) {
  size_t modulus[GIBBS_MAX_RANK], best = MOST_CLASSES + 1;
  for (size_t a = 0; a < layout->axes; a++) modulus[a] = 1;
  do {
    size_t classes = 1;
    for (size_t a = 0; a < layout->axes; a++) classes *= modulus[a];
    if (classes >= best || !separates(layout, modulus)) continue;
    best = classes;
    for (size_t a = 0; a < layout->axes; a++) layout->axis[a].modulus = modulus[a];
  } while (step_moduli(layout, modulus));
  layout->classes = best * layout->basis;
  if (best > MOST_CLASSES)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "the couplings reach so far that the sites do not fall into %d classes or fewer without "
                      "couplings inside",
                      MOST_CLASSES);
  return GIBBS_OK;
}

static void number_slots(gibbs_multispin_layout *layout) {
  layout->slots = 1;
  for (size_t a = layout->axes; a-- > 0;) {
    gibbs_multispin_axis *axis = &layout->axis[a];
    axis->count = (axis->extent + axis->modulus - 1) / axis->modulus;
    axis->stride = layout->slots;
    axis->seam = axis->periodic && axis->extent % axis->modulus != 0;
    layout->slots *= axis->count;
  }
  size_t bits = 64 * GIBBS_MULTISPIN_GROUP;
  layout->words = (layout->slots + bits - 1) / bits * GIBBS_MULTISPIN_GROUP;
}

gibbs_status gibbs_multispin_lay_axes(const gibbs_regular *regular, gibbs_multispin_layout *out, gibbs_error *err) {
  gibbs_multispin_layout layout = {.axes = regular->axes, .basis = regular->basis};
  for (size_t a = 0; a < layout.axes; a++) {
    layout.axis[a].extent = regular->extent[a];
    layout.axis[a].periodic = regular->periodic[a];
  }
  gibbs_status status = list_neighbours(regular, &layout, err);
  if (status == GIBBS_OK) status = check_neighbours(&layout, err);
  if (status == GIBBS_OK) status = choose_moduli(&layout, err);
  if (status != GIBBS_OK) {
    gibbs_multispin_layout_free(&layout);
    return status;
  }
  number_slots(&layout);
  *out = layout;
  return GIBBS_OK;
}

void gibbs_multispin_residues(const gibbs_multispin_layout *layout, size_t class, size_t residue[GIBBS_MAX_RANK]) {
  class /= layout->basis;
  for (size_t a = layout->axes; a-- > 0;) {
    residue[a] = class % layout->axis[a].modulus;
    class /= layout->axis[a].modulus;
  }
}

bool gibbs_multispin_find(const gibbs_multispin_layout *layout, const gibbs_multispin_neighbour *neighbour,
                          const size_t x[GIBBS_MAX_RANK], size_t *class, size_t *slot) {
  *class = *slot = 0;
  for (size_t a = 0; a < layout->axes; a++) {
    const gibbs_multispin_axis *axis = &layout->axis[a];
    long length = (long)axis->extent, at = (long)x[a] + neighbour->offset[a];
    if (!axis->periodic && (at < 0 || at >= length)) return false;
    size_t y = (size_t)(at < 0 ? at + length : at >= length ? at - length : at);
    *class = *class * axis->modulus + y % axis->modulus;
    *slot += y / axis->modulus * axis->stride;
  }
  *class = *class * layout->basis + neighbour->to;
  return true;
}

size_t gibbs_multispin_slot(const gibbs_multispin_layout *layout, const size_t x[GIBBS_MAX_RANK]) {
  size_t slot = 0;
  for (size_t a = 0; a < layout->axes; a++) slot += x[a] / layout->axis[a].modulus * layout->axis[a].stride;
  return slot;
}

void gibbs_multispin_layout_free(gibbs_multispin_layout *layout) {
  for (size_t k = 0; k < layout->phases; k++) {
    gibbs_multispin_phase *phase = &layout->phase[k];
    for (size_t o = 0; o < phase->operands; o++) free(phase->operand[o].detour);
    free(phase->operand);
    free(phase->term);
  }
  for (size_t k = 0; k < layout->masks; k++) free(layout->mask[k]);
  free(layout->phase);
  free(layout->mask);
  free(layout->mask_words);
  free(layout->neighbour);
  *layout = (gibbs_multispin_layout){0};
}
