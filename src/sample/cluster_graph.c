/* cluster_graph.c - a Swendsen-Wang sweep over a list of bonds. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster_graph.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"

enum { block_size = 512 }; /* bonds at a time */

static bool flips(const gibbs_cluster_model *model) {
  return model->states == 2 || model->repulsive;
}

gibbs_status gibbs_cluster_graph_scratch_new(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *out,
                                             gibbs_error *err) {
  size_t n = model->units, q = model->states;
  bool field = gibbs_cluster_has_field(model), draws = !flips(model);
  *out = (gibbs_cluster_graph_scratch){.key = malloc(n), .pair = malloc(n)};
  gibbs_cluster_nodes *x = &out->nodes;
  x->parent = malloc(n * sizeof *x->parent);
  x->size = malloc(n * sizeof *x->size);
  x->flip = malloc((n / 64 + 1) * sizeof *x->flip);
  x->magnet = malloc(n * sizeof *x->magnet);
  x->held = malloc(n);
  if (field && !draws) x->field = malloc(n * sizeof *x->field);
  if (field && draws) out->weight = malloc(n * q * sizeof *out->weight);
  if (out->key && out->pair && x->parent && x->size && x->flip && x->magnet && x->held &&
      (!field || x->field || out->weight))
    return GIBBS_OK;
  gibbs_cluster_graph_scratch_clear(out);
  return gibbs_fail_memory(err, "clusters", n * 20);
}

void gibbs_cluster_graph_scratch_clear(gibbs_cluster_graph_scratch *s) {
  gibbs_cluster_nodes *n = &s->nodes;
  void *all[] = {s->key, s->pair, s->weight, n->parent, n->size, n->flip, n->magnet, n->field, n->held};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
  *s = (gibbs_cluster_graph_scratch){0};
}

/* ---- bonds ------------------------------------------------------------------------------------------------------
 */

/* Of the bonds `first`... those that chance activates and whose relation holds; how many. */
static inline size_t select_active(const gibbs_cluster_bonds *bonds, size_t first, size_t count, const uint8_t *key,
                                   gibbs_cluster_dice *dice, uint32_t *selected) {
  uint64_t random[block_size / 2];
  uint8_t hit[block_size];
  const uint32_t *chance = bonds->chance + first, *from = bonds->from + first, *to = bonds->to + first;
  for (size_t k = 0; k < (count + 1) / 2; k += GIBBS_LANES) gibbs_lanes_next(&dice->lanes, random + k);
  for (size_t k = 0; k < count; k++)
    hit[k] = (int32_t)((uint32_t)(random[k / 2] >> 32 * (k % 2)) >> 1) < (int32_t)(chance[k] >> 1);
  size_t found = 0;
  for (size_t k = 0; k < count; k++) {
    selected[found] = (uint32_t)k;
    found += hit[k] & ((key[from[k]] ^ key[to[k]]) == (chance[k] & 1));
  }
  return found;
}

GIBBS_CLONES static void join_bonds(const gibbs_cluster_bonds *bonds, const uint8_t *key, gibbs_cluster_dice *dice,
                                    uint32_t *parent) {
  uint32_t selected[block_size];
  for (size_t first = 0; first < bonds->count; first += block_size) {
    size_t count = bonds->count - first < block_size ? bonds->count - first : block_size;
    size_t found = select_active(bonds, first, count, key, dice, selected);
    for (size_t k = 0; k < found; k++)
      gibbs_cluster_join(parent, bonds->from[first + selected[k]], bonds->to[first + selected[k]]);
  }
}

/* ---- states ------------------------------------------------------------------------------------------------------
 */

/* States in random pairs: key_of[state] = 2 * pair + position, state_of the other way; of an odd number one stays
 * alone. */
typedef struct pairing {
  uint8_t key_of[GIBBS_CLUSTER_MOST_STATES], state_of[GIBBS_CLUSTER_MOST_STATES];
} pairing;

static void pair_states(size_t states, gibbs_cluster_dice *dice, pairing *p) {
  for (size_t a = 0; a < states; a++) p->state_of[a] = (uint8_t)a;
  for (size_t a = states - 1; a > 0 && states > 2; a--) {
    size_t b = gibbs_cluster_dice_below(dice, a + 1);
    uint8_t kept = p->state_of[a];
    p->state_of[a] = p->state_of[b], p->state_of[b] = kept;
  }
  for (size_t k = 0; k < states; k++) p->key_of[p->state_of[k]] = (uint8_t)k;
}

/* What a unit brings into its cluster. */
static void describe_units(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *s, const pairing *p) {
  gibbs_cluster_nodes *n = &s->nodes;
  const size_t q = model->states, lone = q % 2 ? q - 1 : q;
  for (size_t u = 0; u < n->count; u++) {
    uint8_t key = s->key[u];
    int32_t sign = key % 2 ? 1 : -1;
    s->pair[u] = key / 2;
    n->magnet[u] = sign;
    if (n->held) n->held[u] = key == lone || (model->target->held && model->target->held[u]);
    if (!n->field) continue;
    if (q == 2)
      n->field[u] = sign * (model->field ? model->field[u] : model->level);
    else if (key == lone)
      n->field[u] = 0;
    else
      n->field[u] =
          sign * (model->field[u * q + p->state_of[key | 1]] - model->field[u * q + p->state_of[key & ~1]]) / 2;
  }
}

static void flip_clusters(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *s, const pairing *p,
                          gibbs_cluster_dice *dice, uint8_t *state, gibbs_cluster_report *report) {
  gibbs_cluster_nodes nodes = s->nodes; /* without what this sweep has no use for */
  if (!model->target->held && model->states % 2 == 0) s->nodes.held = NULL;
  s->nodes.pair = model->states > 2 ? s->pair : NULL;
  describe_units(model, s, p);
  gibbs_cluster_gather(&s->nodes);
  gibbs_cluster_settle(&s->nodes, model->units, model->states, dice, report);
  for (size_t u = 0; u < model->units; u++) state[u] = p->state_of[s->key[u] ^ gibbs_cluster_flipped(&s->nodes, u)];
  s->nodes = nodes;
}

void gibbs_cluster_graph_sweep(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *s,
                               gibbs_cluster_dice *dice, uint8_t *state, gibbs_cluster_report *report) {
  pairing p;
  gibbs_cluster_nodes *n = &s->nodes;
  n->count = model->units;
  if (flips(model)) pair_states(model->states, dice, &p);
  for (size_t u = 0; u < n->count; u++) {
    n->parent[u] = (uint32_t)u;
    n->size[u] = 1;
    s->key[u] = flips(model) ? p.key_of[state[u]] : state[u];
  }
  join_bonds(&model->bonds, s->key, dice, n->parent);
  if (flips(model))
    flip_clusters(model, s, &p, dice, state, report);
  else
    gibbs_cluster_draw_states(model, s, dice, state, report);
}
