/* signals.c - Ctrl-C, turned into an error of the script. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signals.h"

#include <lauxlib.h>
#include <signal.h>

#include "gibbs/control.h"

static lua_State *watched; /* a signal handler has no other way to know it */

static void raise_interrupted(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted");
}

static void set_handler(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL); /* without SA_RESTART, so that waiting for a key ends too */
}

/* lua_sethook may be called from a handler (Lua's manual says so). */
static void on_interrupt(int signal) {
  (void)signal;
  set_handler(SIG_DFL);
  gibbs_interrupt();
  lua_sethook(watched, raise_interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void signals_watch(lua_State *L) {
  watched = L;
  set_handler(on_interrupt);
}

void signals_calm(void) {
  if (!gibbs_interrupted()) return;
  lua_sethook(watched, NULL, 0, 0);
  gibbs_interrupt_clear();
  set_handler(on_interrupt);
}

bool signals_interrupted(void) {
  return gibbs_interrupted();
}
