/* gibbs/chains.h - Markov chains of a distribution: many at once, persistent, and the same bits for any number of
 * threads.
 *
 * Promises: chain c at sweep t draws from the address (seed, purpose, c, t) alone, so that a run is repeated, split
 * and resumed bit for bit; batches are copies; units that are held keep their values; a failure leaves the chains as
 * they were before the sweep that failed, or says that they have to be set again.
 * Knows nothing of statistics. */
#ifndef GIBBS_CHAINS_H
#define GIBBS_CHAINS_H

#include "gibbs/distribution.h"
#include "gibbs/progress.h"

/* ---- kernels -------------------------------------------------------------------------------------- */

typedef struct gibbs_kernel gibbs_kernel;

typedef enum gibbs_kernel_option_kind {
  GIBBS_KERNEL_REAL,  /* a number from low to high */
  GIBBS_KERNEL_COUNT, /* a whole number from low to high */
  GIBBS_KERNEL_FLAG,  /* 0 or 1 */
  GIBBS_KERNEL_WORD   /* the position of one of `words` */
} gibbs_kernel_option_kind;

typedef struct gibbs_kernel_option {
  const char *name;
  gibbs_kernel_option_kind kind;
  double initial, low, high;
  const char *const *words; /* NULL-terminated */
  const char *doc;
} gibbs_kernel_option;

size_t gibbs_kernel_count(void);
const gibbs_kernel *gibbs_kernel_at(size_t k);
const gibbs_kernel *gibbs_kernel_find(const char *name); /* NULL: none of that name */
const char *gibbs_kernel_name(const gibbs_kernel *kernel);
const char *gibbs_kernel_doc(const gibbs_kernel *kernel);
const char *gibbs_kernel_source(const gibbs_kernel *kernel);
size_t gibbs_kernel_option_count(const gibbs_kernel *kernel);
const gibbs_kernel_option *gibbs_kernel_options(const gibbs_kernel *kernel);

/* ---- chains --------------------------------------------------------------------------------------- */

typedef struct gibbs_chains gibbs_chains;

/* Whether hidden units are sampled with the visible ones, or summed inside H(v). */
typedef enum gibbs_hidden_role { GIBBS_HIDDEN_AUTO, GIBBS_HIDDEN_SAMPLED, GIBBS_HIDDEN_SUMMED } gibbs_hidden_role;

/* The rungs of parallel tempering: rung r has the energy times scale[r], at values[p] + r * size(parameters[p]) of
 * some parameters.  Rung 0 is the one that counts unless another is selected. */
typedef struct gibbs_ladder {
  size_t rungs;
  const double *scale; /* NULL: 1 */
  size_t parameter_count;
  gibbs_expr *const *parameters;
  const double *const *values;
} gibbs_ladder;

typedef struct gibbs_chains_options {
  size_t chains; /* 1 to 2^24 */
  uint64_t seed;
  const gibbs_kernel *kernel; /* NULL: the one that suits */
  const double *settings;     /* one a row of the kernel's options, NULL: their initial values */
  gibbs_hidden_role hidden;
  /* Units that are held: per variable (visible ones, then hidden ones) rows[chain * units + u], or one row for all
   * chains (held_rows[k] == 1); NULL where none is.  NaN marks a unit that is free. */
  const double *const *held;
  const size_t *held_rows;
  const gibbs_ladder *ladder; /* NULL: what the kernel's settings say; only kernels of several rungs take one */
} gibbs_chains_options;

/* Chains at a random start (uniform over the states; standard normal for reals).  ERR_ARGUMENT: no chains, a value
 * held that its unit cannot take.  ERR_UNSUPPORTED: the kernel cannot do this energy; the message says why and which
 * can. The distribution is retained. */
gibbs_status gibbs_chains_new(gibbs_distribution *d, const gibbs_chains_options *options, gibbs_chains **out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_chains_free(gibbs_chains *chains);

gibbs_distribution *gibbs_chains_distribution(const gibbs_chains *chains); /* borrowed */
size_t gibbs_chains_count(const gibbs_chains *chains);
uint64_t gibbs_chains_seed(const gibbs_chains *chains);
uint64_t gibbs_chains_sweeps(const gibbs_chains *chains); /* done so far */
const gibbs_kernel *gibbs_chains_kernel(const gibbs_chains *chains);
/* The variables whose units are sampled: the visible ones, then the hidden ones where they are. */
size_t gibbs_chains_variable_count(const gibbs_chains *chains);
gibbs_expr *const *gibbs_chains_variables(const gibbs_chains *chains);

/* `sweeps` sweeps of every chain, with the present values of the parameters.  ERR_INTERRUPT between sweeps. */
gibbs_status gibbs_chains_advance(gibbs_chains *chains, uint64_t sweeps, gibbs_error *err) GIBBS_CHECKED;
/* The same, during which the kernel may adapt itself. */
gibbs_status gibbs_chains_warm_up(gibbs_chains *chains, uint64_t sweeps, gibbs_error *err) GIBBS_CHECKED;

/* Whether sweeps at one energy are in detailed balance for the visible units: a run back in time is as likely as it
 * is forward. */
bool gibbs_chains_reversible(const gibbs_chains *chains);
/* Whether a sweep depends on the visible units alone: hidden ones are not sampled, or are drawn first, given the
 * visible ones.  Else weights that change the distribution of the visible units have to be those of the joint energy:
 * a weight of H(v) would leave the hidden units behind. */
bool gibbs_chains_redraws_hidden(const gibbs_chains *chains);

/* Chains on the way from independent units to their energy: from now on they sample beta E - (1 - beta) sum_e field_e
 * x_e over the elements of all variables (field NULL: as it was, 0 at first), which costs nothing.  Only where
 * gibbs_chains_can_mix (two layers, by block_gibbs); else ERR_UNSUPPORTED.  Not saved with the chains. */
bool gibbs_chains_can_mix(const gibbs_chains *chains);
gibbs_status gibbs_chains_mix(gibbs_chains *chains, double beta, const double *field, gibbs_error *err) GIBBS_CHECKED;
/* out[chain]: -log sum_h exp(-energy) of the visible units at `to`, less that at the present beta. */
gibbs_status gibbs_chains_work(gibbs_chains *chains, double to, double *out, gibbs_error *err) GIBBS_CHECKED;

/* Variable k of every chain: rows[c * units + u], a copy; and the other way, where a value that its unit cannot take
 * is named with its chain and its unit. */
gibbs_status gibbs_chains_get(const gibbs_chains *chains, size_t k, double *rows, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_chains_set(gibbs_chains *chains, size_t k, const double *rows, gibbs_error *err) GIBBS_CHECKED;

/* The rungs of a ladder (1 without one): their scales, and the mean acceptance of swaps between rung r and r + 1
 * since the chains began or adaptation ended (`rungs` - 1 values; NaN before the first).  Either may be NULL. */
size_t gibbs_chains_rungs(const gibbs_chains *chains);
void gibbs_chains_ladder(const gibbs_chains *chains, double *scale, double *acceptance);
/* The rung that get, set, meters and measures speak of from now on, below gibbs_chains_rungs. */
void gibbs_chains_select(gibbs_chains *chains, size_t rung);
size_t gibbs_chains_selected(const gibbs_chains *chains);

/* Expressions of the distribution's variables evaluated at the present configurations, again and again: compiled
 * once. Hidden units that are summed, or that f is averaged over in closed form, are replaced by their conditional
 * means. */
typedef struct gibbs_meter gibbs_meter;
gibbs_status gibbs_meter_new(gibbs_chains *chains, gibbs_expr *const exprs[], size_t count, gibbs_meter **out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_meter_free(gibbs_meter *meter);
/* The number of values a chain: the sizes of all expressions added up. */
size_t gibbs_meter_size(const gibbs_meter *meter);
/* out[value * chains + chain], expression after expression, each row-major. */
gibbs_status gibbs_meter_read(gibbs_meter *meter, double *out, gibbs_error *err) GIBBS_CHECKED;

/* Numbers that the kernel knows about its last sweep ("acceptance", ...), one a chain. */
size_t gibbs_chains_measure_count(const gibbs_chains *chains);
const char *gibbs_chains_measure_name(const gibbs_chains *chains, size_t which);
void gibbs_chains_measure(const gibbs_chains *chains, size_t which, double *out);
/* What a line of progress says of chains beside their sweeps: the acceptance, where the kernel knows one. */
void gibbs_chains_tell(const gibbs_chains *chains, gibbs_progress *task);

/* Everything that is needed to go on: configurations, sweeps done, what adaptation made: *count doubles, to be freed
 * with free().  Restoring refuses what does not fit. */
gibbs_status gibbs_chains_save(const gibbs_chains *chains, double **state, size_t *count,
                               gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_chains_restore(gibbs_chains *chains, const double *state, size_t count,
                                  gibbs_error *err) GIBBS_CHECKED;

/* Lines for describe(): the normal form, the kernels that can, the one that is chosen and why the others cannot; to
 * be freed with free(). */
gibbs_status gibbs_chains_plan(gibbs_distribution *d, char **out, gibbs_error *err) GIBBS_CHECKED;

#endif
