/* gl_free_energy.h - ways to estimate free energies: gibbs.ais{...}, gibbs.ti{...}, gibbs.bar{...}, gibbs.mbar{...}.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_FREE_ENERGY_H
#define GL_FREE_ENERGY_H

#include "gibbs/free_energy.h"
#include "gl_class.h"

/* A method and its options. */
typedef struct gl_free_energy_how gl_free_energy_how;

extern const gl_class gl_free_energy_class;

/* The one at `index`, or NULL when it is anything else. */
const gl_free_energy_how *gl_free_energy_test(lua_State *L, int index);
/* gibbs.jarzynski{...} as far as it is a way to estimate free energies: a function of Lua. */
int gl_free_energy_jarzynski(lua_State *L);
/* The method that gibbs.<function>{...} makes, "ti"; NULL: none. */
const gibbs_free_energy_method *gl_free_energy_of_function(const char *function);
/* What it says to the core; *options live as long as it does. */
const gibbs_free_energy_method *gl_free_energy_method(const gl_free_energy_how *how,
                                                      const gibbs_free_energy_options **options);
/* Push the estimate of d's free energy. */
int gl_free_energy_push(lua_State *L, const gl_free_energy_how *how, gibbs_distribution *d, const char *who);

#endif
