/* slopes_expression.h - the way of the compiled expression: what is asked, and what answers it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_SLOPES_EXPRESSION_H
#define GIBBS_SAMPLE_SLOPES_EXPRESSION_H

#include "gibbs/private/builder.h"
#include "gibbs/program.h"
#include "slopes.h"

/* What is asked for, each compiled when it is asked for first. */
typedef enum gibbs_question {
  GIBBS_QUESTION_VALUE,
  GIBBS_QUESTION_ADD,
  GIBBS_QUESTION_ALONG,
  GIBBS_QUESTION_SQUARES,
  GIBBS_QUESTION_HIDDEN_MEAN,
  GIBBS_QUESTION_COUNT
} gibbs_question;

typedef struct gibbs_slopes_answer {
  gibbs_output kind;
  size_t count, total; /* gibbs_slopes_expressions; their sizes added up */
  size_t *size;
  gibbs_program *program;
  uint64_t *versions;           /* of the parameters when last prepared */
  gibbs_workspace **workspaces; /* one a thread */
  size_t threads;
} gibbs_slopes_answer;

typedef struct gibbs_slopes_expressions {
  const gibbs_slopes *slopes;
  gibbs_expr *seed;        /* the weight of a configuration */
  gibbs_expr **directions; /* parameters that hold a direction */
  gibbs_slopes_answer answers[GIBBS_QUESTION_COUNT];
  size_t units, elements;
  double *values; /* [thread][element][block] */
  size_t threads;
} gibbs_slopes_expressions;

/* Parameters for directions, made where they are not there. */
gibbs_status gibbs_question_directions(gibbs_slopes_expressions *x, gibbs_error *err) GIBBS_CHECKED;
/* The expressions of a question, owned by the builder, into `out`; returns how many.  `out` has space for two lists
 * of `room` nodes each, room being more than there are parameters and hidden variables. */
size_t gibbs_question_build(gibbs_builder *b, gibbs_slopes_expressions *x, gibbs_question q, gibbs_expr *out[],
                            size_t room);

#endif
