/* history.c - the lines that were typed, kept from one session to the next. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 1024, MOST_BYTES = 1 << 20, LONGEST = 1 << 16 };

static char file_path[PATH_ROOM]; /* "": there is no place for it */

static void find_file(void) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  int length = -1;
  if (state != NULL && state[0] == '/')
    length = snprintf(file_path, PATH_ROOM, "%s/gibbs/history", state);
  else if (home != NULL && home[0] == '/')
    length = snprintf(file_path, PATH_ROOM, "%s/.local/state/gibbs/history", home);
  if (length < 0 || length >= PATH_ROOM) file_path[0] = '\0';
}

static void make_folders(void) {
  for (char *slash = strchr(file_path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(file_path, 0700);
    *slash = '/';
  }
}

/* Lines of an input of several are one line of the file, with carriage returns between them, which no key gives. */
static void replace(char *text, char from, char to) {
  for (char *at = text; (at = strchr(at, from)) != NULL; at++) *at = to;
}

/* ---- loading ----------------------------------------------------------------------------------------------- */

static bool is_text(const char *line, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)line[i];
    if ((c < ' ' && c != '\t' && c != '\r') || c == 127 || c >= 0xF8) return false; /* the last: in no UTF-8 */
  }
  return length > 0 && length <= LONGEST;
}

/* The last MOST_BYTES of the file with a zero behind them, to be freed; NULL: nothing there.  *cut: it had more. */
static char *read_end(size_t *length, bool *cut) {
  FILE *file = fopen(file_path, "rbe");
  struct stat about;
  if (file == NULL) return NULL;
  bool regular = fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode);
  *cut = regular && about.st_size > MOST_BYTES;
  char *text = regular ? malloc(MOST_BYTES + 1) : NULL;
  if (text != NULL && *cut) fseek(file, -(long)MOST_BYTES, SEEK_END);
  *length = text != NULL ? fread(text, 1, MOST_BYTES, file) : 0;
  if (text != NULL) text[*length] = '\0';
  fclose(file);
  return text;
}

/* Ends of lines become zeros, and all of a line that is no text; *first: where the last HISTORY_LINES begin.  The
 * number of lines. */
static size_t split(char *text, size_t length, bool cut, size_t *first) {
  size_t count = 0, start = cut ? strcspn(text, "\n") + 1 : 0;
  size_t begins[HISTORY_LINES];
  for (size_t end; start < length; start = end + 1) {
    const char *newline = memchr(text + start, '\n', length - start);
    end = newline != NULL ? (size_t)(newline - text) : length;
    bool fine = is_text(text + start, end - start);
    text[end] = '\0';
    if (!fine) memset(text + start, 0, end - start);
    begins[count++ % HISTORY_LINES] = start;
  }
  *first = count > HISTORY_LINES ? begins[count % HISTORY_LINES] : count > 0 ? begins[0] : length;
  return count;
}

/* Only the lines that were loaded stay; the file is replaced as a whole, or left. */
static void rewrite(const char *text, size_t first, size_t length) {
  char other[PATH_ROOM + 32];
  snprintf(other, sizeof other, "%s.%ld", file_path, (long)getpid());
  FILE *file = fopen(other, "wbxe");
  if (file == NULL) return;
  for (size_t at = first; at < length; at += strlen(text + at) + 1)
    if (text[at] != '\0') fprintf(file, "%s\n", text + at);
  bool written = fflush(file) == 0 && !ferror(file);
  if (fclose(file) != 0 || !written || rename(other, file_path) != 0) unlink(other);
}

void history_load(void (*each)(const char *text)) {
  size_t length = 0, first = 0;
  bool cut = false;
  find_file();
  char *text = file_path[0] != '\0' ? read_end(&length, &cut) : NULL;
  if (text == NULL) return;
  size_t count = split(text, length, cut, &first);
  if (cut || count > (size_t)2 * HISTORY_LINES) rewrite(text, first, length);
  for (size_t at = first, next; at < length; at = next) {
    next = at + strlen(text + at) + 1;
    replace(text + at, '\r', '\n');
    if (text[at] != '\0') each(text + at);
  }
  free(text);
}

/* ---- keeping ----------------------------------------------------------------------------------------------- */

/* One write, so that lines of two prompts do not mix. */
void history_keep(const char *text) {
  size_t length = strlen(text);
  if (file_path[0] == '\0' || length > LONGEST) return;
  char *line = malloc(length + 2);
  if (line == NULL) return;
  memcpy(line, text, length + 1);
  replace(line, '\n', '\r');
  line[length] = '\n';
  make_folders();
  int file = open(file_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file >= 0) {
    (void)!write(file, line, length + 1);
    close(file);
  }
  free(line);
}
