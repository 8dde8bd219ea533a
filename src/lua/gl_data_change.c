/* gl_data_change.c - data:head, data:split, data:scale and data:binarise: new data from old. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_argument.h"
#include "gl_data.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_options.h"
#include "gl_state.h"

static const double most_seed = 9007199254740992.0;

/* The seed in the options at `index`, or else the session's. */
static uint64_t seed_of(lua_State *L, int index, uint64_t given) {
  if (!gl_options_value(L, index, "seed")) return gl_state_of(L)->seed;
  lua_pop(L, 1);
  return given;
}

/* data:head(n) -> the first n configurations */
static int data_head(lua_State *L) {
  static const char who[] = "data:head";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  size_t n = (size_t)gl_integer(L, 2, who, "n", 1, (lua_Integer)gibbs_data_count(data));
  gl_at_most(L, 2, who);
  gl_box *box = gl_box_new(L, &gl_data, 0);
  gibbs_error err;
  gibbs_data *made = NULL;
  gibbs_status status = gibbs_data_head(data, n, &made, &err);
  return gl_data_finish(L, box, status, made, &err, who);
}

typedef struct split_options {
  double test;
  uint64_t seed;
} split_options;

static const gl_option split_rows[] = {
    GL_REAL_ROW(split_options, test, 0.2, 0, 1, "part of the configurations that is kept for testing"),
    GL_INTEGER_ROW(split_options, seed, 1, 0, most_seed, "seed of the order"), GL_END_ROW};

/* data:split{test = 0.2, seed = 1} -> data for training, data for testing */
static int data_split(lua_State *L) {
  static const char who[] = "data:split";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  split_options options;
  gl_at_most(L, 2, who);
  gl_options_read(L, 2, who, split_rows, &options);
  options.seed = seed_of(L, 2, options.seed);
  gl_box *train_box = gl_box_new(L, &gl_data, 0), *test_box = gl_box_new(L, &gl_data, 0);
  gibbs_error err;
  gibbs_data *train = NULL, *test = NULL;
  gibbs_status status = gibbs_data_split(data, options.test, options.seed, &train, &test, &err);
  train_box->self = train; /* in a box before anything can raise */
  gl_data_finish(L, test_box, status, test, &err, who);
  gl_account(L, train_box, gibbs_data_count(train) * (gibbs_data_units(train) + 1) * sizeof(double));
  return 2;
}

typedef struct range_options {
  double low, high;
} range_options;

static const gl_option scale_rows[] = {GL_REAL_ROW(range_options, low, 0, -1e300, 1e300, "the value that becomes 0"),
                                       GL_REAL_ROW(range_options, high, 1, -1e300, 1e300, "the value that becomes 1"),
                                       GL_END_ROW};

/* data:scale{low = 0, high = 255} -> values in [0, 1] */
static int data_scale(lua_State *L) {
  static const char who[] = "data:scale";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  range_options options;
  gl_at_most(L, 2, who);
  gl_options_require(L, 2, who, "high", "a number, the value that becomes 1");
  lua_pop(L, 1);
  gl_options_read(L, 2, who, scale_rows, &options);
  gl_box *box = gl_box_new(L, &gl_data, 0);
  gibbs_error err;
  gibbs_data *made = NULL;
  gibbs_status status = gibbs_data_scale(data, options.low, options.high, &made, &err);
  return gl_data_finish(L, box, status, made, &err, who);
}

typedef struct binarise_options {
  double threshold;
  bool probability;
  int as;
  uint64_t seed;
} binarise_options;

static const char *const kinds[] = {"bits", "spins", NULL};
static const gl_option binarise_rows[] = {
    GL_REAL_ROW(binarise_options, threshold, 0.5, -1e300, 1e300, "values above it are on"),
    GL_BOOLEAN_ROW(binarise_options, probability, 0, "a unit is on with its value as probability"),
    GL_CHOICE_ROW(binarise_options, as, 0, kinds, "0 and 1, or -1 and +1"),
    GL_INTEGER_ROW(binarise_options, seed, 1, 0, most_seed, "seed of the probabilities"), GL_END_ROW};

/* data:binarise{threshold = 0.5, as = "bits"} or data:binarise{probability = true, seed = 1} */
static int data_binarise(lua_State *L) {
  static const char who[] = "data:binarise";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  binarise_options options;
  gl_at_most(L, 2, who);
  gl_options_read(L, 2, who, binarise_rows, &options);
  bool given = gl_options_value(L, 2, "threshold");
  if (given && options.probability)
    return gl_fail(L, "%s: options 'threshold' and 'probability' exclude each other; give one of them", who);
  gibbs_binarise how = {.spins = options.as == 1,
                        .probability = options.probability,
                        .any_range = given,
                        .threshold = options.threshold,
                        .seed = seed_of(L, 2, options.seed)};
  gl_box *box = gl_box_new(L, &gl_data, 0);
  gibbs_error err;
  gibbs_data *made = NULL;
  gibbs_status status = gibbs_data_binarise(data, &how, &made, &err);
  return gl_data_finish(L, box, status, made, &err, who);
}

const luaL_Reg gl_data_change_methods[] = {
    {"head", data_head}, {"split", data_split}, {"scale", data_scale}, {"binarise", data_binarise}, {NULL, NULL}};

const gl_option_table gl_data_change_tables[] = {{.who = "data:split", .rows = split_rows},
                                                 {.who = "data:scale", .rows = scale_rows},
                                                 {.who = "data:binarise", .rows = binarise_rows},
                                                 GL_END_TABLE};
