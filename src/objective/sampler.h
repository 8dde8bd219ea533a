/* sampler.h - the samples that objectives share: places where they are had, and what is read off them.
 *
 * A gauge reads one scalar, H of a distribution or a function of visible units, at the samples of any place, and sums
 * its slopes there.  What was read is kept until samples or parameters change, whoever asks. */
#ifndef GIBBS_OBJECTIVE_SAMPLER_H
#define GIBBS_OBJECTIVE_SAMPLER_H

#include "gibbs/slopes.h"
#include "place.h"

typedef struct gibbs_gauge {
  gibbs_distribution *d; /* retained; a function is the energy of a distribution without hidden units */
  bool negative;         /* -H is read */
  gibbs_slopes *slopes;
  gibbs_expr **parameters; /* of the slopes, retained */
  size_t count;
  size_t *wanted;        /* [count]: which of the parameters of a gradient */
  double **totals;       /* [count]: room */
  size_t places;         /* of which there are arrays */
  double **values;       /* [place][sample] */
  uint64_t *evaluations; /* [place]: when they were read */
  uint64_t *versions;    /* [place]: of all parameters together */
} gibbs_gauge;

typedef struct gibbs_sampler {
  size_t references;
  gibbs_sampling sampling; /* what it points at is borrowed */
  size_t groups;
  gibbs_place **places;
  gibbs_gauge **gauges;
  size_t place_count, gauge_count;
  uint32_t data_count;
  uint64_t evaluation; /* the last one */
  bool open;           /* it is not done */
} gibbs_sampler;

gibbs_status gibbs_sampler_new(const gibbs_sampling *sampling, gibbs_sampler **out, gibbs_error *err) GIBBS_CHECKED;
/* No more groups than there are chains, or rows of a batch: before any place is made. */
void gibbs_sampler_limit(gibbs_sampler *sampler, size_t rows);
gibbs_sampler *gibbs_sampler_retain(gibbs_sampler *sampler);
void gibbs_sampler_release(gibbs_sampler *sampler);

/* The place of a distribution, or of data; a new one where there is none.  start: SIZE_MAX, or the place where its
 * chains start every time. */
gibbs_status gibbs_sampler_sample(gibbs_sampler *sampler, gibbs_distribution *d, size_t start, size_t *place,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_sampler_data(gibbs_sampler *sampler, gibbs_data *data, bool whole, size_t *place,
                                gibbs_error *err) GIBBS_CHECKED; /* whole: if it is new, not in batches */
size_t gibbs_sampler_find(const gibbs_sampler *sampler, const gibbs_distribution *d); /* SIZE_MAX: none */

/* gauge.c: H of a distribution, or -H. */
void gibbs_gauges_free(gibbs_sampler *sampler);
void gibbs_gauges_forget(gibbs_sampler *sampler); /* what was read */
gibbs_status gibbs_sampler_gauge(gibbs_sampler *sampler, gibbs_distribution *d, bool negative, size_t *gauge,
                                 gibbs_error *err) GIBBS_CHECKED;

/* Values at the samples of a place as they are now: borrowed until the next call that makes something. */
gibbs_status gibbs_gauge_read(gibbs_sampler *sampler, size_t gauge, size_t place, const double **out,
                              gibbs_error *err) GIBBS_CHECKED;
/* Whether that costs nothing. */
bool gibbs_gauge_is_read(const gibbs_sampler *sampler, size_t gauge, size_t place);
/* Make ready for slopes by these parameters; gibbs_gauge_varies: it depends on one of them. */
gibbs_status gibbs_gauge_aim(gibbs_gauge *gauge, gibbs_expr *const parameters[], size_t count,
                             gibbs_error *err) GIBBS_CHECKED;
bool gibbs_gauge_varies(const gibbs_gauge *gauge);
/* gradients[...] += sum_s weight[s] d value(s), over all samples of the place. */
gibbs_status gibbs_gauge_add(const gibbs_sampler *sampler, gibbs_gauge *gauge, size_t place, const double *weight,
                             double *const gradients[], gibbs_error *err) GIBBS_CHECKED;
/* Changes whenever a parameter of the distribution does. */
uint64_t gibbs_gauge_version(const gibbs_distribution *d);

#endif
