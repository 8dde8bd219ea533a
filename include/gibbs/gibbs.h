/* gibbs/gibbs.h - the whole public interface. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_GIBBS_H
#define GIBBS_GIBBS_H

#include "gibbs/batch.h"
#include "gibbs/carried.h"
#include "gibbs/chains.h"
#include "gibbs/checkpoint.h"
#include "gibbs/control.h"
#include "gibbs/data.h"
#include "gibbs/distribution.h"
#include "gibbs/exact.h"
#include "gibbs/expr.h"
#include "gibbs/files.h"
#include "gibbs/free_energy.h"
#include "gibbs/ising_exact.h"
#include "gibbs/known.h"
#include "gibbs/lattice.h"
#include "gibbs/linalg.h"
#include "gibbs/minimize.h"
#include "gibbs/normal_form.h"
#include "gibbs/objective.h"
#include "gibbs/program.h"
#include "gibbs/random.h"
#include "gibbs/recording.h"
#include "gibbs/recursion.h"
#include "gibbs/reweight.h"
#include "gibbs/series.h"
#include "gibbs/slopes.h"
#include "gibbs/status.h"
#include "gibbs/tensor.h"
#include "gibbs/tensor_rg.h"
#include "gibbs/threads.h"
#include "gibbs/training.h"
#include "gibbs/training_file.h"
#include "gibbs/transfer.h"

#endif
