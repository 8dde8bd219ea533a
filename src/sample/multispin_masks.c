/* multispin_masks.c - the masks of a lattice's phases, each kept once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "multispin.h"

/* The groups outside which the mask is 0; low = high = 0 where it is 0 everywhere. */
static void trim_groups(const uint64_t *mask, size_t words, size_t *low, size_t *high) {
  size_t first = 0, end = words;
  while (first < words && mask[first] == 0) first++;
  while (end > first && mask[end - 1] == 0) end--;
  *low = first == words ? 0 : first / GIBBS_MULTISPIN_GROUP;
  *high = (end + GIBBS_MULTISPIN_GROUP - 1) / GIBBS_MULTISPIN_GROUP;
  if (first == words) *high = 0;
}

static const uint64_t *find_mask(const gibbs_multispin_layout *layout, const uint64_t *words, size_t count) {
  for (size_t k = 0; k < layout->masks; k++)
    if (layout->mask_words[k] == count && memcmp(layout->mask[k], words, count * sizeof *words) == 0)
      return layout->mask[k];
  return NULL;
}

/* Room for one more; it doubles. */
static bool grow(gibbs_multispin_layout *layout) {
  size_t count = layout->masks;
  if ((count & (count - 1)) != 0) return true;
  size_t room = count == 0 ? 1 : 2 * count;
  uint64_t **mask = realloc(layout->mask, room * sizeof *mask);
  if (mask) layout->mask = mask;
  size_t *sizes = realloc(layout->mask_words, room * sizeof *sizes);
  if (sizes) layout->mask_words = sizes;
  return mask && sizes;
}

const uint64_t *gibbs_multispin_keep_mask(gibbs_multispin_layout *layout, const uint64_t *mask, size_t *low,
                                          size_t *high) {
  trim_groups(mask, layout->words, low, high);
  const uint64_t *words = mask + *low * GIBBS_MULTISPIN_GROUP;
  size_t count = (*high - *low) * GIBBS_MULTISPIN_GROUP;
  const uint64_t *known = find_mask(layout, words, count);
  if (known) return known;
  if (!grow(layout)) return NULL;
  uint64_t *copy = aligned_alloc(64, (count + GIBBS_MULTISPIN_GROUP) * sizeof *copy);
  if (!copy) return NULL;
  memcpy(copy, words, count * sizeof *copy);
  layout->mask[layout->masks] = copy;
  layout->mask_words[layout->masks++] = count;
  return copy;
}
