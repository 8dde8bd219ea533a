/* gibbs/private/parallel.h - work cut into numbered segments, done by all threads.
 *
 * Promises: which thread does a segment never matters to the caller's result if each segment writes only what is its
 * own and the caller merges by number; of several failures the one of the lowest segment is reported, whatever the
 * number of threads. */
#ifndef GIBBS_PRIVATE_PARALLEL_H
#define GIBBS_PRIVATE_PARALLEL_H

#include <stddef.h>

#include "gibbs/control.h"
#include "gibbs/threads.h"

/* One segment.  `thread` < gibbs_threads() says whose scratch to use: two calls of the same `thread` never overlap.
 */
typedef gibbs_status (*gibbs_segment_work)(void *context, size_t segment, size_t thread, gibbs_error *err);

/* Do the segments 0..segments-1, each at most once, handed out in ascending order.  Segments above a failed one may
 * be left out, those below are always done.  ERR_INTERRUPT when the flag of gibbs/control.h kept a segment from
 * starting. Called from inside a segment it runs on that thread alone (with thread 0). */
gibbs_status gibbs_parallel_segments(size_t segments, gibbs_segment_work work, void *context,
                                     gibbs_error *err) GIBBS_CHECKED;

#endif
