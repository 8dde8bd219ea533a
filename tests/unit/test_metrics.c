/* Metrics: rows that are there at once, columns that come later, files that were cut off, disks that are full. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/metrics.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64];

static void choose_path(void) {
  snprintf(path, sizeof path, "/tmp/gibbs-metrics-%ld.csv", (long)getpid());
  unlink(path);
}

static void remove_path(void) {
  unlink(path);
}

/* The whole file. */
static char *content(void) {
  static char text[8192];
  FILE *stream = fopen(path, "rb");
  if (!stream) return "no file";
  text[fread(text, 1, sizeof text - 1, stream)] = '\0';
  fclose(stream);
  return text;
}

static gibbs_metrics *open_metrics(void) {
  gibbs_metrics *m = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_metrics_open(path, &m, &err), GIBBS_OK));
  return m;
}

static void close_metrics(gibbs_metrics *m) {
  gibbs_error err;
  cr_assert(eq(int, gibbs_metrics_close(m, &err), GIBBS_OK));
}

static void row(gibbs_metrics *m, const char *a, double x, const char *b, double y) {
  const char *names[] = {a, b};
  double values[] = {x, y};
  gibbs_error err;
  cr_assert(eq(int, gibbs_metrics_row(m, names, values, b ? 2 : 1, &err), GIBBS_OK));
}

TestSuite(metrics, .init = choose_path, .fini = remove_path);

Test(metrics, a_row_is_in_the_file_when_the_call_returns) {
  gibbs_metrics *m = open_metrics();
  cr_assert(eq(str, content(), "no file"));
  row(m, "step", 1, "kl", 0.1);
  cr_assert(eq(str, content(), "step,kl\n1,0.1\n"));
  row(m, "step", 2, "kl", nextafter(0.1, 1));
  cr_assert(eq(str, content(), "step,kl\n1,0.1\n2,0.10000000000000002\n"));
  close_metrics(m);
}

Test(metrics, names_decide_and_not_their_order_and_what_is_missing_stays_empty) {
  gibbs_metrics *m = open_metrics();
  row(m, "step", 1, "kl", 5);
  row(m, "kl", 6, "step", 2);
  row(m, "kl", NAN, NULL, 0);
  cr_assert(eq(str, content(), "step,kl\n1,5\n2,6\n,nan\n"));
  close_metrics(m);
}

Test(metrics, a_new_name_is_a_column_that_is_empty_before) {
  gibbs_metrics *m = open_metrics();
  row(m, "step", 1, NULL, 0);
  row(m, "step", 2, "kl", 0.5);
  row(m, "step", 3, "gap", 7);
  cr_assert(eq(str, content(), "step,kl,gap\n1,,\n2,0.5,\n3,,7\n"));
  close_metrics(m);
}

Test(metrics, a_file_that_is_there_is_gone_on_with_and_a_line_that_was_cut_off_goes) {
  gibbs_metrics *m = open_metrics();
  row(m, "step", 1, "kl", 0.5);
  close_metrics(m);
  FILE *stream = fopen(path, "ab");
  fputs("2,0.", stream);
  fclose(stream);
  m = open_metrics();
  cr_assert(eq(str, content(), "step,kl\n1,0.5\n"));
  row(m, "kl", 0.25, "step", 2);
  cr_assert(eq(str, content(), "step,kl\n1,0.5\n2,0.25\n"));
  close_metrics(m);
}

Test(metrics, a_header_that_was_cut_off_is_no_header) {
  FILE *stream = fopen(path, "wb");
  fputs("step,k", stream);
  fclose(stream);
  gibbs_metrics *m = open_metrics();
  row(m, "gap", 3, NULL, 0);
  cr_assert(eq(str, content(), "gap\n3\n"));
  close_metrics(m);
}

/* A file that may not grow fails as a full disk does, in the middle of a write. */
Test(metrics, a_full_disk_leaves_whole_rows_and_is_said) {
  signal(SIGXFSZ, SIG_IGN);
  gibbs_metrics *m = open_metrics();
  row(m, "step", 1, "kl", 0.5);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){18, RLIM_INFINITY});
  const char *names[] = {"step", "kl"};
  double values[] = {2, 1.0 / 3};
  gibbs_error err;
  cr_assert(eq(int, gibbs_metrics_row(m, names, values, 2, &err), GIBBS_ERR_FILE));
  cr_assert(strstr(err.message, path) && strstr(err.message, "cannot be written: File too large"), "%s", err.message);
  cr_assert(eq(str, content(), "step,kl\n1,0.5\n"));
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
  row(m, "step", 2, "kl", 0.25);
  cr_assert(eq(str, content(), "step,kl\n1,0.5\n2,0.25\n"));
  close_metrics(m);
}

Test(metrics, rows_that_were_taken_out_are_missed_at_the_end) {
  char expected[160];
  gibbs_error err;
  snprintf(expected, sizeof expected, "'%s' was changed by another program while rows were logged", path);
  for (int removed = 0; removed < 2; removed++) {
    gibbs_metrics *m = open_metrics();
    row(m, "step", 1, "kl", 0.5);
    cr_assert(eq(int, removed ? unlink(path) : truncate(path, 0), 0));
    cr_assert(eq(int, gibbs_metrics_close(m, &err), GIBBS_ERR_FILE));
    cr_assert(eq(str, err.message, expected));
  }
}

Test(metrics, a_folder_that_is_not_there_is_said) {
  gibbs_metrics *m = NULL;
  gibbs_error err;
  const char *names[] = {"step"};
  double values[] = {1};
  cr_assert(eq(int, gibbs_metrics_open("/tmp/there/is/none/metrics.csv", &m, &err), GIBBS_OK));
  cr_assert(eq(int, gibbs_metrics_row(m, names, values, 1, &err), GIBBS_ERR_FILE));
  cr_assert(eq(str, err.message, "'/tmp/there/is/none/metrics.csv' cannot be written: No such file or directory"));
  close_metrics(m);
}
