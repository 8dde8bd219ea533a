/* progress.c - the line that long computations show on a terminal, and the rarer lines that they write elsewhere. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gibbs/progress.h"

enum { WIDEST = 500 };

static const double first_second = 1;       /* what takes less is not told of */
static const double first_line = 30;        /* the same, where there is no terminal */
static const double longest_silence = 1800; /* lines come at 30, 60, 120, ... seconds, and then this far apart */

static struct display {
  int file; /* a terminal's, kept when the standard error goes elsewhere; -1: there is none */
  volatile sig_atomic_t visible;
  double next; /* without a terminal: when the next line is due, in seconds since the beginning */
} display = {.file = -1};

/* ---- on a terminal ----------------------------------------------------------------------------------------- */

static void write_all(const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(display.file, text, length);
    if (written <= 0) return; /* a line that cannot be shown is no reason to stop */
    text += written;
    length -= (size_t)written;
  }
}

void progress_hide(void) {
  static const char clear[] = "\r\033[K";
  if (!display.visible) return;
  display.visible = 0;
  write_all(clear, sizeof clear - 1);
}

static size_t columns(void) {
  struct winsize size;
  size_t width = ioctl(display.file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  return width == 0 ? 80 : width > WIDEST ? WIDEST : width;
}

/* The last column stays free: a cursor beyond it would be on the next line of some terminals. */
static void show_line(double now) {
  char text[WIDEST + 16] = "\r";
  size_t width = columns() - 1, length = gibbs_progress_text(now, text + 1, WIDEST);
  if (width < 8 || tcgetpgrp(display.file) != getpgrp()) return;
  if (length > width) memcpy(text + 1 + (length = width) - 3, "...", 3);
  memcpy(text + 1 + length, "\033[K", 3);
  fflush(stdout); /* what the script wrote comes before the line */
  display.visible = 1;
  write_all(text, length + 4);
}

/* ---- elsewhere --------------------------------------------------------------------------------------------- */

static void write_line(double now, double elapsed) {
  char text[WIDEST];
  gibbs_progress_text(now, text, sizeof text);
  dprintf(STDERR_FILENO, "gibbs: %s\n", text); /* past the stream, which a recorded run keeps: it tells times */
  display.next = elapsed + (elapsed < longest_silence ? elapsed : longest_silence);
}

/* ---- the view ---------------------------------------------------------------------------------------------- */

static void show(void *context, double now) {
  (void)context;
  double elapsed = gibbs_progress_elapsed(now);
  if (display.file >= 0 && elapsed >= first_second) show_line(now);
  if (display.file < 0 && elapsed >= display.next) write_line(now, elapsed);
}

static void hide(void *context) {
  (void)context;
  progress_hide();
  display.next = first_line;
}

static const gibbs_progress_view view = {.show = show, .hide = hide};

/* ---- functions of Lua that write --------------------------------------------------------------------------- */

/* The function itself runs in this call, so that its messages name the script's line and its own name. */
static int clear_and_call(lua_State *L) {
  progress_hide();
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Of the table on the top of the stack. */
static void wrap(lua_State *L, const char *name) {
  if (lua_getfield(L, -1, name) == LUA_TFUNCTION && lua_iscfunction(L, -1)) {
    lua_pushcclosure(L, clear_and_call, 1);
    lua_setfield(L, -2, name);
  } else {
    lua_pop(L, 1);
  }
}

static void wrap_writers(lua_State *L) {
  lua_pushglobaltable(L);
  wrap(L, "print");
  lua_getfield(L, -1, "io");
  wrap(L, "write");
  luaL_getmetatable(L, LUA_FILEHANDLE);
  lua_getfield(L, -1, "__index");
  wrap(L, "write");
  lua_pop(L, 4);
}

/* ---- beginning and end ------------------------------------------------------------------------------------- */

static bool is_terminal(void) {
  const char *kind = getenv("TERM");
  return isatty(STDERR_FILENO) && kind != NULL && strcmp(kind, "dumb") != 0;
}

void progress_open(lua_State *L) {
  display.next = first_line;
  if (is_terminal()) display.file = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (display.file >= 0) wrap_writers(L);
  gibbs_progress_to(&view);
}

void progress_close(void) {
  gibbs_progress_to(NULL);
  progress_hide();
  if (display.file >= 0) close(display.file);
  display.file = -1;
}
