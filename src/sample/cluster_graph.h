/* cluster_graph.h - Swendsen-Wang sweeps over lists of bonds, for units of any number of states.
 *
 * Two states: clusters are flipped.  More states and attractive bonds only: every cluster draws one of the states.
 * Repulsive bonds too: the states are put into random pairs, and units flip between the two of a pair as if they were
 * spins (Wang, Swendsen and Kotecky, Phys. Rev. Lett. 63 (1989) 109, for all pairs at once). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_GRAPH_H
#define GIBBS_SAMPLE_CLUSTER_GRAPH_H

#include "cluster_nodes.h"

/* What one thread needs. */
typedef struct gibbs_cluster_graph_scratch {
  uint8_t *key;   /* [unit]: 2 * pair + position in the pair, or the state */
  uint8_t *pair;  /* [unit] */
  double *weight; /* [unit * states + state]: energy of a cluster in every state, at its root; NULL: no fields */
  gibbs_cluster_nodes nodes;
} gibbs_cluster_graph_scratch;
gibbs_status gibbs_cluster_graph_scratch_new(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *out,
                                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_graph_scratch_clear(gibbs_cluster_graph_scratch *scratch);

/* One sweep of one chain, state[unit]. */
void gibbs_cluster_graph_sweep(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *scratch,
                               gibbs_cluster_dice *dice, uint8_t *state, gibbs_cluster_report *report);
/* The last step for more states and attractive bonds only: clusters are gathered, each draws its state. */
void gibbs_cluster_draw_states(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *scratch,
                               gibbs_cluster_dice *dice, uint8_t *state, gibbs_cluster_report *report);

#endif
