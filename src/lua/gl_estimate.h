/* gl_estimate.h - numbers with how they were obtained: {value, error, ess, tau, method, ...}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_ESTIMATE_H
#define GL_ESTIMATE_H

#include <lauxlib.h>
#include <lua.h>

#include "gibbs/series.h"
#include "gibbs/tensor.h"

/* Replace the value on the top of the stack (a number or a tensor) by its estimate: exact, without an error. */
int gl_estimate_exact(lua_State *L);
/* The same with another name of the method. */
int gl_estimate_exact_by(lua_State *L, const char *method);

/* Replace the value and the error on the top of the stack by their estimate; tau and the counts of `rest` in sweeps.
 */
int gl_estimate_push(lua_State *L, const gibbs_estimate *rest, const char *method);

/* Push the estimate of a number without a time series of its own; `doubt`: NULL, or why it is not to be trusted. */
int gl_estimate_plain(lua_State *L, double value, double error, const char *doubt, const char *method);

/* -21.0643(12), or the number alone where the error is 0 or not known. */
void gl_number_print(char *text, size_t size, double value, double error);

/* Where the numbers of a chain come from.  Scripts count in sweeps, a series in rows. */
typedef struct gl_sampled {
  const gibbs_series *series;
  uint64_t every;     /* sweeps a row */
  uint64_t warm_up;   /* rows, or GIBBS_WARM_UP_DETECT */
  uint64_t ahead;     /* sweeps left out before the first row */
  const char *method; /* the kernel's name */
} gl_sampled;

/* The least good of several estimates: the largest tau, R-hat and warm-up, the smallest ess; all converged or not. */
gibbs_status gl_worst(const gl_sampled *from, size_t first, size_t count, gibbs_estimate *out,
                      gibbs_error *err) GIBBS_CHECKED;

/* Push the estimate of the mean of the observables from `first` on, as many as the shape has elements: numbers, or
 * tensors of values and errors with the ess, tau and R-hat of the worst element. */
int gl_estimate_sampled(lua_State *L, const gl_sampled *from, const gibbs_shape *shape, size_t first,
                        const char *who);

/* Replace the value and the error on the top of the stack by an estimate with the rest taken from `rest`. */
int gl_estimate_with(lua_State *L, const gl_sampled *from, const gibbs_estimate *rest);

#endif
