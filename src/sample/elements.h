/* elements.h - units as programs and normal forms see them. */
#ifndef GIBBS_SAMPLE_ELEMENTS_H
#define GIBBS_SAMPLE_ELEMENTS_H

#include "gibbs/normal_form.h"

/* Units of one variable, values[u * chains + c], as elements[e * chains + c]: Potts units become indicators. */
void gibbs_elements_fill(const gibbs_segment *segment, size_t chains, const double *values, double *elements);
/* The same for all variables of a form; returns `values` itself where nothing has to be done. */
const double *gibbs_elements_of(const gibbs_normal_form *form, size_t chains, const double *values, double *elements);

#endif
