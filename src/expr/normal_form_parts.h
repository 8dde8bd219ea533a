/* normal_form_parts.h - how an energy is taken apart: what is gathered on the way, and who does what.
 *
 * The energy is linear in some of its nodes ("items"): weights run from the root down to these, as numbers.  An item
 * is then written as polynomials of the elements, or as a function of affine forms, or left as it is. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_NORMAL_FORM_PARTS_H
#define GIBBS_EXPR_NORMAL_FORM_PARTS_H

#include "gibbs/normal_form.h"
#include "gibbs/program.h"
#include "normal_form_regular.h"
#include "program_plain.h"

#define GIBBS_NO_ELEMENT UINT32_MAX

/* One polynomial in the elements for each element of a tensor.  A monomial is `width` elements in ascending order,
 * GIBBS_NO_ELEMENT behind the last. */
typedef struct gibbs_polynomials {
  size_t count, terms, room;
  unsigned width;
  bool fixed;    /* no parameter is in the coefficients: what is 0 stays 0 */
  size_t *first; /* count + 1 */
  uint32_t *element;
  double *coefficient;
} gibbs_polynomials;

/* One number for each element of a tensor, or one for all. */
typedef struct gibbs_weights {
  bool set, fixed;
  double value; /* where each is NULL */
  double *each;
} gibbs_weights;

/* factor * matrix[i * row_step + j * column_step], which is finite; for this pass only. */
typedef struct gibbs_seen {
  const double *matrix;
  size_t row_step, column_step;
  double factor;
} gibbs_seen;

/* A rectangle of pairs: of two whole variables, or of one with itself.  Without values (only where the lowering is
 * lazy, and of two variables) it is seen where it stands. */
typedef struct gibbs_piece {
  size_t row_at, rows, column_at, columns;
  bool fixed;
  double *value;
  gibbs_seen seen;
} gibbs_piece;

/* Powers of single elements: of real numbers alone, the others are folded. */
enum { GIBBS_MOST_POWER = 16 };
typedef struct gibbs_powers {
  size_t rows;
  double *weight; /* [element], NULL: none */
  bool *there;    /* [element] */
} gibbs_powers;

/* Products of a variable with itself along a rule, with one coupling: what is regular without a look at its bonds. */
typedef struct gibbs_rule {
  size_t a, b, size; /* the two nodes, of so many elements */
  size_t segment;
  gibbs_lattice_form form;
  gibbs_weights weights; /* without an array */
} gibbs_rule;

/* All that was found, before it is put in order. */
typedef struct gibbs_gathered {
  double constant;
  bool any_field;
  double *uniform; /* [segment]: a field that all its elements have */
  double *field;   /* [element]: what they have beside it, or NULL */
  size_t pairs, pair_room;
  uint32_t (*pair)[2]; /* smaller element first */
  double *coupling;
  size_t pieces, piece_room;
  gibbs_piece *piece;
  size_t rules, rule_room;
  gibbs_rule *rule;
  gibbs_polynomials monomials; /* one polynomial */
  gibbs_powers powers[GIBBS_MOST_POWER + 1];
  size_t affines, affine_room;
  gibbs_affine *affine; /* of owned arrays */
} gibbs_gathered;

typedef enum gibbs_fate { GIBBS_FATE_NONE, GIBBS_FATE_LOWERED, GIBBS_FATE_REST } gibbs_fate;

typedef struct gibbs_lowering {
  gibbs_expr *energy;
  gibbs_tape tape;
  bool *varies;       /* [node]: depends on the variables */
  unsigned *degree;   /* [node]: a bound */
  size_t *element_at; /* [node]: first element, of variables */
  gibbs_frame *frame; /* of the nodes that do not vary and that others take */
  gibbs_plain *plain;
  const double **value; /* [node]: theirs */
  gibbs_segment *segments;
  size_t segment_count, elements, units;
  gibbs_fate *fate; /* [node] */
  bool lazy;        /* matrices of pairs need not be written out */
  /* Of one pass. */
  gibbs_weights *weights;         /* [node] */
  gibbs_polynomials **polynomial; /* [node] */
  size_t *tried;                  /* [node]: with how many terms it was tried to make them */
  size_t most_product_terms;      /* of an element, above degree 2 */
  size_t *stack, stack_length, stack_room;
  gibbs_gathered gathered;
} gibbs_lowering;

/* normal_form_lower.c: the tape, and a pass over it */
gibbs_status gibbs_lowering_open(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_lowering *out,
                                 gibbs_error *err) GIBBS_CHECKED;
void gibbs_lowering_close(gibbs_lowering *lowering);
/* Read the parameters. */
gibbs_status gibbs_lowering_read(gibbs_lowering *lowering, gibbs_error *err) GIBBS_CHECKED;
/* Gathers all with the present values of the parameters. */
gibbs_status gibbs_lowering_pass(gibbs_lowering *lowering, gibbs_error *err) GIBBS_CHECKED;
static inline size_t gibbs_lowering_argument(const gibbs_lowering *l, size_t node, size_t k) {
  return l->tape.slots[l->tape.first[node] + k];
}
const gibbs_segment *gibbs_segment_of(const gibbs_lowering *l, size_t element);

/* op(a) op(b) as a loop: out[i, j] = sum_k a[i * a_row + k * a_inner] b[k * b_inner + j * b_column] */
typedef struct gibbs_contraction {
  size_t rows, columns, inner, a_row, a_inner, b_inner, b_column;
} gibbs_contraction;
gibbs_contraction gibbs_contraction_of(const gibbs_expr *node); /* of MATMUL and OUTER */

/* normal_form_item.c: one item with its weights; *lowered is false when it is to be left in the rest */
gibbs_status gibbs_lower_item(gibbs_lowering *l, size_t node, const gibbs_weights *weights, bool *lowered,
                              gibbs_error *err) GIBBS_CHECKED;

/* normal_form_views.c: a variable as it is, or seen through an index */
typedef struct gibbs_view {
  size_t at, step; /* step 0: one element, repeated */
  const uint32_t *index;
} gibbs_view;
bool gibbs_is_view(const gibbs_lowering *l, size_t node);
gibbs_status gibbs_view_open(const gibbs_lowering *l, size_t node, gibbs_view *out, gibbs_error *err) GIBBS_CHECKED;
static inline uint32_t gibbs_view_element(const gibbs_view *v, size_t k) {
  k *= v->step;
  return (uint32_t)(v->at + (v->index ? v->index[k] : k));
}
/* sum_k w_k a_k b_k of two such nodes: by a rule if there is one, or pair by pair. */
gibbs_status gibbs_lower_views(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *weights,
                               gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_gather_views(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *weights,
                                gibbs_error *err) GIBBS_CHECKED;

/* normal_form_rules.c: what follows a rule with one coupling */
gibbs_status gibbs_lower_rule(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *weights,
                              bool *lowered, gibbs_error *err) GIBBS_CHECKED;
/* All rules as one lattice, where there is nothing else and they agree: *regular is set.  Otherwise their pairs are
 * gathered one by one. */
gibbs_status gibbs_rules_settle(gibbs_lowering *l, gibbs_lattice_form *out, size_t *segment, bool *regular,
                                gibbs_error *err) GIBBS_CHECKED;
/* The lattice that the pairs show, on the layouts that the variable may have. */
bool gibbs_rules_detect(const gibbs_lowering *l, const gibbs_sparse *pairs, gibbs_lattice_form *out, size_t *segment);
/* All pairs of a lattice as rows. */
gibbs_status gibbs_lattice_form_rows(const gibbs_lowering *l, const gibbs_lattice_form *form, size_t segment,
                                     gibbs_sparse *out, gibbs_error *err) GIBBS_CHECKED;

/* normal_form_linear.c: affine tensors as dense matrices times variables */

/* factor * matrix[r * row_step + c * column_step] times element column_at + c; without a matrix, the elements of a
 * view: of a variable as it is, from column_at on, or seen through an index (then columns is 0). */
typedef struct gibbs_map {
  size_t node; /* of the view */
  size_t column_at, columns, row_step, column_step;
  const double *matrix;
  double factor;
  bool fixed;
  bool finite; /* the matrix is one of the lowering's values, and known to be finite */
} gibbs_map;

/* factor * at[r * step] */
typedef struct gibbs_shift {
  const double *at;
  size_t step;
  double factor;
  bool fixed;
} gibbs_shift;

enum { GIBBS_MOST_PARTS = 8 };
typedef struct gibbs_linear {
  size_t rows, maps, shifts, owned;
  bool dense; /* one of the maps has a matrix */
  gibbs_map map[GIBBS_MOST_PARTS];
  gibbs_shift shift[GIBBS_MOST_PARTS];
  double *own[2 * GIBBS_MOST_PARTS]; /* what was made for it */
} gibbs_linear;

/* *found: the node is a sum of such maps and shifts.  What has it is to be cleared. */
gibbs_status gibbs_linear_find(const gibbs_lowering *l, size_t node, gibbs_linear *out, bool *found,
                               gibbs_error *err) GIBBS_CHECKED;
/* The same from polynomials, one matrix for each variable: *found when all are of degree one. */
gibbs_status gibbs_linear_from(const gibbs_lowering *l, const gibbs_polynomials *p, gibbs_linear *out, bool *found,
                               gibbs_error *err) GIBBS_CHECKED;
void gibbs_linear_clear(gibbs_linear *linear);

/* normal_form_dense.c: products of such tensors */
gibbs_status gibbs_lower_dense(gibbs_lowering *l, size_t node, const gibbs_weights *weights, bool *lowered,
                               gibbs_error *err) GIBBS_CHECKED;

/* normal_form_affine.c: functions of affine forms */
gibbs_status gibbs_lower_function(gibbs_lowering *l, size_t node, const gibbs_weights *weights, bool *lowered,
                                  gibbs_error *err) GIBBS_CHECKED;
/* Makes affine terms of the gathered powers. */
gibbs_status gibbs_powers_assemble(gibbs_lowering *l, gibbs_error *err) GIBBS_CHECKED;
void gibbs_affine_clear(gibbs_affine *affine);
/* weight * element^power */
gibbs_status gibbs_gather_power(gibbs_lowering *l, uint32_t element, unsigned power, double weight,
                                gibbs_error *err) GIBBS_CHECKED;

/* normal_form_polynomial.c: *out is borrowed; NULL when it is none, or too large a one */
gibbs_status gibbs_polynomials_of(gibbs_lowering *l, size_t node, const gibbs_polynomials **out,
                                  gibbs_error *err) GIBBS_CHECKED;
void gibbs_polynomials_clear(gibbs_polynomials *p);
gibbs_status gibbs_polynomials_reserve(gibbs_polynomials *p, size_t terms, gibbs_error *err) GIBBS_CHECKED;
/* The product of two monomials, of `width` elements with the padding; false when it is 0. */
bool gibbs_monomial_product(const gibbs_lowering *l, const uint32_t *a, unsigned a_width, const uint32_t *b,
                            unsigned b_width, uint32_t *out);

/* normal_form_gather.c: what is found goes to the gathered; zeros of fixed origin are left out by the callers */
gibbs_status gibbs_gather_field(gibbs_lowering *l, uint32_t element, double coefficient,
                                gibbs_error *err) GIBBS_CHECKED;
/* Of all elements of a variable. */
void gibbs_gather_uniform_field(gibbs_lowering *l, size_t first_element, double coefficient);
gibbs_status gibbs_gather_pair(gibbs_lowering *l, uint32_t a, uint32_t b, double coefficient,
                               gibbs_error *err) GIBBS_CHECKED; /* any two elements, folded */
gibbs_status gibbs_gather_pairs_reserve(gibbs_lowering *l, size_t more, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_gather_monomial(gibbs_lowering *l, const uint32_t *element, unsigned width, double coefficient,
                                   gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_gather_piece(gibbs_lowering *l, const gibbs_piece *piece, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_gathered_open(gibbs_lowering *l, gibbs_error *err) GIBBS_CHECKED;
void gibbs_gathered_clear(gibbs_gathered *gathered);

static inline double gibbs_weight_at(const gibbs_weights *w, size_t k) {
  return w->each ? w->each[k] : w->value;
}

/* normal_form_matrix.c: all pairs as rows and blocks */
typedef struct gibbs_pairs {
  gibbs_sparse sparse;
  size_t blocks;
  gibbs_dense *block; /* without values where it is only seen */
  gibbs_seen *seen;   /* [block] */
} gibbs_pairs;
void gibbs_seen_write(const gibbs_seen *seen, size_t rows, size_t columns, double scale, double *out);
gibbs_status gibbs_pairs_assemble(gibbs_lowering *l, gibbs_pairs *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_pairs_clear(gibbs_pairs *pairs);

void gibbs_sparse_clear(gibbs_sparse *sparse);
/* normal_form_rows.c */
gibbs_status gibbs_rows_from_pairs(size_t elements, size_t pairs, uint32_t (*pair)[2], const double *coupling,
                                   gibbs_sparse *out, gibbs_error *err) GIBBS_CHECKED;

/* normal_form_monomials.c */
gibbs_status gibbs_monomials_assemble(gibbs_lowering *l, gibbs_monomials *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_monomials_clear(gibbs_monomials *monomials);
/* The terms from `first` on in the order of their monomials, equal ones added as they came. */
gibbs_status gibbs_polynomials_tidy(gibbs_polynomials *p, size_t first, gibbs_error *err) GIBBS_CHECKED;

/* normal_form_findings.c: what a pass has found, in order */
typedef struct gibbs_findings {
  double constant;
  bool any_field;
  double *uniform;       /* [segment]: where field is not made, and all are the same */
  double *field;         /* [element], NULL: none, or not made */
  bool regular, by_rule; /* by_rule: there are no rows until they are asked for */
  size_t segment;        /* of the regular lattice */
  gibbs_lattice_form lattice;
  gibbs_pairs pairs;
  gibbs_monomials monomials;
  size_t affines;
  gibbs_affine *affine;
} gibbs_findings;
/* Fields and rows that were not made at first. */
gibbs_status gibbs_findings_open_fields(const gibbs_lowering *l, gibbs_findings *findings,
                                        gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_findings_open_rows(const gibbs_lowering *l, gibbs_findings *findings,
                                      gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_findings_make(gibbs_lowering *l, gibbs_findings *out, gibbs_error *err) GIBBS_CHECKED;
/* Writes the values of `from`, of the same structure, times the scale to the arrays of `to`. */
void gibbs_findings_copy(const gibbs_lowering *l, gibbs_findings *to, const gibbs_findings *from, double scale);
/* The largest of all values that a scale multiplies. */
double gibbs_findings_largest(const gibbs_lowering *l, const gibbs_findings *findings);
void gibbs_findings_clear(gibbs_findings *findings);

/* Whether the energy is passed on through a node as it is (its arguments that vary enter by themselves). */
bool gibbs_lowering_is_linear(const gibbs_lowering *l, size_t node);

/* normal_form.c */
struct gibbs_normal_form {
  gibbs_lowering lowering;
  gibbs_findings found;
  bool has_base;
  gibbs_findings base; /* the same without the scale, once there was one that is not 1 */
  gibbs_regular regular;
  gibbs_expr *rest; /* NULL: nothing is left */
  gibbs_program *program;
  gibbs_workspace *workspace; /* of the rest, made when it is asked for */
  double scale, next_scale;
  size_t parameters;
  gibbs_parameter **parameter; /* borrowed from the expressions */
  uint64_t *version;           /* that was read */
};

/* normal_form_rest.c: the energy without what was lowered; NULL when nothing is left */
gibbs_status gibbs_lowering_rest(gibbs_lowering *l, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;

#endif
