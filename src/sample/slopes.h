/* slopes.h - ways to have H and its gradients at many configurations: for the rooms of the sampling floor only. */
#ifndef GIBBS_SAMPLE_SLOPES_H
#define GIBBS_SAMPLE_SLOPES_H

#include "gibbs/slopes.h"

/* One way, for the energies whose structure it knows. */
typedef struct gibbs_slopes_way {
  const char *name;
  /* *instance stays NULL where the structure is another one. */
  gibbs_status (*make)(const gibbs_slopes *slopes, void **instance, gibbs_error *err);
  void (*free)(void *instance);
  /* As in gibbs/slopes.h, of at least one configuration. */
  gibbs_status (*hamiltonian)(void *instance, const double *rows, size_t count, double *out, gibbs_error *err);
  gibbs_status (*add)(void *instance, const double *rows, size_t count, const double *weight, double *const totals[],
                      gibbs_error *err);
  gibbs_status (*along)(void *instance, const double *rows, size_t count, const double *const direction[],
                        double *out, gibbs_error *err);
  gibbs_status (*squares)(void *instance, const double *rows, size_t count, const double *weight,
                          double *const totals[], gibbs_error *err);
  gibbs_status (*hidden_mean)(void *instance, const double *rows, size_t count, const double *weight, double *total,
                              gibbs_error *err);
  bool (*layers)(const void *instance, gibbs_layers *out); /* NULL: there are none */
} gibbs_slopes_way;

struct gibbs_slopes {
  gibbs_distribution *distribution; /* retained */
  gibbs_expr **parameters;          /* retained */
  size_t count;
  const gibbs_slopes_way *way;
  void *instance;
};

extern const gibbs_slopes_way gibbs_slopes_two_layers, gibbs_slopes_expression;

#endif
