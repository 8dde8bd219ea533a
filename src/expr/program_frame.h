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

/* A node as one frame evaluates it.  Sums over the states of the same variables with the same energy are one sum: the
 * first of them leads, and has the body and the arguments of all. */
typedef struct gibbs_value {
  gibbs_expr *node;    /* a reference */
  size_t first, count; /* its arguments in the frame's list; of a sum over states: what its body takes from here */
  size_t input;        /* which input of the program, or GIBBS_NONE */
  size_t import;       /* which value of the parent, or GIBBS_NONE */
  gibbs_frame *body;   /* of a leading sum over states */
  size_t leader;       /* the value that computes this one: itself but for sums over states that are led */
  size_t next;         /* the next one with the same leader, or GIBBS_NONE */
  size_t root;         /* of a mean over states: which root of the body is averaged */
  bool varying;        /* differs from one configuration to the next */
} gibbs_value;

struct gibbs_frame {
  const gibbs_frame *parent;
  gibbs_value *values; /* arguments before users, leaders before those that they lead */
  size_t count;
  size_t *arguments;
  size_t *roots; /* positions of what was asked for; of a body: values to be averaged, and the energy last */
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
/* The same without inputs: nothing is checked, nothing varies yet.  bound (or NULL: the outermost frame, which owns
 * every node): the variables of a sum over states. */
gibbs_status gibbs_frame_sort(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                              size_t bound_count, gibbs_frame **out, gibbs_error *err) GIBBS_CHECKED;
bool gibbs_frame_calls_back(const gibbs_frame *frame);

static inline const gibbs_value *gibbs_frame_argument(const gibbs_frame *frame, size_t value, size_t k) {
  return &frame->values[frame->arguments[frame->values[value].first + k]];
}

/* Write the values of one variable in a joint state; returns the state of the variables after it. */
uint64_t gibbs_write_state(const gibbs_variable *variable, uint64_t state, double *values);

#endif
