/* main.c - the program gibbs: one Lua state, one protected call, one exit code. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "coroutines.h"
#include "gibbs/private/lua.h"
#include "gibbs/threads.h"
#include "host.h"
#include "limit.h"
#include "progress.h"
#include "prompt.h"
#include "safety.h"
#include "sandbox.h"
#include "script.h"
#include "signals.h"
#include "version.h"

typedef struct session {
  int argc;
  char **argv;
  command command;
  gibbs_error usage; /* code GIBBS_OK: the command line is right */
  exit_code code;
} session;

/* ---- the module, as the program has it ---------------------------------------------------------------------- */

/* arg[0] is the script, as in lua; the program's own words have negative indices. */
static void push_arguments(lua_State *L, const session *s) {
  if (s->command.subcommand != NULL) {
    lua_newtable(L);
    return;
  }
  int script = s->command.first - 1;
  lua_createtable(L, s->argc, 1);
  for (int i = 0; i < s->argc; i++) {
    lua_pushstring(L, s->argv[i]);
    lua_rawseti(L, -2, i - script);
  }
}

/* host.interrupted() -> whether there was a Ctrl-C; it is forgotten, so that work can be brought to an end */
static int host_interrupted(lua_State *L) {
  lua_pushboolean(L, signals_interrupted());
  signals_calm();
  return 1;
}

/* host.finish(): from now on work is brought to its end, and Ctrl-C asks nothing of it */
static int host_finish(lua_State *L) {
  (void)L;
  signals_finish();
  return 0;
}

/* core.host tells the module that it runs in the program, which flags behind the script are the program's,
 * and whether only the script's options are asked for. */
static void tell_host(lua_State *L, const session *s) {
  static const luaL_Reg functions[] = {{"explain", script_explain},
                                       {"call", script_call},
                                       {"interrupted", host_interrupted},
                                       {"finish", host_finish},
                                       {NULL, NULL}};
  push_arguments(L, s);
  lua_setfield(L, -2, "arg");
  luaL_newlib(L, functions);
  luaL_setfuncs(L, safety_functions, 0);
  luaL_setfuncs(L, host_functions, 0);
  lua_newtable(L);
  lua_pushliteral(L, "traceback");
  lua_rawseti(L, -2, 1);
  lua_pushliteral(L, "quiet");
  lua_rawseti(L, -2, 2);
  lua_setfield(L, -2, "flags");
  lua_pushboolean(L, s->command.options);
  lua_setfield(L, -2, "asks_for_options");
  lua_setfield(L, -2, "host");
}

/* core.fields.<name>(value) */
static void set_number(lua_State *L, const char *name, uint64_t value) {
  lua_getfield(L, -1, "fields");
  lua_getfield(L, -1, name);
  lua_pushinteger(L, (lua_Integer)value);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
}

static void make_strict(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.strict");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "install");
  lua_pushglobaltable(L);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
}

static void open_module(lua_State *L, const session *s) {
  luaL_requiref(L, "gibbs", luaopen_gibbs,
                s->command.code != NULL || (s->command.script == NULL && s->command.subcommand == NULL));
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  tell_host(L, s);
  if (s->command.has_seed) set_number(L, "seed", s->command.seed);
  if (s->command.has_threads) set_number(L, "threads", s->command.threads);
  make_strict(L);
  lua_settop(L, 1);
}

/* ---- what to do -------------------------------------------------------------------------------------------------
 */

/* "; did you mean '--seed'?", by the module. */
static const char *push_hint(lua_State *L, const char *word, const char *const *words) {
  luaL_requiref(L, "gibbs", luaopen_gibbs, 0);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  lua_getfield(L, -1, "hint");
  lua_pushstring(L, word);
  lua_newtable(L);
  for (; *words != NULL; words++) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, *words);
  }
  lua_call(L, 2, 1);
  return lua_tostring(L, -1);
}

static exit_code refuse_usage(lua_State *L, const session *s) {
  const char *hint = s->command.unknown != NULL ? push_hint(L, s->command.unknown, command_forms) : "";
  fprintf(stderr, "gibbs: %s%s\ngibbs --help lists the options\n", s->usage.message, hint);
  return EXIT_USAGE;
}

/* A script that is not there: its ending was forgotten, or a command is misspelt. */
static exit_code refuse_missing(lua_State *L, const char *script) {
  const char *complete = lua_pushfstring(L, "%s.lua", script);
  const char *hint = access(complete, F_OK) == 0 ? lua_pushfstring(L, "; did you mean '%s'?", complete)
                                                 : push_hint(L, script, command_names);
  fprintf(stderr, "gibbs: cannot open '%s': %s%s\n", script, strerror(ENOENT), hint);
  return EXIT_USAGE;
}

static exit_code run_script(lua_State *L, const session *s) {
  const char *script = s->command.script;
  if (strcmp(script, "-") == 0) return script_run_file(L, NULL, s->argc, s->argv, s->command.first);
  if (access(script, F_OK) != 0 && errno == ENOENT) return refuse_missing(L, script);
  return script_run_file(L, script, s->argc, s->argv, s->command.first);
}

/* require("gibbs.command").run(name, words) */
static int call_subcommand(lua_State *L) {
  const session *s = lua_touserdata(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.command");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "run");
  lua_pushstring(L, s->command.subcommand);
  lua_createtable(L, s->argc, 0);
  for (int i = s->command.first; i < s->argc; i++) {
    lua_pushstring(L, s->argv[i]);
    lua_rawseti(L, -2, i - s->command.first + 1);
  }
  lua_call(L, 2, 1);
  return 1;
}

static exit_code run_subcommand(lua_State *L, const session *s) {
  lua_pushcfunction(L, script_explain);
  lua_pushcfunction(L, call_subcommand);
  lua_pushlightuserdata(L, (void *)s);
  if (lua_pcall(L, 1, 1, -3) != LUA_OK) return script_report(L);
  return (exit_code)lua_tointeger(L, -1);
}

static exit_code run(lua_State *L, const session *s) {
  const command *c = &s->command;
  if (c->subcommand != NULL) return run_subcommand(L, s);
  exit_code code = EXIT_DONE;
  if (c->code != NULL) code = script_run_code(L, c->code);
  if (code == EXIT_DONE && c->script != NULL) code = run_script(L, s);
  bool nothing_given = c->code == NULL && c->script == NULL && !c->prompt;
  if (nothing_given && !isatty(STDIN_FILENO)) return script_run_file(L, NULL, s->argc, s->argv, s->argc);
  if (c->prompt || nothing_given) code = prompt_run(L);
  return code;
}

/* The script itself may lie anywhere, and be read. */
static gibbs_status enter_sandbox(session *s) {
  const command *c = &s->command;
  const char *inputs[MOST_ALLOWED + 1];
  size_t count = c->allowed_count;
  for (size_t i = 0; i < count; i++) inputs[i] = c->allowed[i];
  if (c->script != NULL && access(c->script, F_OK) == 0) inputs[count++] = c->script;
  return sandbox_enter(".", inputs, count, &s->usage);
}

/* A script's limits; those of a command's script are the command's to set. */
static gibbs_status set_limits(session *s) {
  const command *c = &s->command;
  gibbs_status status = GIBBS_OK;
  if (c->memory_text != NULL) status = limit_memory(c->memory_text, c->memory, &s->usage);
  if (status == GIBBS_OK && c->time_text != NULL)
    status = limit_time(c->time_text, c->time, limit_patience(c->time), &s->usage);
  if (status == GIBBS_OK && c->sandbox) status = enter_sandbox(s);
  return status;
}

/* All that can raise runs in here. */
static int protected_main(lua_State *L) {
  session *s = lua_touserdata(L, 1);
  luaL_openlibs(L);
  coroutines_open(L);
  if (s->usage.code != GIBBS_OK) {
    s->code = refuse_usage(L, s);
    return 0;
  }
  open_module(L, s);
  signals_watch();
  if (!s->command.quiet) progress_open(L);
  if (set_limits(s) != GIBBS_OK) {
    s->code = refuse_usage(L, s);
    return 0;
  }
  s->code = run(L, s);
  return 0;
}

/* What was printed and could not be written is a failure too. */
static exit_code flush_output(exit_code code) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fprintf(stderr, "gibbs: what was printed could not be written\n");
  return code == EXIT_DONE ? EXIT_SCRIPT : code;
}

/* As luaL_newstate makes it, but for the allocator. */
static int panic(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "gibbs: %s\n", message != NULL ? message : "an error outside of any protection");
  return 0;
}

static lua_State *new_state(void) {
  lua_State *L = lua_newstate(limit_allocate, NULL);
  if (L != NULL) lua_atpanic(L, panic);
  return L;
}

int main(int argc, char **argv) {
  session s = {.argc = argc, .argv = argv, .code = EXIT_SCRIPT};
  gibbs_status status = command_read(argc, argv, &s.command, &s.usage);
  if (status == GIBBS_OK && s.command.help) return command_print_help(), EXIT_DONE;
  if (status == GIBBS_OK && s.command.version) return version_print(), EXIT_DONE;
  if (status == GIBBS_OK && !s.command.has_threads) status = gibbs_threads_check(&s.usage);
  s.usage.code = status;
  script_show_calls(s.command.traceback);
  lua_State *L = new_state();
  if (L == NULL) {
    fprintf(stderr, "gibbs: not enough memory to start\n");
    return EXIT_SCRIPT;
  }
  lua_pushcfunction(L, protected_main);
  lua_pushlightuserdata(L, &s);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) s.code = script_report(L);
  progress_close();
  lua_close(L);
  return (int)flush_output(s.code);
}
