/* model_parts.h - what writing and reading models share: the words of the layout, and an energy with its roles. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_MODEL_PARTS_H
#define GIBBS_RUN_MODEL_PARTS_H

#include "gibbs/private/table.h"
#include "map_writer.h"

/* Rules for lists of positions; the first four as gibbs_pattern_kind counts them. */
typedef enum model_rule {
  RULE_POSITIONS,
  RULE_SHIFT,
  RULE_FIRST_END,
  RULE_SECOND_END,
  RULE_SAME,
  RULE_COUNT
} model_rule;
extern const char *const gibbs_model_rules[RULE_COUNT];

typedef enum model_role { ROLE_VISIBLE, ROLE_HIDDEN, ROLE_INNER, ROLE_COUNT } model_role;
extern const char *const gibbs_model_roles[ROLE_COUNT];

extern const char *const gibbs_model_initials[3]; /* by gibbs_initial_kind */

/* Visible variables come first in the table, then hidden ones. */
typedef struct gibbs_model_table {
  gibbs_table table;
  size_t visible, hidden;
} gibbs_model_table;

/* The groups of the layout, into the map. */
void gibbs_model_write(gibbs_map_writer *w, const gibbs_model_table *model);
/* What they say, checked against one another; the table is the caller's to free, also after a failure. */
gibbs_status gibbs_model_read(const gibbs_value *map, gibbs_model_table *out, gibbs_error *err) GIBBS_CHECKED;

/* A list from the numbers that describe it.  `budget`: what rules may still stand for. */
gibbs_status gibbs_model_read_list(const double *numbers, size_t length, model_rule rule, gibbs_table_list *out,
                                   size_t *budget, gibbs_error *err) GIBBS_CHECKED;
/* How many numbers describe a list, and which: `numbers` NULL only counts. */
size_t gibbs_model_write_list(const gibbs_table_list *list, model_rule *rule, double *numbers);

/* A number that counts something, exactly. */
bool gibbs_model_count(double number, size_t *out);

#endif
