/* training_good.c - points to go back to: the last one that was in equilibrium, and the best on the held-out
 * objective. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "training_parts.h"

#define MOST_SETBACKS 5 /* without a good point between them: the rate is 1/32 by then */

gibbs_status training_keep_good(gibbs_training *t, gibbs_error *err) {
  training_pack pack = {0};
  training_kept kept;
  gibbs_status status = GIBBS_OK;
  training_pack_live(t, &pack, &status, err);
  if (status != GIBBS_OK) {
    free(pack.data);
    return status;
  }
  status = training_pack_end(&pack, &kept.state, &kept.count, err);
  if (status != GIBBS_OK) return status;
  free(t->good.state);
  t->good = kept;
  t->setbacks = t->healthy = 0;
  return GIBBS_OK;
}

gibbs_status training_go_back(gibbs_training *t, gibbs_error *err) {
  training_unpack unpack = {.at = t->good.state, .left = t->good.count};
  training_live_state state;
  training_unpack_live(t, &unpack, &state);
  gibbs_status status = training_apply_live(t, &state, err);
  if (status != GIBBS_OK) return status;
  t->scale /= 2;
  t->rollbacks++;
  t->setbacks++;
  t->out_of_equilibrium = t->setbacks >= MOST_SETBACKS;
  return GIBBS_OK;
}

gibbs_status training_look(gibbs_training *t, uint64_t step, gibbs_error *err) {
  double value = NAN, error = NAN;
  gibbs_status status = t->source.look(t->source.context, &value, &error, err);
  if (status != GIBBS_OK) return status;
  if (!isfinite(value))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "training: the held-out objective is %g at step %llu", value,
                      (unsigned long long)step);
  t->held_out = value;
  t->held_out_error = error;
  bool better = t->best_step == 0 || value < t->best_value;
  t->idle = better ? 0 : t->idle + 1;
  if (better) {
    t->best_value = value;
    t->best_error = error;
    t->best_step = step;
    training_read(t, t->best);
  }
  t->out_of_patience = t->options.patience > 0 && t->idle >= t->options.patience;
  return GIBBS_OK;
}
