/* gl_options.h - tables of named options, read against rows.
 *
 * Promises: an option that no row names is an error with a guess; wrong types, fractions for counts, NaN and values
 * outside the range are errors that say what is legal; the caller's table is not changed.
 *
 * Rows can be made from the lists of the core:
 *   #define INTEGER(field, initial, low, high, doc) GL_INTEGER_ROW(gibbs_minimize_options, field, initial, low, high,
 * doc), #define REAL(field, initial, low, high, doc)    GL_REAL_ROW(gibbs_minimize_options, field, initial, low,
 * high, doc), static const gl_option rows[] = {GIBBS_MINIMIZE_OPTIONS(INTEGER, REAL) GL_VALUE_ROW("estimate", "how to
 * estimate"), GL_END_ROW}; gibbs_minimize_options options = gibbs_minimize_defaults(); gl_options_read(L, 3,
 * "gibbs.minimize", rows, &options); if (gl_options_value(L, 3, "estimate")) { ... the value is on the top of the
 * stack ... } */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_OPTIONS_H
#define GL_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "gl_class.h"

typedef enum gl_kind {
  GL_INTEGER, /* uint64_t */
  GL_REAL,    /* double */
  GL_BOOLEAN, /* bool */
  GL_CHOICE,  /* int: the number of the word among `choices` */
  GL_VALUE    /* any value, read by the binding with gl_options_value */
} gl_kind;

typedef struct gl_option {
  const char *name;
  gl_kind kind;
  size_t offset;              /* of the field in the struct */
  double initial, low, high;  /* defaults are written by the reader when the option is absent */
  const char *const *choices; /* GL_CHOICE: words, then NULL */
  const char *doc;
} gl_option;

#define GL_INTEGER_ROW(type, field, initial, low, high, doc)                                                         \
  { #field, GL_INTEGER, offsetof(type, field), initial, low, high, NULL, doc }
#define GL_REAL_ROW(type, field, initial, low, high, doc)                                                            \
  { #field, GL_REAL, offsetof(type, field), initial, low, high, NULL, doc }
#define GL_BOOLEAN_ROW(type, field, initial, doc)                                                                    \
  { #field, GL_BOOLEAN, offsetof(type, field), initial, 0, 1, NULL, doc }
#define GL_CHOICE_ROW(type, field, initial, choices, doc)                                                            \
  { #field, GL_CHOICE, offsetof(type, field), initial, 0, 0, choices, doc }
#define GL_VALUE_ROW(name, doc)                                                                                      \
  { name, GL_VALUE, 0, 0, 0, 0, NULL, doc }
#define GL_END_ROW                                                                                                   \
  { NULL, GL_VALUE, 0, 0, 0, 0, NULL, NULL }

#define GL_MOST_OPTIONS 32 /* of one table that is listed, with the row at its end */

/* Whose rows they are: what help, checks and annotations know of the options of a function or a method. */
typedef struct gl_option_table {
  const char *who;       /* "gibbs.minimize" or "data:split" */
  const char *when;      /* of which calls, where a function has several tables: "training on samples"; else NULL */
  const gl_option *rows; /* NULL: they are listed */
  void (*list)(const char *who, gl_option out[GL_MOST_OPTIONS]);
} gl_option_table;

#define GL_END_TABLE                                                                                                 \
  { NULL, NULL, NULL, NULL }

/* Every file that reads options gives its tables as `const gl_option_table gl_<name>_tables[]`. */
/* clang-format off */ /* it moves the rows about at every run */
#define GL_OPTION_TABLES(ROW)                                                                                        \
  ROW(chains) ROW(chains_make) ROW(custom) ROW(data) ROW(data_change) ROW(energy) ROW(family) ROW(free_energy)       \
  ROW(how_sampling) ROW(lattice) ROW(minimize) ROW(reweight_make) ROW(sample) ROW(series) ROW(series_functions)      \
  ROW(series_run) ROW(training) ROW(block_rule) ROW(recursion) ROW(tensor_rg) ROW(mcrg) ROW(vmcrg)
/* clang-format on */

#define GL_DECLARE_TABLES(name) extern const gl_option_table gl_##name##_tables[];
GL_OPTION_TABLES(GL_DECLARE_TABLES)
#undef GL_DECLARE_TABLES

/* Refuse a call with more than a table of options: gibbs.ising(lattice, 0.3). */
void gl_options_alone(lua_State *L, const char *who);

/* Read the table at `index` (none or nil: all defaults) into *out (NULL when all rows are values).  `who` is for
 * messages. */
void gl_options_read(lua_State *L, int index, const char *who, const gl_option rows[], void *out);

/* Push option `name` of the table at `index` and return true, or push nothing when it is absent (or there is no
 * table). */
bool gl_options_value(lua_State *L, int index, const char *name);
/* The same for an option that must be there; `legal` says what it must be. */
void gl_options_require(lua_State *L, int index, const char *who, const char *name, const char *legal);

#endif
