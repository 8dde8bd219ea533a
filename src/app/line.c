/* line.c - lines from the terminal, with editing by GNU readline. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "gibbs/control.h"
#include "history.h"

/* What readline asks for: the word's candidate of that number. */
typedef char *(*generator)(const char *word, int number);

/* declaration, name: what we use of readline.  It is loaded at the first prompt, because that takes as long as
 * starting Lua. */
#define READLINE_LIST(X)                                                                                             \
  X(char *(*readline)(const char *), readline)                                                                       \
  X(void (*add_history)(const char *), add_history)                                                                  \
  X(void (*stifle_history)(int), stifle_history)                                                                     \
  X(int (**rl_getc_function)(FILE *), rl_getc_function)                                                              \
  X(char **rl_line_buffer, rl_line_buffer)                                                                           \
  X(char **(*rl_completion_matches)(const char *, generator), rl_completion_matches)                                 \
  X(char **(**rl_attempted_completion_function)(const char *, int, int), rl_attempted_completion_function)           \
  X(int *rl_attempted_completion_over, rl_attempted_completion_over)                                                 \
  X(int *rl_completion_append_character, rl_completion_append_character)                                             \
  X(const char **rl_completer_word_break_characters, rl_completer_word_break_characters)                             \
  X(const char **rl_completer_quote_characters, rl_completer_quote_characters)                                       \
  X(void (*rl_check_signals)(void), rl_check_signals)                                                                \
  X(char *(*rl_variable_value)(const char *), rl_variable_value)                                                     \
  X(const char **rl_readline_name, rl_readline_name)

static struct line_editor {
  bool tried, loaded;
#define X(declaration, name) declaration;
  READLINE_LIST(X)
#undef X
} editor;

/* ---- the editor -------------------------------------------------------------------------------------------- */

/* Waits until there is something to read; false when a signal came.  Ctrl-C is let in while waiting only, so that it
 * is not missed just before. */
static bool wait_once(int file) {
  sigset_t interrupt, before;
  fd_set files;
  bool ready = false;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, &before);
  if (!gibbs_interrupted()) {
    FD_ZERO(&files);
    FD_SET(file, &files);
    ready = pselect(file + 1, &files, NULL, NULL, NULL, &before) >= 0 || errno != EINTR;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return ready;
}

/* False when Ctrl-C came.  Readline sees other signals first: it leaves the terminal as it was before the program
 * stops or ends, and follows its size. */
static bool wait_for_key(int file) {
  while (!gibbs_interrupted()) {
    if (wait_once(file)) return true;
    if (editor.loaded) editor.rl_check_signals();
  }
  return false;
}

/* A key, or the end of the line when Ctrl-C came while waiting. */
static int read_key(FILE *stream) {
  unsigned char key;
  if (!wait_for_key(fileno(stream))) return '\n';
  return read(fileno(stream), &key, 1) == 1 ? key : EOF;
}

static struct completion {
  line_candidate candidate;
  char *text; /* the line up to the cursor */
  size_t start;
} completion;

void line_complete_with(line_candidate candidate) {
  completion.candidate = candidate;
}

static char *offer(const char *word, int number) {
  (void)word;
  return completion.candidate(completion.text, completion.start, number);
}

/* Our own words or none: readline's names of files would be no Lua. */
static char **complete_word(const char *word, int start, int end) {
  *editor.rl_attempted_completion_over = 1;
  *editor.rl_completion_append_character = '\0';
  if (completion.candidate == NULL) return NULL;
  completion.text = strndup(*editor.rl_line_buffer, (size_t)end);
  completion.start = (size_t)start;
  char **words = completion.text != NULL ? editor.rl_completion_matches(word, offer) : NULL;
  free(completion.text);
  return words;
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

static void recall(const char *text) {
  if (editor.loaded) editor.add_history(text);
}

static void load_editor(void) {
  editor.tried = true;
  void *library = dlopen("libreadline.so.8", RTLD_NOW);
  editor.loaded = library != NULL && find_symbols(library);
  if (editor.loaded) {
    *editor.rl_getc_function = read_key;
    *editor.rl_readline_name = "gibbs";
    *editor.rl_attempted_completion_function = complete_word;
    *editor.rl_completer_word_break_characters = " \t\n\"'<>=~;,(){}[]+-*/^%#&|";
    *editor.rl_completer_quote_characters = ""; /* what is in quotes is ours too */
    editor.stifle_history(HISTORY_LINES);
  }
  history_load(recall);
}

/* ---- without it -------------------------------------------------------------------------------------------- */

/* A terminal gives a line at a time: nothing of it is in the buffer of stdin when the next is waited for. */
static line read_plain(const char *prompt, bool terminal) {
  line out = {.text = NULL};
  size_t room = 0;
  fputs(prompt, stdout);
  fflush(stdout);
  bool ready = !terminal || wait_for_key(STDIN_FILENO);
  ssize_t length = ready ? getline(&out.text, &room, stdin) : -1;
  if (length < 0) {
    free(out.text);
    out.text = NULL;
    clearerr(stdin);
    if (terminal) putchar('\n');
    return out;
  }
  out.length = (size_t)length;
  if (length > 0 && out.text[length - 1] == '\n') out.text[--out.length] = '\0';
  return out;
}

/* ---- lines ------------------------------------------------------------------------------------------------- */

/* Where pasted text is bracketed, readline begins a new line at the end of the input, else the caller has to. */
static line read_edited(const char *prompt) {
  line out = {.text = editor.readline(prompt)};
  const char *bracketed = editor.rl_variable_value("enable-bracketed-paste");
  if (out.text != NULL)
    out.length = strlen(out.text);
  else if (bracketed == NULL || strcmp(bracketed, "on") != 0)
    putchar('\n');
  return out;
}

line line_read(const char *prompt) {
  bool terminal = isatty(STDIN_FILENO);
  if (terminal && !editor.tried) load_editor();
  line out = terminal && editor.loaded ? read_edited(prompt) : read_plain(terminal ? prompt : "", terminal);
  out.given_up = gibbs_interrupted();
  return out;
}

void line_remember(const char *text) {
  if (!editor.tried) return; /* no terminal */
  recall(text);
  history_keep(text);
}
