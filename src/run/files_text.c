/* files_text.c - numbers as text, and the places that messages point to. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "files_format.h"

size_t gibbs_number_print(double number, char text[gibbs_number_size]) {
  if (isnan(number)) return (size_t)snprintf(text, gibbs_number_size, "nan");
  int length = 0;
  for (int digits = 15; digits <= 17; digits++) {
    length = snprintf(text, gibbs_number_size, "%.*g", digits, number);
    if (strtod(text, NULL) == number) break;
  }
  return (size_t)length;
}

static bool is_word(const char *text, size_t length) {
  static const char *const word[] = {"nan", "inf", "infinity"};
  if (length > 0 && (text[0] == '-' || text[0] == '+')) text++, length--;
  for (size_t i = 0; i < sizeof word / sizeof *word; i++)
    if (length == strlen(word[i]) && strncasecmp(text, word[i], length) == 0) return true;
  return false;
}

/* strtod alone would also take hexadecimal digits, nan(...) and leading line ends. */
bool gibbs_number_parse(const char *text, size_t length, double *out) {
  while (length > 0 && (*text == ' ' || *text == '\t')) text++, length--;
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
  if (length == 0) return false;
  if (strspn(text, "0123456789+-.eE") < length && !is_word(text, length)) return false;
  char *end;
  double number = strtod(text, &end);
  if (end != text + length) return false;
  *out = number;
  return true;
}

gibbs_status gibbs_fail_at(gibbs_error *err, const gibbs_bytes *text, size_t at, const char *what) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < at && i < text->size; i++) {
    unsigned char byte = text->data[i];
    if (byte == '\n')
      line++, column = 1;
    else if ((byte & 0xC0) != 0x80) /* the bytes that go on with a UTF-8 character do not count */
      column++;
  }
  return gibbs_fail(err, GIBBS_ERR_FILE, "line %zu, column %zu: %s", line, column, what);
}

gibbs_place gibbs_place_below(const gibbs_place *up, const gibbs_value *value, size_t i) {
  return (gibbs_place){up, gibbs_value_name(value, i), i, up->depth + 1};
}

static bool is_identifier(const char *name) {
  if (!isalpha((unsigned char)*name) && *name != '_') return false;
  while (isalnum((unsigned char)*name) || *name == '_') name++;
  return *name == '\0';
}

static void print_step(const gibbs_place *place, char *text, size_t size) {
  if (!place->name)
    snprintf(text, size, "[%zu]", place->index + 1);
  else if (is_identifier(place->name))
    snprintf(text, size, "%s%.60s", place->up->up ? "." : "", place->name);
  else
    snprintf(text, size, "[\"%.60s\"]", place->name);
}

/* Written from the innermost step backwards; what does not fit is left out at the front. */
const char *gibbs_place_print(const gibbs_place *place, char text[gibbs_place_size]) {
  char reversed[gibbs_place_size];
  size_t start = sizeof reversed - 1;
  reversed[start] = '\0';
  if (!place->up) return strcpy(text, "the value");
  for (; place->up; place = place->up) {
    char step[80];
    print_step(place, step, sizeof step);
    size_t length = strlen(step);
    if (length + 3 > start) {
      start -= 3;
      memcpy(reversed + start, "...", 3);
      break;
    }
    start -= length;
    memcpy(reversed + start, step, length);
  }
  return strcpy(text, reversed + start);
}

gibbs_status gibbs_fail_depth(gibbs_error *err, const gibbs_place *place) {
  char where[gibbs_place_size];
  return gibbs_fail(err, GIBBS_ERR_SIZE, "%s is nested more than %d levels deep", gibbs_place_print(place, where),
                    GIBBS_VALUE_MAX_DEPTH);
}
