/* files_npz.c - NumPy arrays by name in a zip archive. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "files_npy.h"
#include "files_zip.h"

/* ---- reading ---------------------------------------------------------------------------------------- */

static gibbs_status name_member(gibbs_status status, const char *name, gibbs_error *err) {
  return gibbs_fail(err, status, "'%.60s': %s", name, err ? err->message : "");
}

static gibbs_status parse_member(const gibbs_zip_member *member, gibbs_value **out, gibbs_error *err) {
  unsigned char *inflated;
  const unsigned char *data;
  gibbs_status status = gibbs_zip_unpack(member, &inflated, &data, err);
  if (status == GIBBS_OK) status = gibbs_npy_parse(data, member->size, out, err);
  free(inflated);
  return status;
}

static gibbs_status read_member(gibbs_zip *zip, gibbs_value *map, gibbs_error *err) {
  gibbs_zip_member member;
  gibbs_status status = gibbs_zip_next(zip, &member, err);
  if (status != GIBBS_OK) return status;
  char *name = strndup(member.name, member.name_length);
  if (!name) return gibbs_fail_memory(err, "a name", member.name_length);
  size_t length = strlen(name);
  gibbs_value *item = NULL;
  if (length < 4 || strcmp(name + length - 4, ".npy") != 0)
    status = gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "is not an array: its name does not end in .npy");
  else
    status = parse_member(&member, &item, err);
  if (status != GIBBS_OK) {
    status = name_member(status, name, err);
  } else {
    name[length - 4] = '\0';
    status = gibbs_value_set(map, name, item, err);
  }
  free(name);
  return status;
}

static gibbs_status read_archive(const gibbs_bytes *bytes, gibbs_value **out, gibbs_error *err) {
  gibbs_zip zip;
  gibbs_status status = gibbs_zip_open(bytes, &zip, err);
  if (status != GIBBS_OK) return status;
  gibbs_value *map = gibbs_value_map();
  if (!map) return gibbs_fail_memory(err, "a value", sizeof(void *));
  while (status == GIBBS_OK && zip.left > 0) status = read_member(&zip, map, err);
  if (status == GIBBS_OK) status = gibbs_value_check_names(map, err);
  if (status == GIBBS_OK)
    *out = map;
  else
    gibbs_value_free(map);
  return status;
}

gibbs_status gibbs_npz_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_bytes bytes;
  gibbs_status status = gibbs_bytes_load(path, &bytes, err);
  if (status != GIBBS_OK) return status;
  status = read_archive(&bytes, out, err);
  gibbs_bytes_free(&bytes);
  return status;
}

/* ---- writing ---------------------------------------------------------------------------------------- */

enum {
  local_size = 30,
  entry_size = 46,
  end_size = 22,
  version = 20,
  flag_utf8 = 0x800,
  first_of_january_1980 = 0x21
};

typedef struct npz_entry {
  const char *name;
  gibbs_tensor *tensor;
  uint32_t crc, size, offset;
} npz_entry;

static void put(unsigned char *bytes, uint32_t word, size_t count) {
  for (size_t i = 0; i < count; i++) bytes[i] = (unsigned char)(word >> 8 * i);
}

/* The fields that a member's header and its entry in the directory share, from "version needed" to "name length". A
 * fixed date: equal data make equal files. */
static void put_shared(unsigned char *bytes, const npz_entry *entry) {
  put(bytes, version, 2);
  put(bytes + 2, flag_utf8, 2);
  put(bytes + 8, first_of_january_1980, 2);
  put(bytes + 10, entry->crc, 4);
  put(bytes + 14, entry->size, 4);
  put(bytes + 18, entry->size, 4);
  put(bytes + 22, (uint32_t)strlen(entry->name) + 4, 2);
}

static void add_to_crc(void *crc, const unsigned char *bytes, size_t size) {
  uint32_t *sum = crc;
  *sum = (uint32_t)crc32_z(*sum, bytes, size);
}

static void put_bytes(void *stream, const unsigned char *bytes, size_t size) {
  fwrite(bytes, 1, size, stream);
}

static void write_member(FILE *stream, npz_entry *entry) {
  unsigned char header[gibbs_npy_header_size], local[local_size] = "PK\3\4";
  size_t length = gibbs_npy_header(gibbs_tensor_shape(entry->tensor), header);
  entry->crc = 0;
  add_to_crc(&entry->crc, header, length);
  gibbs_npy_numbers(entry->tensor, add_to_crc, &entry->crc);
  put_shared(local + 4, entry);
  put_bytes(stream, local, local_size);
  fprintf(stream, "%s.npy", entry->name);
  put_bytes(stream, header, length);
  gibbs_npy_numbers(entry->tensor, put_bytes, stream);
}

static void write_directory(FILE *stream, const npz_entry *entries, size_t count, uint32_t start, uint32_t length) {
  for (size_t i = 0; i < count; i++) {
    unsigned char entry[entry_size] = "PK\1\2";
    put(entry + 4, version, 2);
    put_shared(entry + 6, &entries[i]);
    put(entry + 42, entries[i].offset, 4);
    put_bytes(stream, entry, entry_size);
    fprintf(stream, "%s.npy", entries[i].name);
  }
  unsigned char end[end_size] = "PK\5\6";
  put(end + 8, (uint32_t)count, 2);
  put(end + 10, (uint32_t)count, 2);
  put(end + 12, length, 4);
  put(end + 16, start, 4);
  put_bytes(stream, end, end_size);
}

/* Sizes and offsets, which have to fit into the 32 bits of a plain archive. */
static gibbs_status lay_out(npz_entry *entries, size_t count, uint32_t *start, uint32_t *length, gibbs_error *err) {
  uint64_t at = 0, directory = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned char header[gibbs_npy_header_size];
    uint64_t size = gibbs_npy_header(gibbs_tensor_shape(entries[i].tensor), header);
    size += (uint64_t)gibbs_tensor_size(entries[i].tensor) * sizeof(double);
    size_t name = strlen(entries[i].name) + 4;
    if (name > 0xFFFF) return gibbs_fail(err, GIBBS_ERR_SIZE, "the name of an array is too long");
    entries[i].offset = (uint32_t)at;
    entries[i].size = (uint32_t)size;
    at += local_size + name + size;
    directory += entry_size + name;
    if (at + directory >= 0xFFFFFFFF)
      return gibbs_fail(err, GIBBS_ERR_SIZE, "more than 4 GB do not fit into an .npz file; write .h5");
  }
  *start = (uint32_t)at;
  *length = (uint32_t)directory;
  return GIBBS_OK;
}

static gibbs_status collect(const gibbs_value *map, npz_entry *entries, gibbs_error *err) {
  for (size_t i = 0; i < gibbs_value_count(map); i++) {
    entries[i].name = gibbs_value_name(map, i);
    gibbs_status status = gibbs_value_to_tensor(gibbs_value_item(map, i), &entries[i].tensor, err);
    if (status != GIBBS_OK) return name_member(status, entries[i].name, err);
  }
  return gibbs_value_check_names(map, err);
}

gibbs_status gibbs_npz_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  size_t count = gibbs_value_count(value);
  if (gibbs_value_kind_of(value) != GIBBS_VALUE_MAP || count > 0xFFFE)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "an .npz file holds arrays by name, like { W = W, b = b }, got %s",
                      gibbs_value_kind_text(gibbs_value_kind_of(value)));
  npz_entry *entries = calloc(count + 1, sizeof *entries);
  if (!entries) return gibbs_fail_memory(err, "names", count * sizeof *entries);
  uint32_t start = 0, length = 0;
  gibbs_status status = collect(value, entries, err);
  if (status == GIBBS_OK) status = lay_out(entries, count, &start, &length, err);
  if (status == GIBBS_OK) {
    for (size_t i = 0; i < count; i++) write_member(out->stream, &entries[i]);
    write_directory(out->stream, entries, count, start, length);
  }
  for (size_t i = 0; i < count; i++) gibbs_tensor_release(entries[i].tensor);
  free(entries);
  return status;
}
