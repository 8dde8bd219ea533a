/* cluster_rows.h - two-state units of a regular lattice as rows of bits, and Swendsen-Wang sweeps over whole words.
 *
 * A row is the last axis with the sites of a cell next to each other.  Bonds of neighbours in a row cut it into runs,
 * which are numbered in their order; only bonds between rows are then followed one by one, and most of these cost no
 * search. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_ROWS_H
#define GIBBS_SAMPLE_CLUSTER_ROWS_H

#include "cluster_nodes.h"

/* The bonds of one direction, seen from their later end: site k of row r has one with site (k + shift) mod width of
 * row partner[r]. */
typedef struct gibbs_cluster_line {
  bool along; /* with site k - 1 of the same row */
  uint32_t shift;
  uint64_t unlike;   /* all ones where the bonds ask their ends to differ */
  uint64_t chance;   /* of activation, in 2^-64 */
  uint64_t *valid;   /* [word]: the sites that have such a bond */
  uint32_t *partner; /* [row], or GIBBS_CLUSTER_NONE */
} gibbs_cluster_line;

typedef struct gibbs_cluster_rows {
  size_t width, words, rows, lines;
  gibbs_cluster_line *line;
} gibbs_cluster_rows;

/* Of a model that has a regular lattice; `out` may be cleared in any case. */
gibbs_status gibbs_cluster_rows_new(const gibbs_cluster_model *model, gibbs_cluster_rows *out,
                                    gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_rows_clear(gibbs_cluster_rows *rows);

/* What one thread needs. */
typedef struct gibbs_cluster_row_scratch {
  uint64_t *active;          /* [line][row * words + word] */
  uint64_t *starts;          /* [row * words + word]: the sites where a run starts */
  uint32_t *base;            /* likewise: how many runs start before */
  uint32_t *position;        /* [run]: its first site */
  gibbs_cluster_nodes nodes; /* the runs */
} gibbs_cluster_row_scratch;
gibbs_status gibbs_cluster_row_scratch_new(const gibbs_cluster_rows *rows, const gibbs_cluster_model *model,
                                           gibbs_cluster_row_scratch *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_row_scratch_clear(gibbs_cluster_row_scratch *scratch);

/* One sweep of one chain, spins[row * words + word]. */
void gibbs_cluster_rows_sweep(const gibbs_cluster_rows *rows, const gibbs_cluster_model *model,
                              gibbs_cluster_row_scratch *scratch, gibbs_cluster_dice *dice, uint64_t *spins,
                              gibbs_cluster_report *report);

#endif
