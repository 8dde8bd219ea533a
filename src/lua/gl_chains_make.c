/* gl_chains_make.c - Q:chains{...}: how chains are made from a table of options. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_chains.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_kernel.h"
#include "gl_module.h"
#include "gl_state.h"
#include "gl_units.h"

static const char who[] = "distribution:chains";

typedef struct settings {
  uint64_t n, seed;
  int hidden;
} settings;

const char *const gl_hidden_roles[] = {"sampled", "summed", NULL};

gibbs_hidden_role gl_hidden_role(int choice) {
  static const gibbs_hidden_role roles[] = {GIBBS_HIDDEN_SAMPLED, GIBBS_HIDDEN_SUMMED};
  return choice < 0 ? GIBBS_HIDDEN_AUTO : roles[choice];
}

static const gl_option rows[] = {
    GL_INTEGER_ROW(settings, n, 64, 1, 16777216, "how many chains"),
    GL_INTEGER_ROW(settings, seed, 1, 0, 9007199254740992.0, "seed of everything that they draw"),
    GL_CHOICE_ROW(settings, hidden, -1, gl_hidden_roles,
                  "whether hidden units are sampled, or summed in H(v); by default as suits the energy"),
    GL_VALUE_ROW("kernel", "the name of the kernel, its options beside it; by default the one that suits the energy"),
    GL_VALUE_ROW("start", "configurations, a number for every unit, or 'random', the default"),
    GL_VALUE_ROW(
        "clamp",
        "{[variable] = values}: units that are held, one row for all chains or one a chain; gibbs.null: free"),
    GL_VALUE_ROW("ladder", "scales of the energy, or values of parameters, a rung: for kernels that have rungs"),
    GL_VALUE_ROW("load", "the path of a file written by chains:save; no other option beside it"),
    GL_END_ROW};
const gl_option_table gl_chains_make_tables[] = {{.who = "distribution:chains", .rows = rows}, GL_END_TABLE};

/* ---- where they start
 * ----------------------------------------------------------------------------------------------- */

/* 'random', or nothing. */
static bool starts_at_random(lua_State *L, int index) {
  if (!gl_options_value(L, index, "start")) return true;
  if (lua_type(L, -1) != LUA_TSTRING) return false;
  if (strcmp(lua_tostring(L, -1), "random") != 0)
    gl_refuse_option(L, lua_gettop(L), who, "start", "'random', a tensor of configurations, or a number");
  return true;
}

/* Hidden units that are summed have no start. */
static size_t sampled_number(const gl_chain_set *set, const gibbs_expr *variable) {
  size_t k = 0, count = gibbs_chains_variable_count(set->chains);
  while (k < count && gibbs_chains_variables(set->chains)[k] != variable) k++;
  return k;
}

static void write_start(lua_State *L, gl_chain_set *set, const gl_unit_values *start) {
  gibbs_distribution *d = gibbs_chains_distribution(set->chains);
  for (size_t k = 0; k < set->variables; k++) {
    if (start->rows[k] == NULL) continue;
    size_t number = sampled_number(set, gl_variable_at(d, k));
    if (number == gibbs_chains_variable_count(set->chains))
      gl_fail(L, "%s: option 'start' gives hidden units, which these chains sum over; add hidden = 'sampled'", who);
    gl_chains_write(L, set, number, start->rows[k], start->row_counts[k], who);
  }
}

/* ---- making
 * ----------------------------------------------------------------------------------------------------------- */

/* The units that are held, as the core wants them; NULL where none is. */
static void read_clamp(lua_State *L, gibbs_distribution *d, gibbs_chains_options *options) {
  if (!gl_options_value(L, 2, "clamp")) return;
  gl_unit_values held = gl_unit_values_read(L, lua_gettop(L), who, "option 'clamp'", d, options->chains, false, true);
  options->held = held.rows;
  options->held_rows = held.row_counts;
}

gl_chain_set *gl_chains_push(lua_State *L, gibbs_distribution *d, const gibbs_chains_options *options,
                             const char *caller) {
  gl_box *box = gl_box_new(L, &gl_chains, 0);
  gl_chain_set *set = NULL;
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gl_chain_set_new(d, options, &set, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, caller);
  gl_check(L, status, &err);
  box->self = set;
  gl_account(L, box, gl_chain_set_bytes(set));
  return set;
}

/* {load = path} alone. */
static int load(lua_State *L, gibbs_distribution *d) {
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
    if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "load") != 0)
      gl_fail(L, "%s: option 'load' takes everything from the file; %s cannot stand beside it", who,
              gl_describe(L, -2));
  gl_options_value(L, 2, "load");
  return gl_chains_from_file(L, d, who);
}

/* Q:chains{n = 64, kernel = name, seed = 1, start = "random", clamp = {[v] = values}, hidden = "sampled" | "summed",
 * options of the kernel}, or Q:chains{load = path} -> chains */
int gl_chains_of_distribution(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  gl_at_most(L, 2, who);
  lua_settop(L, 2);
  if (gl_options_value(L, 2, "load")) {
    lua_settop(L, 2);
    return load(L, d);
  }
  settings given;
  gl_kernel_choice choice = gl_kernel_options_read(L, 2, who, rows, &given, sizeof given);
  if (!gl_options_value(L, 2, "seed")) given.seed = gl_state_of(L)->seed;
  gibbs_chains_options options = {.chains = (size_t)given.n,
                                  .seed = given.seed,
                                  .kernel = choice.kernel,
                                  .settings = choice.settings,
                                  .hidden = gl_hidden_role(given.hidden)};
  luaL_checkstack(L, 40, who);
  read_clamp(L, d, &options);
  options.ladder = gl_ladder_read(L, 2, who, d);
  bool random = starts_at_random(L, 2);
  gl_unit_values start = {0};
  if (!random) start = gl_unit_values_read(L, lua_gettop(L), who, "option 'start'", d, options.chains, true, false);
  gl_chain_set *set = gl_chains_push(L, d, &options, who);
  int box = lua_gettop(L);
  if (!random) write_start(L, set, &start);
  lua_pushvalue(L, box);
  return 1;
}
