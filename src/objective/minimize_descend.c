/* minimize_descend.c - the table of methods, and the loop that drives any of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_method.h"

static const minimize_method *const methods[GIBBS_METHOD_COUNT] = {[GIBBS_METHOD_LBFGS] = &minimize_bfgs,
                                                                   [GIBBS_METHOD_ADAM] = &minimize_adam,
                                                                   [GIBBS_METHOD_MOMENTUM] = &minimize_momentum,
                                                                   [GIBBS_METHOD_SGD] = &minimize_sgd};

const minimize_method *minimize_method_row(gibbs_method method) {
  return methods[method];
}

static gibbs_status descend_with(const minimize_method *method, void *memory, minimize_search *search, double target,
                                 minimize_ending *ending) {
  for (;;) {
    *ending = MINIMIZE_REACHED;
    if (minimize_largest(search->n, search->here.gradient) <= target) return GIBBS_OK;
    *ending = MINIMIZE_EXHAUSTED;
    if (!minimize_steps_left(search)) return GIBBS_OK;
    bool moved = false;
    gibbs_status status = method->step(search, memory, &moved);
    if (status != GIBBS_OK) return status;
    *ending = MINIMIZE_STALLED;
    if (!moved) return GIBBS_OK;
    search->steps++;
    status = minimize_record(search);
    if (status != GIBBS_OK) return status;
  }
}

gibbs_status minimize_descend(minimize_search *search, double target, minimize_ending *ending) {
  const minimize_method *method = minimize_method_row(search->options->method);
  *ending = MINIMIZE_REACHED;
  if (minimize_largest(search->n, search->here.gradient) <= target) return GIBBS_OK;
  void *memory = NULL;
  gibbs_status status = method->open(search, &memory);
  if (status != GIBBS_OK) return status;
  status = descend_with(method, memory, search, target, ending);
  method->close(memory);
  return status;
}
