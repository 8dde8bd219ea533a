/* single_site_group.c - chains side by side: their values, and what is kept besides. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "single_site.h"

/* Room for n numbers (and never none), on its own cache lines, all zero; NULL once *failed. */
static void *make_room(size_t n, bool *failed) {
  size_t bytes = (n * sizeof(float) / 64 + 1) * 64;
  void *room = *failed ? NULL : aligned_alloc(64, bytes);
  if (room)
    memset(room, 0, bytes);
  else
    *failed = true;
  return room;
}

static size_t sixteens(size_t n) {
  return (n + 15) / 16 * 16;
}

/* Whether the values of a term are kept as well as the arguments. */
static bool keeps_values(const gibbs_site_affine *a) {
  return a->shape != GIBBS_SITE_POWER;
}

static void make_caches(const gibbs_site_model *m, gibbs_site_group *g, bool *failed) {
  g->cache = calloc(m->affine_count + 1, sizeof *g->cache);
  if (!g->cache) *failed = true;
  for (size_t t = 0; t < m->affine_count && !*failed; t++) {
    const gibbs_site_affine *a = &m->affine[t];
    g->cache[t].argument = make_room(sixteens(a->rows * g->width), failed);
    if (!keeps_values(a)) continue;
    g->cache[t].value = make_room(sixteens(a->rows * g->width), failed);
    g->cache[t].base = make_room(m->elements > m->units ? a->most_slots * g->width : 0, failed);
    g->cache[t].next = make_room(sixteens(a->most_slots * g->width), failed);
    g->cache[t].next_value = make_room(sixteens(a->most_slots * g->width), failed);
  }
}

gibbs_status gibbs_site_group_make(const gibbs_site_model *m, size_t width, size_t first, size_t live,
                                   gibbs_site_group *g, gibbs_error *err) {
  bool failed = false;
  *g = (gibbs_site_group){.width = width, .live = live, .first = first};
  g->values = make_room(m->elements * width, &failed);
  g->state = make_room(m->elements > m->units ? m->units * width : 0, &failed);
  g->dense = m->link_count > 0 ? make_room(m->elements * width, &failed) : NULL;
  g->energy = make_room(m->most_states * width, &failed);
  make_caches(m, g, &failed);
  return failed ? gibbs_fail_memory(err, "chains", m->elements * width * sizeof(float)) : GIBBS_OK;
}

void gibbs_site_group_clear(const gibbs_site_model *m, gibbs_site_group *g) {
  for (size_t t = 0; g->cache && t < m->affine_count; t++) {
    free(g->cache[t].argument);
    free(g->cache[t].value);
    free(g->cache[t].base);
    free(g->cache[t].next);
    free(g->cache[t].next_value);
  }
  free(g->cache);
  free(g->values);
  free(g->state);
  free(g->dense);
  free(g->energy);
  *g = (gibbs_site_group){0};
}

void gibbs_site_group_set(const gibbs_site_model *m, gibbs_site_group *g, const double *values, size_t stride) {
  for (size_t u = 0; u < m->units; u++) {
    float *x = g->values + m->unit[u].element * g->width;
    for (size_t l = 0; l < g->width; l++) {
      double value = values[u * stride + g->first + (l < g->live ? l : 0)];
      if (!m->unit[u].indicators) {
        x[l] = (float)value;
        continue;
      }
      g->state[u * g->width + l] = (uint32_t)value - 1;
      for (size_t k = 0; k < m->unit[u].states; k++) x[k * g->width + l] = k + 1 == (size_t)value;
    }
  }
}

void gibbs_site_group_get(const gibbs_site_model *m, const gibbs_site_group *g, double *values, size_t stride) {
  for (size_t u = 0; u < m->units; u++)
    for (size_t l = 0; l < g->live; l++)
      values[u * stride + g->first + l] = m->unit[u].indicators
                                              ? (double)g->state[u * g->width + l] + 1
                                              : (double)g->values[m->unit[u].element * g->width + l];
}

void gibbs_site_group_recompute(const gibbs_site_model *m, gibbs_site_group *g) {
  gibbs_site_dense_recompute(m, g);
  gibbs_site_affine_recompute(m, g);
}

/* ---- saving ------------------------------------------------------------------------------------- */

/* Lanes that hold chains of `count` rows, to or from doubles; returns how many numbers. */
static size_t copy_out(const gibbs_site_group *g, const float *rows, size_t count, double *out) {
  for (size_t r = 0; rows && out && r < count; r++)
    for (size_t l = 0; l < g->live; l++) out[r * g->live + l] = (double)rows[r * g->width + l];
  return rows ? count * g->live : 0;
}

static size_t copy_in(const gibbs_site_group *g, float *rows, size_t count, const double *in) {
  for (size_t r = 0; rows && r < count; r++)
    for (size_t l = 0; l < g->width; l++) rows[r * g->width + l] = (float)in[r * g->live + (l < g->live ? l : 0)];
  return rows ? count * g->live : 0;
}

size_t gibbs_site_group_remember(const gibbs_site_model *m, const gibbs_site_group *g, double *out) {
  size_t count = copy_out(g, g->dense, m->elements, out);
  for (size_t t = 0; t < m->affine_count; t++) {
    count += copy_out(g, g->cache[t].argument, m->affine[t].rows, out ? out + count : NULL);
    count += copy_out(g, g->cache[t].value, m->affine[t].rows, out ? out + count : NULL);
  }
  return count;
}

size_t gibbs_site_group_recall(const gibbs_site_model *m, gibbs_site_group *g, const double *memory) {
  size_t count = copy_in(g, g->dense, m->elements, memory);
  for (size_t t = 0; t < m->affine_count; t++) {
    count += copy_in(g, g->cache[t].argument, m->affine[t].rows, memory + count);
    count += copy_in(g, g->cache[t].value, m->affine[t].rows, memory + count);
  }
  return count;
}
