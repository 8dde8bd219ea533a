/* elements.c - units as programs and normal forms see them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "elements.h"

#include <string.h>

void gibbs_elements_fill(const gibbs_segment *segment, size_t chains, const double *values, double *elements) {
  if (segment->domain != GIBBS_POTTS) {
    memcpy(elements, values, segment->units * chains * sizeof *elements);
    return;
  }
  memset(elements, 0, segment->elements * chains * sizeof *elements);
  for (size_t u = 0; u < segment->units; u++)
    for (size_t c = 0; c < chains; c++)
      elements[(u * segment->states + (size_t)values[u * chains + c] - 1) * chains + c] = 1;
}

const double *gibbs_elements_of(const gibbs_normal_form *form, size_t chains, const double *values,
                                double *elements) {
  if (gibbs_normal_form_elements(form) == gibbs_normal_form_units(form)) return values;
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++)
    gibbs_elements_fill(&segments[k], chains, values + segments[k].first_unit * chains,
                        elements + segments[k].first_element * chains);
  return elements;
}
