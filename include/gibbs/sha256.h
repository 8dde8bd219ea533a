/* gibbs/sha256.h - SHA-256 of bytes and of files, as 64 hexadecimal digits (by nettle).
 *
 * Promises: the digits are those of sha256sum; a file is read in pieces, whatever its size. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SHA256_H
#define GIBBS_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "gibbs/status.h"

enum { gibbs_sha256_size = 65 }; /* the digits and a NUL */

void gibbs_sha256_bytes(const void *bytes, size_t size, char text[gibbs_sha256_size]);

/* Of an ordinary file, and its size.  Not an access of the script's: nobody is told.  Fails with ERR_FILE; the
 * message does not name the file.  O(size). */
gibbs_status gibbs_sha256_file(const char *path, char text[gibbs_sha256_size], uint64_t *bytes,
                               gibbs_error *err) GIBBS_CHECKED;

#endif
