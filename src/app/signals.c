/* signals.c - Ctrl-C, turned into an error of the script. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "coroutines.h"
#include "gibbs/control.h"
#include "progress.h"

void signals_raise(lua_State *L, lua_Debug *call) {
  for (int level = 0; lua_getstack(L, level, call); level++) {
    lua_getinfo(L, "Sl", call);
    if (call->currentline <= 0 || strncmp(call->source, "=gibbs", strlen("=gibbs")) == 0) continue;
    lua_pushfstring(L, "%s:%d: interrupted", call->short_src, call->currentline);
    lua_error(L);
  }
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/* Once: what catches it goes on. */
static void raise_once(lua_State *L, lua_Debug *call) {
  lua_sethook(L, NULL, 0, 0);
  signals_raise(L, call);
}

static void set_handler(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL); /* without SA_RESTART, so that waiting for a key ends too */
}

/* The second one: as if nobody had caught it, but for the line of progress. */
static void end_process(int signal) {
  progress_hide();
  set_handler(SIG_DFL);
  raise(signal);
}

/* lua_sethook may be called from a handler (Lua's manual says so). */
static void on_interrupt(int signal) {
  (void)signal;
  set_handler(end_process);
  gibbs_interrupt();
  coroutines_hook(raise_once, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* A file that may not grow as large is an error of the write, with a message, as a full disk is. */
void signals_watch(void) {
  signal(SIGXFSZ, SIG_IGN);
  set_handler(on_interrupt);
}

void signals_calm(void) {
  if (!gibbs_interrupted()) return;
  coroutines_hook(NULL, 0, 0);
  gibbs_interrupt_clear();
  set_handler(on_interrupt);
}

static void on_late_interrupt(int signal) {
  static const char text[] =
      "gibbs: the script has ended, and what it left is being written; Ctrl-C again ends that\n";
  int before = errno;
  (void)signal;
  set_handler(end_process);
  ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
  (void)ignored;
  errno = before;
}

void signals_finish(void) {
  set_handler(on_late_interrupt);
}

bool signals_interrupted(void) {
  return gibbs_interrupted();
}
