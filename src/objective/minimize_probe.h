/* minimize_probe.h - is a stationary point a minimum that is attained? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_PROBE_H
#define GIBBS_OBJECTIVE_MINIMIZE_PROBE_H

#include "minimize_curvature.h"

typedef enum minimize_finding {
  MINIMIZE_ATTAINED, /* a minimum, alone or among a surface of minima */
  MINIMIZE_TAIL,     /* the gradient fades, but the point it fades towards is at infinity */
  MINIMIZE_LOWER,    /* not a minimum, and a lower point was found: `lower` */
  MINIMIZE_BENT      /* a negative eigenvalue, but no lower point was found */
} minimize_finding;

/* Look around search->here, whose gradient is small; `lower` is room for a point. */
gibbs_status minimize_probe(minimize_search *search, const minimize_curvature *curvature, minimize_point *lower,
                            minimize_finding *finding) GIBBS_CHECKED;

/* The lowest of some points along +-direction (of unit length); *found tells whether it is lower than `here`. */
gibbs_status minimize_seek_lower(minimize_search *search, const double *direction, minimize_point *lower,
                                 bool *found) GIBBS_CHECKED;

#endif
