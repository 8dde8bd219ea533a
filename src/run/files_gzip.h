/* files_gzip.h - what gzip has packed, in memory, and never more of it than asked for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_GZIP_H
#define GIBBS_RUN_FILES_GZIP_H

#include "files_format.h"

/* Deflate packs at most about 1032 to 1: what claims to hold more than this many times its size lies. */
enum { gibbs_gzip_most_ratio = 1040 };

/* Whether the bytes begin as gzip's do; no other format of ours begins so. */
bool gibbs_gzip_marked(const gibbs_bytes *bytes);

/* The first `most` bytes of what is packed, or all of it where that is less; *more tells whether anything follows,
 * and only when nothing does have the checksums been compared. Memory grows with what really comes out. */
gibbs_status gibbs_gzip_unpack(const gibbs_bytes *packed, size_t most, gibbs_bytes *out, bool *more,
                               gibbs_error *err) GIBBS_CHECKED;

/* A text file, unpacked where it is packed: at most 100 times its size and a megabyte, as a text has no header that
 * tells its own. */
gibbs_status gibbs_text_load(const char *path, gibbs_bytes *out, gibbs_error *err) GIBBS_CHECKED;

#endif
