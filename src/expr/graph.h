/* graph.h - what a node is, for the rooms of the expression floor only. */
#ifndef GIBBS_EXPR_GRAPH_H
#define GIBBS_EXPR_GRAPH_H

#include "gibbs/private/pattern.h"

/* Kinds of node beyond the elementwise operations of ops.def. */
typedef enum gibbs_kind {
  GIBBS_KIND_ELEMENTWISE,   /* op, args[0..1] */
  GIBBS_KIND_CONSTANT,      /* constant */
  GIBBS_KIND_VARIABLE,      /* variable */
  GIBBS_KIND_PARAMETER,     /* parameter */
  GIBBS_KIND_FUNCTIONAL,    /* functional */
  GIBBS_KIND_CALLBACK,      /* callback, args = variables */
  GIBBS_KIND_SUM,           /* args[0] */
  GIBBS_KIND_MATMUL,        /* args[0..1], transpose */
  GIBBS_KIND_OUTER,         /* args[0..1] */
  GIBBS_KIND_GATHER,        /* args[0], index */
  GIBBS_KIND_SCATTER,       /* args[0], index */
  GIBBS_KIND_LOGSUMEXP,     /* args[0], over the last axis */
  GIBBS_KIND_MARGINAL,      /* args[0] = energy, then the variables */
  GIBBS_KIND_MARGINAL_MEAN, /* args[0] = value, args[1] = energy, then the variables */
  GIBBS_KIND_COUNT
} gibbs_kind;

/* A list of positions, shared and hash-consed by content. */
typedef struct gibbs_index {
  size_t references;
  struct gibbs_index *next; /* in its bucket of the graph's table */
  uint64_t hash;
  size_t count;
  bool by_rule;           /* hash-consed by the rule, not by the positions */
  uint32_t *at;           /* NULL while nobody has read it: gibbs_index_write */
  gibbs_pattern *pattern; /* the rule, where one is known */
} gibbs_index;

struct gibbs_expr {
  size_t references;
  gibbs_graph *graph;
  gibbs_expr *next; /* among the dead that are about to be freed */
  uint64_t hash;
  uint64_t number; /* order of making: arguments have smaller numbers */
  gibbs_kind kind;
  gibbs_op op;       /* ELEMENTWISE */
  bool transpose[2]; /* MATMUL */
  bool uniform;      /* CONSTANT: all elements have the same bits */
  unsigned nesting;  /* how many MARGINALs are inside one another, at most GIBBS_MAX_NESTING */
  unsigned origin;   /* index into the graph's table of places; 0: unknown */
  gibbs_shape shape;
  size_t size;
  union {
    gibbs_tensor *constant;
    gibbs_variable *variable;
    gibbs_parameter *parameter;
    gibbs_functional *functional;
    gibbs_callback *callback;
    gibbs_index *index;
    void *any;
  } of;
  /* Scratch of one traversal at a time (graph.c hands out marks). */
  uint64_t mark;
  size_t slot;
  size_t argument_count;
  gibbs_expr *arguments[]; /* owned references */
};

/* Sums over states inside sums over states multiply their costs, and walks over bound variables recurse: not deeper
 * than this. */
#define GIBBS_MAX_NESTING 32

/* Places of origin, interned: text[0] is unused, so that 0 means unknown. */
typedef struct gibbs_places {
  char **text;
  size_t count, room;
  unsigned *table; /* open addressing; 0: free */
  size_t table_size;
} gibbs_places;

struct gibbs_graph {
  size_t references;        /* the maker's, and one a node */
  struct gibbs_cell *cells; /* open addressing, at most half full; the size is a power of 2 */
  size_t cell_count, node_count;
  gibbs_index **index_buckets;
  size_t index_bucket_count, index_count;
  uint64_t numbers, marks; /* given out so far */
  gibbs_places places;
  unsigned origin; /* of the nodes to come */
};

/* What a node will be: looked up in the graph's table before anything is made. */
typedef struct gibbs_draft {
  gibbs_kind kind;
  gibbs_op op;
  bool transpose[2];
  gibbs_shape shape;
  void *leaf; /* borrowed: constant, variable, parameter, functional, callback or index */
  size_t argument_count;
  gibbs_expr *const *arguments; /* borrowed */
} gibbs_draft;

/* The node of a draft: the one there is, or a new one.  No simplification. */
gibbs_status gibbs_graph_node(gibbs_graph *graph, const gibbs_draft *draft, gibbs_expr **out,
                              gibbs_error *err) GIBBS_CHECKED;
/* The same, but computed at once if all arguments are constants; ERR_ARGUMENT if arguments belong to other graphs. */
gibbs_status gibbs_expr_make(gibbs_graph *graph, const gibbs_draft *draft, gibbs_expr **out,
                             gibbs_error *err) GIBBS_CHECKED;
gibbs_draft gibbs_draft_of(const gibbs_expr *node);
/* The node of `node`'s kind with other arguments, simplified. */
gibbs_status gibbs_expr_rebuild(const gibbs_expr *node, gibbs_expr *const arguments[], gibbs_expr **out,
                                gibbs_error *err) GIBBS_CHECKED;

/* A new reference to the list with this content. */
gibbs_status gibbs_graph_index(gibbs_graph *graph, const uint32_t *at, size_t count, gibbs_index **out,
                               gibbs_error *err) GIBBS_CHECKED;
/* A new reference to the list that a rule makes; a long one is not written out. */
gibbs_status gibbs_graph_index_pattern(gibbs_graph *graph, const gibbs_pattern *pattern, gibbs_index **out,
                                       gibbs_error *err) GIBBS_CHECKED;
/* Positions that follow from a rule are written out: before `at` is read. */
gibbs_status gibbs_index_write(gibbs_index *index, gibbs_error *err) GIBBS_CHECKED;
gibbs_index *gibbs_index_retain(gibbs_index *index);
void gibbs_index_release(gibbs_graph *graph, gibbs_index *index);

void gibbs_places_set(gibbs_places *places, const char *place, unsigned *origin);
void gibbs_places_clear(gibbs_places *places);

uint64_t gibbs_hash_mix(uint64_t hash, uint64_t value);

/* A mark no node carries yet: "not visited". */
uint64_t gibbs_graph_new_mark(gibbs_graph *graph);

/* All nodes reachable from roots, arguments before users (by number), each once; *out is freed with free().
 * Sets mark and slot (the position) of each.  The bodies of MARGINAL nodes are included like any argument. */
gibbs_status gibbs_graph_order(gibbs_expr *const roots[], size_t count, gibbs_expr ***out, size_t *length,
                               gibbs_error *err) GIBBS_CHECKED;

/* The same with the positions of all arguments written down, so that it outlives other traversals:
 * argument k of nodes[i] is nodes[slots[first[i] + k]]. */
typedef struct gibbs_tape {
  gibbs_expr **nodes;
  size_t length;
  size_t *first, *slots;
  bool binds; /* there is a MARGINAL among the nodes */
} gibbs_tape;
gibbs_status gibbs_tape_new(gibbs_expr *const roots[], size_t count, gibbs_tape *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_tape_free(gibbs_tape *tape);
/* The position of a node, or SIZE_MAX; only before the next traversal of the graph. */
size_t gibbs_tape_find(const gibbs_tape *tape, const gibbs_expr *node);

/* reach[i]: whether nodes[i] depends on any of xs, by occurrences that are not bound. */
gibbs_status gibbs_tape_reach(const gibbs_tape *tape, gibbs_expr *const xs[], size_t count, bool reach[],
                              gibbs_error *err) GIBBS_CHECKED;
/* An upper bound on the degree of each node in the leaves, of which reach[] says who depends on them. */
void gibbs_tape_degrees(const gibbs_tape *tape, gibbs_expr *const leaves[], size_t count, const bool reach[],
                        unsigned degree[]);
/* The variables that a node binds: its arguments from here on; SIZE_MAX for kinds that bind nothing. */
size_t gibbs_expr_first_bound(const gibbs_expr *node);
/* gibbs_expr_depends that says so when memory is short. */
gibbs_status gibbs_expr_find_dependence(gibbs_expr *e, const gibbs_expr *leaf, bool *out,
                                        gibbs_error *err) GIBBS_CHECKED;
/* Whether a variable that `node` binds occurs free in x: then x inside of node is not the x outside. */
gibbs_status gibbs_expr_captures(const gibbs_expr *node, gibbs_expr *x, bool *out, gibbs_error *err) GIBBS_CHECKED;
/* node with each variable that it binds exchanged for its twin, a variable of the same kind and name. */
gibbs_status gibbs_expr_rename_bound(gibbs_expr *node, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* A variable of the same name, domain and shape, the same at every call; borrowed. */
gibbs_status gibbs_variable_twin(gibbs_variable *variable, gibbs_variable **out, gibbs_error *err) GIBBS_CHECKED;

/* The value of one elementwise operation; b is ignored by the unary ones. */
double gibbs_op_value(gibbs_op op, double a, double b);
const char *gibbs_op_name(gibbs_op op);
bool gibbs_op_is_binary(gibbs_op op);
double gibbs_logcosh(double x);  /* log cosh x */
double gibbs_softplus(double x); /* log(1 + exp x) */
double gibbs_sigmoid(double x);  /* 1 / (1 + exp(-x)) */
/* The name of what a node does, for messages: the op's name, or "sum", "matmul", ... */
const char *gibbs_expr_verb(const gibbs_expr *expr);

/* The value of a draft whose arguments have these values, by plain loops (not the marginals, not leaves). */
gibbs_status gibbs_fold(const gibbs_draft *draft, gibbs_tensor *const values[], gibbs_tensor **out,
                        gibbs_error *err) GIBBS_CHECKED;
/* The value of any expression, node by node, where leaves[k] has the value values[k] (of a leaf named twice, the
 * later one counts); parameters not named have their present values. Slow and plain: the second opinion on compiled
 * programs. ERR_ARGUMENT: a variable or a functional has no value. */
gibbs_status gibbs_reference_value(gibbs_expr *expr, gibbs_expr *const leaves[], gibbs_tensor *const values[],
                                   size_t count, gibbs_tensor **out, gibbs_error *err) GIBBS_CHECKED;

/* x seen through a list: rewritten where that is possible, made as it is otherwise. */
gibbs_status gibbs_expr_gather_index(gibbs_expr *x, gibbs_index *index, const gibbs_shape *shape, gibbs_expr **out,
                                     gibbs_error *err) GIBBS_CHECKED;
/* Elementwise operation with shapes known to agree: rewritten, or made as it is. */
gibbs_status gibbs_simplify(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape, gibbs_expr **out,
                            gibbs_error *err) GIBBS_CHECKED;
/* The shape of a product, as the transposed arguments are seen; ERR_SHAPE. */
gibbs_status gibbs_matmul_shape(const gibbs_expr *a, bool transpose_a, const gibbs_expr *b, bool transpose_b,
                                gibbs_shape *out, gibbs_error *err) GIBBS_CHECKED;
/* Whether bodies (the energy last) can be summed over these variables: not too many states, nor too deep. */
gibbs_status gibbs_marginal_check(gibbs_expr *const bodies[], size_t body_count, gibbs_expr *const variables[],
                                  size_t count, gibbs_error *err) GIBBS_CHECKED;
/* A constant tensor with one value everywhere. */
gibbs_status gibbs_expr_uniform(gibbs_graph *graph, double value, const gibbs_shape *shape, gibbs_expr **out,
                                gibbs_error *err) GIBBS_CHECKED;
/* A scalar repeated over a shape. */
gibbs_status gibbs_expr_broadcast(gibbs_expr *scalar, const gibbs_shape *shape, gibbs_expr **out,
                                  gibbs_error *err) GIBBS_CHECKED;
bool gibbs_expr_is_constant(const gibbs_expr *x);
/* A constant with this value everywhere. */
bool gibbs_expr_is_value(const gibbs_expr *x, double value);
/* The common value of a constant's elements; only of uniform constants. */
double gibbs_expr_uniform_value(const gibbs_expr *x);
/* The scalar that a tensor repeats, or NULL: of a broadcast (borrowed). */
gibbs_expr *gibbs_expr_repeated(const gibbs_expr *x);
bool gibbs_expr_is_reshape(const gibbs_expr *x);   /* a GATHER that leaves all values in their order */
bool gibbs_expr_is_transpose(const gibbs_expr *x); /* a GATHER that transposes a matrix */

/* Whether the elements of x take two values only: units of spins, bits or Potts indicators. */
bool gibbs_expr_two_values(const gibbs_expr *x, double *low, double *high);

gibbs_status gibbs_expr_same_graph(const gibbs_expr *a, const gibbs_expr *b, gibbs_error *err) GIBBS_CHECKED;

#endif
