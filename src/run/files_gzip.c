/* files_gzip.c - unpacking gzip (RFC 1952), one member after the other, up to a limit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files_gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { first_piece = 1 << 16, text_ratio = 100, text_least = 1 << 20, window_of_gzip = 16 + MAX_WBITS };

/* `limit` is one more than may be wanted, so that the end is seen where it comes right after that. */
typedef struct unpacking {
  z_stream stream;
  const gibbs_bytes *packed;
  size_t taken, capacity, limit; /* bytes read, room for bytes, the most room there may be */
  gibbs_bytes out;
} unpacking;

bool gibbs_gzip_marked(const gibbs_bytes *bytes) {
  return bytes->size >= 2 && bytes->data[0] == 0x1F && bytes->data[1] == 0x8B;
}

static gibbs_status make_room(unpacking *u, gibbs_error *err) {
  size_t capacity = u->capacity == 0 ? first_piece : u->capacity < u->limit / 2 ? 2 * u->capacity : u->limit;
  if (capacity > u->limit) capacity = u->limit;
  unsigned char *grown = realloc(u->out.data, capacity + 1);
  if (!grown) return gibbs_fail_memory(err, "what the file unpacks to", capacity + 1);
  u->out.data = grown;
  u->capacity = capacity;
  return GIBBS_OK;
}

/* zlib counts in unsigned int: larger pieces go through in several. */
static int inflate_piece(unpacking *u) {
  size_t left = u->packed->size - u->taken, room = u->capacity - u->out.size;
  uInt give = left < UINT_MAX ? (uInt)left : UINT_MAX, take = room < UINT_MAX ? (uInt)room : UINT_MAX;
  u->stream.next_in = u->packed->data + u->taken;
  u->stream.next_out = u->out.data + u->out.size;
  u->stream.avail_in = give, u->stream.avail_out = take;
  int result = inflate(&u->stream, Z_NO_FLUSH);
  u->taken += give - u->stream.avail_in;
  u->out.size += take - u->stream.avail_out;
  return result;
}

static gibbs_status fail_piece(const unpacking *u, int result, gibbs_error *err) {
  if (result == Z_MEM_ERROR) return gibbs_fail_memory(err, "unpacking", first_piece);
  if (result == Z_BUF_ERROR) return gibbs_fail(err, GIBBS_ERR_FILE, "the packed data end early: the file is cut off");
  return gibbs_fail(err, GIBBS_ERR_FILE, "the packed data are damaged: %.80s",
                    u->stream.msg ? u->stream.msg : "they are not gzip's");
}

/* After a member: the end of the file, or another member. */
static gibbs_status begin_next(unpacking *u, bool *ended, gibbs_error *err) {
  gibbs_bytes rest = {u->packed->data + u->taken, u->packed->size - u->taken};
  *ended = rest.size == 0;
  if (*ended) return GIBBS_OK;
  if (!gibbs_gzip_marked(&rest))
    return gibbs_fail(err, GIBBS_ERR_FILE, "%zu bytes follow after the end of the packed data", rest.size);
  return inflateReset(&u->stream) == Z_OK ? GIBBS_OK : fail_piece(u, Z_STREAM_ERROR, err);
}

static gibbs_status unpack_all(unpacking *u, gibbs_error *err) {
  bool ended = false;
  gibbs_status status = GIBBS_OK;
  while (status == GIBBS_OK && !ended) {
    if (u->out.size == u->limit) break;
    if (u->out.size == u->capacity) status = make_room(u, err);
    if (status != GIBBS_OK) break;
    int result = inflate_piece(u);
    if (result == Z_STREAM_END)
      status = begin_next(u, &ended, err);
    else if (result != Z_OK)
      status = fail_piece(u, result, err);
  }
  return status;
}

gibbs_status gibbs_gzip_unpack(const gibbs_bytes *packed, size_t most, gibbs_bytes *out, bool *more,
                               gibbs_error *err) {
  unpacking u = {.packed = packed, .limit = most + 1};
  if (most > SIZE_MAX - 2) return gibbs_fail_memory(err, "what the file unpacks to", most);
  if (inflateInit2(&u.stream, window_of_gzip) != Z_OK) return gibbs_fail_memory(err, "unpacking", first_piece);
  gibbs_status status = unpack_all(&u, err);
  inflateEnd(&u.stream);
  if (status != GIBBS_OK) {
    free(u.out.data);
    return status;
  }
  *more = u.out.size > most;
  if (*more) u.out.size = most;
  u.out.data[u.out.size] = '\0';
  *out = u.out;
  return GIBBS_OK;
}

gibbs_status gibbs_text_load(const char *path, gibbs_bytes *out, gibbs_error *err) {
  gibbs_bytes packed;
  gibbs_status status = gibbs_bytes_load(path, &packed, err);
  if (status != GIBBS_OK) return status;
  if (!gibbs_gzip_marked(&packed)) {
    *out = packed;
    return GIBBS_OK;
  }
  bool more = false;
  gibbs_bytes text = {NULL, 0};
  size_t most = packed.size < SIZE_MAX / 2 / text_ratio ? text_ratio * packed.size + text_least : SIZE_MAX / 2;
  status = gibbs_gzip_unpack(&packed, most, &text, &more, err);
  if (status == GIBBS_OK && more)
    status = gibbs_fail(err, GIBBS_ERR_SIZE,
                        "%zu packed bytes unpack to more than %zu; if that is right, unpack the file first",
                        packed.size, most);
  gibbs_bytes_free(&packed);
  if (status == GIBBS_OK)
    *out = text;
  else
    gibbs_bytes_free(&text);
  return status;
}
