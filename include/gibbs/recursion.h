/* gibbs/recursion.h - approximate renormalization in closed form: couplings to couplings.
 *
 * A recursion maps the couplings K of a lattice to those of one whose sites stand for scale^dimension sites each,
 *     K' = R(K),    ln Z_N(K) = (N / scale^dimension) g(K) + ln Z_(N / scale^dimension)(K'),
 * energies being dimensionless, H = -K sum_<ij> s_i s_j - ...  From R follow flows, fixed points, the eigenvalues
 * lambda of R's derivative there and the exponents y = ln lambda / ln scale; from g the free energy a site, -ln Z / N
 * = -sum_n g(K_n) / scale^(dimension (n + 1)).
 *
 * Promises: a recursion is immutable and may be used by several threads; couplings that overflow are errors.
 * Knows nothing of distributions: these are the textbook schemes, one row each in recursions.def. */
#ifndef GIBBS_RECURSION_H
#define GIBBS_RECURSION_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

enum { GIBBS_MOST_COUPLINGS = 24, GIBBS_MOST_RECURSION_OPTIONS = 6 };

typedef struct gibbs_recursion gibbs_recursion;

/* An option of a scheme.  Its value is a double; a choice's is the number of the word. */
typedef enum gibbs_recursion_option_kind {
  GIBBS_OPTION_REAL,
  GIBBS_OPTION_COUNT,
  GIBBS_OPTION_CHOICE
} gibbs_recursion_option_kind;

typedef struct gibbs_recursion_option {
  const char *name;
  gibbs_recursion_option_kind kind;
  double initial, low, high;
  const char *const *choices; /* words, then NULL */
  const char *doc;
} gibbs_recursion_option;

/* A row of recursions.def. */
typedef struct gibbs_recursion_kind {
  const char *name, *doc, *source;
  const gibbs_recursion_option *options; /* ends with a name NULL */
  /* Fills the recursion's fields from the options' values, in the order of the rows. */
  gibbs_status (*make)(const double *options, gibbs_recursion *out, gibbs_error *err);
} gibbs_recursion_kind;

#define GIBBS_RECURSION(id) extern const gibbs_recursion_kind gibbs_recursion_kind_##id;
#include "gibbs/recursions.def"
#undef GIBBS_RECURSION

extern const gibbs_recursion_kind *const gibbs_recursion_kinds[]; /* all of them, then NULL */

/* One step: K' and, where the scheme knows it (has_constant), g. */
typedef gibbs_status gibbs_recursion_step_function(const gibbs_recursion *r, const double *couplings, double *next,
                                                   double *constant, gibbs_error *err);

/* dK'_i / dK_j, row-major. */
typedef gibbs_status gibbs_recursion_slope_function(const gibbs_recursion *r, const double *couplings, double *out,
                                                    gibbs_error *err);

struct gibbs_recursion {
  const char *name;
  size_t couplings;                     /* how many, at most GIBBS_MOST_COUPLINGS */
  char names[GIBBS_MOST_COUPLINGS][24]; /* "K", "h" */
  bool odd[GIBBS_MOST_COUPLINGS];       /* changes sign with all spins */
  double start[GIBBS_MOST_COUPLINGS];   /* near the critical fixed point, or at the only one */
  const char *no_start;                 /* why there is no such point; NULL: there is */
  double scale, dimension;              /* b, d */
  double states;                        /* of a site: 2, or q */
  bool has_constant;
  double options[GIBBS_MOST_RECURSION_OPTIONS];
  gibbs_recursion_step_function *step;
  gibbs_recursion_slope_function *slope; /* NULL: by differences of `step` */
  /* The couplings of the nearest-neighbour model; NULL: they are K and, if there is a second, h. */
  void (*embed)(const gibbs_recursion *r, double K, double h, double *couplings);
  void *context; /* the caller's, for a step of his own */
};

/* Make the recursion of a row; `options` in the order of its rows, NULL: the defaults. */
gibbs_status gibbs_recursion_make(const gibbs_recursion_kind *kind, const double *options, gibbs_recursion *out,
                                  gibbs_error *err) GIBBS_CHECKED;

/* K' and g (NaN where the scheme has none).  ERR_NUMERIC when a coupling is not finite, ERR_ARGUMENT where the scheme
 * does not take the couplings, ERR_INTERRUPT.  So with all that takes steps. */
gibbs_status gibbs_recursion_step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                                  gibbs_error *err) GIBBS_CHECKED;

/* dK'_i / dK_j, row-major: by the scheme's own formula, else by central differences of sixth order, eleven or twelve
 * digits. */
gibbs_status gibbs_recursion_slope(const gibbs_recursion *r, const double *couplings, double *out,
                                   gibbs_error *err) GIBBS_CHECKED;

typedef struct gibbs_fixed_point {
  double couplings[GIBBS_MOST_COUPLINGS];
  double residual;                   /* the largest |K' - K| */
  double real[GIBBS_MOST_COUPLINGS]; /* of the eigenvalues, by falling modulus */
  double imaginary[GIBBS_MOST_COUPLINGS];
  bool odd[GIBBS_MOST_COUPLINGS];         /* whose eigenvector is odd */
  double exponents[GIBBS_MOST_COUPLINGS]; /* ln |lambda| / ln scale; -infinity where lambda is 0 to its digits */
  double y_t, y_h;                        /* the largest of the even and of the odd ones; NaN without one */
} gibbs_fixed_point;

/* The fixed point that Newton's method reaches from `start` (NULL: the scheme's own).  ERR_NUMERIC where it reaches
 * none, ERR_UNSUPPORTED where the scheme has no start of its own. */
gibbs_status gibbs_recursion_fixed_point(const gibbs_recursion *r, const double *start, gibbs_fixed_point *out,
                                         gibbs_error *err) GIBBS_CHECKED;

/* -ln Z / N.  ERR_UNSUPPORTED for schemes without constants, ERR_NUMERIC where they do not add up. */
gibbs_status gibbs_recursion_free_energy(const gibbs_recursion *r, const double *couplings, double *out,
                                         gibbs_error *err) GIBBS_CHECKED;

/* The couplings of the nearest-neighbour model. */
void gibbs_recursion_embed(const gibbs_recursion *r, double K, double h, double *couplings);

/* Kadanoff's lower bound of the free energy a site of the nearest-neighbour model, by the best parameter p, which
 * need not be the one of the fixed point.  d = 2 or 3.  (Kadanoff, Phys. Rev. Lett. 34 (1975) 1005.) */
gibbs_status gibbs_kadanoff_bound(size_t d, double K, double h, double *bound, double *p,
                                  gibbs_error *err) GIBBS_CHECKED;

#endif
