/* line.c - lines from the terminal, with editing and history by GNU readline. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gibbs/control.h"

enum { HISTORY_LINES = 2000, PATH_ROOM = 1024 };

/* declaration, name: what we use of readline.  It is loaded at the first prompt, because that takes as long as
 * starting Lua. */
#define READLINE_LIST(X)                                                                                             \
  X(char *(*readline)(const char *), readline)                                                                       \
  X(void (*add_history)(const char *), add_history)                                                                  \
  X(int (*read_history)(const char *), read_history)                                                                 \
  X(int (*write_history)(const char *), write_history)                                                               \
  X(void (*stifle_history)(int), stifle_history)                                                                     \
  X(int (**rl_getc_function)(FILE *), rl_getc_function)                                                              \
  X(char **(*rl_completion_matches)(const char *, line_candidate), rl_completion_matches)                            \
  X(char **(**rl_attempted_completion_function)(const char *, int, int), rl_attempted_completion_function)           \
  X(int *rl_attempted_completion_over, rl_attempted_completion_over)                                                 \
  X(int *rl_completion_append_character, rl_completion_append_character)                                             \
  X(const char **rl_completer_word_break_characters, rl_completer_word_break_characters)                             \
  X(int *rl_catch_signals, rl_catch_signals)                                                                         \
  X(const char **rl_readline_name, rl_readline_name)

static struct line_editor {
  bool tried, loaded;
  char history[PATH_ROOM];
#define X(declaration, name) declaration;
  READLINE_LIST(X)
#undef X
} editor;

/* ---- history ------------------------------------------------------------------------------------------------- */

/* Make the folders above the file; a history that cannot be kept is no reason to fail. */
static void make_folders(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
}

static void find_history(char path[PATH_ROOM]) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  int length = -1;
  if (state != NULL && state[0] == '/')
    length = snprintf(path, PATH_ROOM, "%s/gibbs/history", state);
  else if (home != NULL && home[0] == '/')
    length = snprintf(path, PATH_ROOM, "%s/.local/state/gibbs/history", home);
  if (length < 0 || length >= PATH_ROOM) path[0] = '\0';
}

/* ---- the editor ---------------------------------------------------------------------------------------------------
 */

/* A key, or the end of the line when Ctrl-C came while waiting. */
static int read_key(FILE *stream) {
  unsigned char key;
  for (;;) {
    ssize_t got = read(fileno(stream), &key, 1);
    if (got == 1) return key;
    if (got == 0 || errno != EINTR) return EOF;
    if (gibbs_interrupted()) return '\n';
  }
}

static line_candidate candidates;

void line_complete_with(line_candidate candidate) {
  candidates = candidate;
}

/* Our own words or none: names of files would be no Lua. */
static char **complete_word(const char *word, int start, int end) {
  (void)start, (void)end;
  *editor.rl_attempted_completion_over = 1;
  *editor.rl_completion_append_character = '\0';
  return candidates != NULL ? editor.rl_completion_matches(word, candidates) : NULL;
}

static bool find_symbols(void *library) {
  bool all = true;
  void *symbol; /* an object pointer that holds a function's address, as POSIX allows */
#define X(declaration, name)                                                                                         \
  symbol = dlsym(library, #name);                                                                                    \
  all = all && symbol != NULL;                                                                                       \
  memcpy(&editor.name, &symbol, sizeof symbol);
  READLINE_LIST(X)
#undef X
  return all;
}

static void load_editor(void) {
  editor.tried = true;
  void *library = dlopen("libreadline.so.8", RTLD_NOW);
  if (library == NULL || !find_symbols(library)) return;
  editor.loaded = true;
  *editor.rl_catch_signals = 0; /* Ctrl-C is ours */
  *editor.rl_getc_function = read_key;
  *editor.rl_readline_name = "gibbs";
  *editor.rl_attempted_completion_function = complete_word;
  *editor.rl_completer_word_break_characters = " \t\n\"'<>=~;,(){}[]+-*/^%#&|";
  find_history(editor.history);
  if (editor.history[0] != '\0') editor.read_history(editor.history);
  editor.stifle_history(HISTORY_LINES);
}

/* ---- without it
 * ------------------------------------------------------------------------------------------------------ */

static char *read_plain(const char *prompt) {
  fputs(prompt, stdout);
  fflush(stdout);
  char *line = NULL;
  size_t room = 0;
  ssize_t length = getline(&line, &room, stdin);
  if (length >= 0) {
    if (length > 0 && line[length - 1] == '\n') line[length - 1] = '\0';
    return line;
  }
  free(line);
  clearerr(stdin);
  return NULL;
}

/* ---- lines
 * ------------------------------------------------------------------------------------------------------------ */

char *line_read(const char *prompt, bool *interrupted) {
  bool terminal = isatty(STDIN_FILENO);
  if (terminal && !editor.tried) load_editor();
  char *line = terminal && editor.loaded ? editor.readline(prompt) : read_plain(terminal ? prompt : "");
  *interrupted = gibbs_interrupted();
  if (terminal && (line == NULL || *interrupted)) putchar('\n');
  return line;
}

void line_remember(const char *line) {
  if (editor.loaded) editor.add_history(line);
}

void line_close(void) {
  if (!editor.loaded || editor.history[0] == '\0') return;
  make_folders(editor.history);
  editor.write_history(editor.history);
}
