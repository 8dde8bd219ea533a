/* gl_chains_file.c - chains:save, and what is written; chains:load and Q:chains{load =}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_chains_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/files.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_state.h"
#include "gl_units.h"

/* ---- what both sides need
 * ------------------------------------------------------------------------------------------ */

static void put(char **at, size_t *room, const char *text) {
  int written = snprintf(*at, *room, "%s", text);
  size_t length = written < 0 ? 0 : (size_t)written < *room ? (size_t)written : *room - 1;
  *at += length;
  *room -= length;
}

static void put_shape(char **at, size_t *room, const char *before, const gibbs_shape *shape) {
  char text[160];
  put(at, room, before);
  put(at, room, " ");
  put(at, room, gibbs_shape_print(shape, text, sizeof text));
}

char *gl_model_text(gibbs_distribution *d, char *text, size_t size) {
  char *at = text;
  size_t room = size, visible = gibbs_distribution_visible_count(d);
  size_t count = visible + gibbs_distribution_hidden_count(d);
  put(&at, &room, gibbs_distribution_family(d));
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gl_variable_at(d, k));
    char states[40] = "";
    if (gibbs_variable_domain(variable) == GIBBS_POTTS)
      snprintf(states, sizeof states, " of %zu states", gibbs_variable_states(variable));
    put(&at, &room, k == 0 ? ": " : k < visible ? ", " : ", hidden ");
    put_shape(&at, &room, gibbs_domain_name(gibbs_variable_domain(variable)), gibbs_variable_units_shape(variable));
    put(&at, &room, states);
  }
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    const gibbs_parameter *parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    put(&at, &room, k == 0 ? "; parameters " : ", ");
    put_shape(&at, &room, gibbs_parameter_name(parameter), gibbs_parameter_shape(parameter));
  }
  return text;
}

gibbs_status gl_chain_energies(gl_chain_set *set, double *out, gibbs_error *err) {
  gibbs_distribution *d = gibbs_chains_distribution(set->chains);
  gibbs_expr *hamiltonian = gibbs_distribution_hamiltonian(d);
  gibbs_expr *energy = hamiltonian ? hamiltonian : gibbs_distribution_energy(d);
  gibbs_meter *meter = NULL;
  size_t selected = gibbs_chains_selected(set->chains);
  gibbs_status status = gibbs_meter_new(set->chains, &energy, 1, &meter, err);
  if (status != GIBBS_OK) return status;
  gibbs_chains_select(set->chains, 0);
  status = gibbs_meter_read(meter, out, err);
  gibbs_chains_select(set->chains, selected);
  gibbs_meter_free(meter);
  return status;
}

/* ---- writing
 * --------------------------------------------------------------------------------------------------------- */

/* A file under construction; the first failure stays. */
typedef struct writing {
  gibbs_value *map;
  bool codes; /* the format has no texts */
  gibbs_status status;
  gibbs_error *err;
} writing;

/* Takes `tensor` over. */
static void put_tensor(writing *w, const char *name, gibbs_tensor *tensor) {
  if (w->status == GIBBS_OK) w->status = gibbs_value_set(w->map, name, gibbs_value_tensor(tensor), w->err);
  gibbs_tensor_release(tensor);
}

static void put_numbers(writing *w, const char *name, const gibbs_shape *shape, const double *numbers) {
  gibbs_tensor *tensor = NULL;
  if (w->status == GIBBS_OK) w->status = gibbs_tensor_new(shape, &tensor, w->err);
  if (w->status != GIBBS_OK) return;
  memcpy(gibbs_tensor_data(tensor), numbers, gibbs_tensor_size(tensor) * sizeof *numbers);
  put_tensor(w, name, tensor);
}

static void put_list(writing *w, const char *name, const double *numbers, size_t count) {
  gibbs_shape shape = gibbs_shape_vector(count);
  if (count > 0) put_numbers(w, name, &shape, numbers);
}

static void put_text(writing *w, const char *name, const char *text) {
  size_t length = strlen(text);
  if (!w->codes) {
    if (w->status == GIBBS_OK) w->status = gibbs_value_set(w->map, name, gibbs_value_string(text, length), w->err);
    return;
  }
  double codes[GL_MODEL_TEXT];
  for (size_t i = 0; i < length && i < GL_MODEL_TEXT; i++) codes[i] = (unsigned char)text[i];
  put_list(w, name, codes, length < GL_MODEL_TEXT ? length : GL_MODEL_TEXT);
}

static void put_held(writing *w, const gl_chain_set *set) {
  gibbs_distribution *d = gibbs_chains_distribution(set->chains);
  for (size_t k = 0; set->held && k < set->variables; k++) {
    if (set->held[k] == NULL) continue;
    char name[40];
    snprintf(name, sizeof name, "held.%zu", k + 1);
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gl_variable_at(d, k)));
    gibbs_shape shape = gibbs_shape_matrix(set->held_rows[k], units);
    put_numbers(w, name, &shape, set->held[k]);
  }
}

static void put_ladder(writing *w, const gibbs_ladder *ladder) {
  if (ladder == NULL) return;
  if (ladder->scale) put_list(w, "ladder.scale", ladder->scale, ladder->rungs);
  for (size_t p = 0; p < ladder->parameter_count; p++) {
    char name[256];
    snprintf(name, sizeof name, "ladder.parameter.%s",
             gibbs_parameter_name(gibbs_expr_as_parameter(ladder->parameters[p])));
    gibbs_shape shape = gibbs_shape_matrix(ladder->rungs, gibbs_expr_size(ladder->parameters[p]));
    put_numbers(w, name, &shape, ladder->values[p]);
  }
}

static void put_energies(writing *w, gl_chain_set *set) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_chains_count(set->chains));
  gibbs_tensor *tensor = NULL;
  if (w->status == GIBBS_OK) w->status = gibbs_tensor_new(&shape, &tensor, w->err);
  if (w->status == GIBBS_OK) w->status = gl_chain_energies(set, gibbs_tensor_data(tensor), w->err);
  put_tensor(w, "energy", tensor);
}

static void put_state(writing *w, const gl_chain_set *set) {
  double *state = NULL;
  size_t count = 0;
  if (w->status == GIBBS_OK) w->status = gibbs_chains_save(set->chains, &state, &count, w->err);
  put_list(w, "state", state, count);
  free(state);
}

static void put_all(writing *w, gl_chain_set *set) {
  char model[GL_MODEL_TEXT];
  const gibbs_kernel *kernel = gibbs_chains_kernel(set->chains);
  double n = (double)gibbs_chains_count(set->chains), seed = (double)gibbs_chains_seed(set->chains);
  double hidden = set->hidden;
  put_text(w, "format", GL_CHAINS_FORMAT);
  put_text(w, "model", gl_model_text(gibbs_chains_distribution(set->chains), model, sizeof model));
  put_text(w, "kernel", gibbs_kernel_name(kernel));
  put_list(w, "n", &n, 1);
  put_list(w, "seed", &seed, 1);
  put_list(w, "hidden", &hidden, 1);
  put_list(w, "settings", set->settings, gibbs_kernel_option_count(kernel));
  put_held(w, set);
  put_ladder(w, set->ladder);
  put_energies(w, set);
  put_state(w, set);
}

static bool ends_in_npz(const char *path) {
  size_t length = strlen(path);
  return length >= 4 && strcmp(path + length - 4, ".npz") == 0;
}

gibbs_status gl_chains_write_file(gl_chain_set *set, const char *path, gibbs_error *err) {
  writing w = {.map = gibbs_value_map(), .codes = ends_in_npz(path), .status = GIBBS_OK, .err = err};
  if (w.map == NULL) return gibbs_fail_memory(err, "a file", sizeof w);
  put_all(&w, set);
  if (w.status == GIBBS_OK) w.status = gibbs_file_write(path, w.map, err);
  gibbs_value_free(w.map);
  return w.status;
}

/* ---- methods
 * ---------------------------------------------------------------------------------------------------------- */

/* A table of names and arrays fits into some formats only. */
static void check_ending(lua_State *L, const char *path, const char *who) {
  static const char *const endings[] = {".h5", ".hdf5", ".npz", ".json", NULL};
  size_t length = strlen(path);
  for (size_t k = 0; endings[k] != NULL; k++) {
    size_t size = strlen(endings[k]);
    if (length > size && strcmp(path + length - size, endings[k]) == 0) return;
  }
  gl_fail(L, "%s: '%s' cannot hold chains; give it the ending .h5, .hdf5, .npz or .json", who, path);
}

/* chains:save(path) -> chains; complete, or the file that was there stays */
int gl_chains_save(lua_State *L) {
  static const char who[] = "chains:save";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 2, who);
  const char *path = gl_string(L, 2, who, "path");
  check_ending(L, path, who);
  gibbs_error err;
  gl_enter(L);
  gl_chain_set_retain(set);
  set->busy = true;
  gibbs_status status = gl_chains_write_file(set, path, &err);
  set->busy = false;
  gl_chain_set_release(set);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  lua_settop(L, 1);
  return 1;
}

int gl_chains_from_file(lua_State *L, gibbs_distribution *d, const char *who) {
  const char *path = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (path == NULL) gl_refuse_option(L, lua_gettop(L), who, "load", "the path of a file written by chains:save");
  gl_box *box = gl_box_new(L, &gl_chains, 0);
  gl_chain_set *set = NULL;
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gl_chains_read_file(d, path, &set, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = set;
  gl_account(L, box, gl_chain_set_bytes(set));
  return 1;
}

static bool same_numbers(const double *a, const double *b, size_t count) {
  return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, count * sizeof *a) == 0);
}

static bool same_held(const gl_chain_set *a, const gl_chain_set *b) {
  if ((a->held == NULL) != (b->held == NULL)) return false;
  gibbs_distribution *d = gibbs_chains_distribution(a->chains);
  for (size_t k = 0; a->held && k < a->variables; k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gl_variable_at(d, k)));
    if (a->held_rows[k] != b->held_rows[k]) return false;
    if (!same_numbers(a->held[k], b->held[k], units * a->held_rows[k])) return false;
  }
  return true;
}

static bool same_ladder(const gibbs_ladder *a, const gibbs_ladder *b) {
  if (a == NULL || b == NULL) return a == b;
  if (a->rungs != b->rungs || a->parameter_count != b->parameter_count || !same_numbers(a->scale, b->scale, a->rungs))
    return false;
  for (size_t p = 0; p < a->parameter_count; p++) {
    size_t q = 0; /* a file gives them in an order of its own */
    while (q < b->parameter_count && a->parameters[p] != b->parameters[q]) q++;
    if (q == b->parameter_count ||
        !same_numbers(a->values[p], b->values[q], a->rungs * gibbs_expr_size(a->parameters[p])))
      return false;
  }
  return true;
}

/* What keeps the chains of a file from going on in those of a script; NULL when nothing does. */
static const char *difference(const gl_chain_set *file, const gl_chain_set *own) {
  const gibbs_kernel *kernel = gibbs_chains_kernel(own->chains);
  if (gibbs_chains_kernel(file->chains) != kernel) return "kernel";
  if (gibbs_chains_count(file->chains) != gibbs_chains_count(own->chains)) return "number of chains";
  if (gibbs_chains_seed(file->chains) != gibbs_chains_seed(own->chains)) return "seed";
  if (gibbs_chains_variable_count(file->chains) != gibbs_chains_variable_count(own->chains))
    return "treatment of hidden units";
  if (!same_numbers(file->settings, own->settings, gibbs_kernel_option_count(kernel)))
    return "setting of the kernel's options";
  if (!same_held(file, own)) return "set of clamped values";
  return same_ladder(file->ladder, own->ladder) ? NULL : "ladder";
}

static gibbs_status take_over(gl_chain_set *own, const gl_chain_set *file, const char *path, gibbs_error *err) {
  const char *other = difference(file, own);
  if (other)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "%s was written by chains with another %s; Q:chains{ load = path } makes chains as they were",
                      path, other);
  double *state = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_chains_save(file->chains, &state, &count, err);
  if (status == GIBBS_OK) status = gibbs_chains_restore(own->chains, state, count, err);
  free(state);
  return status;
}

/* chains:load(path) -> chains: they go on where those of the file stopped; a refusal leaves them as they are */
int gl_chains_load(lua_State *L) {
  static const char who[] = "chains:load";
  gl_chain_set *set = gl_chains_self(L, who), *file = NULL;
  gl_at_most(L, 2, who);
  const char *path = gl_string(L, 2, who, "path");
  check_ending(L, path, who);
  gibbs_error err;
  gl_enter(L);
  gl_chain_set_retain(set);
  set->busy = true;
  gibbs_status status = gl_chains_read_file(gibbs_chains_distribution(set->chains), path, &file, &err);
  if (status == GIBBS_OK) status = take_over(set, file, path, &err);
  gl_chain_set_release(file);
  set->busy = false;
  gl_chain_set_release(set);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  lua_settop(L, 1);
  return 1;
}
