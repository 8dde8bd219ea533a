/* transfer_model.h - a distribution's joint energy, ready to be summed unit by unit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_TRANSFER_MODEL_H
#define GIBBS_EXACT_TRANSFER_MODEL_H

#include "eliminate.h"
#include "gibbs/transfer.h"

typedef struct gibbs_transfer_model {
  gibbs_expr **variables; /* visible, then hidden: borrowed nodes */
  size_t variable_count;
  gibbs_normal_form *form;
  gibbs_interactions list;
  gibbs_elimination plan;
} gibbs_transfer_model;

/* The terms of -E, each with `slope` times itself as its derivative; no plan yet. */
gibbs_status gibbs_transfer_open(gibbs_distribution *d, double slope, gibbs_transfer_model *out,
                                 gibbs_error *err) GIBBS_CHECKED;
/* Add the terms of f: nothing to the weight, themselves to the derivative. */
gibbs_status gibbs_transfer_add(gibbs_transfer_model *model, gibbs_expr *f, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_transfer_plan(gibbs_transfer_model *model, gibbs_error *err) GIBBS_CHECKED;
/* log Z and its derivatives along the slopes, by the plan or by powers of the matrix between rows. */
gibbs_status gibbs_transfer_sum(gibbs_transfer_model *model, size_t orders, double *out,
                                gibbs_error *err) GIBBS_CHECKED;
void gibbs_transfer_close(gibbs_transfer_model *model);

#endif
