/* What lies in a folder, in order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gibbs/folder.h"

static char place[] = "/tmp/gibbs-folder-XXXXXX";

static void enter(void) {
  cr_assert(mkdtemp(place) != NULL);
  cr_assert(eq(int, chdir(place), 0));
}

static void leave(void) {
  char command[64];
  snprintf(command, sizeof command, "rm -rf '%s'", place);
  cr_assert(eq(int, chdir("/"), 0));
  cr_assert(eq(int, system(command), 0));
}

TestSuite(folder, .init = enter, .fini = leave);

static void make_file(const char *name) {
  FILE *file = fopen(name, "w");
  cr_assert(file != NULL);
  fclose(file);
}

Test(folder, entries_come_by_name_and_say_what_they_are) {
  make_file("b");
  make_file(".a");
  make_file("d");
  cr_assert(eq(int, mkdir("c", 0777), 0));
  cr_assert(eq(int, symlink("c", "link"), 0));
  gibbs_folder folder;
  gibbs_error err;
  cr_assert(eq(int, gibbs_folder_read(".", &folder, &err), GIBBS_OK));
  static const char *const names[] = {".a", "b", "c", "d", "link"};
  cr_assert(eq(sz, folder.count, 5));
  for (size_t i = 0; i < folder.count; i++) {
    cr_expect(strcmp(folder.entries[i].name, names[i]) == 0, "%s is not %s", folder.entries[i].name, names[i]);
    cr_expect(folder.entries[i].is_folder == (strcmp(names[i], "c") == 0), "%s", names[i]);
  }
  gibbs_folder_free(&folder);
}

Test(folder, many_entries_are_all_there) {
  for (int i = 0; i < 300; i++) {
    char name[16];
    snprintf(name, sizeof name, "%03d", (i * 7) % 300);
    make_file(name);
  }
  gibbs_folder folder;
  gibbs_error err;
  cr_assert(eq(int, gibbs_folder_read(".", &folder, &err), GIBBS_OK));
  cr_assert(eq(sz, folder.count, 300));
  for (int i = 0; i < 300; i++) cr_expect(eq(int, atoi(folder.entries[i].name), i));
  gibbs_folder_free(&folder);
}

Test(folder, an_empty_one_has_no_entries) {
  gibbs_folder folder;
  gibbs_error err;
  cr_assert(eq(int, gibbs_folder_read(".", &folder, &err), GIBBS_OK));
  cr_expect(eq(sz, folder.count, 0));
  gibbs_folder_free(&folder);
}

Test(folder, what_is_no_folder_is_an_error) {
  make_file("file");
  gibbs_folder folder;
  gibbs_error err;
  cr_expect(eq(int, gibbs_folder_read("file", &folder, &err), GIBBS_ERR_FILE));
  cr_expect(strcmp(err.message, "cannot be read: Not a directory") == 0, "%s", err.message);
  cr_expect(eq(int, gibbs_folder_read("nowhere", &folder, &err), GIBBS_ERR_FILE));
}
