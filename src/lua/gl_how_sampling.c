/* gl_how_sampling.c - ways to sample: gibbs.chains{...}, gibbs.cd{...}, gibbs.pcd{...}, gibbs.jarzynski{...}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/series.h"
#include "gl_argument.h"
#include "gl_chains.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_free_energy.h"
#include "gl_how_parts.h"
#include "gl_kernel.h"
#include "gl_state.h"

/* ---- options: written once, with the ways that have them --------------------------------------------------------
 */

typedef struct given {
  uint64_t n, chains, sweeps, every, k, burn, batch, seed;
  int hidden;
} given;

enum {
  CHAINS = 1u << HOW_CHAINS,
  CD = 1u << HOW_CD,
  PCD = 1u << HOW_PCD,
  JARZYNSKI = 1u << HOW_JARZYNSKI,
  CONTRASTIVE = CD | PCD | JARZYNSKI,
  ALL = CHAINS | CONTRASTIVE
};

static const struct {
  unsigned ways;
  gl_option row;
} options[] = {
    {CHAINS, GL_INTEGER_ROW(given, n, 64, 1, 16777216, "how many chains of each distribution")},
    {CONTRASTIVE, GL_INTEGER_ROW(given, chains, 128, 2, 16777216,
                                 "how many chains of each distribution (cd: of those that have no data)")},
    {CHAINS, GL_INTEGER_ROW(given, sweeps, 1000, 1, 1e15, "sweeps of every chain")},
    {CHAINS, GL_INTEGER_ROW(given, every, 1, 1, 1e9, "sweeps from one measurement to the next")},
    {CONTRASTIVE, GL_INTEGER_ROW(given, k, 1, 1, 1e9, "sweeps before every evaluation")},
    {CHAINS, GL_VALUE_ROW("burn", "sweeps that do not count; or 'detect', the default: as many as the series tells")},
    {CONTRASTIVE, GL_INTEGER_ROW(given, burn, 1000, 0, 1e12, "sweeps before the first evaluation")},
    {ALL, GL_INTEGER_ROW(given, batch, 0, 0, 1e12,
                         "rows of data an evaluation, in an order shuffled "
                         "every epoch; 0: all")},
    {ALL, GL_INTEGER_ROW(given, seed, 1, 0, 9007199254740992.0, "seed of everything that is drawn")},
    {ALL, GL_CHOICE_ROW(given, hidden, -1, gl_hidden_roles,
                        "whether hidden units are sampled, or summed in H(v); by default as suits the energy")},
    {ALL, GL_VALUE_ROW("kernel",
                       "the name of the kernel, its options beside it; by default the one that suits the energy")},
    {CHAINS | PCD, GL_VALUE_ROW("tempering", "true, or the options of the kernel tempering: { rungs = 8, ... }")},
    {CHAINS | PCD, GL_VALUE_ROW("ladder", "scales of the energy, {1, 0.8, 0.5}, for kernels that have rungs")},
    {ALL,
     GL_VALUE_ROW(
         "free_energy",
         "how free energies are had that samples do not tell: gibbs.ais{}, ..., gibbs.exact(); by default not at all "
         "(jarzynski: F at the start, by gibbs.ais{} unless it is known exactly)")},
    /* What only the free energy of one distribution needs, read by gl_free_energy.c. */
    {JARZYNSKI, GL_VALUE_ROW("sweeps", "Q:free_energy(how): sweeps at a temperature")},
    {JARZYNSKI, GL_VALUE_ROW("temperatures", "Q:free_energy(how): steps from the reference to Q")},
    {JARZYNSKI, GL_VALUE_ROW("reference", "Q:free_energy(how): where it begins")},
    {JARZYNSKI, GL_VALUE_ROW("check", "Q:free_energy(how): fail unless a second method agrees")},
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };
_Static_assert(OPTION_COUNT < GL_MOST_OPTIONS, "a table of options is too long");

static void list_rows(how_kind kind, gl_option out[OPTION_COUNT + 1]) {
  size_t count = 0;
  for (size_t k = 0; k < OPTION_COUNT; k++)
    if (options[k].ways & (1u << kind)) out[count++] = options[k].row;
  out[count] = (gl_option)GL_END_ROW;
}

static const char *const names[] = {
    [HOW_CHAINS] = "chains", [HOW_CD] = "cd", [HOW_PCD] = "pcd", [HOW_JARZYNSKI] = "jarzynski"};

static void list_options(const char *who, gl_option out[]) {
  how_kind kind = HOW_CHAINS;
  while (strcmp(who + strlen("gibbs."), names[kind]) != 0) kind++;
  list_rows(kind, out);
}

const gl_option_table gl_how_sampling_tables[] = {
    {.who = "gibbs.chains", .list = list_options},
    {.who = "gibbs.cd", .list = list_options},
    {.who = "gibbs.pcd", .list = list_options},
    {.who = "gibbs.jarzynski", .when = "objectives", .list = list_options},
    GL_END_TABLE};

/* An option that another way has. */
static void refuse_foreign(lua_State *L, how_kind kind, const char *who) {
  if (!lua_istable(L, 1)) return;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    unsigned ways = 0;
    for (size_t k = 0; k < OPTION_COUNT; k++)
      if (strcmp(options[k].row.name, name) == 0) ways |= options[k].ways;
    if (ways == 0 || (ways & (1u << kind))) continue;
    size_t other = HOW_CHAINS;
    while (!(ways & (1u << other))) other++;
    gl_fail(L, "%s: unknown option '%s'; gibbs.%s{} has one of that name", who, name, names[other]);
  }
}

/* ---- what is more than a number or a word ------------------------------------------------------------------------
 */

/* tempering = true, or a table of the kernel's options: a kernel with options, written shorter.  Pushes the block of
 * the settings. */
static gl_kernel_choice read_tempering(lua_State *L, const char *who) {
  static const gl_option tempering_rows[] = {GL_VALUE_ROW("kernel", "tempering itself"), GL_END_ROW};
  char nothing = 0;
  int value = lua_gettop(L);
  if (gl_options_value(L, 1, "kernel"))
    gl_fail(L,
            "%s: options 'kernel' and 'tempering' stand beside each other; the kernel of the rungs is an option of "
            "tempering: tempering = { base = %s }",
            who, gl_describe(L, -1));
  bool all_initial = lua_isboolean(L, value) && lua_toboolean(L, value);
  if (!all_initial && !lua_istable(L, value))
    gl_refuse_option(L, value, who, "tempering", "true, or a table of options: { rungs = 8, hottest = 0.1 }");
  lua_newtable(L);
  if (!all_initial)
    for (lua_pushnil(L); lua_next(L, value);) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, value + 1);
    }
  if (gl_options_value(L, value + 1, "kernel"))
    gl_fail(L, "%s: unknown option 'kernel' of tempering; did you mean 'base'?", who);
  lua_pushliteral(L, "tempering");
  lua_setfield(L, value + 1, "kernel");
  return gl_kernel_options_read(L, value + 1, who, tempering_rows, &nothing, sizeof nothing);
}

/* The scales of a ladder, in a tensor on the stack; NULL: none is given. */
static const gibbs_tensor *read_ladder(lua_State *L, const char *who) {
  static const char legal[] =
      "a list of scales of the energy, {1, 0.8, 0.5}; rungs of parameters belong to chains of one distribution, "
      "Q:chains{ ladder = ... }";
  if (!gl_options_value(L, 1, "ladder")) return NULL;
  int at = lua_gettop(L);
  bool list = gl_test(L, at, &gl_expression) != NULL || (lua_istable(L, at) && lua_rawlen(L, at) > 0);
  if (!list) gl_refuse_option(L, at, who, "ladder", legal);
  const gibbs_tensor *scales = gl_tensor(L, at, who, "ladder");
  if (gibbs_tensor_shape(scales)->rank != 1) gl_refuse_option(L, at, who, "ladder", legal);
  return scales;
}

/* The method for free energies; what its options belong to stays on the top of the stack (nil: none is given). */
static const gibbs_free_energy_method *read_free_energy(lua_State *L, const gibbs_free_energy_options **settings,
                                                        const char *who) {
  *settings = NULL;
  if (!gl_options_value(L, 1, "free_energy")) {
    lua_pushnil(L);
    return NULL;
  }
  const gl_how *sum = gl_how_test(L, -1);
  const gl_free_energy_how *estimate = gl_free_energy_test(L, -1);
  if (estimate) return gl_free_energy_method(estimate, settings);
  if (!sum || (sum->kind != HOW_EXACT && sum->kind != HOW_TRANSFER))
    gl_refuse_option(L, lua_gettop(L), who, "free_energy", GL_HOW_FREE_ENERGY);
  return gibbs_free_energy_find(gl_how_name(sum));
}

/* ---- the ways
 * ------------------------------------------------------------------------------------------------------
 */

static void fill_chains(lua_State *L, gl_how *how, const given *g, const char *who) {
  gibbs_sampling *s = &how->sampling;
  how->sweeps = g->sweeps;
  how->warm_up = gl_warm_up(L, 1, who, "burn");
  s->chains = (size_t)g->n;
  s->sweeps = g->every;
  s->snapshots = g->sweeps / g->every;
  s->burn = how->warm_up == GIBBS_WARM_UP_DETECT ? g->sweeps / 10 : how->warm_up;
}

static void fill_contrastive(gl_how *how, const given *g) {
  gibbs_sampling *s = &how->sampling;
  s->chains = (size_t)g->chains;
  s->sweeps = g->k;
  s->snapshots = 1;
  s->burn = g->burn;
}

static void fill_room(gl_how *how, const gl_kernel_choice *choice, const gibbs_tensor *ladder) {
  size_t count = choice->kernel ? gibbs_kernel_option_count(choice->kernel) : 0;
  size_t rungs = ladder ? gibbs_tensor_size(ladder) : 0;
  if (count > 0) memcpy(how->room, choice->settings, count * sizeof *how->room);
  if (rungs > 0) memcpy(how->room + count, gibbs_tensor_values(ladder), rungs * sizeof *how->room);
  how->sampling.kernel = choice->kernel;
  how->sampling.settings = choice->kernel ? how->room : NULL;
  how->ladder = (gibbs_ladder){.rungs = rungs, .scale = how->room + count};
  how->sampling.ladder = ladder ? &how->ladder : NULL;
}

static int make(lua_State *L, how_kind kind, const char *who) {
  static const gibbs_sampling_kind kinds[] = {[HOW_CHAINS] = GIBBS_SAMPLING_PERSISTENT,
                                              [HOW_CD] = GIBBS_SAMPLING_FROM_DATA,
                                              [HOW_PCD] = GIBBS_SAMPLING_PERSISTENT,
                                              [HOW_JARZYNSKI] = GIBBS_SAMPLING_CARRIED};
  gl_option rows[OPTION_COUNT + 1];
  given g = {.n = 1};
  gl_at_most(L, 1, who);
  lua_settop(L, 1);
  luaL_checkstack(L, 40, who);
  refuse_foreign(L, kind, who);
  list_rows(kind, rows);
  gl_kernel_choice choice = gl_kernel_options_read(L, 1, who, rows, &g, sizeof g);
  if (!gl_options_value(L, 1, "seed")) g.seed = gl_state_of(L)->seed;
  if (kind == HOW_CHAINS && g.sweeps < g.every)
    return gl_fail(L, "%s: %I sweeps hold no measurement when there are %I from one to the next", who,
                   (lua_Integer)g.sweeps, (lua_Integer)g.every);
  if (gl_options_value(L, 1, "tempering")) choice = read_tempering(L, who);
  const gibbs_tensor *ladder = read_ladder(L, who);
  const gibbs_free_energy_options *settings;
  const gibbs_free_energy_method *method = read_free_energy(L, &settings, who);
  int kept = lua_gettop(L);
  size_t room =
      (choice.kernel ? gibbs_kernel_option_count(choice.kernel) : 0) + (ladder ? gibbs_tensor_size(ladder) : 0);
  gl_how *how = gl_how_push(L, kind, names[kind], room);
  gl_box_depend(L, -1, 1, kept);
  how->sampling = (gibbs_sampling){.kind = kinds[kind],
                                   .hidden = gl_hidden_role(g.hidden),
                                   .batch = (size_t)g.batch,
                                   .seed = g.seed,
                                   .method = method,
                                   .method_options = settings};
  fill_room(how, &choice, ladder);
  if (kind == HOW_CHAINS)
    fill_chains(L, how, &g, who);
  else
    fill_contrastive(how, &g);
  return 1;
}

/* gibbs.chains{n = 64, sweeps = 1000, every = 1, burn = sweeps | "detect", kernel = name, seed =, hidden =, options
 * of the kernel, tempering =, ladder =, batch =, free_energy =} */
int gl_how_chains(lua_State *L) {
  return make(L, HOW_CHAINS, "gibbs.chains");
}

/* gibbs.cd{k = 1, kernel =, seed =, batch =, chains = 128, burn = 1000, hidden =, free_energy =} */
int gl_how_cd(lua_State *L) {
  return make(L, HOW_CD, "gibbs.cd");
}

/* gibbs.pcd{k = 1, chains = 128, burn = 1000, kernel =, seed =, tempering =, ladder =, batch =, hidden =, free_energy
 * =}
 */
int gl_how_pcd(lua_State *L) {
  return make(L, HOW_PCD, "gibbs.pcd");
}

/* The options that the free energy of one distribution shares, or has for itself; others are of sampling alone. */
static void push_free_energy_options(lua_State *L) {
  static const char *const others[] = {"k", "burn", "batch", "hidden", "free_energy"};
  lua_newtable(L);
  int table = lua_gettop(L);
  if (!lua_istable(L, 1)) return;
  for (lua_pushnil(L); lua_next(L, 1);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, table);
  }
  for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
    lua_pushnil(L);
    lua_setfield(L, table, others[k]);
  }
}

/* gibbs.jarzynski{k = 1, chains = 128, burn = 1000, kernel =, seed =, batch =, hidden =, free_energy =}, and for
 * Q:free_energy(how) {temperatures = 1000, sweeps = 1, reference = "uniform", check = false}: one object is both */
int gl_how_jarzynski(lua_State *L) {
  make(L, HOW_JARZYNSKI, "gibbs.jarzynski");
  int how = lua_gettop(L);
  lua_pushcfunction(L, gl_free_energy_jarzynski);
  push_free_energy_options(L);
  lua_call(L, 1, 1);
  gl_box_depend(L, how, 2, -1);
  lua_settop(L, how);
  return 1;
}

bool gl_how_sampling(const gl_how *how, gibbs_sampling *out) {
  if (how == NULL || how->kind == HOW_EXACT || how->kind == HOW_TRANSFER) return false;
  *out = how->sampling;
  return true;
}
