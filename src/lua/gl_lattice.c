/* gl_lattice.c - gibbs.lattice.square(n1, n2, {periodic = true}) and its kin; sites are numbered from 1 in Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_lattice.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_shape.h"
#include "gl_state.h"

/* ---- methods ----------------------------------------------------------------------------------------------- */

static void destroy(void *self) {
  gibbs_lattice_release(self);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  gl_shape_push_text(L, gibbs_lattice_shape(self));
  lua_pushfstring(L, "%s lattice %s, %s, %I bonds", gibbs_lattice_name(gibbs_lattice_kind_of(self)),
                  lua_tostring(L, -1), gibbs_lattice_periodic(self) ? "periodic" : "open",
                  (lua_Integer)gibbs_lattice_bond_count(self));
  lua_remove(L, -2);
  luaL_addvalue(text);
}

static int lattice_sites(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_lattice_sites(gl_self(L, &gl_lattice, "lattice:sites")));
  return 1;
}

static int lattice_shape(lua_State *L) {
  gl_shape_push(L, gibbs_lattice_shape(gl_self(L, &gl_lattice, "lattice:shape")));
  return 1;
}

static int lattice_directions(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_lattice_directions(gl_self(L, &gl_lattice, "lattice:directions")));
  return 1;
}

static void push_bond(lua_State *L, const gibbs_bond *bond) {
  const lua_Integer numbers[] = {bond->a, bond->b, bond->direction};
  lua_createtable(L, 3, 0);
  for (int i = 0; i < 3; i++) {
    lua_pushinteger(L, numbers[i] + 1);
    lua_rawseti(L, -2, i + 1);
  }
}

/* lattice:bonds() -> {{site, site, direction}, ...}, in the order in which couplings are listed */
static int lattice_bonds(lua_State *L) {
  const gibbs_lattice *lattice = gl_self(L, &gl_lattice, "lattice:bonds");
  size_t count = gibbs_lattice_bond_count(lattice);
  const gibbs_bond *bonds = NULL;
  gibbs_error err;
  gl_check(L, gibbs_lattice_bonds(lattice, &bonds, &err), &err);
  lua_createtable(L, count < INT32_MAX ? (int)count : 0, 0);
  for (size_t i = 0; i < count; i++) {
    push_bond(L, &bonds[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static const luaL_Reg methods[] = {{"sites", lattice_sites},
                                   {"shape", lattice_shape},
                                   {"directions", lattice_directions},
                                   {"bonds", lattice_bonds},
                                   {NULL, NULL}};

const gl_class gl_lattice = {
    .name = "lattice", .article = "a", .methods = methods, .destroy = destroy, .print = print};

/* ---- the regular lattices ----------------------------------------------------------------------------------- */

enum { MOST_AXES = 5 };

typedef struct lattice_options {
  bool periodic;
} lattice_options;

static int fill_box(lua_State *L, gl_box *box, gibbs_status status, gibbs_lattice *made, const gibbs_error *err) {
  gl_check(L, status, err);
  box->self = made;
  if (gibbs_lattice_kind_of(made) == GIBBS_LATTICE_GRAPH)
    gl_account(L, box, gibbs_lattice_bond_count(made) * sizeof(gibbs_bond));
  return 1;
}

static const gl_option regular_rows[] = {
    GL_BOOLEAN_ROW(lattice_options, periodic, true, "whether the ends of each direction are joined"), GL_END_ROW};

static int make_lattice(lua_State *L, gibbs_lattice_kind kind, const char *who, int axes) {
  static const char *const names[MOST_AXES] = {"n1", "n2", "n3", "n4", "n5"};
  int given = lua_gettop(L);
  if (lua_istable(L, 1) && lua_rawlen(L, 1) > 0)
    gl_fail(L, "%s: the lengths are arguments and no table: write %s(...), with round brackets", who, who);
  if (lua_istable(L, given) && given > 0) given--;
  if (axes > 0) gl_at_most(L, axes + 1, who);
  if (given > MOST_AXES) gl_fail(L, "%s: %d lengths given; it takes at most %d", who, given, MOST_AXES);
  if (axes == 0) axes = given > 0 ? given : 1;
  size_t extent[MOST_AXES];
  for (int a = 0; a < axes; a++) extent[a] = (size_t)gl_integer(L, a + 1, who, names[a], 1, LUA_MAXINTEGER);
  lattice_options options;
  gl_options_read(L, axes + 1, who, regular_rows, &options);
  gl_box *box = gl_box_new(L, &gl_lattice, 0);
  gibbs_error err;
  gibbs_lattice *made = NULL;
  gibbs_status status = gibbs_lattice_new(kind, (size_t)axes, extent, options.periodic, &made, &err);
  return fill_box(L, box, status, made, &err);
}

/* gibbs.lattice.graph{ edges = {{1, 2}, ...}, sites = n }: below */
static int make_graph(lua_State *L);

#define MAKER(id, name, axes, directions, doc)                                                                       \
  static int new_##id(lua_State *L) {                                                                                \
    if (GIBBS_LATTICE_##id == GIBBS_LATTICE_GRAPH) return make_graph(L);                                             \
    return make_lattice(L, GIBBS_LATTICE_##id, "gibbs.lattice." name, axes);                                         \
  }
GIBBS_LATTICE_LIST(MAKER)
#undef MAKER

const luaL_Reg gl_lattice_functions[] = {
#define ROW(id, name, axes, directions, doc) {"lattice." name, new_##id},
    GIBBS_LATTICE_LIST(ROW)
#undef ROW
        {NULL, NULL}};

/* ---- graphs -------------------------------------------------------------------------------------------------- */

static const char graph_name[] = "gibbs.lattice.graph";

/* An end of the edge on the top of the stack. */
static uint32_t read_end(lua_State *L, size_t edge, int which) {
  lua_rawgeti(L, -1, which);
  int whole = 0;
  lua_Integer site = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &whole) : 0;
  if (!whole || site < 1 || site > UINT32_MAX)
    gl_fail(L, "%s: edge %I has the end %s; sites are integers from 1 on", graph_name, (lua_Integer)edge + 1,
            gl_describe(L, -1));
  lua_pop(L, 1);
  return (uint32_t)(site - 1);
}

/* The table of edges is on the top of the stack; the bonds go to a block of Lua's memory above it. */
static gibbs_bond *read_edges(lua_State *L, size_t count) {
  gibbs_bond *bonds = lua_newuserdatauv(L, (count > 0 ? count : 1) * sizeof *bonds, 0);
  lua_insert(L, -2);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) != 2)
      gl_fail(L, "%s: edge %I is %s; it must be a pair of sites {i, j}", graph_name, (lua_Integer)i + 1,
              gl_describe(L, -1));
    bonds[i] = (gibbs_bond){.a = read_end(L, i, 1), .b = read_end(L, i, 2)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return bonds;
}

static size_t largest_site(const gibbs_bond bonds[], size_t count) {
  size_t sites = 1;
  for (size_t i = 0; i < count; i++) {
    if (bonds[i].a >= sites) sites = (size_t)bonds[i].a + 1;
    if (bonds[i].b >= sites) sites = (size_t)bonds[i].b + 1;
  }
  return sites;
}

typedef struct graph_options {
  uint64_t sites;
} graph_options;

static const gl_option graph_rows[] = {
    GL_VALUE_ROW("edges", "pairs of sites {{1, 2}, ...}"),
    GL_INTEGER_ROW(graph_options, sites, 0, 1, 4294967295.0, "number of sites; the largest end without it"),
    GL_END_ROW};

static int make_graph(lua_State *L) {
  gl_at_most(L, 1, graph_name);
  gl_table(L, 1, graph_name, "options");
  graph_options options;
  gl_options_read(L, 1, graph_name, graph_rows, &options);
  gl_options_require(L, 1, graph_name, "edges", "a table of pairs of sites, like {{1, 2}, {2, 3}}");
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, graph_name, "edges", "a table of pairs of sites");
  size_t count = lua_rawlen(L, -1);
  const gibbs_bond *bonds = read_edges(L, count);
  size_t sites = options.sites > 0 ? (size_t)options.sites : largest_site(bonds, count);
  gl_box *box = gl_box_new(L, &gl_lattice, 0);
  gibbs_error err;
  gibbs_lattice *made = NULL;
  gibbs_status status = gibbs_lattice_new_graph(sites, count, bonds, &made, &err);
  return fill_box(L, box, status, made, &err);
}

/* A graph has other options than the regular lattices. */
#define ROWS_OF(id) (GIBBS_LATTICE_##id == GIBBS_LATTICE_GRAPH ? graph_rows : regular_rows)
const gl_option_table gl_lattice_tables[] = {
#define ROW(id, name, axes, directions, doc) {.who = "gibbs.lattice." name, .rows = ROWS_OF(id)},
    GIBBS_LATTICE_LIST(ROW)
#undef ROW
        GL_END_TABLE};
