/* multispin.h - a lattice of spins packed into bits, and how one class of its sites after another is updated.
 *
 * A cell's coordinate along axis a is modulus_a * index_a + residue_a.  Sites of equal residues and basis make a
 * class; inside a class the site of index (i_0, i_1, ...) is bit number sum_a i_a stride_a, its slot, set where the
 * spin is +1.  So the neighbours of a whole class in one direction are another class shifted by one fixed number of
 * bits, but for the sites at an edge of the lattice, which take theirs from elsewhere: a detour.  Moduli are such
 * that no two sites of a class interact, unless across the seam of a periodic axis whose length they do not divide.
 * A phase is a part of a class without such pairs, whose sites all have neighbours in the same directions: its sites
 * can be updated together. */
#ifndef GIBBS_SAMPLE_MULTISPIN_H
#define GIBBS_SAMPLE_MULTISPIN_H

#include "gibbs/private/lanes.h"
#include "kernel.h"

enum {
  GIBBS_MULTISPIN_GROUP = 8,       /* words that are updated together, 512 sites */
  GIBBS_MULTISPIN_NEIGHBOURS = 31, /* of a site, at most; a count of them fits into COUNT_BITS */
  GIBBS_MULTISPIN_COUNT_BITS = 5,
  GIBBS_MULTISPIN_STATES = 128, /* surroundings of a site that are told apart, at most */
  GIBBS_MULTISPIN_STRENGTHS = 7,
  GIBBS_MULTISPIN_BUNDLE = 4, /* thresholds whose digits are looked up at once */
  GIBBS_MULTISPIN_BUNDLES = GIBBS_MULTISPIN_STATES / GIBBS_MULTISPIN_BUNDLE,
  GIBBS_MULTISPIN_DIGITS = 64 /* of a threshold, in base 2 */
};

/* The neighbour of slot s is at bit s + 64 * words + bits of class `source`, that is at bit s + bits of the words
 * from `at` on in the chain. */
typedef struct gibbs_multispin_shift {
  size_t source;
  ptrdiff_t words, at;
  unsigned bits;
} gibbs_multispin_shift;

/* Where the mask is set, in the groups low <= g < high, neighbours are read by this shift. */
typedef struct gibbs_multispin_detour {
  gibbs_multispin_shift shift;
  size_t low, high;
  const uint64_t *mask; /* of group `low` on; the layout's */
} gibbs_multispin_detour;

/* The neighbours of a phase in one direction. */
typedef struct gibbs_multispin_operand {
  size_t direction; /* of the normal form */
  gibbs_multispin_shift shift;
  gibbs_multispin_detour *detour;
  size_t detours;
  uint64_t invert; /* all ones where alike spins are the unfavourable ones */
} gibbs_multispin_operand;

typedef struct gibbs_multispin_phase {
  size_t target; /* class, and its slot 0 in the chain */
  ptrdiff_t at;
  size_t low, high;
  const uint64_t *mask;
  size_t sites;
  size_t sure; /* digits after which a group may be decided */
  bool alone;  /* reads the class that it writes: segments one after another */
  gibbs_multispin_operand *operand;
  size_t operands;
  /* By refresh: operands that count, in the order of the table's strengths, and the table. */
  const gibbs_multispin_operand **term;
  size_t table;
} gibbs_multispin_phase;

typedef struct gibbs_multispin_axis {
  size_t extent, modulus, count, stride; /* count: indices, the largest of all residues */
  size_t reach;                          /* of any direction along it */
  bool periodic, seam;
} gibbs_multispin_axis;

/* A direction as seen from one of its ends. */
typedef struct gibbs_multispin_neighbour {
  long offset[GIBBS_MAX_RANK];
  size_t from, to, direction;
} gibbs_multispin_neighbour;

typedef struct gibbs_multispin_layout {
  size_t axes, basis, neighbours;
  gibbs_multispin_axis axis[GIBBS_MAX_RANK];
  gibbs_multispin_neighbour *neighbour;
  size_t classes, slots;
  size_t words;               /* of a class, a multiple of a group */
  size_t before, class_words; /* padding before slot 0, and the words from one class to the next */
  gibbs_multispin_phase *phase;
  size_t phases;
  uint64_t **mask; /* all different masks, and the number of words of each */
  size_t *mask_words, masks;
} gibbs_multispin_layout;

/* multispin_axes.c */
/* Axes, neighbours and moduli.  ERR_UNSUPPORTED: the directions are too many or reach too far. */
gibbs_status gibbs_multispin_lay_axes(const gibbs_regular *regular, gibbs_multispin_layout *out,
                                      gibbs_error *err) GIBBS_CHECKED;
/* The residues of a class. */
void gibbs_multispin_residues(const gibbs_multispin_layout *layout, size_t class, size_t residue[GIBBS_MAX_RANK]);
/* True with class and slot when the cell at x has this neighbour. */
bool gibbs_multispin_find(const gibbs_multispin_layout *layout, const gibbs_multispin_neighbour *neighbour,
                          const size_t x[GIBBS_MAX_RANK], size_t *class, size_t *slot);
size_t gibbs_multispin_slot(const gibbs_multispin_layout *layout, const size_t x[GIBBS_MAX_RANK]);
void gibbs_multispin_layout_free(gibbs_multispin_layout *layout);

/* multispin_phases.c: phases and masks of a layout that has its axes.  O(sites). */
gibbs_status gibbs_multispin_lay_phases(gibbs_multispin_layout *layout, gibbs_error *err) GIBBS_CHECKED;
/* multispin_masks.c: a copy of the mask's words of the groups low <= g < high outside which it is 0, kept by the
 * layout and shared with equal ones.  NULL: no memory. */
const uint64_t *gibbs_multispin_keep_mask(gibbs_multispin_layout *layout, const uint64_t *mask, size_t *low,
                                          size_t *high);

/* multispin_table.c */
/* What decides about a site: how many of its bonds of each strength are unfavourable and, in a field, its spin. */
typedef struct gibbs_multispin_table {
  size_t strengths;
  double strength[GIBBS_MULTISPIN_STRENGTHS];
  size_t neighbours[GIBBS_MULTISPIN_STRENGTHS];
  bool field;
  size_t states;
  uint8_t class_of[GIBBS_MULTISPIN_STATES]; /* spin +1 before -1, then counts, the last strength fastest */
  size_t classes, bundles;
  uint64_t threshold[GIBBS_MULTISPIN_STATES]; /* of a class: 2^64 times the probability of a flip */
  uint8_t code[GIBBS_MULTISPIN_DIGITS][GIBBS_MULTISPIN_BUNDLES]; /* digit k of a bundle's thresholds */
} gibbs_multispin_table;

typedef struct gibbs_multispin_couplings {
  size_t strengths;
  double strength[GIBBS_MULTISPIN_STRENGTHS]; /* different absolute values other than 0 */
  double field;
  bool heat_bath;
} gibbs_multispin_couplings;

/* The probability, as it is used, that a spin is flipped where its energy is spin * (sum + field), sum being that of
 * coupling times neighbour. */
double gibbs_multispin_flip(bool heat_bath, double spin, double sum, double field);
/* ERR_UNSUPPORTED: too many different values. */
gibbs_status gibbs_multispin_read(const gibbs_multispin_layout *layout, const gibbs_normal_form *form, bool heat_bath,
                                  gibbs_multispin_couplings *out, gibbs_error *err) GIBBS_CHECKED;
/* Tables of all phases, *out to be freed with free(); the phases' terms are set where it succeeds. */
gibbs_status gibbs_multispin_tabulate(gibbs_multispin_layout *layout, const gibbs_regular *regular,
                                      const gibbs_multispin_couplings *couplings, gibbs_multispin_table **out,
                                      gibbs_error *err) GIBBS_CHECKED;

/* Update the phase's sites in the groups low <= g < high, inside the phase's own; how many were flipped. */
typedef uint64_t gibbs_multispin_updater(const gibbs_multispin_phase *phase, const gibbs_multispin_table *table,
                                         uint64_t *chain, size_t low, size_t high, gibbs_lanes *lanes);
/* multispin_update.c, and a file each where the processor has more: all do the same to the bit. */
gibbs_multispin_updater gibbs_multispin_update_plain;
#if defined(__x86_64__)
gibbs_multispin_updater gibbs_multispin_update_avx2, gibbs_multispin_update_avx512;
#endif
/* The fastest on this processor. */
gibbs_multispin_updater *gibbs_multispin_choose_updater(void);
/* multispin_count.c: the energy of all pairs, and the sum of all spins. */
void gibbs_multispin_count(const gibbs_multispin_layout *layout, const gibbs_multispin_table *tables,
                           const uint64_t *chain, double *pairs, double *magnetisation);

/* multispin.c: all chains. */
typedef struct gibbs_multispin {
  const gibbs_target *target;
  size_t chains, first_chain;
  gibbs_multispin_couplings couplings;
  gibbs_multispin_layout layout;
  gibbs_multispin_table *table;
  gibbs_multispin_updater *update;
  size_t chain_words;
  uint64_t *bits;                  /* of all chains */
  size_t segments, segment_groups; /* the parts in which a class is updated */
  gibbs_lanes *lanes;              /* [chain * segments + segment]; NULL where there is one segment */
  uint64_t *flips;                 /* likewise, never NULL: in the last sweep */
} gibbs_multispin;

/* multispin_exchange.c: one chain from and to -1 and +1, unit u at values[u * stride]; and the top bits of the words
 * of a stream. */
void gibbs_multispin_pack(const gibbs_multispin_layout *layout, const double *values, size_t stride, uint64_t *chain);
void gibbs_multispin_unpack(const gibbs_multispin_layout *layout, const uint64_t *chain, double *values,
                            size_t stride);
void gibbs_multispin_draw(const gibbs_multispin_layout *layout, gibbs_stream stream, uint64_t *chain);

/* multispin_sweep.c */
gibbs_status gibbs_multispin_sweep(gibbs_multispin *m, uint64_t seed, uint32_t step, gibbs_error *err) GIBBS_CHECKED;

#endif
