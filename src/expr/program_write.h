/* program_write.h - the two halves of writing instructions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_WRITE_H
#define GIBBS_EXPR_PROGRAM_WRITE_H

#include "program_compile.h"

void gibbs_plan_count_uses(gibbs_plan *plan);
gibbs_status gibbs_plan_write_group(gibbs_plan *plan, size_t unit, gibbs_group *group,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif
