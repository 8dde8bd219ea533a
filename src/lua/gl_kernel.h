/* gl_kernel.h - Markov kernels as scripts name them: a word, and options that come from the kernel's own rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_KERNEL_H
#define GL_KERNEL_H

#include "gibbs/chains.h"
#include "gl_options.h"

/* What a table of options says of a kernel. */
typedef struct gl_kernel_choice {
  const gibbs_kernel *kernel; /* NULL: none is named */
  const double *settings;     /* one a row of its options, in a block of Lua's memory; NULL without a kernel */
} gl_kernel_choice;

/* Read the table at `index` against `rows` (which has a row "kernel") and the rows of the kernel that it names.
 * Writes `size` bytes of *out as gl_options_read does, and pushes one value: the block of the settings, or nil. */
gl_kernel_choice gl_kernel_options_read(lua_State *L, int index, const char *who, const gl_option rows[], void *out,
                                        size_t size);

/* The kernel of that name, or an error that lists all with a guess; `what` is e.g. "option 'kernel'". */
const gibbs_kernel *gl_kernel_find(lua_State *L, const char *who, const char *what, const char *name);

/* Push the rows of all kernels: {{name =, doc =, source =, options = {...}}, ...}. */
void gl_kernels_push(lua_State *L);

/* Push the text of a setting as a script writes it: 0.5, 3, true, 'random'. */
const char *gl_kernel_setting_push(lua_State *L, const gibbs_kernel_option *row, double setting);

#endif
