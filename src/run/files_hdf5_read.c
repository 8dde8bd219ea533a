/* files_hdf5_read.c - groups, data sets and attributes of an HDF5 file as values. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_apart.h"
#include "files_hdf5.h"
#include "gibbs/file_access.h"

/* Hard links can make a group a part of itself in more ways than depth alone bounds. */
enum { most_objects = 1000000, name_size = 512 };

typedef struct reader {
  const hdf5_library *h5;
  size_t objects;
} reader;

/* What data sets and attributes have in common. */
typedef struct source {
  const hdf5_library *h5;
  hid_t id, type, space;
  bool attribute;
  gibbs_shape shape;
  const gibbs_place *place;
} source;

static gibbs_status fail_source(const source *s, gibbs_status code, const char *what, gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_fail(err, code, "%s %s", gibbs_place_print(s->place, where), what);
}

static gibbs_status fail_library(const source *s, gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_hdf5_fail(s->h5, gibbs_place_print(s->place, where), err);
}

static bool transfer(const source *s, hid_t memory_type, void *to) {
  if (s->attribute) return s->h5->H5Aread(s->id, memory_type, to) >= 0;
  return s->h5->H5Dread(s->id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) >= 0;
}

/* ---- numbers ---------------------------------------------------------------------------------------- */

/* Integers of eight bytes are converted by us, because HDF5 would round them without a word. */
static gibbs_status read_integers(const source *s, double *values, size_t count, gibbs_error *err) {
  bool is_signed = s->h5->H5Tget_sign(s->type) != H5T_SGN_NONE;
  gibbs_encoding encoding = {is_signed ? 'i' : 'u', 8, false};
  unsigned char *bytes = malloc(count * 8);
  if (!bytes) return gibbs_fail_memory(err, "integers", count * 8);
  gibbs_status status = GIBBS_OK;
  if (!transfer(s, is_signed ? s->h5->H5T_STD_I64LE_g : s->h5->H5T_STD_U64LE_g, bytes))
    status = fail_library(s, err);
  else
    status = gibbs_numbers_decode(bytes, &encoding, count, values, err);
  free(bytes);
  return status;
}

/* The two names that h5py gives to the values of a boolean. */
static bool is_boolean(const source *s) {
  static const char *const names[] = {"FALSE", "TRUE"};
  bool same = s->h5->H5Tget_size(s->type) == 1 && s->h5->H5Tget_nmembers(s->type) == 2;
  for (unsigned i = 0; same && i < 2; i++) {
    char *name = s->h5->H5Tget_member_name(s->type, i);
    same = name && strcmp(name, names[i]) == 0;
    s->h5->H5free_memory(name);
  }
  return same;
}

static gibbs_status read_booleans(const source *s, double *values, size_t count, gibbs_error *err) {
  unsigned char *bytes = malloc(count);
  if (!bytes) return gibbs_fail_memory(err, "booleans", count);
  gibbs_status status = GIBBS_OK;
  if (!transfer(s, s->type, bytes))
    status = fail_library(s, err);
  else
    status = gibbs_numbers_decode(bytes, &(gibbs_encoding){'b', 1, false}, count, values, err);
  free(bytes);
  return status;
}

static gibbs_status read_values(const source *s, double *values, size_t count, gibbs_error *err) {
  H5T_class_t class = s->h5->H5Tget_class(s->type);
  if (class == H5T_ENUM) return read_booleans(s, values, count, err);
  if (class == H5T_INTEGER && s->h5->H5Tget_size(s->type) == 8) return read_integers(s, values, count, err);
  return transfer(s, s->h5->H5T_NATIVE_DOUBLE_g, values) ? GIBBS_OK : fail_library(s, err);
}

/* Space that was never written reads as a fill value, and packed numbers take at least a thousandth of their size:
 * more than that is not in the file, and no memory is spent on it. */
static bool is_plausible(const source *s, size_t count) {
  if (s->attribute || count < 1u << 20) return true;
  return count / 1040 <= s->h5->H5Dget_storage_size(s->id);
}

static gibbs_status read_tensor(const source *s, gibbs_tensor **out, gibbs_error *err) {
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_tensor_new(&s->shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  status = read_values(s, gibbs_tensor_data(tensor), gibbs_tensor_size(tensor), err);
  if (status == GIBBS_OK)
    *out = tensor;
  else
    gibbs_tensor_release(tensor);
  return status;
}

static gibbs_value *make_value(const source *s, gibbs_tensor *tensor) {
  double first = gibbs_tensor_values(tensor)[0];
  if (s->shape.rank > 0) return gibbs_value_tensor(tensor);
  return s->h5->H5Tget_class(s->type) == H5T_ENUM ? gibbs_value_bool(first != 0) : gibbs_value_number(first);
}

static gibbs_status read_numbers(const source *s, gibbs_value **out, gibbs_error *err) {
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_shape_check(&s->shape, err);
  if (status == GIBBS_OK && !is_plausible(s, gibbs_shape_size(&s->shape)))
    return fail_source(s, GIBBS_ERR_FILE, "has more numbers than the file can hold", err);
  if (status == GIBBS_OK) status = read_tensor(s, &tensor, err);
  if (status != GIBBS_OK) {
    char where[gibbs_place_size];
    gibbs_error_prefix(err, gibbs_place_print(s->place, where));
    return status;
  }
  *out = make_value(s, tensor);
  gibbs_tensor_release(tensor);
  return *out ? GIBBS_OK : gibbs_fail_memory(err, "a value", sizeof(void *));
}

/* ---- strings ---------------------------------------------------------------------------------------- */

/* The strings of s in one block of `width` bytes each, or as pointers when width is 0. */
static gibbs_value *make_string(const source *s, const void *block, size_t width, size_t i) {
  if (width == 0) {
    const char *text = ((char *const *)block)[i];
    return gibbs_value_string(text ? text : "", text ? strlen(text) : 0);
  }
  const char *text = (const char *)block + i * width;
  size_t length = strnlen(text, width);
  bool padded = s->h5->H5Tget_strpad(s->type) == H5T_STR_SPACEPAD;
  while (padded && length > 0 && text[length - 1] == ' ') length--;
  return gibbs_value_string(text, length);
}

static gibbs_status make_strings(const source *s, const void *block, size_t width, size_t count, gibbs_value **out,
                                 gibbs_error *err) {
  gibbs_value *value = s->shape.rank == 0 ? make_string(s, block, width, 0) : gibbs_value_list();
  if (!value) return gibbs_fail_memory(err, "strings", count);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; s->shape.rank > 0 && i < count && status == GIBBS_OK; i++)
    status = gibbs_value_append(value, make_string(s, block, width, i), err);
  if (status == GIBBS_OK)
    *out = value;
  else
    gibbs_value_free(value);
  return status;
}

static gibbs_status read_strings(const source *s, gibbs_value **out, gibbs_error *err) {
  const hdf5_library *h5 = s->h5;
  if (s->shape.rank > 1) return fail_source(s, GIBBS_ERR_UNSUPPORTED, "has strings on more than one axis", err);
  gibbs_status status = gibbs_shape_check(&s->shape, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_shape_size(&s->shape), width = h5->H5Tget_size(s->type);
  bool variable = h5->H5Tis_variable_str(s->type) > 0;
  size_t each = variable ? sizeof(char *) : width;
  if (each == 0 || count > SIZE_MAX / each || !is_plausible(s, count * each))
    return fail_source(s, GIBBS_ERR_FILE, "has more strings than the file can hold", err);
  void *block = calloc(count, each);
  if (!block) return gibbs_fail_memory(err, "strings", count * each);
  if (!transfer(s, s->type, block))
    status = fail_library(s, err);
  else
    status = make_strings(s, block, variable ? 0 : width, count, out, err);
  if (variable) h5->H5Dvlen_reclaim(s->type, s->space, H5P_DEFAULT, block);
  free(block);
  return status;
}

/* ---- data sets and attributes ----------------------------------------------------------------------- */

static gibbs_status take_shape(source *s, gibbs_error *err) {
  int rank = s->h5->H5Sget_simple_extent_ndims(s->space);
  if (rank < 0) return fail_library(s, err);
  if (rank > GIBBS_MAX_RANK) return fail_source(s, GIBBS_ERR_SHAPE, "has more axes than a tensor may have", err);
  hsize_t extent[GIBBS_MAX_RANK];
  if (s->h5->H5Sget_simple_extent_dims(s->space, extent, NULL) < 0) return fail_library(s, err);
  s->shape.rank = (size_t)rank;
  for (int k = 0; k < rank; k++) {
    if (extent[k] > SIZE_MAX) return fail_source(s, GIBBS_ERR_SIZE, "is too large", err);
    s->shape.extent[k] = (size_t)extent[k];
  }
  return GIBBS_OK;
}

static gibbs_status read_kind(const source *s, gibbs_value **out, gibbs_error *err) {
  H5T_class_t class = s->h5->H5Tget_class(s->type);
  size_t size = s->h5->H5Tget_size(s->type);
  if (class == H5T_STRING) return read_strings(s, out, err);
  if ((class == H5T_INTEGER || class == H5T_FLOAT) && size <= 8) return read_numbers(s, out, err);
  if (class == H5T_ENUM && is_boolean(s)) return read_numbers(s, out, err);
  return fail_source(s, GIBBS_ERR_UNSUPPORTED, "is neither numbers, strings nor booleans", err);
}

static gibbs_status read_source(source *s, gibbs_value **out, gibbs_error *err) {
  if (s->type < 0 || s->space < 0) return fail_library(s, err);
  gibbs_value *empty = NULL;
  H5S_class_t class = s->h5->H5Sget_simple_extent_type(s->space);
  gibbs_status status = class == H5S_NO_CLASS ? fail_library(s, err) : take_shape(s, err);
  if (status != GIBBS_OK) return status;
  if (class == H5S_NULL)
    empty = gibbs_value_null();
  else if (s->shape.rank == 1 && s->shape.extent[0] == 0)
    empty = gibbs_value_list();
  else
    return read_kind(s, out, err);
  *out = empty;
  return empty ? GIBBS_OK : gibbs_fail_memory(err, "a value", sizeof(void *));
}

/* Its numbers may lie in files of any name, which the file gives: they are not followed. */
static gibbs_status refuse_elsewhere(const source *s, gibbs_error *err) {
  hid_t how = s->h5->H5Dget_create_plist(s->id);
  if (how < 0) return fail_library(s, err);
  bool elsewhere = s->h5->H5Pget_layout(how) == H5D_VIRTUAL || s->h5->H5Pget_external_count(how) != 0;
  s->h5->H5Pclose(how);
  if (elsewhere)
    return fail_source(s, GIBBS_ERR_UNSUPPORTED, "keeps its numbers in other files, which are not opened", err);
  return GIBBS_OK;
}

static gibbs_status read_dataset(const hdf5_library *h5, hid_t id, const gibbs_place *place, gibbs_value **out,
                                 gibbs_error *err) {
  source s = {.h5 = h5, .id = id, .type = h5->H5Dget_type(id), .space = h5->H5Dget_space(id), .place = place};
  gibbs_status status = refuse_elsewhere(&s, err);
  if (status == GIBBS_OK) status = read_source(&s, out, err);
  if (s.type >= 0) h5->H5Tclose(s.type);
  if (s.space >= 0) h5->H5Sclose(s.space);
  return status;
}

/* Of a group, as "@name"; or of the data set `owner`, as "owner@name". */
static gibbs_status read_attribute(const hdf5_library *h5, hid_t id, const char *owner, const gibbs_place *up,
                                   gibbs_value *map, gibbs_error *err) {
  char name[2 * name_size];
  gibbs_value *item = NULL;
  gibbs_place place = {up, name, 0, up->depth + 1};
  source s = {.h5 = h5,
              .id = id,
              .type = h5->H5Aget_type(id),
              .space = h5->H5Aget_space(id),
              .attribute = true,
              .place = &place};
  size_t start = (size_t)snprintf(name, sizeof name, "%.*s@", name_size - 1, owner);
  ssize_t length = h5->H5Aget_name(id, name_size, name + start);
  gibbs_status status = length < 0 || length >= name_size ? fail_library(&s, err) : read_source(&s, &item, err);
  if (s.type >= 0) h5->H5Tclose(s.type);
  if (s.space >= 0) h5->H5Sclose(s.space);
  return status == GIBBS_OK ? gibbs_value_set(map, name, item, err) : status;
}

/* What other programs note of a data set for themselves (which axes belong to it) is no obstacle. */
static gibbs_status read_attributes(const hdf5_library *h5, hid_t id, const char *owner, const gibbs_place *place,
                                    gibbs_value *map, gibbs_error *err) {
  int count = h5->H5Aget_num_attrs(id);
  if (count < 0) return gibbs_hdf5_fail(h5, "the attributes cannot be read", err);
  gibbs_status status = GIBBS_OK;
  for (int i = 0; i < count && status == GIBBS_OK; i++) {
    hid_t attribute = h5->H5Aopen_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)i, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0) return gibbs_hdf5_fail(h5, "an attribute cannot be read", err);
    status = read_attribute(h5, attribute, owner, place, map, err);
    if (status == GIBBS_ERR_UNSUPPORTED && *owner) status = GIBBS_OK;
    h5->H5Aclose(attribute);
  }
  return status;
}

/* ---- groups ----------------------------------------------------------------------------------------- */

static gibbs_status read_group(reader *r, hid_t group, const gibbs_place *place, gibbs_value *map, gibbs_error *err);

static gibbs_status read_object(reader *r, hid_t id, const gibbs_place *place, gibbs_value *map, gibbs_error *err) {
  const source here = {.h5 = r->h5, .place = place};
  gibbs_value *item = NULL;
  H5I_type_t kind = r->h5->H5Iget_type(id);
  gibbs_status status;
  if (++r->objects > most_objects) return fail_source(&here, GIBBS_ERR_SIZE, "is one object too many", err);
  if (kind == H5I_DATASET)
    status = read_dataset(r->h5, id, place, &item, err);
  else if (kind == H5I_GROUP && place->depth < GIBBS_VALUE_MAX_DEPTH)
    status = (item = gibbs_value_map()) ? read_group(r, id, place, item, err)
                                        : gibbs_fail_memory(err, "a value", sizeof(void *));
  else
    status = kind == H5I_GROUP ? gibbs_fail_depth(err, place)
                               : fail_source(&here, GIBBS_ERR_UNSUPPORTED, "is neither a group nor a data set", err);
  if (status != GIBBS_OK) {
    gibbs_value_free(item);
    return status;
  }
  status = gibbs_value_set(map, place->name, item, err);
  if (status != GIBBS_OK || kind != H5I_DATASET) return status;
  return read_attributes(r->h5, id, place->name, place->up, map, err);
}

/* A soft or external link may lead anywhere, out of the file too: it is not followed. */
static gibbs_status read_link(reader *r, hid_t group, size_t index, const gibbs_place *up, gibbs_value *map,
                              gibbs_error *err) {
  char name[name_size];
  H5L_info_t info;
  gibbs_place place = {up, name, 0, up->depth + 1};
  const source here = {.h5 = r->h5, .place = &place};
  ssize_t length =
      r->h5->H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)index, name, name_size, H5P_DEFAULT);
  if (length < 0 || length >= name_size) return gibbs_hdf5_fail(r->h5, "a name cannot be read", err);
  if (r->h5->H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)index, &info, H5P_DEFAULT) < 0)
    return fail_library(&here, err);
  if (info.type != H5L_TYPE_HARD)
    return fail_source(&here, GIBBS_ERR_UNSUPPORTED, "is a link to another place, which is not followed", err);
  hid_t id = r->h5->H5Oopen(group, name, H5P_DEFAULT);
  if (id < 0) return fail_library(&here, err);
  gibbs_status status = read_object(r, id, &place, map, err);
  r->h5->H5Oclose(id);
  return status;
}

static gibbs_status read_group(reader *r, hid_t group, const gibbs_place *place, gibbs_value *map, gibbs_error *err) {
  H5G_info_t info;
  if (r->h5->H5Gget_info(group, &info) < 0) return gibbs_hdf5_fail(r->h5, "a group cannot be read", err);
  gibbs_status status = read_attributes(r->h5, group, "", place, map, err);
  for (size_t i = 0; i < info.nlinks && status == GIBBS_OK; i++) status = read_link(r, group, i, place, map, err);
  return status == GIBBS_OK ? gibbs_value_check_names(map, err) : status;
}

static gibbs_status read_file(const hdf5_library *h5, const char *path, gibbs_value *map, gibbs_error *err) {
  hid_t file = h5->H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return gibbs_hdf5_fail(h5, "not a readable HDF5 file", err);
  hid_t root = h5->H5Oopen(file, "/", H5P_DEFAULT);
  gibbs_place place = {NULL, NULL, 0, 0};
  reader r = {h5, 0};
  gibbs_status status =
      root < 0 ? gibbs_hdf5_fail(h5, "not a readable HDF5 file", err) : read_group(&r, root, &place, map, err);
  if (root >= 0) h5->H5Oclose(root);
  h5->H5Fclose(file);
  return status;
}

static gibbs_status read_apart(const void *path, gibbs_value **out, gibbs_error *err) {
  const hdf5_library *h5;
  hdf5_session session;
  gibbs_status status = gibbs_hdf5_enter(&h5, &session, err);
  if (status != GIBBS_OK) return status;
  gibbs_value *map = gibbs_value_map();
  status = map ? read_file(h5, path, map, err) : gibbs_fail_memory(err, "a value", sizeof(void *));
  gibbs_hdf5_leave(&session);
  if (status == GIBBS_OK)
    *out = map;
  else
    gibbs_value_free(map);
  return status;
}

/* Five seconds and one for every ten megabytes: packed numbers are read a hundred times faster. */
gibbs_status gibbs_hdf5_read(const char *path, gibbs_value **out, gibbs_error *err) {
  size_t size = 0;
  gibbs_status status = gibbs_file_probe(path, &size, err);
  if (status == GIBBS_OK) status = gibbs_hdf5_load(err);
  gibbs_apart job = {read_apart, gibbs_file_access_place(path, GIBBS_FILE_READ), "the HDF5 library",
                     5 + size / 10000000};
  return status == GIBBS_OK ? gibbs_run_apart(&job, out, err) : status;
}
