/* minimize_method.h - what a minimisation method has to offer: a way to go from one point to the next. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_METHOD_H
#define GIBBS_OBJECTIVE_MINIMIZE_METHOD_H

#include "minimize_search.h"

typedef struct minimize_method {
  bool polished; /* Newton steps end the descent; a method without them is left to show what it can do itself */
  gibbs_status (*open)(minimize_search *search, void **memory);
  /* Replace search->here by the next point, visited.  *moved = false: there is no way on. */
  gibbs_status (*step)(minimize_search *search, void *memory, bool *moved);
  void (*close)(void *memory);
} minimize_method;

const minimize_method *minimize_method_row(gibbs_method method);

extern const minimize_method minimize_bfgs, minimize_adam, minimize_momentum, minimize_sgd;

typedef enum minimize_ending { MINIMIZE_REACHED, MINIMIZE_STALLED, MINIMIZE_EXHAUSTED } minimize_ending;

/* Descend from search->here until the largest component of the merit's gradient is at most `target`. */
gibbs_status minimize_descend(minimize_search *search, double target, minimize_ending *ending) GIBBS_CHECKED;

#endif
