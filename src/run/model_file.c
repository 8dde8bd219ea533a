/* model_file.c - distributions to and from files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/model_file.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "checkpoint_seal.h"
#include "gibbs/environment.h"
#include "model_parts.h"

static const char format[] = "gibbs model";

enum { text_size = 4096 };

/* ---- to a value ------------------------------------------------------------------------------------------ */

/* The energy as text, with a point in its numbers wherever the user lives. */
static void put_text(gibbs_map_writer *w, gibbs_expr *energy) {
  char *text = malloc(text_size);
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (w->status == GIBBS_OK && (!text || !plain)) w->status = gibbs_fail_memory(w->err, "a text", text_size);
  if (w->status == GIBBS_OK) {
    locale_t before = uselocale(plain);
    gibbs_expr_print(energy, text, text_size);
    uselocale(before);
    gibbs_map_put_text(w, "energy_text", text);
  }
  if (plain) freelocale(plain);
  free(text);
}

static gibbs_status make_table(const gibbs_distribution *d, gibbs_model_table *out, gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(d), hidden = gibbs_distribution_hidden_count(d);
  gibbs_expr **variables = malloc((visible + hidden) * sizeof *variables);
  if (!variables) return gibbs_fail_memory(err, "a list of variables", (visible + hidden) * sizeof *variables);
  memcpy(variables, gibbs_distribution_visible(d), visible * sizeof *variables);
  memcpy(variables + visible, gibbs_distribution_hidden(d), hidden * sizeof *variables);
  gibbs_status status = gibbs_table_of(gibbs_distribution_energy(d), variables, visible + hidden, &out->table, err);
  free(variables);
  out->visible = visible;
  out->hidden = hidden;
  return status;
}

static void put_head(gibbs_map_writer *w, const gibbs_distribution *d) {
  gibbs_map_put_text(w, "@format", format);
  gibbs_map_put_number(w, "@version", GIBBS_MODEL_FILE_VERSION);
  gibbs_map_put_text(w, "@gibbs", gibbs_version());
  gibbs_map_put_text(w, "@family", gibbs_distribution_family(d));
  put_text(w, gibbs_distribution_energy(d));
}

gibbs_status gibbs_model_to_value(const gibbs_distribution *d, gibbs_value **out, gibbs_error *err) {
  gibbs_model_table model = {0};
  gibbs_status status = make_table(d, &model, err);
  if (status != GIBBS_OK) return status;
  gibbs_map_writer w = gibbs_map_begin(err);
  put_head(&w, d);
  gibbs_model_write(&w, &model);
  gibbs_table_free(&model.table);
  if (w.status == GIBBS_OK)
    *out = w.map;
  else
    gibbs_value_free(w.map);
  return w.status;
}

/* ---- from a value ---------------------------------------------------------------------------------------- */

static const char *text_of(const gibbs_value *map, const char *name) {
  const gibbs_value *item = gibbs_value_get(map, name);
  return item ? gibbs_value_as_string(item, NULL) : NULL;
}

static gibbs_status check_head(const gibbs_value *map, gibbs_error *err) {
  const char *written = text_of(map, "@format"), *writer = text_of(map, "@gibbs");
  const gibbs_value *version = gibbs_value_get(map, "@version");
  double number = version ? gibbs_value_as_number(version) : 0;
  if (!written)
    return gibbs_fail(err, GIBBS_ERR_FILE, "it has no attribute 'format', which says '%s' where a model is", format);
  if (strcmp(written, format) != 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "its attribute 'format' says '%.40s', not '%s'", written, format);
  if (!(number == GIBBS_MODEL_FILE_VERSION))
    return gibbs_fail(err, GIBBS_ERR_FILE,
                      "it holds a model of version %.17g, written by gibbs %.20s; this program reads version %d",
                      number, writer ? writer : "of no version", GIBBS_MODEL_FILE_VERSION);
  if (!text_of(map, "@family")) return gibbs_fail(err, GIBBS_ERR_FILE, "its attribute 'family' is missing");
  return GIBBS_OK;
}

static gibbs_status build(gibbs_graph *graph, const gibbs_model_table *model, const char *family,
                          gibbs_distribution **out, gibbs_error *err) {
  size_t count = model->visible + model->hidden;
  gibbs_expr *energy = NULL, **variables = calloc(count + 1, sizeof *variables);
  if (!variables) return gibbs_fail_memory(err, "a list of variables", count * sizeof *variables);
  gibbs_status status = gibbs_table_build(&model->table, graph, count, variables, &energy, err);
  if (status == GIBBS_OK) {
    status = gibbs_distribution_new(family, energy, variables, model->visible, variables + model->visible,
                                    model->hidden, out, err);
    for (size_t k = 0; k < count; k++) gibbs_expr_release(variables[k]);
    gibbs_expr_release(energy);
  }
  free(variables);
  return status;
}

gibbs_status gibbs_model_from_value(gibbs_graph *graph, const gibbs_value *map, gibbs_distribution **out,
                                    gibbs_error *err) {
  gibbs_model_table model = {0};
  gibbs_status status = check_head(map, err);
  if (status == GIBBS_OK) status = gibbs_model_read(map, &model, err);
  if (status == GIBBS_OK) status = build(graph, &model, text_of(map, "@family"), out, err);
  gibbs_table_free(&model.table);
  if (status == GIBBS_OK || status == GIBBS_ERR_MEMORY || status == GIBBS_ERR_SIZE) return status;
  return err ? (err->code = GIBBS_ERR_FILE) : GIBBS_ERR_FILE;
}

/* ---- files ----------------------------------------------------------------------------------------------- */

static gibbs_status check_ending(const char *path, gibbs_error *err) {
  if (gibbs_path_is_hdf5(path)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "cannot be a model, which is an HDF5 file: end it in .h5 or .hdf5");
}

/* What is there already may be a model, whole or not, or an empty file. */
static gibbs_status check_place(const char *path, gibbs_error *err) {
  struct stat about;
  if (stat(path, &about) != 0 || (S_ISREG(about.st_mode) && about.st_size == 0)) return GIBBS_OK;
  if (gibbs_seal_begins(&gibbs_seal_of_model, path)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "is there already and is no model; only a model is replaced by one");
}

static gibbs_status write_model(gibbs_output *out, const gibbs_value *map, gibbs_error *err) {
  gibbs_status status = check_place(out->target, err);
  return status == GIBBS_OK ? gibbs_seal_fill(&gibbs_seal_of_model, out, map, err) : status;
}

gibbs_status gibbs_model_save(const gibbs_distribution *d, const char *path, gibbs_error *err) {
  gibbs_value *map = NULL;
  gibbs_output out;
  gibbs_status status = check_ending(path, err);
  if (status != GIBBS_OK) return gibbs_fail_naming(path, status, err);
  status = gibbs_model_to_value(d, &map, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_output_open(path, &out, err);
  if (status == GIBBS_OK) status = gibbs_output_close(&out, write_model(&out, map, err), err);
  gibbs_value_free(map);
  return gibbs_fail_naming(path, status, err);
}

/* The group "fits/best" of a file that holds more. */
static gibbs_status find_group(const gibbs_value *map, const char *within, const gibbs_value **out,
                               gibbs_error *err) {
  char name[256];
  *out = map;
  for (const char *at = within; *at;) {
    size_t length = strcspn(at, "/");
    if (length >= sizeof name) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "has no group of so long a name");
    memcpy(name, at, length);
    name[length] = '\0';
    if (length > 0 && !(*out = gibbs_value_get(*out, name)))
      return gibbs_fail(err, GIBBS_ERR_FILE, "has no group '%.100s'", within);
    at += length + (at[length] == '/');
  }
  return GIBBS_OK;
}

/* Without a seal, as another program writes it, the content is all there is to judge by. */
gibbs_status gibbs_model_load(gibbs_graph *graph, const char *path, const char *within, gibbs_distribution **out,
                              gibbs_error *err) {
  gibbs_value *map = NULL;
  const gibbs_value *group = NULL;
  bool bare = false;
  gibbs_status status = check_ending(path, err);
  if (status == GIBBS_OK && !within) status = gibbs_seal_check(&gibbs_seal_of_model, path, &bare, err);
  if (status == GIBBS_OK) status = gibbs_hdf5_read(path, &map, err);
  if (status == GIBBS_OK) status = find_group(map, within ? within : "", &group, err);
  if (status == GIBBS_OK && (status = gibbs_model_from_value(graph, group, out, err)) != GIBBS_OK)
    gibbs_error_prefix(err, "cannot be read as a model");
  gibbs_value_free(map);
  return gibbs_fail_naming(path, status, err);
}
