/* gibbs/private/table.h - an energy as a table: a row a node, arguments before those who use them.
 *
 * Promises: a table holds all that an expression is - leaves, constants, positions with the rules they follow, and
 * the order in which nodes were made - so that an expression built from it is treated like the one it was made of, to
 * the last bit; building checks every row, and fails on a table that no expression has. Knows nothing of files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_TABLE_H
#define GIBBS_PRIVATE_TABLE_H

#include "gibbs/private/pattern.h"

typedef struct gibbs_table_row {
  unsigned op; /* what the node does: gibbs_table_op_name */
  gibbs_shape shape;
  size_t detail; /* constant, variable, parameter: which one; gather, scatter: which list; matmul: 1 if the first
                    matrix is transposed, plus 2 if the second is; else 0 */
  size_t first, count; /* its arguments: rows arguments[first .. first + count), all before this one */
} gibbs_table_row;

/* Positions, by a rule or one by one. */
typedef struct gibbs_table_list {
  gibbs_pattern pattern; /* kind GIBBS_PATTERN_NONE: at[0..count) */
  uint32_t *at;
  size_t count;
} gibbs_table_list;

/* Owns its arrays, the positions, and a reference to each leaf. */
typedef struct gibbs_table {
  gibbs_table_row *rows;
  size_t *arguments;
  gibbs_variable **variables;
  gibbs_parameter **parameters;
  gibbs_tensor **constants;
  gibbs_table_list *lists;
  size_t row_count, argument_count, variable_count, parameter_count, constant_count, list_count;
  size_t energy; /* the row that is the energy */
} gibbs_table;

/* "add", "sum", ...: names that files hold, and that do not change.  NULL beyond the last. */
const char *gibbs_table_op_name(unsigned op);
bool gibbs_table_op_find(const char *name, unsigned *op);

/* `variables` come first among the table's, in this order, also those that the energy does not depend on.
 * ERR_UNSUPPORTED: the energy holds a function of a script, or an objective.  O(nodes + numbers). */
gibbs_status gibbs_table_of(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_table *out,
                            gibbs_error *err) GIBBS_CHECKED;
void gibbs_table_free(gibbs_table *table); /* and set to zeros; of zeros is fine */

/* The energy and the nodes of the first `count` variables: new references.  ERR_FILE says which row is wrong. */
gibbs_status gibbs_table_build(const gibbs_table *table, gibbs_graph *graph, size_t count, gibbs_expr *variables[],
                               gibbs_expr **energy, gibbs_error *err) GIBBS_CHECKED;

#endif
