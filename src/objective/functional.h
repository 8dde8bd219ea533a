/* functional.h - what a functional and an objective are, for the rooms of the objective floor only.
 *
 * A functional is a sum over states.  A scene is where the states come from: all of them, or samples that stand for
 * them; the rows of functionals.c do not know which. */
#ifndef GIBBS_OBJECTIVE_FUNCTIONAL_H
#define GIBBS_OBJECTIVE_FUNCTIONAL_H

#include "gibbs/batch.h"
#include "gibbs/exact.h"
#include "gibbs/objective.h"
#include "gibbs/program.h"

/* The payload of a functional leaf. */
typedef struct gibbs_term {
  gibbs_functional leaf; /* its payload is this term */
  char name[64];         /* in texts */
  gibbs_functional_kind kind;
  gibbs_distribution *p, *q; /* q: the model; p: the other distribution, NULL where there is none */
  gibbs_data *data;
  gibbs_expr *f; /* MEAN */
  gibbs_custom custom;
} gibbs_term;

/* What a scene knows of its members: sums over its states. */
typedef struct gibbs_sums {
  size_t members, observables;
  double *log_z;  /* [member] */
  double *energy; /* [under * members + of]: <H_of>_under */
  double *mean;   /* [under * observables + observable]; of scalars */
} gibbs_sums;

struct gibbs_pool;

/* Distributions over the same states: visited one by one (ensemble), or sampled (pool). */
typedef struct gibbs_scene {
  gibbs_distribution **members;  /* retained */
  gibbs_observable *observables; /* their expressions are retained */
  size_t member_count, observable_count;
  bool states; /* more than free energies is asked for */
  gibbs_ensemble *ensemble;
  struct gibbs_pool *pool;
  gibbs_sums sums;
} gibbs_scene;

struct gibbs_neighbours;

/* A functional placed among the scenes. */
typedef struct gibbs_leaf {
  gibbs_expr *node; /* retained */
  const gibbs_term *term;
  size_t scene, p, q, observable; /* scene: SIZE_MAX where none is needed */
  gibbs_batch *batch;             /* data functionals, on all states: configurations, with a value of H each */
  size_t batch_count;
  double *batch_energy;
  struct gibbs_neighbours *neighbours; /* for objectives of that sort, instead of a batch */
  double data_mean;                    /* of H over data, or of the objective of neighbours */
  double *states[4];                   /* CUSTOM: H and probability of model and target */
  double *state_weight;                /* CUSTOM: dL/dH */
  size_t state_room;
  double value, coefficient; /* of the last evaluation; coefficient: d objective / d value */
} gibbs_leaf;

struct gibbs_sampled;

struct gibbs_objective {
  gibbs_expr *expr, *outer; /* outer: functionals replaced by inputs */
  gibbs_expr **inputs;
  gibbs_leaf *leaves;
  gibbs_scene *scenes;
  gibbs_expr **parameters;
  size_t leaf_count, scene_count, parameter_count;
  gibbs_program *slopes; /* value, then its derivative by every leaf */
  gibbs_workspace *slopes_room;
  bool linear; /* none of these derivatives depends on a leaf */
  gibbs_program *explicit_slopes;
  gibbs_workspace *explicit_room;
  gibbs_expr **wanted; /* of explicit_slopes */
  size_t wanted_count;
  bool direct, direct_linear;    /* outer depends on one of them; and how is not a matter of leaves */
  const double **in;             /* [leaf]: room for a run of the programs */
  double **out;                  /* [1 + leaf] */
  struct gibbs_sampled *sampled; /* NULL: sums over all states, */
  bool by_transfer;              /* or elimination */
};

/* What a functional takes from a scene. */
typedef enum gibbs_demands { GIBBS_DEMANDS_NOTHING, GIBBS_DEMANDS_FREE_ENERGY, GIBBS_DEMANDS_STATES } gibbs_demands;

/* How weights of states come about. */
typedef enum gibbs_weights {
  GIBBS_WEIGHTS_PROBABILITY, /* the probabilities alone */
  GIBBS_WEIGHTS_OBSERVABLE,  /* f as well, and its mean */
  GIBBS_WEIGHTS_TARGET,      /* where the target varies: H of both */
  GIBBS_WEIGHTS_ENERGY       /* H of all members */
} gibbs_weights;

/* What each kind of functional does, one row a kind (functionals.c). */
typedef struct gibbs_functional_row {
  const char *name;
  gibbs_demands demands;
  gibbs_weights weights;
  int data; /* d value / d data_mean */
  /* leaf->value from the sums and the data. */
  gibbs_status (*value)(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err);
  /* Add coefficient * dvalue/dH_k to weight[k], and coefficient * dvalue/dO to observable_weight; NULL: nothing. */
  void (*weigh)(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view, double *const weight[],
                double *const observable_weight[]);
} gibbs_functional_row;
const gibbs_functional_row *gibbs_functional_row_of(gibbs_functional_kind kind);

/* Add up what the leaves of a scene make of the states in view. */
void gibbs_scene_weigh(const gibbs_objective *objective, size_t scene, const gibbs_view *view, double *const weight[],
                       double *const observable_weight[]);

/* scene.c: plan the sums of all leaves, and make their ensembles. */
gibbs_status gibbs_scenes_plan(gibbs_objective *objective, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_scene_add_member(gibbs_scene *scene, gibbs_distribution *d, size_t *member,
                                    gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_scene_add_observable(gibbs_scene *scene, gibbs_expr *f, size_t owner, size_t *observable,
                                        gibbs_error *err) GIBBS_CHECKED;
/* Whether visible units agree in number, order, domain and units. */
bool gibbs_scene_same_space(gibbs_distribution *a, gibbs_distribution *b);
gibbs_status gibbs_scene_make_sums(gibbs_scene *scene, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_scene_visit(const gibbs_scene *scene, gibbs_visit visit, void *context,
                               gibbs_error *err) GIBBS_CHECKED;
/* How many states there are to be visited. */
size_t gibbs_scene_states(const gibbs_scene *scene);
void gibbs_scene_clear(gibbs_scene *scene);
/* "kl: ..." */
gibbs_status gibbs_leaf_prefix(const gibbs_leaf *leaf, gibbs_status status, gibbs_error *err);
void gibbs_leaf_clear(gibbs_leaf *leaf);

/* objective.c: everything but the scenes. */
gibbs_status gibbs_objective_open(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) GIBBS_CHECKED;

/* outer.c: the function of functionals that an objective is. */
gibbs_status gibbs_outer_compile(gibbs_objective *objective, gibbs_error *err) GIBBS_CHECKED;
void gibbs_outer_clear(gibbs_objective *objective);
/* The value at the leaves' values, and their coefficients. */
gibbs_status gibbs_outer_run(gibbs_objective *objective, double *value, gibbs_error *err) GIBBS_CHECKED;
/* Make ready for gradients by these parameters. */
gibbs_status gibbs_outer_aim(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                             gibbs_error *err) GIBBS_CHECKED;
/* Add what the function depends on by itself, at the leaves' values. */
gibbs_status gibbs_outer_add(gibbs_objective *objective, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;

#endif
