/* Children: what they say, how they end, and that none is left behind. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gibbs/process.h"

static const char *const nothing[] = {NULL};

static gibbs_processes *make_set(void) {
  gibbs_processes *set = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_processes_new(&set, &err), GIBBS_OK));
  return set;
}

static void start(gibbs_processes *set, size_t id, const char *code) {
  const char *arguments[] = {"/bin/sh", "-c", code, NULL};
  gibbs_error err;
  cr_assert(eq(int, gibbs_processes_start(set, id, arguments, nothing, &err), GIBBS_OK), "%s", err.message);
}

static gibbs_process_end await(gibbs_processes *set) {
  gibbs_process_end end = {0};
  gibbs_error err;
  bool ended = false;
  cr_assert(eq(int, gibbs_processes_wait(set, 60, &ended, &end, &err), GIBBS_OK));
  cr_assert(ended);
  return end;
}

/* A process that has ended is gone once whoever got it as a child has noticed. */
static bool is_gone(pid_t process) {
  for (int attempt = 0; attempt < 5000; attempt++) {
    char path[64], state = 'X';
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *file = fopen(path, "r");
    if (file == NULL) return true;
    if (fscanf(file, "%*d %*s %c", &state) != 1) state = 'X';
    fclose(file);
    if (state == 'Z' || state == 'X') return true;
    nanosleep(&(struct timespec){0, 2000000}, NULL);
  }
  return false;
}

Test(process, both_streams_and_the_exit_code_are_kept) {
  gibbs_processes *set = make_set();
  start(set, 7, "echo said; echo complained >&2; exit 3");
  gibbs_process_end end = await(set);
  cr_expect(eq(sz, end.id, 7));
  cr_expect(eq(int, end.exit_code, 3));
  cr_expect(eq(int, end.signal, 0));
  cr_expect(eq(str, end.output, "said\n"));
  cr_expect(eq(str, end.errors, "complained\n"));
  cr_expect(eq(sz, gibbs_processes_count(set), 0));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, a_signal_is_told_from_an_exit_code) {
  gibbs_processes *set = make_set();
  start(set, 1, "kill -9 $$");
  gibbs_process_end end = await(set);
  cr_expect(eq(int, end.exit_code, -1));
  cr_expect(eq(int, end.signal, SIGKILL));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, only_the_end_of_a_long_output_is_kept) {
  gibbs_processes *set = make_set();
  start(set, 1, "head -c 3000000 /dev/zero | tr '\\0' a; echo end");
  gibbs_process_end end = await(set);
  size_t length = strlen(end.output);
  cr_expect(eq(sz, length, GIBBS_PROCESS_KEPT));
  cr_expect(eq(str, end.output + length - 5, "aend\n"));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, the_environment_is_ours_with_replacements) {
  setenv("GIBBS_TEST_KEPT", "1", 1);
  setenv("GIBBS_TEST_REPLACED", "1", 1);
  gibbs_processes *set = make_set();
  const char *arguments[] = {"/bin/sh", "-c", "echo $GIBBS_TEST_KEPT $GIBBS_TEST_REPLACED $GIBBS_TEST_NEW", NULL};
  const char *environment[] = {"GIBBS_TEST_REPLACED=2", "GIBBS_TEST_NEW=3", NULL};
  gibbs_error err;
  cr_assert(eq(int, gibbs_processes_start(set, 1, arguments, environment, &err), GIBBS_OK));
  gibbs_process_end end = await(set);
  cr_expect(eq(str, end.output, "1 2 3\n"));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, the_standard_input_is_empty) {
  gibbs_processes *set = make_set();
  start(set, 1, "cat; echo done");
  gibbs_process_end end = await(set);
  cr_expect(eq(str, end.output, "done\n"));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, what_cannot_be_run_is_an_error) {
  gibbs_processes *set = make_set();
  const char *arguments[] = {"/nosuch/program", NULL};
  gibbs_error err;
  cr_expect(eq(int, gibbs_processes_start(set, 1, arguments, nothing, &err), GIBBS_ERR_FILE));
  cr_expect(eq(str, err.message, "cannot run '/nosuch/program': No such file or directory"));
  cr_expect(eq(sz, gibbs_processes_count(set), 0));
  gibbs_processes_free(set);
}

Test(process, waiting_has_an_end_without_one_of_theirs) {
  gibbs_processes *set = make_set();
  start(set, 1, "exec sleep 100");
  gibbs_process_end end;
  gibbs_error err;
  bool ended = true;
  cr_expect(eq(int, gibbs_processes_wait(set, 0.02, &ended, &end, &err), GIBBS_OK));
  cr_expect(not(ended));
  cr_expect(eq(sz, gibbs_processes_count(set), 1));
  gibbs_processes_free(set);
}

Test(process, an_interrupt_reaches_the_whole_group) {
  gibbs_processes *set = make_set();
  start(set, 1, "trap 'echo stopped; exit 5' INT; sleep 100; echo not reached");
  gibbs_process_end end;
  gibbs_error err;
  bool ended = false;
  /* the shell may not have set its trap yet */
  while (!ended) {
    gibbs_processes_signal(set, SIGINT);
    cr_assert(eq(int, gibbs_processes_wait(set, 0.05, &ended, &end, &err), GIBBS_OK));
  }
  cr_expect(end.exit_code == 5 || end.signal == SIGINT);
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

/* sleep is in the group of the shell that leaves it running. */
Test(process, what_a_child_leaves_running_ends_with_it) {
  gibbs_processes *set = make_set();
  start(set, 1, "sleep 100 & echo $!");
  gibbs_process_end end = await(set);
  long left = strtol(end.output, NULL, 10);
  cr_assert(gt(long, left, 1));
  cr_expect(is_gone((pid_t)left));
  gibbs_process_end_free(&end);
  gibbs_processes_free(set);
}

Test(process, freeing_a_set_kills_its_children) {
  gibbs_processes *set = make_set();
  start(set, 1, "sleep 100");
  start(set, 2, "sleep 100");
  gibbs_processes_free(set);
  cr_expect(eq(int, (int)waitpid(-1, NULL, WNOHANG), -1));
  cr_expect(eq(int, errno, ECHILD));
}

/* A parent that is killed can do nothing any more: the system does it. */
Test(process, children_die_with_a_parent_that_is_killed) {
  int ends[2];
  cr_assert(eq(int, pipe(ends), 0));
  pid_t parent = fork();
  if (parent == 0) {
    gibbs_processes *set;
    gibbs_process_end end;
    gibbs_error err;
    bool ended;
    const char *arguments[] = {"/bin/sleep", "1000", NULL};
    if (gibbs_processes_new(&set, &err) != GIBBS_OK) _exit(1);
    if (gibbs_processes_start(set, 1, arguments, nothing, &err) != GIBBS_OK) _exit(1);
    if (write(ends[1], "x", 1) != 1) _exit(1);
    _exit(gibbs_processes_wait(set, 1000, &ended, &end, &err) != GIBBS_OK);
  }
  close(ends[1]);
  char byte;
  cr_assert(eq(int, (int)read(ends[0], &byte, 1), 1));
  char path[64], text[32] = "";
  snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
  FILE *file = fopen(path, "r");
  if (file == NULL || fgets(text, sizeof text, file) == NULL) text[0] = '\0';
  if (file != NULL) fclose(file);
  kill(parent, SIGKILL);
  waitpid(parent, NULL, 0);
  if (text[0] == '\0') cr_skip_test("the system does not list children");
  cr_expect(is_gone((pid_t)strtol(text, NULL, 10)));
}

Test(process, the_program_that_runs_can_be_named) {
  char path[4096];
  gibbs_error err;
  cr_assert(eq(int, gibbs_process_self(path, sizeof path, &err), GIBBS_OK));
  cr_expect(strstr(path, "test_process") != NULL);
}
