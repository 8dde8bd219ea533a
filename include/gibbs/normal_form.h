/* gibbs/normal_form.h - any energy lowered to the structure that it has.
 *
 *   E(x) = constant + sum_e field_e x_e + sum_{e<f} J_ef x_e x_f + sum_k c_k prod_{e in k} x_e
 *          + sum_t sum_r weight_tr f_t( sum_e B_tre x_e + d_tr ) + rest(x)
 *
 * over the elements x of the variables: a spin or bit or real unit is one element, a Potts unit of q states is q
 * indicators.  Promises: the structure is found from the expression, never from a family's name, and two ways of
 * writing one energy reach the same form; couplings of an element with itself are folded (a spin's square is 1, a
 * bit's the bit, the product of two indicators of one unit is 0 or the indicator), duplicate bonds are added up,
 * constants are gathered; a pair, a monomial or a row that is there for some value of the parameters is there for all
 * (values may be 0).  Values are those of the parameters at the last refresh. Knows nothing of probabilities or of
 * how anything is sampled. */
#ifndef GIBBS_NORMAL_FORM_H
#define GIBBS_NORMAL_FORM_H

#include "gibbs/expr.h"

/* The elements and units of one variable. */
typedef struct gibbs_segment {
  const gibbs_variable *variable; /* borrowed from the form's expressions */
  gibbs_domain domain;
  size_t states;                  /* 2, q, or 0 for reals */
  size_t first_unit, units;       /* numbered over all variables, in their order */
  size_t first_element, elements; /* likewise; q a unit for Potts, else 1 */
} gibbs_segment;

/* All pairs as a symmetric matrix in compressed rows: row e lists the partners f of e in ascending order, each pair
 * stands in both rows, no element with itself. */
typedef struct gibbs_sparse {
  size_t rows, entries;
  const size_t *first; /* rows + 1 */
  const uint32_t *column;
  const double *value;
} gibbs_sparse;

/* Pairs that fill a quarter or more of a rectangle of the matrix (within one variable: with 12 partners an element or
 * more), row-major, apart from the sparse ones.  Rows and columns are elements
 * row_at..row_at+rows-1 and column_at..column_at+columns-1: either the same range (then symmetric with a zero
 * diagonal), or ranges of two variables, row_at < column_at. */
typedef struct gibbs_dense {
  size_t row_at, rows, column_at, columns;
  const double *value;
} gibbs_dense;

/* Pairs that are the same everywhere on a lattice: E has coupling * x_i * x_j for every site i of basis `from` and
 * its partner j, the site of basis `to` in the cell `offset` further on.  In a periodic direction of length 2 both
 * ends have the same pair, so that it counts twice, as it does on the lattices of gibbs/lattice.h (and as it does for
 * any offset of half the length).  Each bond is listed from one end only.
 * One writing for all energies: on periodic axes offsets lie above -extent/2 and up to extent/2; the first offset
 * that is not 0 is positive (without one, from < to); directions come by the number of offsets that are not 0, the
 * larger offsets first: (1,0), (0,1), (1,1) of a triangular lattice, (0,0), (1,0), (0,1) of a honeycomb. */
typedef struct gibbs_direction {
  long offset[GIBBS_MAX_RANK];
  size_t from, to;
  double coupling;
} gibbs_direction;

/* Looked for on the axes of the units' shape, with its last axis as the basis (whichever needs fewer directions), and
 * on the lattice that the energy was written with; not for Potts units.  An axis whose borders no bond shows (of
 * length 1, or 2 with both readings right) is periodic when all others are.  Follows the values: a refresh may find
 * or lose it. */
typedef struct gibbs_regular {
  bool found;  /* all pairs of the energy are described here, over one variable, and it has no dense block */
  size_t axes; /* of the lattice of cells */
  size_t extent[GIBBS_MAX_RANK];
  bool periodic[GIBBS_MAX_RANK];
  size_t basis; /* sites a cell, numbered fastest: site = cell * basis + b */
  size_t directions;
  const gibbs_direction *direction;
} gibbs_regular;

/* Products of three or more different elements, in ascending order. */
typedef struct gibbs_monomials {
  size_t count;
  const size_t *first; /* count + 1, into element */
  const uint32_t *element;
  const double *coefficient;
} gibbs_monomials;

/* A function of one number, as found in the expression: a few elementwise steps.  Step k computes
 * op(value[a], value[b]) into value[k + 1]; value[0] is the argument; an operand below 0 stands for constant
 * number -operand - 1. */
typedef struct gibbs_function_step {
  gibbs_op op;
  int a, b;
} gibbs_function_step;
typedef struct gibbs_function {
  size_t steps, constants;
  const gibbs_function_step *step;
  const double *constant;
} gibbs_function;

/* values, and derivatives where `slope` is not NULL, at n arguments.  No allocation; any thread. */
void gibbs_function_values(const gibbs_function *f, size_t n, const double *x, double *value, double *slope);
void gibbs_function_values_float(const gibbs_function *f, size_t n, const float *x, float *value);
/* True with *power when f(z) = z^power, a whole number from 2 to 16. */
bool gibbs_function_is_power(const gibbs_function *f, unsigned *power);
/* True when f is one operation, e.g. GIBBS_OP_LOGCOSH. */
bool gibbs_function_is_op(const gibbs_function *f, gibbs_op *op);

/* sum_r weight_r f( sum_e B_re x_e + shift_r ).  Powers of 2 to 16 of single real elements are rows of this kind too.
 * A power of degree three or more is a function where it would have many terms, else products. */
typedef struct gibbs_affine {
  gibbs_function function;
  size_t rows;
  const double *weight, *shift; /* rows */
  bool dense;
  size_t column_at, columns; /* dense: B is rows x columns, row-major, over the elements column_at... */
  const double *matrix;
  gibbs_sparse sparse; /* else: B as compressed rows (not symmetric) */
} gibbs_affine;

typedef struct gibbs_normal_form gibbs_normal_form;

/* Lower `energy`, a scalar of the variables (in this order) and of parameters.  ERR_NUMERIC: a parameter, or a
 * coefficient, is not finite (named).  O(terms of the energy); where all pairs are regular on a lattice, memory is
 * O(1) beside the expression. */
gibbs_status gibbs_normal_form_new(gibbs_expr *energy, gibbs_expr *const variables[], size_t variable_count,
                                   gibbs_normal_form **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_normal_form_free(gibbs_normal_form *form);

/* All values multiplied by this from the next refresh on (1 until told): an inverse temperature. */
void gibbs_normal_form_set_scale(gibbs_normal_form *form, double scale);
/* Read the parameters again; the structure stays, and so do all arrays, with new values in them.  After a failure the
 * old values are there.  Cheap when nothing has changed. */
gibbs_status gibbs_normal_form_refresh(gibbs_normal_form *form, gibbs_error *err) GIBBS_CHECKED;

size_t gibbs_normal_form_segment_count(const gibbs_normal_form *form);
const gibbs_segment *gibbs_normal_form_segments(const gibbs_normal_form *form);
size_t gibbs_normal_form_units(const gibbs_normal_form *form);
size_t gibbs_normal_form_elements(const gibbs_normal_form *form);

double gibbs_normal_form_constant(const gibbs_normal_form *form);
/* One value an element, or NULL where there is no field at all.  Made at the first call where all elements have the
 * same field and the pairs were found to be regular. */
gibbs_status gibbs_normal_form_fields(gibbs_normal_form *form, const double **out, gibbs_error *err) GIBBS_CHECKED;
/* True with *field when every element has the same field (0 where there is none), without making the array above. */
bool gibbs_normal_form_uniform_field(const gibbs_normal_form *form, double *field);
const gibbs_regular *gibbs_normal_form_regular(const gibbs_normal_form *form);
/* All pairs outside the dense blocks; entries = 0 where there is none.  Made at the first call where the pairs were
 * found to be regular. */
gibbs_status gibbs_normal_form_sparse(gibbs_normal_form *form, const gibbs_sparse **out,
                                      gibbs_error *err) GIBBS_CHECKED;
/* Whether there are pairs outside dense blocks, without making them. */
bool gibbs_normal_form_has_sparse(const gibbs_normal_form *form);
size_t gibbs_normal_form_dense_count(const gibbs_normal_form *form);
const gibbs_dense *gibbs_normal_form_dense(const gibbs_normal_form *form);
const gibbs_monomials *gibbs_normal_form_monomials(const gibbs_normal_form *form);
size_t gibbs_normal_form_affine_count(const gibbs_normal_form *form);
const gibbs_affine *gibbs_normal_form_affine(const gibbs_normal_form *form);
/* What has none of these structures (without the scale), or NULL; borrowed. */
gibbs_expr *gibbs_normal_form_rest(const gibbs_normal_form *form);
double gibbs_normal_form_scale(const gibbs_normal_form *form);

/* Whether the form has nothing but a constant, fields and pairs (regular, sparse or dense). */
bool gibbs_normal_form_is_pairwise(const gibbs_normal_form *form);

/* E of `batch` configurations, out[b]; elements[e * stride + b] as programs have them.  O(batch * terms). Does the
 * rest by a program made at the first call: not from several threads at once. */
gibbs_status gibbs_normal_form_energy(gibbs_normal_form *form, size_t batch, size_t stride, const double *elements,
                                      double *out, gibbs_error *err) GIBBS_CHECKED;

/* One line of text, e.g. "fields, 32 pair couplings on a periodic square lattice 4x4": what was found. */
char *gibbs_normal_form_print(const gibbs_normal_form *form, char *text, size_t size);

#endif
