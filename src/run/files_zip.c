/* files_zip.c - reading zip archives (PKWARE's APPNOTE 6.3): directory, members, zip64. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "files_zip.h"

enum {
  end_size = 22,
  end64_size = 56,
  locator_size = 20,
  entry_size = 46,
  local_size = 30,
  extra_zip64 = 1,
  flag_encrypted = 1,
  method_stored = 0,
  method_deflated = 8
};

static uint64_t take(const unsigned char *bytes, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) word |= (uint64_t)bytes[i] << 8 * i;
  return word;
}

static bool marked(const gibbs_zip *zip, uint64_t at, size_t size, const char mark[3]) {
  return at <= zip->size && zip->size - at >= size && memcmp(zip->bytes + at, "PK", 2) == 0 &&
         memcmp(zip->bytes + at + 2, mark, 2) == 0;
}

static gibbs_status fail_archive(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "damaged archive: %s", what);
}

/* The end record is the last thing in the file but for a comment, whose length it tells. */
static bool find_end(const gibbs_zip *zip, size_t *out) {
  for (size_t back = end_size; back <= zip->size && back <= end_size + 0xFFFF; back++) {
    size_t at = zip->size - back;
    if (marked(zip, at, end_size, "\5\6") && take(zip->bytes + at + 20, 2) == back - end_size) {
      *out = at;
      return true;
    }
  }
  return false;
}

gibbs_status gibbs_zip_open(const gibbs_bytes *bytes, gibbs_zip *out, gibbs_error *err) {
  gibbs_zip zip = {.bytes = bytes->data, .size = bytes->size};
  size_t end;
  if (!find_end(&zip, &end)) return fail_archive(err, "its directory is missing");
  const unsigned char *record = bytes->data + end;
  uint64_t count = take(record + 10, 2), length = take(record + 12, 4), start = take(record + 16, 4);
  if ((count == 0xFFFF || start == 0xFFFFFFFF) && end >= locator_size &&
      marked(&zip, end - locator_size, 20, "\6\7")) {
    uint64_t at = take(record - locator_size + 8, 8);
    if (!marked(&zip, at, end64_size, "\6\6")) return fail_archive(err, "its large directory is missing");
    record = bytes->data + at;
    count = take(record + 32, 8), length = take(record + 40, 8), start = take(record + 48, 8);
  }
  if (start > end || length > end - start || count > length / entry_size)
    return fail_archive(err, "its directory lies outside the file");
  zip.at = (size_t)start;
  zip.end = (size_t)(start + length);
  zip.left = (size_t)count;
  *out = zip;
  return GIBBS_OK;
}

/* Fields of 32 bits that are all ones continue in an extra block, in this order. */
static bool take_large(const unsigned char *extra, size_t length, uint64_t *field[3]) {
  bool wanted = false;
  for (int i = 0; i < 3; i++) wanted = wanted || *field[i] == 0xFFFFFFFF;
  while (wanted && length >= 4) {
    size_t size = (size_t)take(extra + 2, 2);
    if (size > length - 4) return false;
    if (take(extra, 2) == extra_zip64) {
      const unsigned char *next = extra + 4, *end = next + size;
      for (int i = 0; i < 3; i++) {
        if (*field[i] != 0xFFFFFFFF) continue;
        if (end - next < 8) return false;
        *field[i] = take(next, 8);
        next += 8;
      }
      return true;
    }
    extra += 4 + size;
    length -= 4 + size;
  }
  return !wanted;
}

static gibbs_status find_data(const gibbs_zip *zip, uint64_t local, uint64_t stored, const unsigned char **out,
                              gibbs_error *err) {
  if (!marked(zip, local, local_size, "\3\4")) return fail_archive(err, "a member is not where the directory says");
  const unsigned char *header = zip->bytes + local;
  uint64_t start = local + local_size + take(header + 26, 2) + take(header + 28, 2);
  if (start > zip->size || stored > zip->size - start) return fail_archive(err, "a member reaches beyond the file");
  *out = zip->bytes + start;
  return GIBBS_OK;
}

gibbs_status gibbs_zip_next(gibbs_zip *zip, gibbs_zip_member *out, gibbs_error *err) {
  const unsigned char *entry = zip->bytes + zip->at;
  if (zip->end - zip->at < entry_size || !marked(zip, zip->at, entry_size, "\1\2"))
    return fail_archive(err, "its directory is too short");
  size_t name = (size_t)take(entry + 28, 2), extra = (size_t)take(entry + 30, 2),
         comment = (size_t)take(entry + 32, 2);
  if (zip->end - zip->at - entry_size < name + extra + comment)
    return fail_archive(err, "its directory is too short");
  uint64_t size = take(entry + 24, 4), stored = take(entry + 20, 4), local = take(entry + 42, 4);
  if (!take_large(entry + entry_size + name, extra, (uint64_t *[]){&size, &stored, &local}) || size > SIZE_MAX / 2)
    return fail_archive(err, "a size is missing");
  if (take(entry + 8, 2) & flag_encrypted) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the archive is encrypted");
  *out = (gibbs_zip_member){.name = (const char *)entry + entry_size,
                            .name_length = name,
                            .method = (int)take(entry + 10, 2),
                            .crc = (uint32_t)take(entry + 16, 4),
                            .stored = (size_t)stored,
                            .size = (size_t)size};
  zip->at += entry_size + name + extra + comment;
  zip->left--;
  return find_data(zip, local, stored, &out->data, err);
}

/* zlib counts in unsigned int: larger members go through in pieces. */
static bool inflate_all(const gibbs_zip_member *member, unsigned char *to) {
  z_stream stream = {.next_in = (Bytef *)member->data, .next_out = to};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
  size_t in = member->stored, out = member->size;
  int result = Z_OK;
  while (result == Z_OK) {
    uInt give = in < UINT_MAX ? (uInt)in : UINT_MAX, room = out < UINT_MAX ? (uInt)out : UINT_MAX;
    stream.avail_in = give, stream.avail_out = room;
    result = inflate(&stream, Z_NO_FLUSH);
    in -= give - stream.avail_in, out -= room - stream.avail_out;
  }
  inflateEnd(&stream);
  return result == Z_STREAM_END && in == 0 && out == 0;
}

static uint32_t checksum(const unsigned char *data, size_t size) {
  return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);
}

/* A size that deflate cannot reach (it packs at most about 1032 to 1) is a lie, and no memory is spent on it. */
gibbs_status gibbs_zip_unpack(const gibbs_zip_member *member, unsigned char **inflated, const unsigned char **data,
                              gibbs_error *err) {
  *inflated = NULL;
  *data = member->data;
  if (member->method == method_stored) {
    if (member->stored != member->size) return fail_archive(err, "the sizes of a member differ");
  } else if (member->method == method_deflated) {
    if (member->size / 1040 > member->stored) return fail_archive(err, "a member cannot be as large as it says");
    *inflated = malloc(member->size + 1);
    if (!*inflated) return gibbs_fail_memory(err, "a member of the archive", member->size);
    if (!inflate_all(member, *inflated)) return fail_archive(err, "a member does not unpack");
    *data = *inflated;
  } else {
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "packing method %d is not supported; stored and deflated are",
                      member->method);
  }
  if (checksum(*data, member->size) != member->crc) return fail_archive(err, "a checksum does not fit");
  return GIBBS_OK;
}
