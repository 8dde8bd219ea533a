/* gl_known.h - what is exact without being asked for, where sums over all states are too large. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_KNOWN_H
#define GL_KNOWN_H

#include "gibbs/objective.h"
#include "gl_class.h"

/* Push the estimate of F of a distribution whose free energy is known by structure; else false, and nothing pushed.
 */
bool gl_known_push(lua_State *L, gibbs_distribution *d);
/* The same for an expression of the free energies of such distributions. */
bool gl_known_push_value(lua_State *L, gibbs_expr *expr);
/* F by a sum over all states, or as it is known by structure; raises where it is neither. */
double gl_known_free_energy(lua_State *L, gibbs_distribution *d, const char *who);

#endif
