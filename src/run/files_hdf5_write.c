/* files_hdf5_write.c - values as groups, data sets and attributes of an HDF5 file. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "files_apart.h"
#include "files_hdf5.h"

/* One data set or attribute to be made: `type` and `space` are the file's, `memory` describes `data`. */
typedef struct target {
  const hdf5_library *h5;
  hid_t group;
  const gibbs_place *place;
} target;

static gibbs_status fail_target(const target *t, gibbs_status code, const char *what, gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_fail(err, code, "%s %s", gibbs_place_print(t->place, where), what);
}

static gibbs_status fail_library(const target *t, gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_hdf5_fail(t->h5, gibbs_place_print(t->place, where), err);
}

/* Settings for what is created: no time of day, so that equal values make equal files.  Closed by the caller. */
static hid_t timeless(const hdf5_library *h5, hid_t class) {
  hid_t settings = h5->H5Pcreate(class);
  if (settings >= 0) h5->H5Pset_obj_track_times(settings, false);
  return settings;
}

/* After a failure the settings stay open: closing them would make the library forget the reason. */
static hid_t create_dataset(const target *t, hid_t type, hid_t space) {
  hid_t settings = timeless(t->h5, t->h5->H5P_CLS_DATASET_CREATE_ID_g);
  hid_t id = t->h5->H5Dcreate2(t->group, t->place->name, type, space, H5P_DEFAULT, settings, H5P_DEFAULT);
  if (settings >= 0 && id >= 0) t->h5->H5Pclose(settings);
  return id;
}

/* Under the name of the place: "@name" is an attribute of the group. `data` NULL: nothing is written into it. */
static gibbs_status put(const target *t, hid_t type, hid_t space, hid_t memory, const void *data, gibbs_error *err) {
  const hdf5_library *h5 = t->h5;
  const char *name = t->place->name;
  bool attribute = name[0] == '@', done;
  if (type < 0 || space < 0) return fail_library(t, err);
  hid_t id = attribute ? h5->H5Acreate2(t->group, name + 1, type, space, H5P_DEFAULT, H5P_DEFAULT)
                       : create_dataset(t, type, space);
  if (id < 0) return fail_library(t, err);
  if (!data)
    done = true;
  else if (attribute)
    done = h5->H5Awrite(id, memory, data) >= 0;
  else
    done = h5->H5Dwrite(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
  gibbs_status status = done ? GIBBS_OK : fail_library(t, err);
  if ((attribute ? h5->H5Aclose(id) : h5->H5Dclose(id)) < 0 && status == GIBBS_OK) status = fail_library(t, err);
  return status;
}

static gibbs_status put_numbers(const target *t, const gibbs_shape *shape, const double *values, gibbs_error *err) {
  hsize_t extent[GIBBS_MAX_RANK];
  for (size_t k = 0; k < shape->rank; k++) extent[k] = shape->extent[k];
  hid_t space =
      shape->rank > 0 ? t->h5->H5Screate_simple((int)shape->rank, extent, NULL) : t->h5->H5Screate(H5S_SCALAR);
  gibbs_status status = put(t, t->h5->H5T_IEEE_F64LE_g, space, t->h5->H5T_NATIVE_DOUBLE_g, values, err);
  if (space >= 0) t->h5->H5Sclose(space);
  return status;
}

/* Numbers in a space that has none: null, or an empty list. */
static gibbs_status put_empty(const target *t, hid_t space, gibbs_error *err) {
  gibbs_status status = put(t, t->h5->H5T_IEEE_F64LE_g, space, t->h5->H5T_NATIVE_DOUBLE_g, NULL, err);
  if (space >= 0) t->h5->H5Sclose(space);
  return status;
}

/* As h5py writes a boolean: an enumeration of FALSE and TRUE. */
static gibbs_status put_bool(const target *t, bool truth, gibbs_error *err) {
  const signed char values[] = {0, 1};
  hid_t type = t->h5->H5Tenum_create(t->h5->H5T_STD_I8LE_g), space = t->h5->H5Screate(H5S_SCALAR);
  bool made = type >= 0 && t->h5->H5Tenum_insert(type, "FALSE", &values[0]) >= 0 &&
              t->h5->H5Tenum_insert(type, "TRUE", &values[1]) >= 0;
  gibbs_status status = made ? put(t, type, space, type, &values[truth], err) : fail_library(t, err);
  if (type >= 0) t->h5->H5Tclose(type);
  if (space >= 0) t->h5->H5Sclose(space);
  return status;
}

/* Strings of one width, padded with zeros: those of varying length lie in a heap without checksums, which the library
 * does not survive when it is damaged. */
static gibbs_status put_block(const target *t, const char *block, size_t width, hid_t space, gibbs_error *err) {
  hid_t type = t->h5->H5Tcopy(t->h5->H5T_C_S1_g);
  bool made = type >= 0 && t->h5->H5Tset_size(type, width) >= 0 && t->h5->H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
              t->h5->H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0;
  gibbs_status status = made ? put(t, type, space, type, block, err) : fail_library(t, err);
  if (type >= 0) t->h5->H5Tclose(type);
  if (space >= 0) t->h5->H5Sclose(space);
  return status;
}

static gibbs_status take_string(const target *t, const gibbs_value *value, const char **out, size_t *length,
                                gibbs_error *err) {
  *out = gibbs_value_as_string(value, length);
  if (strlen(*out) == *length) return GIBBS_OK;
  return fail_target(t, GIBBS_ERR_UNSUPPORTED, "is a string with a zero byte, which HDF5 cuts", err);
}

static gibbs_status put_string(const target *t, const gibbs_value *value, gibbs_error *err) {
  const char *text;
  size_t length;
  gibbs_status status = take_string(t, value, &text, &length, err);
  /* A width of zero does not exist: an empty string is one zero. */
  return status == GIBBS_OK ? put_block(t, text, length > 0 ? length : 1, t->h5->H5Screate(H5S_SCALAR), err) : status;
}

static bool all_strings(const gibbs_value *list) {
  for (size_t i = 0; i < gibbs_value_count(list); i++)
    if (gibbs_value_kind_of(gibbs_value_item(list, i)) != GIBBS_VALUE_STRING) return false;
  return true;
}

static gibbs_status longest_string(const target *t, const gibbs_value *list, size_t *out, gibbs_error *err) {
  *out = 1;
  for (size_t i = 0; i < gibbs_value_count(list); i++) {
    const char *text;
    size_t length;
    gibbs_status status = take_string(t, gibbs_value_item(list, i), &text, &length, err);
    if (status != GIBBS_OK) return status;
    if (length > *out) *out = length;
  }
  return GIBBS_OK;
}

static gibbs_status put_string_list(const target *t, const gibbs_value *list, gibbs_error *err) {
  size_t count = gibbs_value_count(list), width;
  gibbs_status status = longest_string(t, list, &width, err);
  if (status != GIBBS_OK) return status;
  char *block = count < SIZE_MAX / width ? calloc(count + 1, width) : NULL;
  if (!block) return gibbs_fail_memory(err, "strings", count);
  for (size_t i = 0; i < count; i++) {
    size_t length;
    const char *text = gibbs_value_as_string(gibbs_value_item(list, i), &length);
    memcpy(block + i * width, text, length);
  }
  status = put_block(t, block, width, t->h5->H5Screate_simple(1, &(hsize_t){count}, NULL), err);
  free(block);
  return status;
}

static gibbs_status put_list(const target *t, const gibbs_value *list, gibbs_error *err) {
  if (gibbs_value_count(list) == 0) return put_empty(t, t->h5->H5Screate_simple(1, &(hsize_t){0}, NULL), err);
  if (all_strings(list)) return put_string_list(t, list, err);
  gibbs_tensor *tensor;
  gibbs_error why;
  gibbs_status status = gibbs_value_to_tensor(list, &tensor, &why);
  if (status != GIBBS_OK) {
    char where[gibbs_place_size];
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s: lists in HDF5 hold only strings or only numbers: %s",
                      gibbs_place_print(t->place, where), why.message);
  }
  status = put_numbers(t, gibbs_tensor_shape(tensor), gibbs_tensor_values(tensor), err);
  gibbs_tensor_release(tensor);
  return status;
}

static gibbs_status put_items(const hdf5_library *h5, hid_t group, const gibbs_value *map, const gibbs_place *place,
                              gibbs_error *err);

static gibbs_status put_group(const target *t, const gibbs_value *map, gibbs_error *err) {
  if (t->place->name[0] == '@')
    return fail_target(t, GIBBS_ERR_UNSUPPORTED, "is a table, and an attribute cannot be", err);
  if (t->place->depth >= GIBBS_VALUE_MAX_DEPTH) return gibbs_fail_depth(err, t->place);
  hid_t settings = timeless(t->h5, t->h5->H5P_CLS_GROUP_CREATE_ID_g);
  hid_t group = t->h5->H5Gcreate2(t->group, t->place->name, H5P_DEFAULT, settings, H5P_DEFAULT);
  if (group < 0) return fail_library(t, err);
  if (settings >= 0) t->h5->H5Pclose(settings);
  gibbs_status status = put_items(t->h5, group, map, t->place, err);
  if (t->h5->H5Oclose(group) < 0 && status == GIBBS_OK) status = fail_library(t, err);
  return status;
}

static gibbs_status put_value(const target *t, const gibbs_value *value, gibbs_error *err) {
  const gibbs_shape scalar = gibbs_shape_scalar();
  double number = gibbs_value_as_number(value);
  gibbs_tensor *tensor = gibbs_value_as_tensor(value);
  switch (gibbs_value_kind_of(value)) {
  case GIBBS_VALUE_NULL:
    return put_empty(t, t->h5->H5Screate(H5S_NULL), err);
  case GIBBS_VALUE_BOOL:
    return put_bool(t, gibbs_value_as_bool(value), err);
  case GIBBS_VALUE_NUMBER:
    return put_numbers(t, &scalar, &number, err);
  case GIBBS_VALUE_STRING:
    return put_string(t, value, err);
  case GIBBS_VALUE_TENSOR:
    return put_numbers(t, gibbs_tensor_shape(tensor), gibbs_tensor_values(tensor), err);
  case GIBBS_VALUE_LIST:
    return put_list(t, value, err);
  default:
    return put_group(t, value, err);
  }
}

/* A slash would make groups on the way, and a dot is the group itself. */
static bool is_name(const char *name) {
  const char *bare = name[0] == '@' ? name + 1 : name;
  return bare[0] != '\0' && strcmp(bare, ".") != 0 && !strchr(bare, '/');
}

/* Where the attribute begins in a name such as "W@units" beside a data set W; NULL for the names of items. */
static const char *attribute_in(const gibbs_value *map, const char *name) {
  const char *at = strchr(name, '@');
  for (size_t i = 0; at && at > name && i < gibbs_value_count(map); i++) {
    const char *owner = gibbs_value_name(map, i);
    if (strlen(owner) == (size_t)(at - name) && strncmp(owner, name, (size_t)(at - name)) == 0)
      return gibbs_value_kind_of(gibbs_value_item(map, i)) == GIBBS_VALUE_MAP ? NULL : at;
  }
  return NULL;
}

static gibbs_status put_item(const target *t, const gibbs_value *item, gibbs_error *err) {
  if (is_name(t->place->name)) return put_value(t, item, err);
  return fail_target(t, GIBBS_ERR_UNSUPPORTED, "is no name for HDF5: it is empty, '.', or has a '/'", err);
}

static gibbs_status put_attribute(const target *t, const char *at, const gibbs_value *item, gibbs_error *err) {
  char *owner = strndup(t->place->name, (size_t)(at - t->place->name));
  if (!owner) return gibbs_fail_memory(err, "a name", strlen(t->place->name));
  hid_t id = t->h5->H5Oopen(t->group, owner, H5P_DEFAULT);
  free(owner);
  if (id < 0) return fail_library(t, err);
  gibbs_place place = *t->place;
  place.name = at;
  const target attribute = {t->h5, id, &place};
  gibbs_status status = put_item(&attribute, item, err);
  t->h5->H5Oclose(id);
  return status;
}

/* Attributes of data sets come when these are there. */
static gibbs_status put_items(const hdf5_library *h5, hid_t group, const gibbs_value *map, const gibbs_place *place,
                              gibbs_error *err) {
  gibbs_status status = gibbs_value_check_names(map, err);
  for (int attributes = 0; attributes < 2; attributes++)
    for (size_t i = 0; i < gibbs_value_count(map) && status == GIBBS_OK; i++) {
      gibbs_place below = gibbs_place_below(place, map, i);
      const target t = {h5, group, &below};
      const char *at = attribute_in(map, below.name);
      if ((at != NULL) != (attributes == 1)) continue;
      status =
          at ? put_attribute(&t, at, gibbs_value_item(map, i), err) : put_item(&t, gibbs_value_item(map, i), err);
    }
  return status;
}

typedef struct writing {
  const char *path;
  size_t head;
  const gibbs_value *map;
} writing;

/* The layout of HDF5 1.8, which everything reads and whose headers carry checksums, unlike the oldest one.  The
 * reason of a failure is asked for before any other call, which would forget it. */
static gibbs_status create_file(const hdf5_library *h5, const writing *task, hid_t *file, gibbs_error *err) {
  hid_t access = h5->H5Pcreate(h5->H5P_CLS_FILE_ACCESS_ID_g), creation = timeless(h5, h5->H5P_CLS_FILE_CREATE_ID_g);
  *file = -1;
  if (access >= 0 && creation >= 0 && h5->H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
      h5->H5Pset_userblock(creation, task->head) >= 0)
    *file = h5->H5Fcreate(task->path, H5F_ACC_TRUNC, creation, access);
  gibbs_status status = *file >= 0 ? GIBBS_OK : gibbs_hdf5_fail(h5, "cannot be written", err);
  if (access >= 0) h5->H5Pclose(access);
  if (creation >= 0) h5->H5Pclose(creation);
  return status;
}

static gibbs_status write_file(const hdf5_library *h5, const writing *task, gibbs_error *err) {
  hid_t file;
  gibbs_status status = create_file(h5, task, &file, err);
  if (status != GIBBS_OK) return status;
  gibbs_place place = {NULL, NULL, 0, 0};
  status = put_items(h5, file, task->map, &place, err);
  if (h5->H5Fclose(file) < 0 && status == GIBBS_OK) status = gibbs_hdf5_fail(h5, "writing failed", err);
  return status;
}

static gibbs_status write_apart(const void *context, gibbs_value **out, gibbs_error *err) {
  (void)out;
  const writing *task = context;
  const hdf5_library *h5;
  hdf5_session session;
  gibbs_status status = gibbs_hdf5_enter(&h5, &session, err);
  if (status != GIBBS_OK) return status;
  status = write_file(h5, task, err);
  gibbs_hdf5_leave(&session);
  return status;
}

gibbs_status gibbs_hdf5_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  if (gibbs_value_kind_of(value) != GIBBS_VALUE_MAP)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "an HDF5 file holds values by name, like { W = W, b = b }, got %s",
                      gibbs_value_kind_text(gibbs_value_kind_of(value)));
  writing task = {out->temporary, out->head, value};
  gibbs_apart job = {write_apart, &task, "the HDF5 library", 100000};
  gibbs_value *nothing = NULL;
  gibbs_status status = gibbs_hdf5_load(err);
  return status == GIBBS_OK ? gibbs_run_apart(&job, &nothing, err) : status;
}
