/* map_writer.c - a map under construction. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "map_writer.h"

#include <string.h>

gibbs_map_writer gibbs_map_begin(gibbs_error *err) {
  gibbs_map_writer w = {.map = gibbs_value_map(), .status = GIBBS_OK, .err = err};
  if (!w.map) w.status = gibbs_fail_memory(err, "a map", sizeof w);
  return w;
}

gibbs_map_writer gibbs_map_begin_within(const gibbs_map_writer *w) {
  if (w->status != GIBBS_OK) return (gibbs_map_writer){.status = w->status, .err = w->err};
  return gibbs_map_begin(w->err);
}

void gibbs_map_end(gibbs_map_writer *w, const char *name, gibbs_map_writer *inner) {
  w->status = inner->status;
  gibbs_map_put(w, name, inner->map);
}

void gibbs_map_put(gibbs_map_writer *w, const char *name, gibbs_value *item) {
  if (w->status == GIBBS_OK)
    w->status = gibbs_value_set(w->map, name, item, w->err);
  else
    gibbs_value_free(item);
}

void gibbs_map_put_text(gibbs_map_writer *w, const char *name, const char *text) {
  gibbs_map_put(w, name, gibbs_value_string(text, strlen(text)));
}

void gibbs_map_put_number(gibbs_map_writer *w, const char *name, double number) {
  gibbs_map_put(w, name, gibbs_value_number(number));
}

double *gibbs_map_put_numbers(gibbs_map_writer *w, const char *name, const gibbs_shape *shape,
                              const double *numbers) {
  gibbs_tensor *tensor = NULL;
  if (w->status == GIBBS_OK) w->status = gibbs_tensor_new(shape, &tensor, w->err);
  if (w->status != GIBBS_OK) return NULL;
  double *data = gibbs_tensor_data(tensor);
  if (numbers) memcpy(data, numbers, gibbs_tensor_size(tensor) * sizeof *data);
  gibbs_map_put(w, name, gibbs_value_tensor(tensor));
  gibbs_tensor_release(tensor);
  return w->status == GIBBS_OK ? data : NULL;
}
