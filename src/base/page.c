/* page.c - text that grows line by line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(gibbs_page *page, size_t length) {
  if (page->length + length + 1 <= page->room) return true;
  size_t room = 2 * (page->length + length + 1);
  char *text = realloc(page->text, room);
  if (!text) return false;
  page->text = text;
  page->room = room;
  return true;
}

void gibbs_page_put(gibbs_page *page, const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  int written = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  size_t length = written < 0 ? 0 : (size_t)written < sizeof line ? (size_t)written : sizeof line - 1;
  page->failed |= !make_room(page, length);
  if (page->failed) return;
  memcpy(page->text + page->length, line, length + 1);
  page->length += length;
}

gibbs_status gibbs_page_end(gibbs_page *page, char **out, gibbs_error *err) {
  gibbs_page_put(page, "%s", ""); /* an empty page is an empty text */
  if (page->failed) {
    free(page->text);
    size_t room = page->room;
    *page = (gibbs_page){0};
    return gibbs_fail_memory(err, "a text", room);
  }
  *out = page->text;
  *page = (gibbs_page){0};
  return GIBBS_OK;
}
