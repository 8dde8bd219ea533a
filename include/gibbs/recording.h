/* gibbs/recording.h - what chains do, streamed into a series.
 *
 * Promises: one row of the series each `every` sweeps, of the values of expressions of any shape and of numbers that
 * the kernel knows about its sweeps; memory does not grow with the run; a failure or an interrupt leaves the rows
 * before it. Knows nothing of how errors are estimated. */
#ifndef GIBBS_RECORDING_H
#define GIBBS_RECORDING_H

#include "gibbs/chains.h"
#include "gibbs/series.h"

typedef struct gibbs_recording gibbs_recording;

/* The rows hold the elements of exprs[0], exprs[1], ... and then the kernel's measures of these numbers.  The chains
 * have to outlive it.  Where values times chains are more than GIBBS_RECORDING_APART the series is pooled over
 * chains. */
#define GIBBS_RECORDING_APART 8192
gibbs_status gibbs_recording_new(gibbs_chains *chains, gibbs_expr *const exprs[], size_t count,
                                 const size_t measures[], size_t measure_count, uint64_t every, gibbs_recording **out,
                                 gibbs_error *err) GIBBS_CHECKED;
void gibbs_recording_free(gibbs_recording *recording);

/* `rows` more rows, each after `every` sweeps.  ERR_NUMERIC names the chain of a value that is not finite. */
gibbs_status gibbs_recording_run(gibbs_recording *recording, uint64_t rows, gibbs_error *err) GIBBS_CHECKED;

/* Keep all values of the rows from now on (before the first). */
void gibbs_recording_keep(gibbs_recording *recording);
bool gibbs_recording_keeps(const gibbs_recording *recording);
/* out[chain * rows + row] of one value, for the rows from `first` on: rows = those of the series - first. */
void gibbs_recording_values(const gibbs_recording *recording, size_t value, uint64_t first, double *out);

const gibbs_series *gibbs_recording_series(const gibbs_recording *recording);
uint64_t gibbs_recording_every(const gibbs_recording *recording);

#endif
