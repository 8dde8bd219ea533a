/* table_ops.h - what the rows of a table do, in terms of the graph; and whether a row is one that the graph can have.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_TABLE_OPS_H
#define GIBBS_EXPR_TABLE_OPS_H

#include "gibbs/private/table.h"
#include "graph.h"

unsigned gibbs_table_op_of(gibbs_kind kind, gibbs_op op);
gibbs_kind gibbs_table_kind_of(unsigned op);

/* A list that its own rule, or its length, does not contradict. */
gibbs_status gibbs_table_check_list(const gibbs_table_list *list, gibbs_error *err) GIBBS_CHECKED;
/* Whether the shape of a draft follows from its arguments, and they are such as its kind takes.  `list` is that of a
 * GATHER or SCATTER. */
gibbs_status gibbs_table_check_draft(const gibbs_draft *draft, const gibbs_table_list *list,
                                     gibbs_error *err) GIBBS_CHECKED;

#endif
