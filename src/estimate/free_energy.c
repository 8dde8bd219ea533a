/* free_energy.c - the list of estimators of free energies, and what they have in common. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/free_energy.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "free_energy_parts.h"

#define GIBBS_FREE_ENERGY(id) extern const gibbs_free_energy_method gibbs_free_energy_##id;
#include "free_energy.def"
#undef GIBBS_FREE_ENERGY

const gibbs_free_energy_method *const gibbs_free_energy_methods[] = {
#define GIBBS_FREE_ENERGY(id) &gibbs_free_energy_##id,
#include "free_energy.def"
#undef GIBBS_FREE_ENERGY
    NULL};
const size_t gibbs_free_energy_methods_count =
    sizeof gibbs_free_energy_methods / sizeof gibbs_free_energy_methods[0] - 1;

size_t gibbs_free_energy_count(void) {
  return gibbs_free_energy_methods_count;
}
const gibbs_free_energy_method *gibbs_free_energy_at(size_t k) {
  return gibbs_free_energy_methods[k];
}
const gibbs_free_energy_method *gibbs_free_energy_find(const char *name) {
  for (size_t k = 0; k < gibbs_free_energy_methods_count; k++)
    if (strcmp(gibbs_free_energy_methods[k]->name, name) == 0) return gibbs_free_energy_methods[k];
  return NULL;
}
const char *gibbs_free_energy_name(const gibbs_free_energy_method *method) {
  return method->name;
}
const char *gibbs_free_energy_doc(const gibbs_free_energy_method *method) {
  return method->doc;
}
const char *gibbs_free_energy_source(const gibbs_free_energy_method *method) {
  return method->source;
}

gibbs_free_energy_options gibbs_free_energy_defaults(const gibbs_free_energy_method *method) {
  return (gibbs_free_energy_options){.chains = method->chains,
                                     .temperatures = method->temperatures,
                                     .sweeps = method->sweeps,
                                     .burn = method->burn,
                                     .from_free_energy = (double)NAN,
                                     .seed = 1};
}

/* ---- verdicts --------------------------------------------------------------------------------------------- */

void gibbs_free_energy_doubt(gibbs_free_energy_result *f, const char *format, ...) {
  va_list arguments;
  if (!f->converged) return;
  f->converged = false;
  va_start(arguments, format);
  vsnprintf(f->why, sizeof f->why, format, arguments);
  va_end(arguments);
}

void gibbs_free_energy_judge(gibbs_free_energy_result *f, size_t count, const char *what) {
  if (!(f->ess >= GIBBS_FREE_ENERGY_FLOOR))
    gibbs_free_energy_doubt(f, "%zu %s are worth only %.2g independent ones, and %d are needed", count, what, f->ess,
                            GIBBS_FREE_ENERGY_FLOOR);
}

/* No error is smaller than that of the sums. */
static const double rounding = 1e-13;

/* ---- estimates -------------------------------------------------------------------------------------------- */

static gibbs_status check_ladder(const gibbs_free_energy_options *o, gibbs_error *err) {
  if (!o->ladder) return GIBBS_OK;
  for (size_t k = 0; k <= o->temperatures; k++) {
    bool rises = k == 0 ? o->ladder[k] == 0 : o->ladder[k] > o->ladder[k - 1];
    if (!rises || (k == o->temperatures && o->ladder[k] != 1))
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "temperature %zu is %g; they must rise from 0 to 1", k + 1,
                        o->ladder[k]);
  }
  return GIBBS_OK;
}

static gibbs_status check_start(const gibbs_distribution *d, const gibbs_data *start, gibbs_error *err) {
  size_t units = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  if (!start || gibbs_data_units(start) == units) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "the start has %zu units a configuration; the distribution has %zu",
                    gibbs_data_units(start), units);
}

static gibbs_status check_options(const gibbs_free_energy_options *o, gibbs_error *err) {
  if (o->chains < 8) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu chains; errors come from at least 8", o->chains);
  if (o->temperatures < 1 || o->temperatures > 10000000)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu temperatures; there must be 1 to 10000000", o->temperatures);
  if (o->reference == GIBBS_REFERENCE_DATA && !o->data)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a reference fitted to data needs data");
  if (o->kernel && strcmp(gibbs_kernel_name(o->kernel), "tempering") == 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "kernel tempering has its own temperatures; name the kernel of one temperature");
  return check_ladder(o, err);
}

static gibbs_status run_method(const gibbs_free_energy_method *method, gibbs_distribution *d,
                               const gibbs_free_energy_options *o, gibbs_free_energy_result *out, gibbs_error *err) {
  gibbs_free_energy_result f = {.bias = 0,
                                .lower = (double)NAN,
                                .upper = (double)NAN,
                                .gap = (double)NAN,
                                .converged = true,
                                .method = method->name};
  gibbs_status status = method->run(d, o, &f, err);
  if (status != GIBBS_OK) return status;
  if (!isfinite(f.value))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the free energy comes out as %g: energies are too large", f.value);
  f.error = fmax(f.error, rounding * (1 + fabs(f.value)));
  *out = f;
  return GIBBS_OK;
}

/* The other way: integration for annealing, annealing for all others. */
static gibbs_status cross_check(const gibbs_free_energy_method *method, gibbs_distribution *d,
                                const gibbs_free_energy_options *o, const gibbs_free_energy_result *first,
                                gibbs_error *err) {
  const gibbs_free_energy_method *other =
      method == &gibbs_free_energy_ais ? &gibbs_free_energy_integration : &gibbs_free_energy_ais;
  gibbs_free_energy_options options = gibbs_free_energy_defaults(other);
  gibbs_free_energy_result second;
  options.reference = o->reference;
  options.data = o->data;
  options.kernel = o->kernel;
  options.settings = o->settings;
  options.chains = o->chains;
  options.seed = o->seed + 0x9e3779b97f4a7c15u;
  options.both = true;
  gibbs_status status = run_method(other, d, &options, &second, err);
  if (status != GIBBS_OK) return status;
  double apart = fabs(first->value - second.value), error = hypot(first->error, second.error);
  if (apart <= 4 * error) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "%s says %.8g with an error of %.2g, %s says %.8g with an error of %.2g: they are %.3g errors "
                    "apart, so that neither can be trusted; take more temperatures and sweeps",
                    method->name, first->value, first->error, other->name, second.value, second.error, apart / error);
}

gibbs_status gibbs_free_energy_estimate(const gibbs_free_energy_method *method, gibbs_distribution *d,
                                        const gibbs_free_energy_options *options, gibbs_free_energy_result *out,
                                        gibbs_error *err) {
  gibbs_free_energy_result f;
  gibbs_status status = check_options(options, err);
  if (status == GIBBS_OK) status = check_start(d, options->start, err);
  if (status == GIBBS_OK) status = run_method(method, d, options, &f, err);
  if (status == GIBBS_OK && options->check) status = cross_check(method, d, options, &f, err);
  if (status == GIBBS_OK) *out = f;
  return status;
}
