/* index.c - lists of positions, each kept once a graph. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

enum { first_bucket_count = 64 };

static uint64_t hash_positions(const uint32_t *at, size_t count) {
  uint64_t hash = count;
  for (size_t k = 0; k < count; k++) hash = gibbs_hash_mix(hash, at[k]);
  return hash;
}

static gibbs_index *find_index(const gibbs_graph *graph, const uint32_t *at, size_t count, uint64_t hash) {
  if (graph->index_bucket_count == 0) return NULL;
  gibbs_index *index = graph->index_buckets[hash & (graph->index_bucket_count - 1)];
  for (; index; index = index->next)
    if (index->hash == hash && index->count == count && memcmp(index->at, at, count * sizeof *at) == 0) return index;
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

gibbs_status gibbs_graph_index(gibbs_graph *graph, const uint32_t *at, size_t count, gibbs_index **out,
                               gibbs_error *err) {
  uint64_t hash = hash_positions(at, count);
  gibbs_index *index = find_index(graph, at, count, hash);
  if (index) {
    *out = gibbs_index_retain(index);
    return GIBBS_OK;
  }
  size_t bytes = sizeof *index + count * sizeof *at;
  index = make_table(graph) ? malloc(bytes) : NULL;
  if (!index) return gibbs_fail_memory(err, "index", bytes);
  gibbs_index **bucket = &graph->index_buckets[hash & (graph->index_bucket_count - 1)];
  *index = (gibbs_index){.references = 1, .next = *bucket, .hash = hash, .count = count};
  memcpy(index->at, at, count * sizeof *at);
  *bucket = index;
  graph->index_count++;
  *out = index;
  return GIBBS_OK;
}

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
  free(index);
}
