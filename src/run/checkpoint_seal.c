/* checkpoint_seal.c - the seal of a checkpoint: written when it is complete, checked before it is read. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checkpoint_seal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "gibbs/file_access.h"

static const char seal_format[] = "gibbs checkpoint 1\n";
static const char seal_family[] = "gibbs checkpoint ";
static const char hdf5_mark[] = "\x89HDF\r\n\x1a\n";

typedef struct seal {
  uint64_t size; /* of the file */
  uint32_t sum;  /* CRC-32 of what follows the seal */
} seal;

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

/* Lines of text, then zeros: one way to write every seal, so that a changed byte of it shows. */
static void print_seal(const seal *s, char block[gibbs_seal_size]) {
  memset(block, 0, gibbs_seal_size);
  snprintf(block, gibbs_seal_size, "%ssize %" PRIu64 "\ncrc32 %08" PRIx32 "\n", seal_format, s->size, s->sum);
}

static bool parse_seal(const char block[gibbs_seal_size], seal *out) {
  char text[gibbs_seal_size + 1] = "", again[gibbs_seal_size];
  memcpy(text, block, gibbs_seal_size);
  int read = sscanf(text + strlen(seal_format), "size %" SCNu64 " crc32 %" SCNx32, &out->size, &out->sum);
  print_seal(out, again);
  return read == 2 && memcmp(block, again, gibbs_seal_size) == 0;
}

/* The stream stands behind the seal. */
static gibbs_status measure(FILE *stream, seal *out, gibbs_error *err) {
  unsigned char bytes[1 << 16];
  uLong sum = crc32(0, NULL, 0);
  size_t read;
  out->size = gibbs_seal_size;
  while ((read = fread(bytes, 1, sizeof bytes, stream)) > 0) {
    sum = crc32(sum, bytes, (uInt)read);
    out->size += read;
  }
  out->sum = (uint32_t)sum;
  return ferror(stream) ? fail_system(err, "reading failed") : GIBBS_OK;
}

static gibbs_status open_file(const char *path, FILE **out, gibbs_error *err) {
  struct stat about;
  if (stat(path, &about) != 0) return fail_system(err, "cannot be opened");
  if (!S_ISREG(about.st_mode)) /* opening a pipe would wait for a writer */
    return gibbs_fail(err, GIBBS_ERR_FILE, "is %s, not a checkpoint",
                      S_ISDIR(about.st_mode) ? "a folder" : "no ordinary file");
  *out = fopen(path, "rb");
  return *out ? GIBBS_OK : fail_system(err, "cannot be opened");
}

static gibbs_status write_block(int descriptor, const char block[gibbs_seal_size], gibbs_error *err) {
  for (size_t done = 0; done < gibbs_seal_size;) {
    ssize_t written = pwrite(descriptor, block + done, gibbs_seal_size - done, (off_t)done);
    if (written < 0 && errno != EINTR) return fail_system(err, "writing failed");
    if (written > 0) done += (size_t)written;
  }
  return GIBBS_OK;
}

gibbs_status gibbs_seal_write(const char *path, int descriptor, gibbs_error *err) {
  FILE *stream;
  seal s = {0, 0};
  char block[gibbs_seal_size];
  gibbs_status status = open_file(path, &stream, err);
  if (status != GIBBS_OK) return status;
  if (fread(block, 1, gibbs_seal_size, stream) != gibbs_seal_size)
    status = gibbs_fail(err, GIBBS_ERR_FILE, "writing failed: the file is shorter than it should be");
  if (status == GIBBS_OK) status = measure(stream, &s, err);
  fclose(stream);
  print_seal(&s, block);
  return status == GIBBS_OK ? write_block(descriptor, block, err) : status;
}

/* What a file is that does not begin with a seal of ours. */
static gibbs_status fail_foreign(const char *block, size_t length, gibbs_error *err) {
  size_t family = strlen(seal_family), begun = length < strlen(seal_format) ? length : strlen(seal_format);
  if (length == 0) return gibbs_fail(err, GIBBS_ERR_FILE, "is empty, and no checkpoint");
  if (memcmp(block, seal_format, begun) == 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is cut off after %zu bytes, within the head of the checkpoint", length);
  if (length >= strlen(hdf5_mark) && memcmp(block, hdf5_mark, strlen(hdf5_mark)) == 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is an HDF5 file, but no checkpoint: gibbs.minimize did not write it");
  if (length > family && memcmp(block, seal_family, family) == 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is a checkpoint of another version: this program reads '%.*s'",
                      (int)strlen(seal_format) - 1, seal_format);
  return gibbs_fail(err, GIBBS_ERR_FILE, "is no checkpoint: it does not begin as one");
}

static gibbs_status compare(const seal *written, const seal *found, gibbs_error *err) {
  if (found->size < written->size)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is cut off: it has %" PRIu64 " of its %" PRIu64 " bytes", found->size,
                      written->size);
  if (found->size > written->size)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is damaged: it has %" PRIu64 " bytes, %" PRIu64 " more than were written",
                      found->size, found->size - written->size);
  if (found->sum != written->sum)
    return gibbs_fail(err, GIBBS_ERR_FILE,
                      "is damaged: the checksum of its content is %08" PRIx32 ", and was %08" PRIx32, found->sum,
                      written->sum);
  return GIBBS_OK;
}

static gibbs_status check_stream(FILE *stream, gibbs_error *err) {
  char block[gibbs_seal_size];
  seal written = {0, 0}, found = {0, 0};
  size_t length = fread(block, 1, gibbs_seal_size, stream);
  if (ferror(stream)) return fail_system(err, "reading failed");
  if (length < gibbs_seal_size || memcmp(block, seal_format, strlen(seal_format)) != 0)
    return fail_foreign(block, length, err);
  if (!parse_seal(block, &written)) return gibbs_fail(err, GIBBS_ERR_FILE, "is damaged: its head is not as written");
  gibbs_status status = measure(stream, &found, err);
  return status == GIBBS_OK ? compare(&written, &found, err) : status;
}

gibbs_status gibbs_seal_check(const char *path, gibbs_error *err) {
  FILE *stream;
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_READ, err);
  if (status == GIBBS_OK) status = open_file(path, &stream, err);
  if (status != GIBBS_OK) return status;
  status = check_stream(stream, err);
  fclose(stream);
  return status;
}
