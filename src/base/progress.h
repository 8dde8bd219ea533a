/* progress.h - the tasks that are under way, for the loops and the texts of this floor. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_BASE_PROGRESS_H
#define GIBBS_BASE_PROGRESS_H

#include "gibbs/progress.h"

gibbs_progress *progress_innermost(void);

/* `done` of `total` parts of the innermost task, if it is one that is counted in parts (unit NULL). */
void progress_part(uint64_t done, uint64_t total);

#endif
