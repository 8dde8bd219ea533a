/* Folders of runs: what is a run's, who holds it, and what is left when one begins anew. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/run_folder.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[64], folder[96];

static void choose_folder(void) {
  snprintf(base, sizeof base, "/tmp/gibbs-run-folder-%ld", (long)getpid());
  snprintf(folder, sizeof folder, "%s/runs/a", base);
}

static void remove_base(void) {
  gibbs_error err;
  if (access(base, F_OK) == 0) cr_assert(eq(int, gibbs_folder_remove(base, &err), GIBBS_OK));
  cr_assert(ne(int, access(base, F_OK), 0));
}

static void write_file(const char *name) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "wb");
  cr_assert(stream != NULL);
  fputs("{}", stream);
  fclose(stream);
}

static bool is_there(const char *name) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

static gibbs_run_folder *hold(void) {
  gibbs_run_folder *held = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_run_folder_hold(folder, &held, &err), GIBBS_OK));
  return held;
}

TestSuite(run_folder, .init = choose_folder, .fini = remove_base);

Test(run_folder, a_place_is_free_until_a_manifest_is_there) {
  cr_assert(eq(int, gibbs_run_place_of(folder), GIBBS_RUN_PLACE_FREE));
  gibbs_run_folder_release(hold());
  cr_assert(is_there(".lock"));
  cr_assert(eq(int, gibbs_run_place_of(folder), GIBBS_RUN_PLACE_FREE));
  write_file(".manifest.json.123-0"); /* of a writer that was killed */
  cr_assert(eq(int, gibbs_run_place_of(folder), GIBBS_RUN_PLACE_FREE));
  write_file("notes.txt");
  cr_assert(eq(int, gibbs_run_place_of(folder), GIBBS_RUN_PLACE_FOREIGN));
  write_file("manifest.json");
  cr_assert(eq(int, gibbs_run_place_of(folder), GIBBS_RUN_PLACE_RUN));
  cr_assert(eq(int, gibbs_run_place_of("/dev/null"), GIBBS_RUN_PLACE_FOREIGN));
}

Test(run_folder, one_process_holds_it_and_its_death_lets_go) {
  int ready[2];
  cr_assert(eq(int, pipe(ready), 0));
  pid_t child = fork();
  if (child == 0) {
    hold();
    if (write(ready[1], "r", 1) != 1) _exit(1);
    pause();
  }
  char byte;
  cr_assert(eq(int, (int)read(ready[0], &byte, 1), 1));
  long process = 0;
  cr_assert(gibbs_run_held(folder, &process));
  cr_assert(process == (long)child);
  gibbs_run_folder *held = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_run_folder_hold(folder, &held, &err), GIBBS_ERR_FILE));
  char expected[300];
  snprintf(expected, sizeof expected,
           "'%s' is being written by another run (process %ld); give each run a folder of its own", folder,
           (long)child);
  cr_assert(eq(str, err.message, expected));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  cr_assert(not(gibbs_run_held(folder, &process)));
  gibbs_run_folder_release(hold());
}

Test(run_folder, who_only_asks_keeps_nobody_from_holding_it) {
  gibbs_run_folder_release(hold());
  pid_t parent = getpid(), child = fork();
  while (child == 0) {
    long process;
    if (getppid() != parent) _exit(1);
    (void)gibbs_run_held(folder, &process);
  }
  for (int i = 0; i < 2000; i++) gibbs_run_folder_release(hold());
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

Test(run_folder, emptied_all_is_gone_but_lock_and_manifest) {
  gibbs_run_folder *held = hold();
  write_file("manifest.json");
  write_file("metrics.csv");
  char below[160];
  gibbs_error err;
  snprintf(below, sizeof below, "%s/figures/deep", folder);
  cr_assert(eq(int, gibbs_folder_make(below, &err), GIBBS_OK));
  write_file("figures/deep/kl.csv");
  char outside[160], link[160];
  snprintf(outside, sizeof outside, "%s/outside", base);
  snprintf(link, sizeof link, "%s/link", folder);
  cr_assert(eq(int, mkdir(outside, 0777), 0));
  cr_assert(eq(int, symlink(outside, link), 0));
  cr_assert(eq(int, gibbs_run_folder_flush(held, &err), GIBBS_OK));
  cr_assert(eq(int, gibbs_run_folder_empty(held, &err), GIBBS_OK));
  cr_assert(is_there(".lock") && is_there("manifest.json"));
  cr_assert(not(is_there("metrics.csv") || is_there("figures") || is_there("link")));
  cr_assert(eq(int, access(outside, F_OK), 0)); /* a link is removed, not followed */
  gibbs_run_folder_release(held);
}

Test(run_folder, a_folder_that_cannot_be_made_is_said) {
  gibbs_run_folder *held = NULL;
  gibbs_error err;
  cr_assert(eq(int, gibbs_run_folder_hold("/dev/null/a", &held, &err), GIBBS_ERR_FILE));
  cr_assert(eq(str, err.message, "'/dev/null' is there, and is no folder"));
}
