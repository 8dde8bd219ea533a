/* gl_free_energy.c - ways to estimate free energies: gibbs.ais{...}, gibbs.ti{...}, gibbs.bar{...}, gibbs.mbar{...},
 * gibbs.jarzynski{...}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_free_energy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/series.h"
#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_how.h"
#include "gl_kernel.h"
#include "gl_module.h"
#include "gl_state.h"

struct gl_free_energy_how {
  const gibbs_free_energy_method *method;
  gibbs_free_energy_options options; /* data, start and from are retained */
  double *ladder, *settings;
};

static void destroy(void *self) {
  gl_free_energy_how *how = self;
  gibbs_data_release((gibbs_data *)how->options.data);
  gibbs_data_release((gibbs_data *)how->options.start);
  gibbs_distribution_release(how->options.from);
  free(how->ladder);
  free(how->settings);
  free(how);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_free_energy_how *how = self;
  lua_pushfstring(L, "%s of %I chains", gibbs_free_energy_name(how->method), (lua_Integer)how->options.chains);
  luaL_addvalue(text);
}

static void describe(lua_State *L, void *self) {
  lua_pushfstring(L, "the way to estimate free energies '%s'",
                  gibbs_free_energy_name(((const gl_free_energy_how *)self)->method));
}

const gl_class gl_free_energy_class = {
    .name = "free_energy_estimator", .article = "a", .destroy = destroy, .print = print, .describe = describe};

const gl_free_energy_how *gl_free_energy_test(lua_State *L, int index) {
  const gl_free_energy_how *how = gl_test(L, index, &gl_free_energy_class);
  return how ? how : gl_how_free_energy(L, index);
}

const gibbs_free_energy_method *gl_free_energy_method(const gl_free_energy_how *how,
                                                      const gibbs_free_energy_options **options) {
  *options = &how->options;
  return how->method;
}

/* ---- options ------------------------------------------------------------------------------------------------ */

typedef struct given {
  uint64_t chains, sweeps, burn, seed;
  bool both, reverse, check;
} given;

/* A way to call a method. */
typedef struct way {
  const char *who, *method;
  const char *skip[7]; /* options that it has no use for, then NULL */
} way;

enum { AIS, TI, BAR, MBAR, JARZYNSKI, WAYS };
static const way ways[WAYS] = {
    [AIS] = {"gibbs.ais", "ais", {"from", "free_energy"}},
    [TI] = {"gibbs.ti", "integration", {"from", "free_energy", "both", "reverse", "start"}},
    [BAR] = {"gibbs.bar", "bar", {"both", "reverse", "start", "temperatures"}},
    [MBAR] = {"gibbs.mbar", "mbar", {"from", "free_energy", "both", "reverse", "start"}},
    [JARZYNSKI] = {"gibbs.jarzynski", "jarzynski", {"from", "free_energy", "both", "reverse", "start", "burn"}}};

/* All rows but those that it has no use for. */
static void list_rows(const gibbs_free_energy_options *o, const char *const skip[], gl_option out[]) {
  const gl_option all[] = {
      GL_INTEGER_ROW(given, chains, (double)o->chains, 8, 16777216, "how many chains"),
      GL_INTEGER_ROW(given, sweeps, (double)o->sweeps, 1, 1e9, "sweeps at a temperature"),
      GL_INTEGER_ROW(given, burn, (double)o->burn, 0, 1e9, "sweeps that do not count"),
      GL_INTEGER_ROW(given, seed, 1, 0, 9007199254740992.0, "seed of everything that is drawn"),
      GL_BOOLEAN_ROW(given, both, false, "forward and reverse, which bound the free energy"),
      GL_BOOLEAN_ROW(given, reverse, false, "reverse alone, from chains of the distribution itself"),
      GL_BOOLEAN_ROW(given, check, false, "fail unless a second method agrees"),
      GL_VALUE_ROW("temperatures", "how many steps from the reference to the distribution, or betas from 0 to 1"),
      GL_VALUE_ROW(
          "reference",
          "'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted"),
      GL_VALUE_ROW("start", "data, or a batch of samples: where the chains that go back begin; else along the path"),
      GL_VALUE_ROW("from",
                   "another distribution of the same visible units; by default the reference of independent units"),
      GL_VALUE_ROW("free_energy", "that of the other distribution, where it is known; by default an exact sum"),
      GL_VALUE_ROW("kernel",
                   "the name of the kernel, its options beside it; by default the one that suits the energy")};
  size_t count = 0;
  for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
    bool leave = false;
    for (size_t i = 0; skip[i]; i++) leave |= strcmp(skip[i], all[k].name) == 0;
    if (!leave) out[count++] = all[k];
  }
  out[count] = (gl_option)GL_END_ROW;
}

static void list_options(const char *who, gl_option out[]) {
  const way *w = ways;
  while (strcmp(w->who, who) != 0) w++;
  gibbs_free_energy_options options = gibbs_free_energy_defaults(gibbs_free_energy_find(w->method));
  list_rows(&options, w->skip, out);
}

const gl_option_table gl_free_energy_tables[] = {
    {.who = "gibbs.ais", .list = list_options},
    {.who = "gibbs.ti", .list = list_options},
    {.who = "gibbs.bar", .list = list_options},
    {.who = "gibbs.mbar", .list = list_options},
    {.who = "gibbs.jarzynski", .when = "the free energy of one distribution", .list = list_options},
    GL_END_TABLE};

static double *copy(lua_State *L, const double *values, size_t count, const char *who) {
  double *block = malloc((count + 1) * sizeof *block);
  if (!block) gl_fail(L, "%s: out of memory", who);
  if (count > 0) memcpy(block, values, count * sizeof *block);
  return block;
}

static void read_temperatures(lua_State *L, gl_free_energy_how *how, const char *who) {
  static const char legal[] = "a whole number from 1 to 10000000, or a list of betas that rises from 0 to 1";
  if (!gl_options_value(L, 1, "temperatures")) return;
  int at = lua_gettop(L);
  if (lua_type(L, at) == LUA_TNUMBER) {
    lua_Integer count = lua_isinteger(L, at) ? lua_tointeger(L, at) : 0;
    if (!lua_isinteger(L, at) && lua_tonumber(L, at) == floor(lua_tonumber(L, at)) && lua_tonumber(L, at) <= 1e7)
      count = (lua_Integer)lua_tonumber(L, at);
    if (count < 1 || count > 10000000) gl_refuse_option(L, at, who, "temperatures", legal);
    how->options.temperatures = (size_t)count;
    return;
  }
  if (!lua_istable(L, at) && !gl_test(L, at, &gl_expression)) gl_refuse_option(L, at, who, "temperatures", legal);
  gibbs_tensor *betas = gl_tensor(L, at, who, "temperatures");
  size_t count = gibbs_tensor_size(betas);
  if (gibbs_tensor_shape(betas)->rank != 1 || count < 2) gl_refuse_option(L, at, who, "temperatures", legal);
  how->ladder = copy(L, gibbs_tensor_values(betas), count, who);
  how->options.ladder = how->ladder;
  how->options.temperatures = count - 1;
}

static void read_reference(lua_State *L, gl_free_energy_how *how, const char *who) {
  static const char legal[] = "'uniform', 'fields', or data (gibbs.data)";
  if (!gl_options_value(L, 1, "reference")) return;
  int at = lua_gettop(L);
  gibbs_data *data = gl_test(L, at, &gl_data);
  const char *word = lua_type(L, at) == LUA_TSTRING ? lua_tostring(L, at) : "";
  if (data) {
    how->options.data = gibbs_data_retain(data);
    how->options.reference = GIBBS_REFERENCE_DATA;
  } else if (strcmp(word, "fields") == 0) {
    how->options.reference = GIBBS_REFERENCE_FIELDS;
  } else if (strcmp(word, "uniform") != 0) {
    gl_refuse_option(L, at, who, "reference", legal);
  }
}

static void read_start(lua_State *L, gl_free_energy_how *how, const char *who) {
  if (!gl_options_value(L, 1, "start")) return;
  gibbs_data *start = gl_test(L, lua_gettop(L), &gl_data);
  if (!start) gl_refuse_option(L, lua_gettop(L), who, "start", "data or samples (gibbs.data)");
  if (!how->options.both && !how->options.reverse)
    gl_fail(L, "%s: option 'start' is where chains begin that go back; add both = true or reverse = true", who);
  how->options.start = gibbs_data_retain(start);
}

static void read_from(lua_State *L, gl_free_energy_how *how, const char *who) {
  if (gl_options_value(L, 1, "from")) {
    gibbs_distribution *from = gl_test(L, -1, &gl_distribution);
    if (!from) gl_refuse_option(L, lua_gettop(L), who, "from", "a distribution");
    how->options.from = gibbs_distribution_retain(from);
  }
  if (!gl_options_value(L, 1, "free_energy")) return;
  if (!how->options.from)
    gl_fail(L, "%s: option 'free_energy' is that of another distribution; name it: from = P", who);
  if (lua_type(L, -1) != LUA_TNUMBER || !isfinite(lua_tonumber(L, -1)))
    gl_refuse_option(L, lua_gettop(L), who, "free_energy", "a number");
  how->options.from_free_energy = lua_tonumber(L, -1);
}

static void take(gl_free_energy_how *how, const given *g) {
  gibbs_free_energy_options *o = &how->options;
  o->chains = (size_t)g->chains;
  o->sweeps = (size_t)g->sweeps;
  o->burn = (size_t)g->burn;
  o->seed = g->seed;
  o->both = g->both;
  o->reverse = g->reverse;
  o->check = g->check;
}

static int make(lua_State *L, const way *w) {
  const char *who = w->who;
  gl_option rows[GL_MOST_OPTIONS];
  given g = {0};
  gl_at_most(L, 1, who);
  lua_settop(L, 1);
  const gibbs_free_energy_method *found = gibbs_free_energy_find(w->method);
  gibbs_free_energy_options options = gibbs_free_energy_defaults(found);
  list_rows(&options, w->skip, rows);
  gl_kernel_choice choice = gl_kernel_options_read(L, 1, who, rows, &g, sizeof g);
  if (!gl_options_value(L, 1, "seed")) g.seed = gl_state_of(L)->seed;
  gl_box *box = gl_box_new(L, &gl_free_energy_class, 0);
  int at = lua_gettop(L);
  gl_free_energy_how *how = calloc(1, sizeof *how);
  if (!how) return gl_fail(L, "%s: out of memory", who);
  box->self = how;
  how->method = found;
  how->options = options;
  take(how, &g);
  how->options.kernel = choice.kernel;
  if (choice.kernel)
    how->options.settings = how->settings = copy(L, choice.settings, gibbs_kernel_option_count(choice.kernel), who);
  read_temperatures(L, how, who);
  read_reference(L, how, who);
  read_start(L, how, who);
  read_from(L, how, who);
  lua_pushvalue(L, at);
  return 1;
}

/* gibbs.ais{chains = 128, temperatures = 1000, both = false, reverse = false, reference = "uniform", start = data,
 * sweeps = 1, burn = 1000, kernel = name, seed =, check = false} */
static int how_ais(lua_State *L) {
  return make(L, &ways[AIS]);
}

/* gibbs.ti{chains = 128, temperatures = 32, sweeps = 200, burn = 50, reference =, kernel =, seed =, check =} */
static int how_ti(lua_State *L) {
  return make(L, &ways[TI]);
}

/* gibbs.bar{from = P, free_energy = number, chains = 128, sweeps = 200, burn = 200, reference =, kernel =, ...} */
static int how_bar(lua_State *L) {
  return make(L, &ways[BAR]);
}

/* gibbs.mbar{chains = 64, temperatures = 32, sweeps = 100, burn = 50, reference =, kernel =, seed =, check =} */
static int how_mbar(lua_State *L) {
  return make(L, &ways[MBAR]);
}

/* gibbs.jarzynski{chains = 128, temperatures = 1000, sweeps = 1, reference =, kernel =, seed =, check =} */
int gl_free_energy_jarzynski(lua_State *L) {
  return make(L, &ways[JARZYNSKI]);
}

const gibbs_free_energy_method *gl_free_energy_of_function(const char *function) {
  for (size_t k = 0; k < WAYS; k++)
    if (strcmp(ways[k].who + strlen("gibbs."), function) == 0) return gibbs_free_energy_find(ways[k].method);
  return NULL;
}

/* ---- estimates ---------------------------------------------------------------------------------------------- */

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

int gl_free_energy_push(lua_State *L, const gl_free_energy_how *how, gibbs_distribution *d, const char *who) {
  gibbs_free_energy_result f = {0};
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gibbs_free_energy_estimate(how->method, d, &how->options, &f, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  const gibbs_estimate rest = {.ess = f.ess,
                               .tau = (double)NAN,
                               .tau_error = (double)NAN,
                               .r_hat = (double)NAN,
                               .rows = how->options.sweeps,
                               .warm_up = how->options.burn,
                               .converged = f.converged,
                               .why = f.why};
  lua_pushnumber(L, f.value);
  lua_pushnumber(L, f.error);
  gl_estimate_push(L, &rest, f.method);
  set_number(L, "bias", f.bias);
  set_number(L, "lower", f.lower);
  set_number(L, "upper", f.upper);
  set_number(L, "gap", f.gap);
  return 1;
}

const luaL_Reg gl_free_energy_functions[] = {
    {"ais", how_ais}, {"ti", how_ti}, {"bar", how_bar}, {"mbar", how_mbar}, {NULL, NULL}};
