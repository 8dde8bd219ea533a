/* gibbs/free_energy.h - free energies F = -log Z beyond enumeration, each with an error and a verdict.
 *
 * All methods but `bar` from another distribution go along energies (1 - beta) E0 + beta E, from a reference E0 of
 * independent units, whose Z is known, to the energy E: energies are mixed, never parameters.  Hidden units that can
 * be summed are summed in the weights.
 * Promises: sums are in double and in log space; an estimate that cannot be trusted says so in `converged` and `why`;
 * of chains at one seed the numbers are the same for any number of threads. */
#ifndef GIBBS_FREE_ENERGY_H
#define GIBBS_FREE_ENERGY_H

#include "gibbs/chains.h"
#include "gibbs/data.h"

/* Effective samples below which an estimate is not trusted. */
#define GIBBS_FREE_ENERGY_FLOOR 10

/* Where a path begins. */
typedef enum gibbs_reference {
  GIBBS_REFERENCE_UNIFORM, /* all states alike; standard normal for reals */
  GIBBS_REFERENCE_FIELDS,  /* the energy's own fields, without its couplings */
  GIBBS_REFERENCE_DATA     /* units that are independent and have the means of data (hidden ones: uniform) */
} gibbs_reference;

typedef struct gibbs_free_energy_options {
  size_t chains;        /* at least 8 */
  size_t temperatures;  /* steps of the path, at least 1 */
  const double *ladder; /* betas, temperatures + 1 of them from 0 to 1 ascending; NULL: equally spaced */
  size_t sweeps;        /* at every temperature, or that are measured */
  size_t burn;          /* sweeps that do not count */
  bool both;            /* ais: forward and reverse */
  bool reverse;         /* ais: reverse alone */
  bool check;           /* by a second method too: a failure unless they agree */
  gibbs_reference reference;
  const gibbs_data *data; /* for GIBBS_REFERENCE_DATA */
  /* ais: where the chains that go back begin (spread over these configurations, then `burn` sweeps); NULL: they come
   * along the path.  What the path has never found is in neither direction, unless they begin elsewhere. */
  const gibbs_data *start;
  gibbs_distribution *from; /* bar: the other distribution; NULL: the reference */
  double from_free_energy;  /* its free energy; NaN: by an exact sum */
  uint64_t seed;
  const gibbs_kernel *kernel; /* NULL: the one that suits */
  const double *settings;
} gibbs_free_energy_options;

typedef struct gibbs_free_energy_result {
  double value, error; /* one standard error */
  double ess;          /* effective samples */
  double bias;         /* of the value, to first order: that of a logarithm of a mean; 0 where there is none */
  double lower, upper; /* on average, of the two directions; NaN where there is one only */
  double gap;          /* upper - lower */
  bool converged;
  char why[200]; /* "" or what is wrong, one sentence */
  const char *method;
} gibbs_free_energy_result;

typedef struct gibbs_free_energy_method gibbs_free_energy_method;

size_t gibbs_free_energy_count(void);
const gibbs_free_energy_method *gibbs_free_energy_at(size_t k);
const gibbs_free_energy_method *gibbs_free_energy_find(const char *name); /* NULL: none of that name */
const char *gibbs_free_energy_name(const gibbs_free_energy_method *method);
const char *gibbs_free_energy_doc(const gibbs_free_energy_method *method);
const char *gibbs_free_energy_source(const gibbs_free_energy_method *method);
/* What the method begins with: chains 128, and its own temperatures, sweeps and burn. */
gibbs_free_energy_options gibbs_free_energy_defaults(const gibbs_free_energy_method *method);

/* ERR_ARGUMENT: an option out of range.  ERR_UNSUPPORTED: the kernel cannot (named).  ERR_NUMERIC: two states do not
 * overlap, or the cross-check failed. */
gibbs_status gibbs_free_energy_estimate(const gibbs_free_energy_method *method, gibbs_distribution *d,
                                        const gibbs_free_energy_options *options, gibbs_free_energy_result *out,
                                        gibbs_error *err) GIBBS_CHECKED;

#endif
