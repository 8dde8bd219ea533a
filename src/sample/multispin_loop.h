/* multispin_loop.h - the loop that flips packed spins, 512 at a time, in vectors of MULTISPIN_WORDS words.
 *
 * Every site has one random number u, of which only as many binary digits are drawn, for all sites of a group at
 * once, as it takes until each differs somewhere from the digits of its site's threshold: u is below it where that
 * digit is 1.  So flips have the probabilities of the table to all of its 64 digits, for about 13 random bits a site.
 * What is drawn does not depend on MULTISPIN_WORDS. */
#ifndef GIBBS_SAMPLE_MULTISPIN_LOOP_H
#define GIBBS_SAMPLE_MULTISPIN_LOOP_H

#include "multispin_read.h"

enum { PARTS = GIBBS_MULTISPIN_GROUP / MULTISPIN_WORDS, UNIONS = 1 << GIBBS_MULTISPIN_BUNDLE };

/* The generators of some lanes, as in gibbs/private/lanes.h. */
typedef struct streams {
  vector s0, s1, s2, s3;
} streams;

/* One vector of a group.  unions: of the classes of sites with equal thresholds in a bundle; one of them are the
 * sites whose threshold has a 1 as its next digit. */
typedef struct part {
  vector undecided, flipped;
  vector unions[GIBBS_MULTISPIN_BUNDLES][UNIONS];
} part;

/* What one call works on. */
typedef struct work {
  const gibbs_multispin_phase *phase;
  const gibbs_multispin_table *table;
  uint64_t *chain;
  gibbs_lanes *lanes;
} work;

/* ---- random digits --------------------------------------------------------------------------------- */

INLINED void load_streams(const gibbs_lanes *lanes, size_t first, streams *s) {
  load(lanes->state[0] + first, &s->s0);
  load(lanes->state[1] + first, &s->s1);
  load(lanes->state[2] + first, &s->s2);
  load(lanes->state[3] + first, &s->s3);
}

INLINED void store_streams(gibbs_lanes *lanes, size_t first, const streams *s) {
  store(lanes->state[0] + first, &s->s0);
  store(lanes->state[1] + first, &s->s1);
  store(lanes->state[2] + first, &s->s2);
  store(lanes->state[3] + first, &s->s3);
}

INLINED void draw(streams *s, vector *out) {
  vector sum = s->s0 + s->s3, t = s->s1 << 17;
  *out = ((sum << 23) | (sum >> 41)) + s->s0;
  s->s2 ^= s->s0;
  s->s3 ^= s->s1;
  s->s1 ^= s->s2;
  s->s0 ^= s->s3;
  s->s2 ^= t;
  s->s3 = (s->s3 << 45) | (s->s3 >> 19);
}

/* Digits k <= d < end of u and of the thresholds. */
INLINED void compare(const gibbs_multispin_table *table, size_t k, size_t end, size_t bundles, gibbs_lanes *lanes,
                     size_t lane, part *p) {
  streams s;
  vector undecided = p->undecided, flipped = p->flipped, random;
  load_streams(lanes, lane, &s);
  for (; k < end; k++) {
    vector digit = p->unions[0][table->code[k][0]];
    for (size_t b = 1; b < bundles; b++) digit |= p->unions[b][table->code[k][b]];
    draw(&s, &random);
    flipped |= digit & ~random & undecided;
    undecided &= ~(random ^ digit);
  }
  store_streams(lanes, lane, &s);
  p->undecided = undecided, p->flipped = flipped;
}

INLINED bool is_undecided(const part p[PARTS]) {
  uint64_t word[MULTISPIN_WORDS], any = 0;
  vector all = p[0].undecided;
  for (size_t k = 1; k < PARTS; k++) all |= p[k].undecided;
  store(word, &all);
  for (size_t k = 0; k < MULTISPIN_WORDS; k++) any |= word[k];
  return any != 0;
}

/* ---- classes ------------------------------------------------------------------------------------------ */

/* Binary digits of counts up to `most`. */
INLINED size_t count_digits(size_t most) {
  return most < 2 ? 1 : most < 4 ? 2 : most < 8 ? 3 : most < 16 ? 4 : 5;
}

INLINED void add_bit(vector *count, size_t digits, vector *bit) {
  for (size_t k = 0; k < digits; k++) {
    vector carry = count[k] & *bit;
    count[k] ^= *bit;
    *bit = carry;
  }
}

/* Where the count is `value`. */
INLINED void find_equal(const vector *count, size_t digits, size_t value, vector *out) {
  *out = value & 1 ? count[0] : ~count[0];
  for (size_t k = 1; k < digits; k++) *out &= value >> k & 1 ? count[k] : ~count[k];
}

/* How many of some operands' bonds are unfavourable. */
INLINED void count_bonds(const work *job, const gibbs_multispin_operand *const *term, size_t terms, size_t g,
                         size_t word, const vector *spin, vector count[]) {
  for (size_t k = 0; k < count_digits(terms); k++) count[k] = (vector){0};
  for (size_t k = 0; k < terms; k++) {
    vector bit;
    read_bonds(job->chain, term[k], g, word, spin, &bit);
    add_bit(count, count_digits(k + 1), &bit);
  }
}

/* Where no field acts and all neighbours are alike. */
INLINED void sort_alike(const work *job, size_t g, size_t word, const vector *spin, size_t neighbours,
                        vector class[]) {
  vector count[GIBBS_MULTISPIN_COUNT_BITS], where;
  count_bonds(job, job->phase->term, neighbours, g, word, spin, count);
  for (size_t value = 0; value <= neighbours; value++) {
    find_equal(count, count_digits(neighbours), value, &where);
    class[job->table->class_of[value]] |= where;
  }
}

/* Every state split by how many of n bonds are unfavourable, in the order of the table's states. */
INLINED size_t split_states(vector state[], size_t states, const vector count[], size_t n) {
  for (size_t k = states; k-- > 0;) {
    vector old = state[k], where;
    for (size_t value = 0; value <= n; value++) {
      find_equal(count, count_digits(n), value, &where);
      state[k * (n + 1) + value] = old & where;
    }
  }
  return states * (n + 1);
}

INLINED void sort_any(const work *job, size_t g, size_t word, const vector *spin, vector class[]) {
  const gibbs_multispin_table *table = job->table;
  vector state[GIBBS_MULTISPIN_STATES], count[GIBBS_MULTISPIN_COUNT_BITS];
  size_t states = table->field ? 2 : 1, term = 0;
  state[0] = *spin, state[1] = ~*spin;
  if (!table->field) state[0] |= state[1];
  for (size_t k = 0; k < table->strengths; k++) {
    count_bonds(job, job->phase->term + term, table->neighbours[k], g, word, spin, count);
    states = split_states(state, states, count, table->neighbours[k]);
    term += table->neighbours[k];
  }
  for (size_t k = 0; k < states; k++) class[table->class_of[k]] |= state[k];
}

/* All unions of the classes of every bundle. */
INLINED void unite_classes(const vector class[], size_t classes, size_t bundles, part *p) {
  for (size_t b = 0; b < bundles; b++) {
    size_t first = b * GIBBS_MULTISPIN_BUNDLE;
    p->unions[b][0] = (vector){0};
    for (size_t k = 0; k < GIBBS_MULTISPIN_BUNDLE && first + k < classes; k++)
      for (size_t old = 0; old < (size_t)1 << k; old++)
        p->unions[b][old | (size_t)1 << k] = p->unions[b][old] | class[first + k];
  }
}

/* ---- the loop --------------------------------------------------------------------------------------- */

/* neighbours: how many, where they are alike and no field acts, and 0 otherwise. */
INLINED void begin_part(const work *job, size_t g, size_t word, size_t neighbours, size_t bundles, size_t lane,
                        part *p) {
  vector class[GIBBS_MULTISPIN_STATES], spin;
  for (size_t k = 0; k < job->table->classes; k++) class[k] = (vector){0};
  load(job->chain + job->phase->at + word, &spin);
  load(job->phase->mask + (word - job->phase->low * GIBBS_MULTISPIN_GROUP), &p->undecided);
  p->flipped = (vector){0};
  if (neighbours > 0)
    sort_alike(job, g, word, &spin, neighbours, class);
  else
    sort_any(job, g, word, &spin, class);
  unite_classes(class, job->table->classes, bundles, p);
  compare(job->table, 0, job->phase->sure, bundles, job->lanes, lane, p);
}

INLINED uint64_t end_part(const work *job, size_t word, const part *p) {
  uint64_t *at = job->chain + job->phase->at + word;
  vector spin;
  load(at, &spin);
  spin ^= p->flipped;
  store(at, &spin);
  return count_ones(&p->flipped);
}

INLINED bool is_empty(const uint64_t *mask) {
  uint64_t any = 0;
  for (size_t k = 0; k < GIBBS_MULTISPIN_GROUP; k++) any |= mask[k];
  return any == 0;
}

/* Groups take the two halves of the lanes in turn.  What is common is compiled for its neighbours and bundles. */
INLINED uint64_t update_groups(const work *job, size_t low, size_t high, size_t neighbours, size_t bundles) {
  part p[PARTS];
  uint64_t flips = 0;
  for (size_t g = low; g < high; g++) {
    size_t word = g * GIBBS_MULTISPIN_GROUP, lane = g % 2 * GIBBS_MULTISPIN_GROUP;
    if (is_empty(job->phase->mask + (g - job->phase->low) * GIBBS_MULTISPIN_GROUP)) continue;
    for (size_t k = 0; k < PARTS; k++)
      begin_part(job, g, word + k * MULTISPIN_WORDS, neighbours, bundles, lane + k * MULTISPIN_WORDS, &p[k]);
    for (size_t digit = job->phase->sure; digit < GIBBS_MULTISPIN_DIGITS && is_undecided(p); digit++)
      for (size_t k = 0; k < PARTS; k++)
        compare(job->table, digit, digit + 1, bundles, job->lanes, lane + k * MULTISPIN_WORDS, &p[k]);
    for (size_t k = 0; k < PARTS; k++) flips += end_part(job, word + k * MULTISPIN_WORDS, &p[k]);
  }
  return flips;
}

INLINED uint64_t update(const gibbs_multispin_phase *phase, const gibbs_multispin_table *table, uint64_t *chain,
                        size_t low, size_t high, gibbs_lanes *lanes) {
  work job = {phase, table, chain, lanes};
  size_t bundles = table->bundles;
  if (table->strengths != 1 || table->field) return update_groups(&job, low, high, 0, bundles);
  switch (bundles > 2 ? 0 : 10 * table->neighbours[0] + bundles) {
  case 21:
    return update_groups(&job, low, high, 2, 1);
  case 31:
    return update_groups(&job, low, high, 3, 1);
  case 41:
    return update_groups(&job, low, high, 4, 1);
  case 42:
    return update_groups(&job, low, high, 4, 2);
  case 61:
    return update_groups(&job, low, high, 6, 1);
  case 62:
    return update_groups(&job, low, high, 6, 2);
  default:
    return update_groups(&job, low, high, 0, bundles);
  }
}

#endif
