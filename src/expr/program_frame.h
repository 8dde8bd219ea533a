/* program_frame.h - which nodes a program evaluates, and where: the outermost frame once a configuration, the frame
 * of a sum over states once a state.
 *
 * Promises: a frame holds what depends on its own variables, and takes everything else from its parent, so that
 * nothing is computed again for every state that is the same in all of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_FRAME_H
#define GIBBS_EXPR_PROGRAM_FRAME_H

#include "graph.h"

#define GIBBS_NONE SIZE_MAX

typedef struct gibbs_frame gibbs_frame;

/* A node as one frame evaluates it. */
typedef struct gibbs_value {
  gibbs_expr *node;    /* a reference */
  size_t first, count; /* its arguments in the frame's list; of a sum over states: what its body takes from here */
  size_t input;        /* which input of the program, or GIBBS_NONE */
  size_t import;       /* which value of the parent, or GIBBS_NONE */
  gibbs_frame *body;   /* of a sum over states */
  bool varying;        /* differs from one configuration to the next */
} gibbs_value;

struct gibbs_frame {
  const gibbs_frame *parent;
  gibbs_value *values; /* arguments before users */
  size_t count;
  size_t *arguments;
  size_t *roots; /* positions of what was asked for */
  size_t root_count;
  size_t *bound; /* positions of the variables that are summed over */
  size_t bound_count;
  uint64_t states;         /* of them together */
  struct gibbs_code *code; /* how what varies is computed; made by the compiler */
};

/* The frame of these nodes and the frames inside of it.  ERR_ARGUMENT: a variable is no input, or there is a
 * functional. */
gibbs_status gibbs_frame_new(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const inputs[],
                             size_t input_count, gibbs_frame **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_frame_free(gibbs_frame *frame); /* NULL is fine */
bool gibbs_frame_calls_back(const gibbs_frame *frame);

static inline const gibbs_value *gibbs_frame_argument(const gibbs_frame *frame, size_t value, size_t k) {
  return &frame->values[frame->arguments[frame->values[value].first + k]];
}

/* Write the values of one variable in a joint state; returns the state of the variables after it. */
uint64_t gibbs_write_state(const gibbs_variable *variable, uint64_t state, double *values);

#endif
