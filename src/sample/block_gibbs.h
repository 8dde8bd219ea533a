/* block_gibbs.h - the parts of the block Gibbs kernel: what is laid out once for a target (the plan), and how a group
 * of chains is swept by it.
 *
 * A group is up to 128 chains in lane sets of 16, its chain c being lane c % 16 of set c / 16.  State is one bit an
 * element and chain (set for a spin +1, a bit 1, or the state of a Potts unit) in words of 32 bits, which stand in
 * rows of 16 lanes: where, its place says.  Units are sampled in runs: units of one block and of one variable.  The
 * fields of a run are gathered row by row (a row is one element) from pairs and monomials, and, where a dense matrix
 * meets at least 16 elements of the run, by table products. */
#ifndef GIBBS_SAMPLE_BLOCK_GIBBS_H
#define GIBBS_SAMPLE_BLOCK_GIBBS_H

#include "colouring.h"
#include "gibbs/private/lanes.h"
#include "kernel.h"

enum {
  GIBBS_BLOCK_WIDTH = 128, /* most chains of a group */
  GIBBS_BLOCK_PANEL = 32,  /* columns of a matrix that are multiplied together */
  GIBBS_BLOCK_WORD = 32,   /* inputs to a word of bits */
  GIBBS_BLOCK_THIN = 16    /* fewer outputs than this are gathered row by row */
};

/* The place of an element: 32 * row + bit, to which the number of the set is added.  64 rows hold as many elements as
 * they can, so that few rows are touched; but a row that has just been written to is slow to read, so that elements
 * that follow each other are in different rows, and so are, most times, those that are a multiple of 64 apart. */
static inline uint32_t gibbs_block_place(size_t sets, size_t element) {
  uint32_t each = 32 / (uint32_t)sets, e = (uint32_t)element, part = e / 64;
  return (part / each * 64 + (e + 23 * part) % 64) * 32 + part % each * (uint32_t)sets;
}
static inline uint32_t *gibbs_block_row(uint32_t *state, size_t place) {
  return state + place / 32 * GIBBS_LANES;
}
/* Words of the state of a group. */
static inline size_t gibbs_block_words(size_t sets, size_t elements) {
  size_t tile = 64 * (32 / sets);
  return (elements + tile - 1) / tile * 64 * GIBBS_LANES;
}

/* sum_i matrix[i][j] bit_i for the columns j of a run, bit_i telling whether input element i is 1. */
typedef struct gibbs_block_product {
  size_t dense;    /* number of the dense block in the form */
  bool transposed; /* its rows are the outputs */
  bool spins;      /* of the inputs */
  size_t input_at, inputs, words;
  float *matrix; /* [panel of the run][GIBBS_BLOCK_WORD * words][GIBBS_BLOCK_PANEL] */
} gibbs_block_product;

typedef struct gibbs_block_run {
  bool spins;
  size_t first, units; /* places in gibbs_block_plan.at */
  size_t first_row;
  size_t width;      /* elements of a unit: q for Potts, else 1 */
  size_t tile_units; /* units whose fields are made together, in tile_panels panels */
  size_t tile_panels, panels;
  gibbs_block_product *product;
  size_t products, words; /* words: of all products */
} gibbs_block_run;

typedef struct gibbs_block_term {
  float coefficient;
  uint32_t monomial, first; /* in gibbs_block_plan.factor: first those that are spins */
  uint32_t spins, others;
} gibbs_block_term;

typedef struct gibbs_block_plan {
  gibbs_normal_form *form; /* borrowed */
  size_t sets;             /* of the groups that are swept */
  size_t elements, units;  /* units: the free ones */
  bool *spin;              /* [element] */
  uint32_t *at;            /* [units]: the first element of a unit, in the order of a sweep */
  gibbs_block_run *run;
  size_t runs, blocks;
  /* Fields are for spins twice, else once the derivative of the energy: of two states the upper one has weight
   * exp(-field).  Pairs count +value where the other element's bit is set, else -value. */
  size_t rows, entries;
  uint32_t *place; /* [rows] */
  float *bias;     /* [rows] */
  /* Sampled is the field times `beta` and (1 - beta) times that of independent units. */
  float beta;
  float *independent; /* [rows], or NULL: 0 */
  size_t *first;      /* [rows + 1] */
  uint32_t *other_place;
  float *value;
  size_t *first_term; /* [rows + 1], or NULL: no monomials */
  gibbs_block_term *term;
  uint32_t *factor; /* places of the other elements of a monomial */
  /* What a thread needs beside the group. */
  size_t most_words, most_panels, most_width;
} gibbs_block_plan;

/* block_gibbs_can.c */
bool gibbs_block_can_sample(const gibbs_target *target, const double *settings, char *why, size_t size);
bool gibbs_block_suits(const gibbs_target *target);

/* Structure only: values are read by the function after it.  The form has to outlive the plan. */
gibbs_status gibbs_block_plan_new(gibbs_normal_form *form, const bool *held, size_t sets, gibbs_block_plan **out,
                                  gibbs_error *err) GIBBS_CHECKED;
void gibbs_block_plan_free(gibbs_block_plan *plan);
/* Read the values of the form.  ERR_NUMERIC: fields might overflow single precision. */
gibbs_status gibbs_block_plan_refresh(gibbs_block_plan *plan, gibbs_error *err) GIBBS_CHECKED;
/* The entries of the row of element e, of the unit at element `unit_at` of a run (place and value NULL: only how
 * many); adds to *bias half of the couplings to elements that are 0 or 1, so that the others count as said above. */
size_t gibbs_block_plan_row(const gibbs_block_plan *plan, const gibbs_sparse *sparse, const gibbs_block_run *run,
                            size_t unit_at, size_t e, uint32_t *place, float *value, double *bias);
/* The element of column j of a panel, or SIZE_MAX where the panel has fewer columns; the row in *row. */
size_t gibbs_block_panel_element(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t panel, size_t j,
                                 size_t *row);

/* Uniform numbers for 16 lanes, two at a time from the generator. */
typedef struct gibbs_block_source {
  gibbs_lanes lanes;
  float number[2][GIBBS_LANES];
  bool one_left;
} gibbs_block_source;

typedef struct gibbs_block_group {
  size_t sets, chains; /* lane sets; of their lanes the first `chains` are used */
  uint32_t *state;
  uint32_t *changed; /* [chain]: units that changed in this sweep */
  /* Of the thread that is at it. */
  gibbs_block_source *source; /* [set] */
  float *sums;                /* [chain][columns of a tile] */
  uint32_t *words;            /* [word][chain] */
  float *weights;             /* [elements of a unit][16] */
} gibbs_block_group;

/* words[w * 16 * sets + c]: which of 32 elements are set in chain c. */
void gibbs_block_pack(const gibbs_block_product *product, const gibbs_block_group *group, uint32_t *words);
/* Bit i of word[c] is element first + i in chain c, for all lanes and up to 32 elements. */
void gibbs_block_pack_word(const gibbs_block_group *group, size_t first, size_t count, uint32_t *word);
/* sums[c * stride + j] += the product for columns j of a panel.  Of few chains and of many it is the same number. */
void gibbs_block_multiply(const gibbs_block_product *product, size_t panel, const gibbs_block_group *group,
                          const uint32_t *words, float *sums, size_t stride);
/* Sample all units of a run given all others. */
void gibbs_block_sample(const gibbs_block_plan *plan, const gibbs_block_run *run, const gibbs_block_group *group);
/* Hand the units of a run over in tiles, with what products have made of their fields (NULL: nothing), a row a chain.
 */
typedef void (*gibbs_block_tile)(void *context, const gibbs_block_plan *plan, const gibbs_block_run *run,
                                 size_t first, size_t count, const gibbs_block_group *group, const float *sums,
                                 size_t stride);
void gibbs_block_visit(const gibbs_block_plan *plan, const gibbs_block_run *run, const gibbs_block_group *group,
                       gibbs_block_tile tile, void *context);
/* z[i * 16 + l]: the fields (beta 1) of `count` units of two states from `first` on, in the lanes of a set. */
void gibbs_block_fields(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first, size_t count,
                        const gibbs_block_group *group, size_t set, const float *sums, size_t stride, float *z);

/* block_gibbs_rows.c: rows[c * units + u] of a variable whose units have two states, of the chains of a group. */
void gibbs_block_get_rows(const gibbs_block_group *group, const gibbs_segment *segment, double *rows);
void gibbs_block_set_rows(const gibbs_block_group *group, const gibbs_segment *segment, const double *rows);

/* block_gibbs_mix.c */
/* Whether there are two layers: the hidden units form the first block, all by themselves. */
bool gibbs_block_is_layered(const gibbs_block_plan *plan, const gibbs_target *target);
/* Whether hidden units, of two states, can be summed given the visible ones. */
bool gibbs_block_can_mix(const gibbs_block_plan *plan, const gibbs_target *target);
gibbs_status gibbs_block_mix(gibbs_block_plan *plan, double beta, const double *field,
                             gibbs_error *err) GIBBS_CHECKED;
/* work[c] of the chains of a group: -log sum_h exp(-energy) at `to` less that at `from`. */
gibbs_status gibbs_block_work(const gibbs_block_plan *plan, const gibbs_target *target, const double *field,
                              const gibbs_block_group *group, double from, double to, double *work,
                              gibbs_error *err) GIBBS_CHECKED;

#endif
