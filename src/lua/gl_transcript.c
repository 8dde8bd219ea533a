/* gl_transcript.c - what a script prints and the numbers that it logs, kept in files: for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/metrics.h"
#include "gibbs/transcript.h"
#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_run.h"
#include "gl_state.h"

/* ---- the transcript ----------------------------------------------------------------------------------------------
 */

/* io.stdout and io.stderr hold the streams that were there when Lua began. */
static void set_stream(lua_State *L, const char *name, FILE *stream) {
  if (lua_getglobal(L, LUA_IOLIBNAME) == LUA_TTABLE && lua_getfield(L, -1, name) == LUA_TUSERDATA) {
    luaL_Stream *file = luaL_testudata(L, -1, LUA_FILEHANDLE);
    if (file && file->closef) file->f = stream;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void follow_streams(lua_State *L) {
  set_stream(L, "stdout", stdout);
  set_stream(L, "stderr", stderr);
}

static lua_State *listener; /* of the one transcript of the process */

static void raise_failure(lua_State *L, lua_Debug *call) {
  (void)call;
  lua_sethook(L, NULL, 0, 0);
  gl_fail(L, "what the run prints cannot be kept in its log.txt: is the disk full?");
}

/* Called from within a function that prints: the next instruction of Lua raises. */
static void on_failure(void *context) {
  (void)context;
  lua_sethook(listener, raise_failure, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* A state that is closed in the middle of one. */
static void drop_transcript(void *self) {
  gibbs_error err;
  if (gibbs_transcript_end(self, &err) != GIBBS_OK) listener = NULL;
  gibbs_transcript_free(self);
}

static const gl_class gl_transcript;

static int transcript_open(lua_State *L) {
  gibbs_transcript *t = gl_self(L, &gl_transcript, "transcript:open");
  gibbs_error err;
  gl_check(L, gibbs_transcript_open(t, luaL_checkstring(L, 2), lua_toboolean(L, 3), &err), &err);
  return 0;
}

static int transcript_volatile(lua_State *L) {
  gibbs_transcript *t = gl_self(L, &gl_transcript, "transcript:volatile");
  gibbs_error err;
  gl_check(L, gibbs_transcript_volatile(t, lua_toboolean(L, 2), &err), &err);
  return 0;
}

/* transcript:pieces() -> { { begin, length }, ... }, begin from 0 */
static int transcript_pieces(lua_State *L) {
  const gibbs_transcript *t = gl_self(L, &gl_transcript, "transcript:pieces");
  size_t count = gibbs_transcript_pieces(t);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    uint64_t begin, length;
    gibbs_transcript_piece(t, i, &begin, &length);
    lua_createtable(L, 2, 0);
    lua_pushinteger(L, (lua_Integer)begin);
    lua_rawseti(L, -2, 1);
    lua_pushinteger(L, (lua_Integer)length);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* transcript:finish() -> true, or nil and what went wrong; the streams are again what they were */
static int transcript_finish(lua_State *L) {
  gibbs_transcript *t = gl_self(L, &gl_transcript, "transcript:finish");
  ((gl_box *)lua_touserdata(L, 1))->self = NULL;
  gibbs_error err;
  gibbs_status status = gibbs_transcript_end(t, &err);
  gibbs_transcript_free(t);
  follow_streams(L);
  lua_pushboolean(L, status == GIBBS_OK);
  if (status == GIBBS_OK) return 1;
  lua_pushstring(L, err.message);
  return 2;
}

static const luaL_Reg transcript_methods[] = {{"open", transcript_open},
                                              {"volatile", transcript_volatile},
                                              {"pieces", transcript_pieces},
                                              {"finish", transcript_finish},
                                              {NULL, NULL}};
static const gl_class gl_transcript = {
    .name = "transcript", .article = "a", .methods = transcript_methods, .destroy = drop_transcript};

/* core.transcript(shown) -> the transcript, begun */
static int transcript_new(lua_State *L) {
  bool shown = lua_toboolean(L, 1);
  gl_box *box = gl_box_new(L, &gl_transcript, 0);
  gibbs_error err;
  gibbs_transcript *t = NULL;
  gl_check(L, gibbs_transcript_begin(shown, &t, &err), &err);
  box->self = t;
  listener = gl_state_of(L)->main;
  gibbs_transcript_on_failure(t, on_failure, NULL);
  follow_streams(L);
  return 1;
}

/* ---- metrics ------------------------------------------------------------------------------------------------------
 */

/* Of the one recorded run of the process. */
static int64_t logged = -1;
static gibbs_metrics *recorded;

int64_t gl_run_logged(void) {
  return logged;
}

void gl_run_set_logged(int64_t rows) {
  logged = rows;
}

gibbs_status gl_run_flush_rows(gibbs_error *err) {
  return recorded ? gibbs_metrics_flush(recorded, err) : GIBBS_OK;
}

/* core.logged(rows?) -> rows logged up to now; with an argument, sets it */
static int core_logged(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) logged = luaL_checkinteger(L, 1);
  lua_pushinteger(L, logged);
  return 1;
}

static void drop_metrics(void *self) {
  gibbs_error err;
  if (recorded == self) recorded = NULL;
  if (gibbs_metrics_close(self, &err) != GIBBS_OK) return;
}

static const gl_class gl_metrics;

/* metrics:row(names, values): two lists */
static int metrics_row(lua_State *L) {
  gibbs_metrics *m = gl_self(L, &gl_metrics, "metrics:row");
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TTABLE);
  size_t count = (size_t)lua_rawlen(L, 2);
  const char **names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
  double *values = lua_newuserdatauv(L, (count + 1) * sizeof *values, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    names[i] = luaL_checkstring(L, -1); /* the list keeps it */
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    values[i] = luaL_checknumber(L, -1);
    lua_pop(L, 2);
  }
  gibbs_error err;
  gl_enter(L);
  gl_check(L, gibbs_metrics_row(m, names, values, count, &err), &err);
  return 0;
}

static int metrics_flush(lua_State *L) {
  gibbs_metrics *m = gl_self(L, &gl_metrics, "metrics:flush");
  gibbs_error err;
  gl_check(L, gibbs_metrics_flush(m, &err), &err);
  return 0;
}

static int metrics_close(lua_State *L) {
  gibbs_metrics *m = gl_self(L, &gl_metrics, "metrics:close");
  ((gl_box *)lua_touserdata(L, 1))->self = NULL;
  recorded = NULL;
  gibbs_error err;
  gl_check(L, gibbs_metrics_close(m, &err), &err);
  return 0;
}

static const luaL_Reg metrics_methods[] = {
    {"row", metrics_row}, {"flush", metrics_flush}, {"close", metrics_close}, {NULL, NULL}};
static const gl_class gl_metrics = {
    .name = "metrics", .article = "a", .methods = metrics_methods, .destroy = drop_metrics};

/* core.metrics(path) -> the file, gone on with if it is there */
static int metrics_open(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  gl_box *box = gl_box_new(L, &gl_metrics, 0);
  gibbs_error err;
  gibbs_metrics *m = NULL;
  gl_enter(L);
  gl_check(L, gibbs_metrics_open(path, &m, &err), &err);
  box->self = recorded = m;
  return 1;
}

const luaL_Reg gl_transcript_core[] = {
    {"transcript", transcript_new}, {"metrics", metrics_open}, {"logged", core_logged}, {NULL, NULL}};
