/* checkpoint_seal.c - the seal of a checkpoint or a model: written when it is complete, checked before it is read. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checkpoint_seal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "gibbs/file_access.h"

#define KIND(name, maker)                                                                                            \
  { name, "gibbs " name " ", "gibbs " name " 1\n", maker }
const gibbs_seal_kind gibbs_seal_of_checkpoint = KIND("checkpoint", "gibbs.minimize");
const gibbs_seal_kind gibbs_seal_of_model = KIND("model", "Q:save");

static const char house[] = "gibbs ";
static const char hdf5_mark[] = "\x89HDF\r\n\x1a\n";

typedef struct seal {
  uint64_t size; /* of the file */
  uint32_t sum;  /* CRC-32 of what follows the seal */
} seal;

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

/* Lines of text, then zeros: one way to write every seal, so that a changed byte of it shows. */
static void print_seal(const gibbs_seal_kind *kind, const seal *s, char block[gibbs_seal_size]) {
  memset(block, 0, gibbs_seal_size);
  snprintf(block, gibbs_seal_size, "%ssize %" PRIu64 "\ncrc32 %08" PRIx32 "\n", kind->format, s->size, s->sum);
}

static bool parse_seal(const gibbs_seal_kind *kind, const char block[gibbs_seal_size], seal *out) {
  char text[gibbs_seal_size + 1] = "", again[gibbs_seal_size];
  memcpy(text, block, gibbs_seal_size);
  int read = sscanf(text + strlen(kind->format), "size %" SCNu64 " crc32 %" SCNx32, &out->size, &out->sum);
  print_seal(kind, out, again);
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

static gibbs_status open_file(const gibbs_seal_kind *kind, const char *path, FILE **out, gibbs_error *err) {
  struct stat about;
  if (stat(path, &about) != 0) return fail_system(err, "cannot be opened");
  if (!S_ISREG(about.st_mode)) /* opening a pipe would wait for a writer */
    return gibbs_fail(err, GIBBS_ERR_FILE, "is %s, not a %s",
                      S_ISDIR(about.st_mode) ? "a folder" : "no ordinary file", kind->name);
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

gibbs_status gibbs_seal_write(const gibbs_seal_kind *kind, const char *path, int descriptor, gibbs_error *err) {
  FILE *stream;
  seal s = {0, 0};
  char block[gibbs_seal_size];
  gibbs_status status = open_file(kind, path, &stream, err);
  if (status != GIBBS_OK) return status;
  if (fread(block, 1, gibbs_seal_size, stream) != gibbs_seal_size)
    status = gibbs_fail(err, GIBBS_ERR_FILE, "writing failed: the file is shorter than it should be");
  if (status == GIBBS_OK) status = measure(stream, &s, err);
  fclose(stream);
  print_seal(kind, &s, block);
  return status == GIBBS_OK ? write_block(descriptor, block, err) : status;
}

gibbs_status gibbs_seal_fill(const gibbs_seal_kind *kind, gibbs_output *out, const gibbs_value *content,
                             gibbs_error *err) {
  out->head = gibbs_seal_size;
  gibbs_status status = gibbs_hdf5_write(out, content, err);
  if (status == GIBBS_OK) status = gibbs_seal_write(kind, out->temporary, fileno(out->stream), err);
  if (status == GIBBS_OK && fsync(fileno(out->stream)) != 0) status = fail_system(err, "writing failed");
  return status;
}

static bool begins(const char *block, size_t length, const char *with) {
  return length >= strlen(with) && memcmp(block, with, strlen(with)) == 0;
}

/* What a file is that does not begin with the seal of its kind. */
static gibbs_status fail_foreign(const gibbs_seal_kind *kind, const char *block, size_t length, gibbs_error *err) {
  size_t whole = strlen(kind->format), begun = length < whole ? length : whole;
  if (length == 0) return gibbs_fail(err, GIBBS_ERR_FILE, "is empty, and no %s", kind->name);
  if (memcmp(block, kind->format, begun) == 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "is cut off after %zu bytes, within the head of the %s", length,
                      kind->name);
  if (begins(block, length, hdf5_mark))
    return gibbs_fail(err, GIBBS_ERR_FILE, "is an HDF5 file, but no %s: %s did not write it", kind->name,
                      kind->maker);
  if (begins(block, length, kind->family))
    return gibbs_fail(err, GIBBS_ERR_FILE, "is a %s of another version: this program reads '%.*s'", kind->name,
                      (int)whole - 1, kind->format);
  if (begins(block, length, house)) {
    int word = (int)strcspn(block + strlen(house), " \n");
    return gibbs_fail(err, GIBBS_ERR_FILE, "is a %.*s, not a %s", word < 20 ? word : 20, block + strlen(house),
                      kind->name);
  }
  return gibbs_fail(err, GIBBS_ERR_FILE, "is no %s: it does not begin as one", kind->name);
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

static gibbs_status check_stream(const gibbs_seal_kind *kind, FILE *stream, bool *bare, gibbs_error *err) {
  char block[gibbs_seal_size + 1] = "";
  seal written = {0, 0}, found = {0, 0};
  size_t length = fread(block, 1, gibbs_seal_size, stream);
  if (ferror(stream)) return fail_system(err, "reading failed");
  if (bare) *bare = begins(block, length, hdf5_mark);
  if (bare && *bare) return GIBBS_OK;
  if (length < gibbs_seal_size || !begins(block, length, kind->format)) return fail_foreign(kind, block, length, err);
  if (!parse_seal(kind, block, &written))
    return gibbs_fail(err, GIBBS_ERR_FILE, "is damaged: its head is not as written");
  gibbs_status status = measure(stream, &found, err);
  return status == GIBBS_OK ? compare(&written, &found, err) : status;
}

gibbs_status gibbs_seal_check(const gibbs_seal_kind *kind, const char *path, bool *bare, gibbs_error *err) {
  FILE *stream;
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_READ, err);
  if (status == GIBBS_OK) status = open_file(kind, gibbs_file_access_place(path, GIBBS_FILE_READ), &stream, err);
  if (status != GIBBS_OK) return status;
  status = check_stream(kind, stream, bare, err);
  fclose(stream);
  return status;
}

bool gibbs_seal_begins(const gibbs_seal_kind *kind, const char *path) {
  FILE *stream;
  char block[gibbs_seal_size];
  if (open_file(kind, path, &stream, NULL) != GIBBS_OK) return false;
  size_t length = fread(block, 1, sizeof block, stream);
  fclose(stream);
  return begins(block, length, kind->family);
}
