/* terminal.c - types into programs through a pseudo-terminal as a user would, and writes down what stands on the
 * screen.
 *
 *   terminal SESSION < keys     what the session's commands leave on the screen goes to the standard output
 *
 * Lines of a session:
 *   $ command     run it by the shell in a terminal of its own
 *   < text        wait until the command writes this (after what was waited for before); nothing: for a prompt
 *   <^ bytes      the same, escape sequences and all: ^[ is escape
 *   > keys        type them, and Return; ^C is Ctrl-C, ^I a tab, ^^ a caret
 *   >> keys       type them alone
 *   never text    wait until the command has ended by itself; it must not have written this
 *   ! keys        type them again and again until the command ends
 *   width n       columns of the terminals from now on
 *   mask words    numbers that follow these words are written down as N
 * At the next command, or the end, the command before has to end by itself. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE /* winsize */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 60, MOST = 1 << 22, LINES = 4000, COLUMNS = 400 };

static struct {
  int master;
  pid_t child; /* 0: none */
  int status;
  bool ended;
  unsigned short width;
  char *raw, *plain; /* all that was written; the same without escape sequences */
  size_t raw_length, plain_length, raw_matched, plain_matched;
} terminal = {.width = 100};

static const char *session_name;
static int session_line;

/* ---- the screen -------------------------------------------------------------------------------------------- */

static struct {
  unsigned cell[LINES][COLUMNS]; /* code points; 0: nothing there */
  size_t row, column, rows;
} screen;

static void put_cell(unsigned c) {
  if (screen.column < COLUMNS && screen.row < LINES) screen.cell[screen.row][screen.column] = c;
  screen.column++;
}

static void erase(size_t from, size_t to) {
  for (size_t k = from; k < to && k < COLUMNS; k++) screen.cell[screen.row][k] = 0;
}

/* `count` cells at the cursor appear, or go. */
static void shift_cells(size_t count, bool appear) {
  unsigned *cell = screen.cell[screen.row];
  for (size_t i = 0; i < count; i++) {
    if (appear)
      for (size_t k = COLUMNS - 1; k > screen.column; k--) cell[k] = cell[k - 1];
    else
      for (size_t k = screen.column; k + 1 < COLUMNS; k++) cell[k] = cell[k + 1];
    cell[appear ? screen.column : COLUMNS - 1] = ' ';
  }
}

static void control_sequence(const char *parameters, char final) {
  size_t n = strtoul(parameters, NULL, 10), count = n > 0 ? n : 1;
  switch (final) {
  case 'K':
    erase(n == 0 ? screen.column : 0, n == 1 ? screen.column + 1 : COLUMNS);
    break;
  case 'C':
    screen.column += count;
    break;
  case 'D':
    screen.column -= count < screen.column ? count : screen.column;
    break;
  case 'A':
    screen.row -= count < screen.row ? count : screen.row;
    break;
  case 'G':
    screen.column = count - 1;
    break;
  case 'P':
  case '@':
    shift_cells(count, final == '@');
    break;
  default: /* colours, modes */
    break;
  }
}

static void control_character(unsigned char c) {
  if (c == '\r') screen.column = 0;
  if (c == '\b' && screen.column > 0) screen.column--;
  if (c == '\t') screen.column = (screen.column / 8 + 1) * 8;
  if (c == '\n' && screen.row + 1 < LINES) screen.row++;
  if (screen.row >= screen.rows) screen.rows = screen.row + 1;
}

/* One byte after the other. */
static void interpret(unsigned char c) {
  static enum { TEXT, ESCAPE, SEQUENCE, SKIP } state;
  static char parameters[32];
  static size_t length;
  static unsigned point, missing;
  if (state == TEXT && c == 27) {
    state = ESCAPE;
  } else if (state == ESCAPE) {
    length = 0;
    state = c == '[' ? SEQUENCE : c == '(' || c == ')' ? SKIP : TEXT;
  } else if (state == SKIP) {
    state = TEXT;
  } else if (state == SEQUENCE && c < 64) {
    if (length + 1 < sizeof parameters) parameters[length++] = (char)c;
  } else if (state == SEQUENCE) {
    parameters[length] = '\0';
    control_sequence(parameters, (char)c);
    state = TEXT;
  } else {
    if (c >= 32 || c == '\n' || c == '\r') terminal.plain[terminal.plain_length++] = (char)c;
    if (c < 32) {
      control_character(c);
    } else if (c >= 0xC0) {
      missing = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
      point = c & (0x3Fu >> missing);
    } else if (c >= 0x80) {
      point = point << 6 | (c & 0x3Fu);
      if (missing > 0 && --missing == 0) put_cell(point);
    } else if (c != 127) {
      put_cell(c);
    }
  }
}

enum { MASKS = 16 };
static char masks[MASKS][80];
static size_t mask_count;

static size_t encode(unsigned c, char *out) {
  if (c < 0x80) return out[0] = (char)(c == 0 ? ' ' : c), 1;
  if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
  out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F));
  return 3;
}

static bool follows_mask(const char *line, size_t at) {
  for (size_t m = 0; m < mask_count; m++) {
    size_t length = strlen(masks[m]);
    if (at > length && line[at - 1] == ' ' && strncmp(line + at - 1 - length, masks[m], length) == 0) return true;
  }
  return false;
}

static void print_masked(const char *line) {
  for (size_t i = 0; line[i] != '\0';) {
    size_t number = strspn(line + i, "-+.:0123456789()e");
    if (strncmp(line + i, "^C^C", 4) == 0) { /* typed until the end: how often is chance */
      i += 2;
    } else if (number > 0 && follows_mask(line, i)) {
      putchar('N');
      i += number;
    } else {
      putchar(line[i++]);
    }
  }
  putchar('\n');
}

static void print_screen(void) {
  for (size_t r = 0; r < screen.rows; r++) {
    size_t end = COLUMNS;
    while (end > 0 && (screen.cell[r][end - 1] == 0 || screen.cell[r][end - 1] == ' ')) end--;
    if (end == 0 && r + 1 == screen.rows) break;
    char line[3 * COLUMNS + 1];
    size_t length = 0;
    for (size_t k = 0; k < end; k++) length += encode(screen.cell[r][k], line + length);
    line[length] = '\0';
    print_masked(line);
  }
}

/* ---- the terminal ------------------------------------------------------------------------------------------ */

static void give_up(const char *what) {
  fprintf(stderr, "%s:%d: %s\n--- the screen\n", session_name, session_line, what);
  fflush(stderr);
  print_screen();
  fflush(stdout);
  if (terminal.child > 0 && !terminal.ended) kill(-terminal.child, SIGKILL);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What there is to read within `milliseconds`; false when there was nothing. */
static bool listen(int milliseconds) {
  char some[4096];
  struct pollfd ready = {.fd = terminal.master, .events = POLLIN};
  if (poll(&ready, 1, milliseconds) <= 0) return false;
  ssize_t length = read(terminal.master, some, sizeof some);
  if (length <= 0) return false; /* the other side is closed */
  if (terminal.raw_length + (size_t)length > MOST) give_up("too much is written");
  memcpy(terminal.raw + terminal.raw_length, some, (size_t)length);
  terminal.raw_length += (size_t)length;
  for (ssize_t i = 0; i < length; i++) interpret((unsigned char)some[i]);
  return true;
}

static bool has_ended(void) {
  if (terminal.child == 0 || terminal.ended) return true;
  terminal.ended = waitpid(terminal.child, &terminal.status, WNOHANG) == terminal.child;
  return terminal.ended;
}

static void end_command(void) {
  if (terminal.child == 0) return;
  double since = now();
  while (!has_ended()) {
    listen(20);
    if (now() - since > PATIENCE) give_up("the command does not end");
  }
  while (listen(0)) {
  }
  print_screen();
  if (WIFEXITED(terminal.status))
    printf("exit %d\n", WEXITSTATUS(terminal.status));
  else
    printf("ended by signal %d\n", WTERMSIG(terminal.status));
  close(terminal.master);
  terminal.child = 0;
}

static void become_command(const char *slave, const char *command) {
  struct winsize size = {.ws_col = terminal.width, .ws_row = 24};
  setsid();
  int file = open(slave, O_RDWR);
  if (file < 0 || ioctl(file, TIOCSCTTY, 0) != 0 || ioctl(file, TIOCSWINSZ, &size) != 0) _exit(126);
  for (int i = 0; i < 3; i++) dup2(file, i);
  char line[4200]; /* the shell gets Ctrl-C too, and is not to end by it */
  snprintf(line, sizeof line, "trap : INT; %s", command);
  execl("/bin/sh", "sh", "-c", line, (char *)NULL);
  _exit(127);
}

static void begin_command(const char *command) {
  end_command();
  printf("$ %s\n", command);
  fflush(stdout);
  memset(&screen, 0, sizeof screen);
  screen.rows = 1;
  terminal.raw_length = terminal.plain_length = terminal.raw_matched = terminal.plain_matched = 0;
  terminal.ended = false;
  terminal.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal.master < 0 || grantpt(terminal.master) != 0 || unlockpt(terminal.master) != 0)
    give_up("there is no terminal");
  const char *slave = ptsname(terminal.master);
  int keep = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC); /* or reading fails before the command has opened it */
  terminal.child = fork();
  if (terminal.child == 0) become_command(slave, command);
  if (keep >= 0) fcntl(keep, F_SETFD, FD_CLOEXEC); /* stays open: what is written last can be read after the end */
}

/* ---- keys and waiting -------------------------------------------------------------------------------------- */

/* ^C and its kin become what they stand for; the length. */
static size_t unfold(const char *text, char *out) {
  size_t length = 0;
  for (; *text; text++) {
    if (*text == '^' && text[1] != '\0') {
      text++;
      out[length++] = *text == '^' ? '^' : *text == '?' ? 127 : (char)(*text & 31);
    } else {
      out[length++] = *text;
    }
  }
  return length;
}

static void type(const char *text, bool with_return) {
  char keys[4096];
  size_t length = unfold(text, keys);
  if (with_return) keys[length++] = '\r';
  if (write(terminal.master, keys, length) != (ssize_t)length) give_up("the keys cannot be typed");
}

static const char *find(const char *where, size_t length, const char *what, size_t size) {
  for (size_t i = 0; i + size <= length; i++)
    if (memcmp(where + i, what, size) == 0) return where + i;
  return NULL;
}

static bool find_text(const char *text, bool raw) {
  char wanted[4096];
  char *all = raw ? terminal.raw : terminal.plain;
  size_t length = raw ? terminal.raw_length : terminal.plain_length;
  size_t *matched = raw ? &terminal.raw_matched : &terminal.plain_matched;
  size_t size = raw ? unfold(text, wanted) : strlen(text);
  const char *found = find(all + *matched, length - *matched, raw ? wanted : text, size);
  if (found == NULL) return false;
  *matched = (size_t)(found - all) + size;
  return true;
}

/* "> " or ">> " on a line of its own, and nothing behind. */
static bool find_prompt(void) {
  size_t end = terminal.plain_length, at = end;
  const char *all = terminal.plain;
  if (end < 2 || all[end - 1] != ' ') return false;
  for (at = end - 1; at > 0 && all[at - 1] == '>'; at--) {
  }
  if (at == end - 1 || end - at > 3 || at < terminal.plain_matched) return false;
  if (at > 0 && all[at - 1] != '\n' && all[at - 1] != '\r') return false;
  terminal.plain_matched = end;
  return true;
}

static void wait_for(const char *text, bool raw) {
  double since = now();
  char what[4200];
  while (!(text[0] == '\0' ? find_prompt() : find_text(text, raw))) {
    bool ended = has_ended();
    if (listen(20)) continue;
    snprintf(what, sizeof what, "waited for '%s' in vain", text[0] == '\0' ? "a prompt" : text);
    if (ended || now() - since > PATIENCE) give_up(what);
  }
}

static void type_until_end(const char *text) {
  double since = now();
  while (!has_ended()) {
    type(text, false);
    while (listen(50)) {
    }
    if (now() - since > PATIENCE) give_up("the command does not end");
  }
}

static void check_never(const char *text) {
  end_command();
  if (find(terminal.plain, terminal.plain_length, text, strlen(text)) != NULL) give_up("this was written");
}

/* ---- the session ------------------------------------------------------------------------------------------- */

static void obey(const char *line) {
  if (strncmp(line, "$ ", 2) == 0)
    begin_command(line + 2);
  else if (strncmp(line, "<^ ", 3) == 0)
    wait_for(line + 3, true);
  else if (line[0] == '<')
    wait_for(line[1] == ' ' ? line + 2 : "", false);
  else if (strncmp(line, ">> ", 3) == 0)
    type(line + 3, false);
  else if (line[0] == '>')
    type(line[1] == ' ' ? line + 2 : "", true);
  else if (strncmp(line, "! ", 2) == 0)
    type_until_end(line + 2);
  else if (strncmp(line, "never ", 6) == 0)
    check_never(line + 6);
  else if (strncmp(line, "width ", 6) == 0)
    terminal.width = (unsigned short)atoi(line + 6);
  else if (strncmp(line, "mask ", 5) == 0 && mask_count < MASKS)
    snprintf(masks[mask_count++], sizeof masks[0], "%.79s", line + 5);
  else if (line[0] != '#' && line[0] != '\0')
    give_up("this line says nothing that is understood");
}

int main(int argc, char **argv) {
  char line[4096];
  FILE *session = argc == 2 ? fopen(argv[1], "r") : NULL;
  terminal.raw = malloc(MOST);
  terminal.plain = malloc(MOST);
  if (session == NULL || terminal.raw == NULL || terminal.plain == NULL) return 2;
  session_name = argv[1];
  signal(SIGPIPE, SIG_IGN);
  while (fgets(line, sizeof line, session) != NULL) {
    session_line++;
    line[strcspn(line, "\n")] = '\0';
    obey(line);
  }
  end_command();
  fclose(session);
  free(terminal.raw);
  free(terminal.plain);
  return 0;
}
