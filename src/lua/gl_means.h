/* gl_means.h - a script's function of several means: function(m) return m.e2 - m.e^2 end. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_MEANS_H
#define GL_MEANS_H

#include "gibbs/tensor.h"
#include "gl_class.h"
#include "gl_state.h"

enum { GL_MOST_OUTPUTS = 64 };

/* The function, at stack index `index`, and the names of what it is a function of.  Filled by the caller up to
 * `first`.
 */
typedef struct gl_means {
  const char *who;
  int index;
  size_t count;
  const char *const *names;
  const gibbs_shape *shapes; /* NULL: every mean is one number */
  const size_t *first;       /* of the values of each; NULL: its own number */

  size_t outputs; /* how many numbers it gives; 0: not known yet */
  gl_state *state;
  int reference;
  const double *means; /* of the present call */
  double *out;
} gl_means;

/* Keep the function; nothing may raise from here on until gl_means_close. */
void gl_means_open(lua_State *L, gl_means *function);
/* Call it once, at these means, to see how many numbers it gives. */
gibbs_status gl_means_count(gl_means *function, const double *means, gibbs_error *err) GIBBS_CHECKED;
/* A gibbs_of_means, whose context is a gl_means: the function called behind a pcall. */
gibbs_status gl_means_call(void *context, const double *means, double *out, gibbs_error *err) GIBBS_CHECKED;
void gl_means_close(gl_means *function);

#endif
