/* gl_chains_stored.c - chains made from a file, every value of which is checked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/files.h"
#include "gl_chains_file.h"
#include "gl_units.h"

/* What was read; tensors are references of its own. */
typedef struct stored {
  const char *path;
  gibbs_distribution *d;
  gibbs_value *map;
  const gibbs_kernel *kernel;
  double n, seed, hidden;
  gibbs_tensor *settings, *energy, *state, *scale;
  gibbs_tensor **held, **values; /* a variable; a parameter of the ladder */
  const double **held_values, **ladder_values;
  size_t *held_rows;
  gibbs_expr **parameters;
  gibbs_ladder ladder;
} stored;

static gibbs_status damaged(const stored *s, const char *name, const char *what, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s holds no chains that can be read: '%s' %s", s->path, name, what);
}

/* ---- parts
 * ----------------------------------------------------------------------------------------------------------- */

/* NULL when it is absent. */
static gibbs_status take_tensor(const stored *s, const char *name, gibbs_tensor **out, gibbs_error *err) {
  const gibbs_value *value = gibbs_value_get(s->map, name);
  if (value == NULL) return GIBBS_OK;
  gibbs_error inner;
  gibbs_status status = gibbs_value_to_tensor(value, out, &inner);
  return status == GIBBS_OK ? GIBBS_OK : damaged(s, name, "holds no numbers", err);
}

static gibbs_status take_required(const stored *s, const char *name, gibbs_tensor **out, gibbs_error *err) {
  gibbs_status status = take_tensor(s, name, out, err);
  return status == GIBBS_OK && *out == NULL ? damaged(s, name, "is missing", err) : status;
}

/* A whole number from 0 to `high`. */
static gibbs_status take_count(const stored *s, const char *name, double high, double *out, gibbs_error *err) {
  gibbs_tensor *tensor = NULL;
  gibbs_status status = take_required(s, name, &tensor, err);
  if (status != GIBBS_OK) return status;
  double value = gibbs_tensor_values(tensor)[0];
  bool fine = gibbs_tensor_size(tensor) == 1 && value >= 0 && value <= high && value == floor(value);
  gibbs_tensor_release(tensor);
  *out = value;
  return fine ? GIBBS_OK : damaged(s, name, "is out of range", err);
}

/* A text, or the codes of its characters. */
static gibbs_status take_text(const stored *s, const char *name, char *out, size_t size, gibbs_error *err) {
  const gibbs_value *value = gibbs_value_get(s->map, name);
  const char *text = value ? gibbs_value_as_string(value, NULL) : NULL;
  if (text != NULL) {
    snprintf(out, size, "%s", text);
    return GIBBS_OK;
  }
  gibbs_tensor *codes = NULL;
  gibbs_status status = take_required(s, name, &codes, err);
  if (status != GIBBS_OK) return status;
  size_t length = gibbs_tensor_size(codes) < size ? gibbs_tensor_size(codes) : size - 1;
  for (size_t i = 0; i < length; i++) {
    double code = gibbs_tensor_values(codes)[i];
    out[i] = code >= 32 && code < 256 ? (char)(unsigned char)code : '?';
  }
  out[length] = '\0';
  gibbs_tensor_release(codes);
  return GIBBS_OK;
}

/* ---- what the chains are
 * ---------------------------------------------------------------------------------------------- */

static gibbs_status read_model(stored *s, gibbs_error *err) {
  char text[GL_MODEL_TEXT] = "", own[GL_MODEL_TEXT];
  if (gibbs_value_kind_of(s->map) != GIBBS_VALUE_MAP || gibbs_value_get(s->map, "format") == NULL)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s is no file of chains; chains:save writes them", s->path);
  gibbs_status status = take_text(s, "format", text, sizeof text, err);
  if (status == GIBBS_OK && strcmp(text, GL_CHAINS_FORMAT) != 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s is of format '%.60s'; this program reads '%s'", s->path, text,
                      GL_CHAINS_FORMAT);
  if (status == GIBBS_OK) status = take_text(s, "model", text, sizeof text, err);
  if (status == GIBBS_OK && strcmp(text, gl_model_text(s->d, own, sizeof own)) != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s was written for another model: %.120s; this one is %.120s",
                      s->path, text, own);
  return status;
}

static bool is_legal(const gibbs_kernel_option *option, double setting) {
  bool whole = option->kind == GIBBS_KERNEL_REAL || setting == floor(setting);
  double high = option->high;
  if (option->kind == GIBBS_KERNEL_FLAG) high = 1;
  if (option->kind == GIBBS_KERNEL_WORD)
    for (high = -1; option->words[(size_t)(high + 1)] != NULL;) high++;
  double low = option->kind == GIBBS_KERNEL_FLAG || option->kind == GIBBS_KERNEL_WORD ? 0 : option->low;
  return whole && setting >= low && setting <= high;
}

static gibbs_status read_kernel(stored *s, gibbs_error *err) {
  char name[GL_MODEL_TEXT];
  gibbs_status status = take_text(s, "kernel", name, sizeof name, err);
  if (status != GIBBS_OK) return status;
  s->kernel = gibbs_kernel_find(name);
  if (s->kernel == NULL)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s was written by a kernel '%.60s', which this program has not", s->path,
                      name);
  status = take_tensor(s, "settings", &s->settings, err);
  size_t count = gibbs_kernel_option_count(s->kernel), given = s->settings ? gibbs_tensor_size(s->settings) : 0;
  bool fine = given == count;
  for (size_t i = 0; fine && i < count; i++)
    fine = is_legal(&gibbs_kernel_options(s->kernel)[i], gibbs_tensor_values(s->settings)[i]);
  return status == GIBBS_OK && !fine ? damaged(s, "settings", "does not fit the kernel", err) : status;
}

static gibbs_status read_counts(stored *s, gibbs_error *err) {
  gibbs_status status = take_count(s, "n", 16777216.0, &s->n, err);
  if (status == GIBBS_OK) status = take_count(s, "seed", 9007199254740992.0, &s->seed, err);
  if (status == GIBBS_OK) status = take_count(s, "hidden", GIBBS_HIDDEN_SUMMED, &s->hidden, err);
  if (status == GIBBS_OK) status = take_required(s, "energy", &s->energy, err);
  if (status == GIBBS_OK) status = take_required(s, "state", &s->state, err);
  if (status == GIBBS_OK && (s->n < 1 || gibbs_tensor_size(s->energy) != (size_t)s->n))
    return damaged(s, "energy", "does not fit the number of chains", err);
  return status;
}

static gibbs_status read_held(stored *s, size_t variables, gibbs_error *err) {
  s->held = calloc(variables, sizeof(gibbs_tensor *));
  s->held_values = calloc(variables, sizeof *s->held_values);
  s->held_rows = calloc(variables, sizeof *s->held_rows);
  if (!s->held || !s->held_values || !s->held_rows) return gibbs_fail_memory(err, "held units", variables);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < variables; k++) {
    char name[40];
    snprintf(name, sizeof name, "held.%zu", k + 1);
    status = take_tensor(s, name, &s->held[k], err);
    if (s->held[k] == NULL) continue;
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gl_variable_at(s->d, k)));
    size_t size = gibbs_tensor_size(s->held[k]);
    if (size != units && size != units * (size_t)s->n) return damaged(s, name, "does not fit the units", err);
    s->held_values[k] = gibbs_tensor_values(s->held[k]);
    s->held_rows[k] = size / units;
  }
  return status;
}

static gibbs_status take_rungs(stored *s, const char *name, const gibbs_tensor *tensor, size_t size,
                               gibbs_error *err) {
  size_t rungs = gibbs_tensor_size(tensor) / size;
  if (gibbs_tensor_size(tensor) != rungs * size || (s->ladder.rungs != 0 && s->ladder.rungs != rungs))
    return damaged(s, name, "does not fit the ladder", err);
  s->ladder.rungs = rungs;
  return GIBBS_OK;
}

static gibbs_status read_ladder(stored *s, gibbs_error *err) {
  size_t count = gibbs_distribution_parameter_count(s->d);
  s->values = calloc(count + 1, sizeof(gibbs_tensor *));
  s->ladder_values = calloc(count + 1, sizeof *s->ladder_values);
  s->parameters = calloc(count + 1, sizeof(gibbs_expr *));
  if (!s->values || !s->ladder_values || !s->parameters) return gibbs_fail_memory(err, "a ladder", count);
  gibbs_status status = take_tensor(s, "ladder.scale", &s->scale, err);
  if (s->scale) status = take_rungs(s, "ladder.scale", s->scale, 1, err);
  s->ladder.scale = s->scale ? gibbs_tensor_values(s->scale) : NULL;
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    gibbs_expr *node = gibbs_distribution_parameters(s->d)[k];
    size_t p = s->ladder.parameter_count;
    char name[256];
    snprintf(name, sizeof name, "ladder.parameter.%s", gibbs_parameter_name(gibbs_expr_as_parameter(node)));
    status = take_tensor(s, name, &s->values[p], err);
    if (s->values[p] == NULL) continue;
    status = take_rungs(s, name, s->values[p], gibbs_expr_size(node), err);
    s->parameters[p] = node;
    s->ladder_values[p] = gibbs_tensor_values(s->values[p]);
    s->ladder.parameter_count++;
  }
  s->ladder.parameters = s->parameters;
  s->ladder.values = s->ladder_values;
  return status;
}

/* ---- making them
 * -------------------------------------------------------------------------------------------------------- */

/* The energies say whether couplings and parameters are those of the file. */
static gibbs_status check_energies(const stored *s, gl_chain_set *set, gibbs_error *err) {
  size_t n = (size_t)s->n;
  double *energy = malloc(n * sizeof *energy);
  if (energy == NULL) return gibbs_fail_memory(err, "energies", n * sizeof *energy);
  gibbs_status status = gl_chain_energies(set, energy, err);
  for (size_t c = 0; status == GIBBS_OK && c < n; c++) {
    double then = gibbs_tensor_values(s->energy)[c];
    if (fabs(energy[c] - then) <= 1e-9 * (1 + fabs(then))) continue;
    status = gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                        "%s was written for an energy with other values: H of chain %zu was %.10g and is %.10g here; "
                        "set the parameters first, or give its configurations to new chains as their start",
                        s->path, c + 1, then, energy[c]);
  }
  free(energy);
  return status;
}

static gibbs_status make_set(stored *s, gl_chain_set **out, gibbs_error *err) {
  size_t variables = gibbs_distribution_visible_count(s->d) + gibbs_distribution_hidden_count(s->d);
  gibbs_status status = read_held(s, variables, err);
  if (status == GIBBS_OK) status = read_ladder(s, err);
  if (status != GIBBS_OK) return status;
  bool held = false;
  for (size_t k = 0; k < variables; k++) held |= s->held[k] != NULL;
  gibbs_chains_options options = {.chains = (size_t)s->n,
                                  .seed = (uint64_t)s->seed,
                                  .kernel = s->kernel,
                                  .settings = s->settings ? gibbs_tensor_values(s->settings) : NULL,
                                  .hidden = (gibbs_hidden_role)(int)s->hidden,
                                  .held = held ? s->held_values : NULL,
                                  .held_rows = held ? s->held_rows : NULL,
                                  .ladder = s->ladder.rungs ? &s->ladder : NULL};
  gl_chain_set *set = NULL;
  status = gl_chain_set_new(s->d, &options, &set, err);
  if (status == GIBBS_OK)
    status = gibbs_chains_restore(set->chains, gibbs_tensor_values(s->state), gibbs_tensor_size(s->state), err);
  if (status == GIBBS_OK) status = check_energies(s, set, err);
  if (status == GIBBS_OK)
    *out = set;
  else
    gl_chain_set_release(set);
  return status;
}

static void drop_parts(stored *s) {
  size_t variables = gibbs_distribution_visible_count(s->d) + gibbs_distribution_hidden_count(s->d);
  for (size_t k = 0; s->held && k < variables; k++) gibbs_tensor_release(s->held[k]);
  for (size_t p = 0; s->values && p <= gibbs_distribution_parameter_count(s->d); p++)
    gibbs_tensor_release(s->values[p]);
  gibbs_tensor_release(s->settings);
  gibbs_tensor_release(s->energy);
  gibbs_tensor_release(s->state);
  gibbs_tensor_release(s->scale);
  free(s->held);
  free(s->values);
  free(s->held_values);
  free(s->ladder_values);
  free(s->held_rows);
  free(s->parameters);
  gibbs_value_free(s->map);
}

gibbs_status gl_chains_read_file(gibbs_distribution *d, const char *path, gl_chain_set **out, gibbs_error *err) {
  stored s = {.path = path, .d = d};
  gibbs_status status = gibbs_file_read(path, &s.map, err);
  if (status != GIBBS_OK) return status;
  status = read_model(&s, err);
  if (status == GIBBS_OK) status = read_kernel(&s, err);
  if (status == GIBBS_OK) status = read_counts(&s, err);
  if (status == GIBBS_OK) status = make_set(&s, out, err);
  drop_parts(&s);
  return status;
}
