/* test_progress.c - what is told of tasks that are under way, and to whom. */
#include "gibbs/progress.h"

#include <criterion/criterion.h>
#include <math.h>
#include <omp.h>

#include "gibbs/private/parallel.h"

static struct { int shown, hidden; } told;

static void count_shown(void *context, double now) {
  (void)context, (void)now;
  told.shown++;
}
static void count_hidden(void *context) {
  (void)context;
  told.hidden++;
}
static const gibbs_progress_view counting = {.show = count_shown, .hide = count_hidden};

static void watch(void) {
  gibbs_progress_to(&counting);
}
TestSuite(progress, .init = watch);

/* The text at `now` seconds after the tasks have been made to begin at 0. */
#define EXPECT_TEXT(now, expected)                                                                                   \
  do {                                                                                                               \
    char text[200];                                                                                                  \
    size_t length = gibbs_progress_text(now, text, sizeof text);                                                     \
    cr_expect_str_eq(text, expected);                                                                                \
    cr_expect_eq(length, strlen(text));                                                                              \
  } while (0)

static void place(gibbs_progress *task, double began, uint64_t done, double stepped) {
  gibbs_progress_step(task, done);
  task->began = began;
  task->stepped = stepped;
}

Test(progress, nothing_is_told_of_nothing) {
  EXPECT_TEXT(0, "");
  cr_expect_eq(gibbs_progress_elapsed(5), 0);
}

Test(progress, a_line_has_steps_time_left_rate_and_metrics) {
  gibbs_progress task;
  gibbs_progress_begin(&task, "training", "step", 0, 3000);
  place(&task, 0, 0, 0);
  EXPECT_TEXT(3, "training step 0 of 3000, 3 s so far");
  gibbs_progress_metric(&task, 0, "value", 1.25);
  place(&task, 0, 1000, 10);
  EXPECT_TEXT(10, "training step 1000 of 3000, 20 s left, 100/s, value 1.25");
  gibbs_progress_metric(&task, 0, "value", NAN);
  place(&task, 0, 2, 100);
  EXPECT_TEXT(100, "training step 2 of 3000, 41:38:20 left, 50 s each");
  cr_expect_eq(gibbs_progress_elapsed(100), 100);
  place(&task, 0, 3000, 100);
  EXPECT_TEXT(100, "training step 3000 of 3000, 30/s");
  gibbs_progress_end(&task);
  EXPECT_TEXT(100, "");
}

Test(progress, steps_that_were_done_before_count_for_neither_rate_nor_time) {
  gibbs_progress task;
  gibbs_progress_begin(&task, "training", "step", 2000, 3000);
  place(&task, 0, 2010, 10);
  EXPECT_TEXT(10, "training step 2010 of 3000, 16:30 left, 1.0/s");
  gibbs_progress_end(&task);
}

Test(progress, a_limit_gives_the_most_that_it_may_take) {
  gibbs_progress task;
  gibbs_progress_begin(&task, "minimising", "step", 0, 10000);
  task.limit = true;
  place(&task, 0, 10, 400);
  EXPECT_TEXT(400, "minimising step 10, at most 4.6 days left, 40 s each");
  gibbs_progress_end(&task);
}

Test(progress, long_steps_are_told_of_by_what_they_do) {
  gibbs_progress outer, inner;
  gibbs_progress_begin(&outer, "minimising", "step", 0, 0);
  gibbs_progress_begin(&inner, "summing", NULL, 0, 64);
  place(&outer, 0, 0, 0);
  place(&inner, 0.5, 16, 1);
  EXPECT_TEXT(1, "minimising step 0, 1 s so far"); /* half a second within: not worth a word */
  place(&inner, 0, 16, 4);
  EXPECT_TEXT(4, "minimising step 0 | summing 25%, 12 s left");
  outer.total = 10; /* the first step is a quarter done */
  EXPECT_TEXT(4, "minimising step 0 of 10, 2:36 left | summing 25%");
  gibbs_progress_end(&inner);
  gibbs_progress_end(&outer);
}

Test(progress, a_text_that_is_too_long_is_cut) {
  gibbs_progress task;
  char text[12];
  gibbs_progress_begin(&task, "a\nlong\033 story", "", 0, 0);
  cr_expect_eq(gibbs_progress_text(0, text, sizeof text), 11);
  cr_expect_str_eq(text, "a long  sto"); /* nor does it move the cursor */
  gibbs_progress_end(&task);
}

Test(progress, the_view_hears_at_most_ten_times_a_second_and_of_the_end) {
  gibbs_progress task;
  told.shown = told.hidden = 0;
  double began = gibbs_progress_clock();
  gibbs_progress_begin(&task, "loop", "", 0, 1000000);
  for (uint64_t i = 1; i <= 1000000; i++) gibbs_progress_step(&task, i);
  cr_expect_eq(told.hidden, 0);
  gibbs_progress_end(&task);
  double seconds = gibbs_progress_clock() - began;
  cr_expect_leq(told.shown, (int)(seconds / 0.1) + 1);
  cr_expect_eq(told.hidden, 1);
}

Test(progress, an_end_ends_what_was_left_within) {
  gibbs_progress outer, inner;
  gibbs_progress_begin(&outer, "outer", "", 0, 0);
  gibbs_progress_begin(&inner, "inner", "", 0, 0);
  told.hidden = 0;
  gibbs_progress_end(&outer);
  cr_expect_eq(told.hidden, 1);
  gibbs_progress_step(&inner, 1);
  gibbs_progress_end(&inner);
  cr_expect_eq(told.hidden, 1);
  EXPECT_TEXT(0, "");
}

Test(progress, without_a_view_nothing_happens) {
  gibbs_progress task;
  gibbs_progress_to(NULL);
  gibbs_progress_begin(&task, "loop", "", 0, 2);
  told.shown = told.hidden = 0;
  gibbs_progress_step(&task, 1);
  cr_expect(!gibbs_progress_wanted(&task));
  gibbs_progress_end(&task);
  cr_expect_eq(told.shown + told.hidden, 0);
}

static gibbs_status begin_here(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)segment, (void)err;
  gibbs_progress task;
  gibbs_progress_begin(&task, "elsewhere", "", 0, 1);
  if (thread > 0 && task.what != NULL) ((bool *)context)[thread] = true;
  gibbs_progress_step(&task, 1);
  gibbs_progress_end(&task);
  return GIBBS_OK;
}

Test(progress, other_threads_do_nothing_and_segments_count) {
  gibbs_progress task;
  bool heard[4] = {false};
  gibbs_set_threads(3);
  gibbs_progress_begin(&task, "summing", NULL, 0, 0);
  cr_assert_eq(gibbs_parallel_segments(100, begin_here, heard, NULL), GIBBS_OK);
  for (int k = 0; k < 4; k++) cr_expect(!heard[k]);
  cr_expect_leq(task.done, 100);
  cr_expect(task.total == 100 || task.done == 0); /* the thread of the view may have had no segment */
  gibbs_progress_end(&task);
}
