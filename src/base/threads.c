/* threads.c - the number of threads, and segments of work spread over them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/threads.h"

#include <errno.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "gibbs/private/parallel.h"
#include "progress.h"

static atomic_size_t threads_asked; /* 0: nothing asked, use the default */

/* True with *threads when GIBBS_THREADS is a legal number. */
static bool read_environment(const char *text, size_t *threads) {
  if (text[0] < '0' || text[0] > '9') return false;
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (errno != 0 || *end != '\0' || value < 1 || value > GIBBS_MAX_THREADS) return false;
  *threads = value;
  return true;
}

size_t gibbs_threads(void) {
  size_t threads = atomic_load(&threads_asked);
  if (threads > 0) return threads;
  const char *text = getenv("GIBBS_THREADS");
  if (text != NULL && read_environment(text, &threads)) return threads;
  int processors = omp_get_num_procs(); /* those of the affinity mask */
  if (processors < 1) return 1;
  return processors < GIBBS_MAX_THREADS ? (size_t)processors : GIBBS_MAX_THREADS;
}

void gibbs_set_threads(size_t threads) {
  atomic_store(&threads_asked, threads < GIBBS_MAX_THREADS ? threads : GIBBS_MAX_THREADS);
}

gibbs_status gibbs_threads_check(gibbs_error *err) {
  const char *text = getenv("GIBBS_THREADS");
  size_t threads;
  if (text == NULL || read_environment(text, &threads)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                    "GIBBS_THREADS: not a number of threads: '%.40s'; it must be a whole number from 1 to %d", text,
                    GIBBS_MAX_THREADS);
}

/* What the threads of one call share. */
typedef struct segment_run {
  gibbs_segment_work work;
  void *context;
  size_t segments;
  atomic_size_t done;
  atomic_size_t first_failed; /* SIZE_MAX: none; only ever lowered, under the lock */
  atomic_bool interrupted;
  gibbs_status status;
  gibbs_error error;
} segment_run;

static void keep_lowest_failure(segment_run *run, size_t segment, gibbs_status status, const gibbs_error *error) {
#pragma omp critical(gibbs_segment_failure)
  if (segment < atomic_load(&run->first_failed)) {
    atomic_store(&run->first_failed, segment);
    run->status = status;
    run->error = *error;
  }
}

static void do_segment(segment_run *run, size_t segment, size_t thread) {
  if (segment > atomic_load(&run->first_failed)) return;
  if (gibbs_interrupted()) {
    atomic_store(&run->interrupted, true);
    return;
  }
  gibbs_error error = {.code = GIBBS_OK};
  gibbs_status status = run->work(run->context, segment, thread, &error);
  if (status != GIBBS_OK) keep_lowest_failure(run, segment, status, &error);
  progress_part(atomic_fetch_add(&run->done, 1) + 1, run->segments);
}

gibbs_status gibbs_parallel_segments(size_t segments, gibbs_segment_work work, void *context, gibbs_error *err) {
  segment_run run = {.work = work, .context = context, .segments = segments};
  atomic_init(&run.done, 0);
  atomic_init(&run.first_failed, SIZE_MAX);
  atomic_init(&run.interrupted, false);
  size_t threads = omp_in_parallel() ? 1 : gibbs_threads();
  if (threads > segments) threads = segments;
  if (threads <= 1) {
    for (size_t segment = 0; segment < segments; segment++) do_segment(&run, segment, 0);
  } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)threads)
    for (size_t segment = 0; segment < segments; segment++) do_segment(&run, segment, (size_t)omp_get_thread_num());
  }
  if (run.status != GIBBS_OK) {
    if (err != NULL) *err = run.error;
    return run.status;
  }
  if (atomic_load(&run.interrupted)) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  return GIBBS_OK;
}
