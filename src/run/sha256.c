/* sha256.c - SHA-256 by nettle. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/sha256.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void finish(struct sha256_ctx *state, char text[gibbs_sha256_size]) {
  uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(state, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; i++) snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void gibbs_sha256_bytes(const void *bytes, size_t size, char text[gibbs_sha256_size]) {
  struct sha256_ctx state;
  sha256_init(&state);
  sha256_update(&state, size, bytes);
  finish(&state, text);
}

/* A pipe would wait, and what it gives would be gone for whoever reads it next. */
static gibbs_status open_ordinary(const char *path, FILE **stream, gibbs_error *err) {
  struct stat about;
  if (stat(path, &about) != 0) return gibbs_fail(err, GIBBS_ERR_FILE, "cannot be opened: %s", strerror(errno));
  if (!S_ISREG(about.st_mode)) return gibbs_fail(err, GIBBS_ERR_FILE, "is not an ordinary file");
  *stream = fopen(path, "rb");
  if (!*stream) return gibbs_fail(err, GIBBS_ERR_FILE, "cannot be opened: %s", strerror(errno));
  return GIBBS_OK;
}

gibbs_status gibbs_sha256_file(const char *path, char text[gibbs_sha256_size], uint64_t *bytes, gibbs_error *err) {
  FILE *stream = NULL;
  gibbs_status status = open_ordinary(path, &stream, err);
  if (status != GIBBS_OK) return status;
  struct sha256_ctx state;
  sha256_init(&state);
  unsigned char piece[65536];
  *bytes = 0;
  for (size_t got; (got = fread(piece, 1, sizeof piece, stream)) > 0; *bytes += got)
    sha256_update(&state, got, piece);
  if (ferror(stream)) status = gibbs_fail(err, GIBBS_ERR_FILE, "reading failed: %s", strerror(errno));
  fclose(stream);
  if (status == GIBBS_OK) finish(&state, text);
  return status;
}
