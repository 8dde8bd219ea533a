/* tempering.h - what the files of parallel tempering share. */
#ifndef GIBBS_SAMPLE_TEMPERING_H
#define GIBBS_SAMPLE_TEMPERING_H

#include "kernel.h"

/* One energy of the ladder, and its chains. */
typedef struct gibbs_rung {
  gibbs_target target; /* with a form of its own */
  void *instance;
  double *values;   /* [unit * chains + c], while swaps are decided */
  double *elements; /* where they differ from the units */
  double *energy;   /* of its own configurations, at scale 1 (ladders of scales only) */
} gibbs_rung;

typedef struct gibbs_tempering {
  const gibbs_target *target;
  const gibbs_kernel *base;
  double *base_settings;
  size_t rungs, chains, first_chain, selected;
  gibbs_rung *rung;
  double *scale;
  size_t parameter_count; /* of a path of parameters */
  gibbs_expr **parameters;
  double **values;
  double *present; /* room for the present values of one parameter set */
  bool fixed, adapting;
  uint64_t tried, next_adaptation; /* swap rounds since the counts began; rounds at which the ladder moves */
  double *accepted;                /* a pair: mean acceptance added up over rounds in which it was tried */
  uint64_t *rounds;                /* a pair: those rounds */
  double *last;                    /* a chain: mean acceptance in the last round */
  uint32_t *replica;               /* [rung * chains + c]: which one is there */
  uint8_t *downward;               /* [replica * chains + c]: on its way back from the last rung */
  uint64_t *trips;                 /* a chain: round trips of its replicas */
} gibbs_tempering;

/* tempering_ladder.c */
gibbs_status gibbs_ladder_make(gibbs_tempering *t, double hottest, gibbs_error *err) GIBBS_CHECKED;
void gibbs_ladder_clear(gibbs_tempering *t);
/* Every rung's form with its scale and parameters, from the present values of the model. */
gibbs_status gibbs_ladder_refresh(gibbs_tempering *t, gibbs_error *err) GIBBS_CHECKED;
/* Move the scales to equal acceptance, as far as it is known. */
gibbs_status gibbs_ladder_adapt(gibbs_tempering *t, gibbs_error *err) GIBBS_CHECKED;
void gibbs_ladder_forget(gibbs_tempering *t);

/* tempering_swap.c: one round of swaps between neighbours, even pairs in even steps. */
gibbs_status gibbs_tempering_swap(gibbs_tempering *t, uint64_t seed, uint32_t step, gibbs_error *err) GIBBS_CHECKED;

#endif
