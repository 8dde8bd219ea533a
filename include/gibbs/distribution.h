/* gibbs/distribution.h - Boltzmann distributions: an energy, what is visible, what is hidden, and the structure found
 * in it.
 *
 * Promises: P(v) = exp(F - H(v)), H(v) = -log sum_h exp(-E(v,h)); hidden units in which the energy is affine are
 * summed in closed form, the others by enumeration inside H; the structure (the form below) is found from the
 * expression, never from a family's name. Immutable but for the values of the parameters; reference-counted; one
 * thread. Knows nothing of how sums over visible states are done. */
#ifndef GIBBS_DISTRIBUTION_H
#define GIBBS_DISTRIBUTION_H

#include "gibbs/expr.h"
#include "gibbs/lattice.h"

/* Exact sums are done up to 2^this many states: of Hamiltonians with a form (below), and of general ones. */
#define GIBBS_EXACT_FORM_BITS 30
#define GIBBS_EXACT_GENERAL_BITS 22

typedef struct gibbs_distribution gibbs_distribution;

/* `energy` is a scalar expression of the variables (nodes of gibbs_expr_variable) and of parameters.  `family` is
 * shown to the user. ERR_SHAPE: the energy is no scalar.  ERR_ARGUMENT: it depends on a variable in neither list, or
 * a variable is in both. */
gibbs_status gibbs_distribution_new(const char *family, gibbs_expr *energy, gibbs_expr *const visible[],
                                    size_t visible_count, gibbs_expr *const hidden[], size_t hidden_count,
                                    gibbs_distribution **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_distribution *gibbs_distribution_retain(gibbs_distribution *distribution);
void gibbs_distribution_release(gibbs_distribution *distribution);

const char *gibbs_distribution_family(const gibbs_distribution *distribution);
gibbs_expr *gibbs_distribution_energy(const gibbs_distribution *distribution); /* borrowed */
/* H(v), borrowed; NULL where hidden units can neither be summed in closed form nor be enumerated: the joint energy is
 * all there is then, and the hidden units have to be sampled. */
gibbs_expr *gibbs_distribution_hamiltonian(const gibbs_distribution *distribution);
/* Says so: ERR_SIZE where they are too many, ERR_UNSUPPORTED where they take real values. */
gibbs_status gibbs_distribution_summable(const gibbs_distribution *distribution, gibbs_error *err) GIBBS_CHECKED;
size_t gibbs_distribution_visible_count(const gibbs_distribution *distribution);
gibbs_expr *const *gibbs_distribution_visible(const gibbs_distribution *distribution);
size_t gibbs_distribution_hidden_count(const gibbs_distribution *distribution);
gibbs_expr *const *gibbs_distribution_hidden(const gibbs_distribution *distribution);
size_t gibbs_distribution_parameter_count(const gibbs_distribution *distribution);
gibbs_expr *const *
gibbs_distribution_parameters(const gibbs_distribution *distribution); /* borrowed parameter nodes */
/* Whether hidden variable k is summed in closed form (else it is enumerated). */
bool gibbs_distribution_closed(const gibbs_distribution *distribution, size_t k);

/* The number of units of a list of variables. */
size_t gibbs_variables_units(gibbs_expr *const variables[], size_t count);
/* log2 of the number of joint states of a list of discrete variables; infinity for reals. */
double gibbs_variables_log2_states(gibbs_expr *const variables[], size_t count);

/* The expectation of f(v, h) given v, an expression of v alone (f itself if it has no hidden variable).
 * ERR_UNSUPPORTED: f is not affine in a closed-form variable and the hidden states are too many to enumerate. */
gibbs_status gibbs_distribution_condition(gibbs_distribution *distribution, gibbs_expr *f, gibbs_expr **out,
                                          gibbs_error *err) GIBBS_CHECKED;

/* The same machine with visible and hidden exchanged, if its visible units can be summed in closed form given the
 * hidden ones; else NULL. Its free energy and the free energy's gradient are the same.  Borrowed; made at the first
 * call. */
gibbs_status gibbs_distribution_swapped(gibbs_distribution *distribution, gibbs_distribution **out,
                                        gibbs_error *err) GIBBS_CHECKED;

/* The structure of H:  H(v) = polynomial(v) - sum_k sum_j f_k(argument_kj(v)),  polynomial of degree at most 2 and
 * every argument affine in the units of v; f is softplus or log cosh. */
typedef struct gibbs_form_term {
  gibbs_op op;          /* GIBBS_OP_SOFTPLUS or GIBBS_OP_LOGCOSH */
  gibbs_expr *argument; /* any shape: one term an element */
} gibbs_form_term;

typedef struct gibbs_form {
  bool found;      /* false: H has another structure, and what follows is empty */
  unsigned degree; /* of the polynomial: 0, 1 or 2 */
  gibbs_expr *polynomial;
  size_t term_count;
  gibbs_form_term *terms;
  size_t softplus_count; /* elements of all arguments */
} gibbs_form;
const gibbs_form *gibbs_distribution_form(const gibbs_distribution *distribution);

/* What was recognised and what will be done, a few lines of text, to be freed with free(). */
gibbs_status gibbs_distribution_describe(gibbs_distribution *distribution, char **out,
                                         gibbs_error *err) GIBBS_CHECKED;

/* ---- families: energies written for you ------------------------------------------------------------ */

/* H = -sum_<ij> J_ij s_i s_j - sum_i field_i s_i on spins of the lattice's shape.  `coupling` is a scalar, or holds
 * one value a bond, or one a direction; `field` (NULL: none) is a scalar or one a site.  `visible` NULL makes new
 * spins. */
gibbs_status gibbs_ising_new(gibbs_graph *graph, gibbs_lattice *lattice, gibbs_expr *coupling, gibbs_expr *field,
                             gibbs_expr *visible, gibbs_distribution **out, gibbs_error *err) GIBBS_CHECKED;
/* sum over the bonds of the product of the ends (for Potts: of their indicators); ERR_SHAPE unless v has one unit a
 * site. */
gibbs_status gibbs_bonds(gibbs_expr *v, const gibbs_lattice *lattice, gibbs_expr **out,
                         gibbs_error *err) GIBBS_CHECKED;

/* E = -v.W h - a.v - b.h, visible and hidden of any discrete domain, flattened; W is size(visible) x size(hidden) (or
 * any shape of that size).  `normalised` adds log of the number of hidden states, i.e. averages over them instead of
 * summing. Source: Smolensky 1986; Hinton, Neural Computation 14 (2002) 1771. */
gibbs_status gibbs_rbm_new(gibbs_expr *visible, gibbs_expr *hidden, gibbs_expr *weights, gibbs_expr *visible_bias,
                           gibbs_expr *hidden_bias, bool normalised, gibbs_distribution **out,
                           gibbs_error *err) GIBBS_CHECKED;

#endif
