/* test_filter.c - other programs: what they are given, what they say, and how they end. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/filter.h"

static gibbs_filter_end run_shell(const char *script, const char *input, size_t size, double seconds) {
  const char *arguments[] = {"sh", "-c", script, NULL};
  gibbs_filter_end end;
  gibbs_error err;
  cr_assert_eq(gibbs_filter_run(arguments, input, size, seconds, &end, &err), GIBBS_OK, "%s", err.message);
  cr_assert(end.found);
  return end;
}

Test(filter, outputs_and_exit_come_back) {
  gibbs_filter_end end = run_shell("cat; echo trouble >&2; exit 3", "words", 5, 60);
  cr_expect_str_eq(end.output, "words");
  cr_expect_str_eq(end.messages, "trouble\n");
  cr_expect_eq(end.exit, 3);
  cr_expect_eq(end.signal, 0);
  cr_expect_not(end.timed_out);
  gibbs_filter_clear(&end);
}

/* Both directions at once, far beyond what pipes hold. */
Test(filter, much_goes_through) {
  size_t size = 5000000;
  char *input = malloc(size);
  for (size_t i = 0; i < size; i++) input[i] = (char)(i % 251);
  gibbs_filter_end end = run_shell("cat", input, size, 60);
  cr_expect_eq(end.output_size, size);
  cr_expect_eq(memcmp(end.output, input, size), 0);
  gibbs_filter_clear(&end);
  free(input);
}

Test(filter, a_program_that_does_not_listen_raises_no_signal) {
  size_t size = 5000000;
  char *input = calloc(size, 1);
  gibbs_filter_end end = run_shell("exit 0", input, size, 60);
  cr_expect_eq(end.exit, 0);
  gibbs_filter_clear(&end);
  free(input);
}

Test(filter, a_signal_is_told) {
  gibbs_filter_end end = run_shell("kill -9 $$", "", 0, 60);
  cr_expect_eq(end.exit, -1);
  cr_expect_eq(end.signal, SIGKILL);
  gibbs_filter_clear(&end);
}

Test(filter, time_runs_out) {
  gibbs_filter_end end = run_shell("exec sleep 1000", "", 0, 0.05);
  cr_expect(end.timed_out);
  cr_expect_eq(end.signal, SIGKILL);
  gibbs_filter_clear(&end);
}

Test(filter, time_runs_out_behind_closed_outputs) {
  gibbs_filter_end end = run_shell("exec >&- 2>&-; exec sleep 1000", "", 0, 0.05);
  cr_expect(end.timed_out);
  gibbs_filter_clear(&end);
}

Test(filter, there_is_no_such_program) {
  const char *arguments[] = {"gibbs-no-such-program", NULL};
  gibbs_filter_end end;
  gibbs_error err;
  cr_assert_eq(gibbs_filter_run(arguments, "", 0, 60, &end, &err), GIBBS_OK);
  cr_expect_not(end.found);
  gibbs_filter_clear(&end);
}

Test(filter, an_interrupt_ends_it) {
  const char *arguments[] = {"sleep", "1000", NULL};
  gibbs_filter_end end;
  gibbs_error err;
  gibbs_interrupt();
  cr_expect_eq(gibbs_filter_run(arguments, "", 0, 60, &end, &err), GIBBS_ERR_INTERRUPT);
  gibbs_interrupt_clear();
}
