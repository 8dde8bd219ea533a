/* test_threads.c - segments of work: each done once, failures by number, interrupts, and the number of threads. */
#include "gibbs/threads.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"

enum { segments = 500 };

typedef struct tally {
  int done[segments];
  size_t failing; /* segments that are multiples of it (and not 0) fail */
  atomic_size_t highest_thread;
  size_t stop_at; /* raise the flag in this segment; 0: never */
} tally;

static gibbs_status count_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  tally *t = context;
  t->done[segment]++;
  if (thread > atomic_load(&t->highest_thread)) atomic_store(&t->highest_thread, thread);
  if (t->stop_at > 0 && segment == t->stop_at) gibbs_interrupt();
  if (t->failing > 0 && segment > 0 && segment % t->failing == 0)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "segment %zu failed", segment);
  return GIBBS_OK;
}

Test(threads, every_segment_is_done_once) {
  for (size_t threads = 1; threads <= 5; threads++) {
    tally t = {.failing = 0};
    gibbs_set_threads(threads);
    cr_assert_eq(gibbs_parallel_segments(segments, count_segment, &t, NULL), GIBBS_OK);
    for (int k = 0; k < segments; k++) cr_expect_eq(t.done[k], 1, "segment %d with %zu threads", k, threads);
    cr_expect_lt(atomic_load(&t.highest_thread), threads);
  }
  cr_expect_eq(gibbs_parallel_segments(0, count_segment, NULL, NULL), GIBBS_OK);
}

Test(threads, the_lowest_failing_segment_is_reported) {
  for (size_t threads = 1; threads <= 5; threads++)
    for (int repeat = 0; repeat < 20; repeat++) {
      tally t = {.failing = 7};
      gibbs_error err = {.code = GIBBS_OK};
      gibbs_set_threads(threads);
      cr_assert_eq(gibbs_parallel_segments(segments, count_segment, &t, &err), GIBBS_ERR_NUMERIC);
      cr_expect_str_eq(err.message, "segment 7 failed");
      for (int k = 0; k <= 7; k++) cr_expect_eq(t.done[k], 1);
    }
}

Test(threads, an_interrupt_keeps_later_segments_from_starting) {
  for (size_t threads = 1; threads <= 3; threads++) {
    tally t = {.stop_at = 20};
    gibbs_error err = {.code = GIBBS_OK};
    gibbs_set_threads(threads);
    cr_expect_eq(gibbs_parallel_segments(segments, count_segment, &t, &err), GIBBS_ERR_INTERRUPT);
    cr_expect_eq(err.code, GIBBS_ERR_INTERRUPT);
    cr_expect(gibbs_interrupted());
    /* Those handed out to other threads that had not begun when the flag went up are left out too. */
    size_t missing = 0;
    for (int k = 0; k < 20; k++) missing += t.done[k] == 0;
    cr_expect_lt(missing, threads);
    cr_expect_eq(t.done[20], 1);
    if (threads == 1) cr_expect_eq(t.done[21], 0);
    gibbs_interrupt_clear();
    cr_expect_not(gibbs_interrupted());
  }
}

static gibbs_status nest(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  tally *inner = (tally *)context + segment;
  return gibbs_parallel_segments(segments, count_segment, inner, err);
}

Test(threads, segments_inside_a_segment_stay_on_its_thread) {
  gibbs_set_threads(3);
  tally *inner = calloc(4, sizeof *inner);
  cr_assert_eq(gibbs_parallel_segments(4, nest, inner, NULL), GIBBS_OK);
  for (int s = 0; s < 4; s++) {
    cr_expect_eq(atomic_load(&inner[s].highest_thread), 0u);
    for (int k = 0; k < segments; k++) cr_expect_eq(inner[s].done[k], 1);
  }
  free(inner);
}

Test(threads, the_number_is_asked_then_environment_then_processors) {
  unsetenv("GIBBS_THREADS");
  size_t processors = gibbs_threads();
  cr_expect_geq(processors, 1u);
  setenv("GIBBS_THREADS", "3", 1);
  cr_expect_eq(gibbs_threads(), 3u);
  gibbs_set_threads(5);
  cr_expect_eq(gibbs_threads(), 5u);
  gibbs_set_threads(1u << 20);
  cr_expect_eq(gibbs_threads(), (size_t)GIBBS_MAX_THREADS);
  gibbs_set_threads(0);
  cr_expect_eq(gibbs_threads(), 3u);
}

Test(threads, an_illegal_environment_is_reported_and_not_heeded) {
  unsetenv("GIBBS_THREADS");
  size_t processors = gibbs_threads();
  cr_expect_eq(gibbs_threads_check(NULL), GIBBS_OK);
  static const char *const illegal[] = {"", "0", "-1", "2.5", "1025", "two", " 2", "3 ", "99999999999999999999"};
  for (size_t k = 0; k < sizeof illegal / sizeof *illegal; k++) {
    setenv("GIBBS_THREADS", illegal[k], 1);
    cr_expect_eq(gibbs_threads_check(NULL), GIBBS_ERR_ARGUMENT, "'%s'", illegal[k]);
    cr_expect_eq(gibbs_threads(), processors, "'%s'", illegal[k]);
  }
  gibbs_error err;
  setenv("GIBBS_THREADS", "two", 1);
  cr_expect_eq(gibbs_threads_check(&err), GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(err.message,
                   "GIBBS_THREADS: not a number of threads: 'two'; it must be a whole number from 1 to 1024");
  setenv("GIBBS_THREADS", "1024", 1);
  cr_expect_eq(gibbs_threads_check(&err), GIBBS_OK);
}
