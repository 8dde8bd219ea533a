/* graph.h - what a node is, for the rooms of the expression floor only. */
#ifndef GIBBS_EXPR_GRAPH_H
#define GIBBS_EXPR_GRAPH_H

#include "gibbs/expr.h"

/* Kinds of node beyond the elementwise operations of ops.def. */
typedef enum gibbs_kind {
  GIBBS_KIND_ELEMENTWISE, /* op, args[0..1] */
  GIBBS_KIND_CONSTANT,    /* constant */
  GIBBS_KIND_VARIABLE,    /* variable */
  GIBBS_KIND_PARAMETER,   /* parameter */
  GIBBS_KIND_FUNCTIONAL,  /* functional */
  GIBBS_KIND_CALLBACK,    /* callback, args = variables */
  GIBBS_KIND_SUM,         /* args[0] */
  GIBBS_KIND_MATMUL,      /* args[0..1], transpose */
  GIBBS_KIND_OUTER,       /* args[0..1] */
  GIBBS_KIND_GATHER,      /* args[0], index */
  GIBBS_KIND_SCATTER,     /* args[0], index */
  GIBBS_KIND_LOGSUMEXP,   /* args[0], over the last axis */
  GIBBS_KIND_MARGINAL,    /* args[0] = energy, then the variables */
  GIBBS_KIND_MARGINAL_MEAN, /* args[0] = value, args[1] = energy, then the variables */
  GIBBS_KIND_COUNT
} gibbs_kind;

/* A list of positions, shared and hash-consed by content. */
typedef struct gibbs_index {
  size_t references;
  uint64_t hash;
  size_t count;
  uint32_t at[];
} gibbs_index;

struct gibbs_expr {
  size_t references;
  gibbs_graph *graph;
  gibbs_expr *next; /* in its bucket of the graph's table */
  uint64_t hash;
  uint64_t number; /* order of making: arguments have smaller numbers */
  gibbs_kind kind;
  gibbs_op op;        /* ELEMENTWISE */
  bool transpose[2];  /* MATMUL */
  unsigned origin;    /* index into the graph's table of places; 0: unknown */
  gibbs_shape shape;
  size_t size;
  union {
    gibbs_tensor *constant;
    gibbs_variable *variable;
    gibbs_parameter *parameter;
    gibbs_functional *functional;
    gibbs_callback *callback;
    gibbs_index *index;
  } of;
  /* Scratch of one traversal at a time (graph.c hands out marks). */
  uint64_t mark;
  size_t slot;
  size_t argument_count;
  gibbs_expr *arguments[]; /* owned references */
};

/* A mark no node carries yet: "not visited". */
uint64_t gibbs_graph_new_mark(gibbs_graph *graph);

/* All nodes reachable from roots, arguments before users (by number), each once; *out is freed with free().
 * Sets mark and slot (the position) of each.  The bodies of MARGINAL nodes are included like any argument. */
gibbs_status gibbs_graph_order(gibbs_expr *const roots[], size_t count, gibbs_expr ***out, size_t *length,
                               gibbs_error *err) GIBBS_CHECKED;

/* The value of one elementwise operation; b is ignored by the unary ones. */
double gibbs_op_value(gibbs_op op, double a, double b);
const char *gibbs_op_name(gibbs_op op);
bool gibbs_op_is_binary(gibbs_op op);
/* The name of what a node does, for messages: the op's name, or "sum", "matmul", ... */
const char *gibbs_expr_verb(const gibbs_expr *expr);

#endif
