/* hastings.h - whether a proposed move is taken: the one place where that is decided for kernels that propose. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_HASTINGS_H
#define GIBBS_SAMPLE_HASTINGS_H

/* min(1, exp(from_energy - to_energy + log_back - log_forth)): the probability of taking a move that was proposed
 * with probability exp(log_forth) and whose way back is proposed with probability exp(log_back).  0 where that is no
 * number.
 * Source: Hastings, Biometrika 57 (1970) 97. */
double gibbs_hastings_acceptance(double from_energy, double to_energy, double log_forth, double log_back);

#endif
