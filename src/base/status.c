/* status.c - failures as values: the texts of the codes, and the one way to fill an error. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *gibbs_status_text(gibbs_status code) {
  static const char *const text[] = {
#define X(name, words) words,
      GIBBS_STATUS_LIST(X)
#undef X
  };
  return (unsigned)code < GIBBS_STATUS_COUNT ? text[code] : "unknown status";
}

/* printf shows the sign of a NaN, which means nothing and differs between processors. */
static bool is_sign_of_nan(const char *text, const char *at) {
  return strncmp(at, "-nan", 4) == 0 && (at == text || at[-1] == ' ');
}

/* Messages are single sentences on single lines: whatever a caller's name or text brought in becomes a space. */
static void store_message(gibbs_error *err, const char *text) {
  size_t n = 0;
  for (const char *at = text; *at != '\0' && n + 1 < sizeof err->message; at++)
    if (!is_sign_of_nan(text, at)) err->message[n++] = *at == '\n' || *at == '\r' ? ' ' : *at;
  err->message[n] = '\0';
}

/* Formats into its own buffer first, because an argument may be the old message. */
gibbs_status gibbs_fail(gibbs_error *err, gibbs_status code, const char *format, ...) {
  if (err == NULL) return code;
  char text[sizeof err->message];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  err->code = code;
  store_message(err, length < 0 ? gibbs_status_text(code) : text);
  return code;
}

static const char *memory_hint = "";

gibbs_status gibbs_fail_memory(gibbs_error *err, const char *what, size_t bytes) {
  return gibbs_fail(err, GIBBS_ERR_MEMORY, "%s: out of memory: %zu bytes could not be had%s", what, bytes,
                    memory_hint);
}

void gibbs_memory_hint(const char *text) {
  memory_hint = text;
}

gibbs_status gibbs_error_prefix(gibbs_error *err, const char *who) {
  if (err == NULL) return GIBBS_ERR_ARGUMENT;
  return gibbs_fail(err, err->code, "%s: %s", who, err->message);
}
