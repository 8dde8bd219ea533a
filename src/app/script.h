/* script.h - running scripts and code, and saying what went wrong in one line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <lua.h>

#include "command.h"
#include "exit.h"

/* A message handler for lua_pcall: any error value becomes "script.lua:12: message", with the calls when --traceback
 * asks. */
int script_explain(lua_State *L);
/* The value of --traceback, for the handler. */
void script_show_calls(bool show);

/* Write the message on the top of the stack, flush, and give the exit code. */
exit_code script_report(lua_State *L);

/* host.call(chunk, ...) -> true; or false, the message, and whether it is that its time was over.  Runs a script
 * within its limits and, where there is one, its sandbox; after it they no longer hold. */
int script_call(lua_State *L);

/* Run `code` with the module as the global `gibbs`. */
exit_code script_run_code(lua_State *L, const char *code);
/* Run the file (NULL: the standard input) with argv[first...] as its arguments. */
exit_code script_run_file(lua_State *L, const char *path, int argc, char **argv, int first);

#endif
