/* distribution.h - what a distribution is, for the rooms of the model floor only. */
#ifndef GIBBS_MODEL_DISTRIBUTION_H
#define GIBBS_MODEL_DISTRIBUTION_H

#include "gibbs/distribution.h"

struct gibbs_distribution {
  size_t references;
  char *family;
  gibbs_expr *energy, *hamiltonian;
  gibbs_expr
      *partial; /* the energy after the closed-form sums: depends on v and on the enumerated hidden variables */
  gibbs_expr **visible, **hidden, **parameters;
  size_t visible_count, hidden_count, parameter_count;
  gibbs_expr **conditional; /* per hidden variable: its mean given the rest, NULL where it is enumerated */
  gibbs_form form;
  bool swap_tried;
  gibbs_distribution *swapped;
};

/* closed_form.c: fill conditional, partial and hamiltonian from energy and hidden. */
gibbs_status gibbs_sum_hidden(gibbs_distribution *distribution, gibbs_error *err) GIBBS_CHECKED;
/* The hidden variables that are enumerated: borrowed nodes into `out` (room for hidden_count), returns how many. */
size_t gibbs_enumerated_hidden(const gibbs_distribution *distribution, gibbs_expr *out[]);

/* form.c: find the structure of hamiltonian. */
gibbs_status gibbs_form_find(gibbs_distribution *distribution, gibbs_error *err) GIBBS_CHECKED;
void gibbs_form_clear(gibbs_form *form);

#endif
