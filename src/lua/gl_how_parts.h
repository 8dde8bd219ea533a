/* gl_how_parts.h - what a way to estimate is, for the two files that make them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_HOW_PARTS_H
#define GL_HOW_PARTS_H

#include "gl_how.h"

typedef enum how_kind { HOW_EXACT, HOW_TRANSFER, HOW_CHAINS, HOW_CD, HOW_PCD, HOW_JARZYNSKI } how_kind;

struct gl_how {
  how_kind kind;
  const char *name; /* "pcd" */
  /* Of everything that samples.  Points into the how itself, and into what the user values of its box keep alive. */
  gibbs_sampling sampling;
  gibbs_ladder ladder;
  uint64_t sweeps, warm_up; /* chains: of each chain; rows, or GIBBS_WARM_UP_DETECT */
  double room[];            /* settings of the kernel, then scales of the ladder */
};

extern const gl_class gl_estimator;

/* Push a new one with room for that many numbers. */
gl_how *gl_how_push(lua_State *L, how_kind kind, const char *name, size_t room);

/* The one at `index`, or NULL when it is anything else. */
const gl_how *gl_how_test(lua_State *L, int index);

/* gibbs.chains{...} and its kin (gl_how_sampling.c). */
int gl_how_chains(lua_State *L);
int gl_how_cd(lua_State *L);
int gl_how_pcd(lua_State *L);
int gl_how_jarzynski(lua_State *L);

#endif
