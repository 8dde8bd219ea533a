/* kernel.h - what a Markov kernel is: for the rooms of the sampling floor only.
 *
 * To add one: write src/sample/<name>.c with `const gibbs_kernel gibbs_kernel_<name>`, and give it a row in
 * kernels.def. No binding code: its options, its name and its help come from the row. */
#ifndef GIBBS_SAMPLE_KERNEL_H
#define GIBBS_SAMPLE_KERNEL_H

#include "gibbs/chains.h"
#include "gibbs/normal_form.h"
#include "gibbs/random.h"

/* What is sampled: p(x) ~ exp(-E(x)) over the units of the variables, some of which may be held. */
typedef struct gibbs_target {
  gibbs_distribution *distribution; /* that it came from */
  gibbs_expr *energy;
  gibbs_expr *const *variables;
  size_t variable_count;
  gibbs_normal_form *form; /* of the energy, refreshed by the owner */
  size_t units;
  const bool *held;           /* [unit]: keeps the value that it was set to, chain by chain; NULL: none is held */
  const gibbs_ladder *ladder; /* what the user gave; NULL: nothing */
} gibbs_target;

/* All chains of one kernel at one energy.
 *
 * Values are exchanged unit by unit: value of unit u in chain c at [u * stride + c], -1/+1 for spins, 0/1 for bits, a
 * state number 1..q for Potts, any finite number for reals.
 * Chain c has the number first_chain + c in the addresses of random numbers, and draws from (seed,
 * GIBBS_PURPOSE_SWEEP, number, step) alone: the same bits for any number of threads, and whatever other chains there
 * are (a kernel may use several steps of its own inside one sweep through the words of that address). */
struct gibbs_kernel {
  const char *name, *doc, *source; /* source: the paper */
  bool joint;                      /* samples the hidden units with the visible ones (else they are summed) */
  bool ladder;                     /* has rungs, and takes a ladder */
  const gibbs_kernel_option *options;
  size_t option_count;

  /* Whether it can sample this target; if not, `why` says what stands in the way ("the couplings are not uniform").
   */
  bool (*can)(const gibbs_target *target, const double *settings, char *why, size_t size);
  /* Whether it is the one to choose when nobody says which, of those that can (rows are asked in their order). */
  bool (*suits)(const gibbs_target *target);

  /* Nothing is set yet; the target outlives the instance. */
  gibbs_status (*make)(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                       void **instance, gibbs_error *err);
  void (*free)(void *instance);
  /* The form has new values, or what was recalled belongs to others: whatever is kept of energies is made anew,
   * configurations stay.  ERR_UNSUPPORTED with the reason if it cannot do them (a coupling became negative, ...). */
  gibbs_status (*refresh)(void *instance, gibbs_error *err);
  gibbs_status (*set)(void *instance, const double *values, size_t stride, gibbs_error *err);
  void (*get)(const void *instance, double *values, size_t stride);
  /* One sweep of all chains: about one update tried a unit (what a sweep is stands in doc).  Spreads over threads by
   * gibbs/private/parallel.h.  ERR_NUMERIC names the unit and the chain where an energy is not finite. */
  gibbs_status (*sweep)(void *instance, uint64_t seed, uint32_t step, gibbs_error *err);

  /* May be NULL from here on. */
  /* A random start of all chains (uniform over the states) from (seed, GIBBS_PURPOSE_CHAIN, number, 0): for kernels
   * whose configurations are far smaller than the doubles that `set` takes. */
  gibbs_status (*start)(void *instance, uint64_t seed, gibbs_error *err);
  /* Variable k of all chains as rows[c * units + u], faster than through `get` and `set`, both or none; false: not of
   * this variable. */
  bool (*get_rows)(const void *instance, size_t k, double *rows);
  bool (*set_rows)(void *instance, size_t k, const double *rows);
  /* Adaptation of step sizes and the like: on during warm-up, off (and the kernel exact) afterwards. */
  void (*adapt)(void *instance, bool on);
  /* Numbers about the last sweep, one a chain: "acceptance", "cluster_size", ...; rows by name. */
  const char *const *measures; /* NULL-terminated */
  void (*measure)(const void *instance, size_t which, double *out);
  /* What adaptation and the like have made of it (not the configurations): count doubles, to be saved with chains. */
  size_t (*memory)(const void *instance, double *out); /* out NULL: how many */
  gibbs_status (*recall)(void *instance, const double *memory, size_t count, gibbs_error *err);
  /* Whether a sweep is in detailed balance for the visible units (NULL: it is not). */
  bool (*reversible)(const void *instance);
  /* Energies beta E - (1 - beta) sum_e field_e x_e without a refresh (field[element]; NULL: as it was, 0 at first):
   * all three or none. `work`: out[chain] = -log of the sum over hidden units at `to` less that at the present beta.
   */
  bool (*can_mix)(const void *instance);
  gibbs_status (*mix)(void *instance, double beta, const double *field, gibbs_error *err);
  gibbs_status (*work)(void *instance, double to, double *out, gibbs_error *err);
  /* Of kernels with rungs. */
  size_t (*rungs)(const void *instance, double *scale, double *acceptance);
  void (*select)(void *instance, size_t rung); /* what get, set and measure speak of */
};

/* The number of chain c of rung r in the addresses of random numbers: chains and rungs may be added without changing
 * those that are there. */
#define GIBBS_RUNG_CHAINS ((size_t)1 << 24)

/* Whether the kernel can sample the target; `why` otherwise, and ERR_UNSUPPORTED naming the kernels that can. */
gibbs_status gibbs_kernel_check(const gibbs_kernel *kernel, const gibbs_target *target, const double *settings,
                                gibbs_error *err) GIBBS_CHECKED;
/* Settings that hold the initial values of the kernel's options (room for option_count). */
void gibbs_kernel_defaults(const gibbs_kernel *kernel, double *settings);
/* The first kernel that can sample the target and suits it, or else the first that can; NULL when there is none. */
const gibbs_kernel *gibbs_kernel_choose(const gibbs_target *target);

/* The rows of kernels.def, in order. */
extern const gibbs_kernel *const gibbs_kernels[];
extern const size_t gibbs_kernels_count;

#endif
