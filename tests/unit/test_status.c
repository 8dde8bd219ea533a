/* test_status.c - failures: one sentence, whatever goes into it. */
#include "gibbs/status.h"

#include <criterion/criterion.h>
#include <string.h>

Test(status, every_code_has_its_text) {
  cr_expect_str_eq(gibbs_status_text(GIBBS_OK), "success");
  cr_expect_str_eq(gibbs_status_text(GIBBS_ERR_INTERRUPT), "interrupted");
  for (int code = 0; code < GIBBS_STATUS_COUNT; code++)
    cr_expect_gt(strlen(gibbs_status_text((gibbs_status)code)), 0u);
  cr_expect_str_eq(gibbs_status_text(GIBBS_STATUS_COUNT), "unknown status");
}

Test(status, a_failure_is_one_statement) {
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_fail(&err, GIBBS_ERR_SHAPE, "add: %dx%d and %s", 2, 3, "4"), GIBBS_ERR_SHAPE);
  cr_expect_eq(err.code, GIBBS_ERR_SHAPE);
  cr_expect_str_eq(err.message, "add: 2x3 and 4");
  cr_expect_eq(gibbs_fail(NULL, GIBBS_ERR_SHAPE, "nobody listens"), GIBBS_ERR_SHAPE);
}

Test(status, messages_stay_on_one_line_and_are_cut_to_size) {
  gibbs_error err;
  char name[2000];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  (void)gibbs_fail(&err, GIBBS_ERR_ARGUMENT, "%s", name);
  cr_expect_eq(strlen(err.message), sizeof err.message - 1);
  (void)gibbs_fail(&err, GIBBS_ERR_ARGUMENT, "name 'a\r\nb'\n");
  cr_expect_str_eq(err.message, "name 'a  b' ");
}

Test(status, the_old_message_may_be_part_of_the_new_one) {
  gibbs_error err;
  (void)gibbs_fail(&err, GIBBS_ERR_FILE, "no such file");
  (void)gibbs_fail(&err, GIBBS_ERR_FILE, "read '%s': %s", "a.csv", err.message);
  cr_expect_str_eq(err.message, "read 'a.csv': no such file");
}

Test(status, a_prefix_says_who_and_keeps_the_code) {
  gibbs_error err;
  (void)gibbs_fail(&err, GIBBS_ERR_NUMERIC, "100%% of the values are NaN");
  cr_expect_eq(gibbs_error_prefix(&err, "kl"), GIBBS_ERR_NUMERIC);
  cr_expect_str_eq(err.message, "kl: 100% of the values are NaN");
  (void)gibbs_error_prefix(NULL, "nobody");
}

Test(status, running_out_of_memory_says_for_what_and_how_much) {
  gibbs_error err;
  cr_expect_eq(gibbs_fail_memory(&err, "batch", 4096), GIBBS_ERR_MEMORY);
  cr_expect_str_eq(err.message, "batch: out of memory: 4096 bytes could not be had");
}
