/* index.c - lists of positions, each kept once a graph: short ones as they are, long ones as a rule where they have
 * one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

enum { first_bucket_count = 64 };

/* A list up to this length is written out at once, and is the same as one that was given position by position. */
enum { longest_written = 4096 };

static uint64_t hash_positions(const uint32_t *at, size_t count) {
  uint64_t hash = count;
  for (size_t k = 0; k < count; k++) hash = gibbs_hash_mix(hash, at[k]);
  return hash;
}

/* Of the numbers that differ in most cases. */
static uint64_t hash_pattern(const gibbs_pattern *p, size_t count) {
  uint64_t hash = gibbs_hash_mix((uint64_t)p->kind << 32, count);
  if (p->kind == GIBBS_PATTERN_SHIFT) {
    for (size_t k = 0; k < p->shape.rank; k++)
      hash = gibbs_hash_mix(gibbs_hash_mix(hash, p->shape.extent[k]), p->by[k]);
    return hash;
  }
  hash = gibbs_hash_mix(gibbs_hash_mix(hash, p->inner), p->cells.steps);
  for (size_t k = 0; k < p->cells.axes; k++) hash = gibbs_hash_mix(hash, p->cells.extent[k]);
  return hash;
}

static gibbs_index *bucket_of(const gibbs_graph *graph, uint64_t hash) {
  return graph->index_bucket_count == 0 ? NULL : graph->index_buckets[hash & (graph->index_bucket_count - 1)];
}

/* Lists that only follow from a rule are found by the rule alone. */
static gibbs_index *find_positions(const gibbs_graph *graph, const uint32_t *at, size_t count, uint64_t hash) {
  for (gibbs_index *index = bucket_of(graph, hash); index; index = index->next)
    if (index->hash == hash && index->count == count && !index->by_rule &&
        memcmp(index->at, at, count * sizeof *at) == 0)
      return index;
  return NULL;
}

static gibbs_index *find_pattern(const gibbs_graph *graph, const gibbs_pattern *pattern, uint64_t hash) {
  for (gibbs_index *index = bucket_of(graph, hash); index; index = index->next)
    if (index->hash == hash && index->by_rule && gibbs_pattern_equal(index->pattern, pattern)) return index;
  return NULL;
}

/* A table that cannot grow still serves; the first one has to be had. */
static bool make_table(gibbs_graph *graph) {
  if (graph->index_count < graph->index_bucket_count) return true;
  size_t count = graph->index_bucket_count ? 2 * graph->index_bucket_count : first_bucket_count;
  gibbs_index **buckets = calloc(count, sizeof *buckets);
  if (!buckets) return graph->index_bucket_count > 0;
  for (size_t k = 0; k < graph->index_bucket_count; k++)
    for (gibbs_index *index = graph->index_buckets[k], *next; index; index = next) {
      next = index->next;
      index->next = buckets[index->hash & (count - 1)];
      buckets[index->hash & (count - 1)] = index;
    }
  free(graph->index_buckets);
  graph->index_buckets = buckets;
  graph->index_bucket_count = count;
  return true;
}

/* Takes `at` and `pattern`, also after a failure. */
static gibbs_status put_index(gibbs_graph *graph, gibbs_index made, gibbs_index **out, gibbs_error *err) {
  gibbs_index *index = make_table(graph) ? malloc(sizeof *index) : NULL;
  if (!index) {
    free(made.at);
    free(made.pattern);
    return gibbs_fail_memory(err, "index", sizeof *index);
  }
  gibbs_index **bucket = &graph->index_buckets[made.hash & (graph->index_bucket_count - 1)];
  made.references = 1;
  made.next = *bucket;
  *index = made;
  *bucket = index;
  graph->index_count++;
  *out = index;
  return GIBBS_OK;
}

gibbs_status gibbs_graph_index(gibbs_graph *graph, const uint32_t *at, size_t count, gibbs_index **out,
                               gibbs_error *err) {
  gibbs_index made = {.hash = hash_positions(at, count), .count = count};
  gibbs_index *index = find_positions(graph, at, count, made.hash);
  if (index) {
    *out = gibbs_index_retain(index);
    return GIBBS_OK;
  }
  made.at = malloc(count * sizeof *at + 1);
  if (!made.at) return gibbs_fail_memory(err, "index", count * sizeof *at);
  memcpy(made.at, at, count * sizeof *at);
  return put_index(graph, made, out, err);
}

/* ---- by a rule ----------------------------------------------------------------------------------- */

static gibbs_pattern *copy_pattern(const gibbs_pattern *pattern) {
  gibbs_pattern *copy = malloc(sizeof *copy);
  if (copy) *copy = *pattern;
  return copy;
}

/* A list like any other, which knows its rule. */
static gibbs_status index_written(gibbs_graph *graph, const gibbs_pattern *pattern, size_t count, gibbs_index **out,
                                  gibbs_error *err) {
  uint32_t *at = malloc(count * sizeof *at + 1);
  if (!at) return gibbs_fail_memory(err, "index", count * sizeof *at);
  gibbs_pattern_write(pattern, at);
  gibbs_status status = gibbs_graph_index(graph, at, count, out, err);
  free(at);
  if (status != GIBBS_OK || (*out)->pattern) return status;
  (*out)->pattern = copy_pattern(pattern);
  if ((*out)->pattern) return GIBBS_OK;
  gibbs_index_release(graph, *out);
  return gibbs_fail_memory(err, "index", sizeof *pattern);
}

gibbs_status gibbs_graph_index_pattern(gibbs_graph *graph, const gibbs_pattern *pattern, gibbs_index **out,
                                       gibbs_error *err) {
  size_t count = gibbs_pattern_count(pattern);
  if (count <= longest_written) return index_written(graph, pattern, count, out, err);
  gibbs_index made = {.hash = hash_pattern(pattern, count), .count = count, .by_rule = true};
  gibbs_index *index = find_pattern(graph, pattern, made.hash);
  if (index) {
    *out = gibbs_index_retain(index);
    return GIBBS_OK;
  }
  made.pattern = copy_pattern(pattern);
  if (!made.pattern) return gibbs_fail_memory(err, "index", sizeof *pattern);
  return put_index(graph, made, out, err);
}

gibbs_status gibbs_index_write(gibbs_index *index, gibbs_error *err) {
  if (index->at) return GIBBS_OK;
  index->at = malloc(index->count * sizeof *index->at);
  if (!index->at) return gibbs_fail_memory(err, "index", index->count * sizeof *index->at);
  gibbs_pattern_write(index->pattern, index->at);
  return GIBBS_OK;
}

/* ---- references ---------------------------------------------------------------------------------- */

gibbs_index *gibbs_index_retain(gibbs_index *index) {
  index->references++;
  return index;
}

void gibbs_index_release(gibbs_graph *graph, gibbs_index *index) {
  if (--index->references > 0) return;
  gibbs_index **link = &graph->index_buckets[index->hash & (graph->index_bucket_count - 1)];
  while (*link != index) link = &(*link)->next;
  *link = index->next;
  graph->index_count--;
  free(index->at);
  free(index->pattern);
  free(index);
}
