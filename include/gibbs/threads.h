/* gibbs/threads.h - how many threads the library may use.
 *
 * Promises: results have the same bits for any number of threads.
 * Knows nothing of what the threads do. */
#ifndef GIBBS_THREADS_H
#define GIBBS_THREADS_H

#include <stddef.h>

#include "gibbs/status.h"

#define GIBBS_MAX_THREADS 1024

/* The number in use: what gibbs_set_threads said last, else the environment's GIBBS_THREADS, else the processors that
 * this process may run on. */
size_t gibbs_threads(void);

/* 1..GIBBS_MAX_THREADS (values outside are brought to the nearest end); 0: back to the default. */
void gibbs_set_threads(size_t threads);

/* ERR_ARGUMENT when GIBBS_THREADS is set in the environment to anything but a whole number in range (it is then not
 * heeded): for programs that want to refuse it at the start. */
gibbs_status gibbs_threads_check(gibbs_error *err) GIBBS_CHECKED;

#endif
