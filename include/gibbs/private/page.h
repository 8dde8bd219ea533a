/* gibbs/private/page.h - text that grows line by line.
 *
 * Promises: a failed allocation is remembered, and told once by gibbs_page_end; until then everything may be called.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_PAGE_H
#define GIBBS_PRIVATE_PAGE_H

#include <stdbool.h>

#include "gibbs/status.h"

typedef struct gibbs_page {
  char *text;
  size_t length, room;
  bool failed;
} gibbs_page; /* starts as {0} */

/* At most 1023 bytes a call. */
void gibbs_page_put(gibbs_page *page, const char *format, ...) GIBBS_PRINTF(2, 3);
/* The text, to be freed with free(), or the failure; the page is empty then. */
gibbs_status gibbs_page_end(gibbs_page *page, char **out, gibbs_error *err) GIBBS_CHECKED;

#endif
