/* gibbs/private/gsl_stream.h - our random streams as GSL sees them, so that every variate of GSL can be drawn from
 * one.
 *
 * Promises: what GSL draws through the view advances the stream, and nothing else does; no allocation.
 * Knows nothing of what the numbers are for. */
#ifndef GIBBS_PRIVATE_GSL_STREAM_H
#define GIBBS_PRIVATE_GSL_STREAM_H

#include <gsl/gsl_rng.h>

#include "gibbs/random.h"

/* "philox4x32-10": the state is a gibbs_stream.  Seeding by GSL opens (seed, GIBBS_PURPOSE_SCRIPT, 0, 0). */
extern const gsl_rng_type gibbs_gsl_philox;

/* A generator whose state is *stream: valid as long as the stream, not to be given to gsl_rng_free. */
gsl_rng gibbs_gsl_stream(gibbs_stream *stream);

#endif
