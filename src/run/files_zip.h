/* files_zip.h - the members of a zip archive in memory, stored or deflated. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_ZIP_H
#define GIBBS_RUN_FILES_ZIP_H

#include "files_format.h"

typedef struct gibbs_zip_member {
  const char *name; /* not ended by NUL */
  size_t name_length;
  int method; /* 0 stored, 8 deflated */
  uint32_t crc;
  const unsigned char *data; /* as stored, within the archive */
  size_t stored, size;       /* bytes in the archive, and once inflated */
} gibbs_zip_member;

/* A walk over the archive's directory. */
typedef struct gibbs_zip {
  const unsigned char *bytes;
  size_t size, at, end, left;
} gibbs_zip;

gibbs_status gibbs_zip_open(const gibbs_bytes *bytes, gibbs_zip *out, gibbs_error *err) GIBBS_CHECKED;
/* The next member, while zip->left > 0. */
gibbs_status gibbs_zip_next(gibbs_zip *zip, gibbs_zip_member *out, gibbs_error *err) GIBBS_CHECKED;
/* The member's bytes, checked against its CRC: in place, or in *inflated, which the caller frees. */
gibbs_status gibbs_zip_unpack(const gibbs_zip_member *member, unsigned char **inflated, const unsigned char **data,
                              gibbs_error *err) GIBBS_CHECKED;

#endif
