/* functional.h - what a functional and an objective are, for the rooms of the objective floor only. */
#ifndef GIBBS_OBJECTIVE_FUNCTIONAL_H
#define GIBBS_OBJECTIVE_FUNCTIONAL_H

#include "gibbs/batch.h"
#include "gibbs/exact.h"
#include "gibbs/objective.h"
#include "gibbs/program.h"

/* The payload of a functional leaf. */
typedef struct gibbs_term {
  gibbs_functional leaf; /* its payload is this term */
  gibbs_functional_kind kind;
  gibbs_distribution *p, *q; /* q: the model; p: the other distribution, NULL where there is none */
  gibbs_data *data;
  gibbs_expr *f; /* MEAN */
  gibbs_custom custom;
} gibbs_term;

/* Distributions summed together over the same states. */
typedef struct gibbs_scene {
  gibbs_distribution **members;  /* retained */
  gibbs_observable *observables; /* their expressions are retained */
  size_t member_count, observable_count;
  bool states; /* more than free energies is asked for */
  gibbs_ensemble *ensemble;
} gibbs_scene;

struct gibbs_neighbours;

/* A functional placed among the scenes. */
typedef struct gibbs_leaf {
  gibbs_expr *node; /* retained */
  const gibbs_term *term;
  size_t scene, p, q, observable;
  gibbs_batch *batch; /* data functionals: configurations, with a weight and a value of H each */
  size_t batch_count;
  double *batch_weight, *batch_energy;
  struct gibbs_neighbours *neighbours; /* for objectives of that sort, instead of a batch */
  double *states, *target_states, *state_weight; /* CUSTOM: H of model and target, and dL/dH, over all states */
  double value, coefficient;                     /* of the last evaluation; coefficient: d objective / d value */
} gibbs_leaf;

struct gibbs_objective {
  gibbs_expr *expr, *outer; /* outer: functionals replaced by inputs */
  gibbs_expr **inputs;
  gibbs_leaf *leaves;
  gibbs_scene *scenes;
  gibbs_expr **parameters;
  size_t leaf_count, scene_count, parameter_count;
  gibbs_program *slopes; /* value, then its derivative by every leaf */
  gibbs_program *explicit_slopes;
  gibbs_expr **wanted; /* of explicit_slopes */
  size_t wanted_count;
  bool *direct; /* [wanted]: outer depends on it */
};

/* What each kind of functional does, one row a kind (functionals.c). */
typedef struct gibbs_functional_row {
  const char *name;
  bool states; /* needs more than free energies from the scene */
  gibbs_status (*value)(gibbs_objective *objective, gibbs_leaf *leaf, gibbs_error *err);
  /* Add coefficient * dvalue/dH_k to weight[k], and coefficient * dvalue/dO to observable_weight. */
  void (*weigh)(const gibbs_ensemble *ensemble, const gibbs_leaf *leaf, const gibbs_view *view,
                double *const weight[], double *const observable_weight[]);
} gibbs_functional_row;
const gibbs_functional_row *gibbs_functional_row_of(gibbs_functional_kind kind);

/* scene.c: plan the sums of all leaves, and make their ensembles. */
gibbs_status gibbs_scenes_plan(gibbs_objective *objective, gibbs_error *err) GIBBS_CHECKED;
void gibbs_scene_clear(gibbs_scene *scene);
/* The configurations a data functional evaluates H at. */
gibbs_status gibbs_leaf_load(gibbs_leaf *leaf, gibbs_error *err) GIBBS_CHECKED;
void gibbs_leaf_clear(gibbs_leaf *leaf);

/* Value of every leaf, with the present parameters. */
gibbs_status gibbs_objective_evaluate(gibbs_objective *objective, gibbs_error *err) GIBBS_CHECKED;

#endif
