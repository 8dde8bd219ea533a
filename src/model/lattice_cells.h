/* lattice_cells.h - the rule that a lattice's bonds follow, for the rooms of this floor. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_MODEL_LATTICE_CELLS_H
#define GIBBS_MODEL_LATTICE_CELLS_H

#include "gibbs/lattice.h"
#include "gibbs/private/pattern.h"

/* NULL for complete lattices and graphs: their bonds follow no rule of cells.  Borrowed. */
const gibbs_cells *gibbs_lattice_cells(const gibbs_lattice *lattice);

#endif
