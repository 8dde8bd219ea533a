/* A transcript: both streams in one file in order, at once, and pieces that are of no account. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/transcript.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64];

static void choose_path(void) {
  snprintf(path, sizeof path, "/tmp/gibbs-transcript-%ld.txt", (long)getpid());
  unlink(path);
}

static void remove_path(void) {
  unlink(path);
}

static char *content(void) {
  static char text[4096];
  FILE *stream = fopen(path, "rb");
  if (!stream) return "no file";
  text[fread(text, 1, sizeof text - 1, stream)] = '\0';
  fclose(stream);
  return text;
}

static gibbs_transcript *begin(void) {
  gibbs_transcript *t = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_transcript_begin(false, &t, &err), GIBBS_OK));
  return t;
}

static void open_file(gibbs_transcript *t, bool append) {
  gibbs_error err;
  cr_assert(eq(int, gibbs_transcript_open(t, path, append, &err), GIBBS_OK));
}

static void end(gibbs_transcript *t) {
  gibbs_error err;
  cr_assert(eq(int, gibbs_transcript_end(t, &err), GIBBS_OK));
  gibbs_transcript_free(t);
}

TestSuite(transcript, .init = choose_path, .fini = remove_path);

Test(transcript, both_streams_keep_their_order_and_what_came_before_the_file_is_kept) {
  FILE *out = stdout, *error = stderr;
  gibbs_transcript *t = begin();
  printf("one\n");
  fprintf(stderr, "two\n");
  open_file(t, false);
  cr_assert(eq(str, content(), "one\ntwo\n"));
  printf("three\n");
  fprintf(stderr, "four\n");
  printf("five\n");
  cr_assert(eq(str, content(), "one\ntwo\nthree\nfour\nfive\n"));
  end(t);
  cr_assert(stdout == out && stderr == error);
}

Test(transcript, pieces_are_told_by_their_place_in_the_file) {
  FILE *stream = fopen(path, "wb");
  fputs("before\n", stream);
  fclose(stream);
  gibbs_error err;
  gibbs_transcript *t = begin();
  printf("a");
  cr_assert(eq(int, gibbs_transcript_volatile(t, true, &err), GIBBS_OK));
  printf("12");
  fflush(stdout);
  printf("3");
  cr_assert(eq(int, gibbs_transcript_volatile(t, false, &err), GIBBS_OK));
  printf("b\n");
  open_file(t, true);
  cr_assert(eq(int, gibbs_transcript_volatile(t, true, &err), GIBBS_OK));
  fprintf(stderr, "4");
  cr_assert(eq(int, gibbs_transcript_volatile(t, false, &err), GIBBS_OK));
  cr_assert(eq(str, content(), "before\na123b\n4"));
  uint64_t begin_at, length;
  cr_assert(eq(sz, gibbs_transcript_pieces(t), 2));
  gibbs_transcript_piece(t, 0, &begin_at, &length);
  cr_assert(begin_at == 8 && length == 3);
  gibbs_transcript_piece(t, 1, &begin_at, &length);
  cr_assert(begin_at == 13 && length == 1);
  end(t);
}

static void count_call(void *context) {
  ++*(int *)context;
}

Test(transcript, a_full_disk_is_told_once_and_is_the_failure_of_the_end) {
  signal(SIGXFSZ, SIG_IGN);
  gibbs_transcript *t = begin();
  open_file(t, false);
  int calls = 0;
  gibbs_transcript_on_failure(t, count_call, &calls);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){4, RLIM_INFINITY});
  printf("a line\n");
  printf("another\n");
  cr_assert(eq(int, calls, 1));
  gibbs_error err;
  cr_assert(eq(int, gibbs_transcript_end(t, &err), GIBBS_ERR_FILE));
  cr_assert(strstr(err.message, "cannot be written: File too large") != NULL, "%s", err.message);
  gibbs_transcript_free(t);
}
