/* test_checkpoint.c - checkpoints: whole or not there, the one before kept, and every kind of damage refused. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "checkpoint_folder.h"
#include "checkpoint_place.h"
#include "gibbs/checkpoint.h"

/* ---- writing and reading ------------------------------------------------------------------------------- */

Test(checkpoint, gives_back_every_bit_and_is_an_ordinary_hdf5_file) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  cr_expect(!gibbs_checkpoint_exists(c));
  write_number(c, 0.1);
  gibbs_checkpoint_close(c);
  gibbs_value *by_seal = NULL, *by_format = NULL;
  cr_assert(gibbs_checkpoint_read("run.h5", &by_seal, NULL) == GIBBS_OK);
  cr_assert(gibbs_file_read("run.h5", &by_format, NULL) == GIBBS_OK);
  expect_content(by_seal, 0.1);
  expect_content(by_format, 0.1);
  gibbs_value_free(by_seal);
  gibbs_value_free(by_format);
  cr_expect(count_entries() == 1, "only the checkpoint is left");
  leave_folder();
}

/* Nothing in it tells when it was written. */
Test(checkpoint, equal_contents_make_equal_files) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  nanosleep(&(struct timespec){1, 100000000}, NULL);
  write_number(c, 1);
  cr_expect(system("cmp -s run.h5 run.h5.previous") == 0);
  gibbs_checkpoint_close(c);
  leave_folder();
}

Test(checkpoint, keeps_the_one_before) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  cr_expect(!gibbs_checkpoint_has_previous(c));
  for (int i = 2; i < 6; i++) {
    write_number(c, i);
    cr_expect(number_in("run.h5") == i && number_in("run.h5.previous") == i - 1);
  }
  gibbs_checkpoint_drop_previous(c);
  cr_expect(!gibbs_checkpoint_has_previous(c) && number_in("run.h5") == 5);
  gibbs_checkpoint_close(c);
  leave_folder();
}

Test(checkpoint, does_not_keep_what_it_has_not_seen_whole) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  write_number(c, 2);
  gibbs_checkpoint_close(c);
  put("run.h5", "damaged", 7);
  c = open_checkpoint("run.h5");
  gibbs_value *value = NULL;
  cr_expect(gibbs_checkpoint_resume(c, &value, NULL) == GIBBS_ERR_FILE && !value);
  write_number(c, 3);
  cr_expect(number_in("run.h5") == 3 && number_in("run.h5.previous") == 1);
  gibbs_checkpoint_close(c);
  c = open_checkpoint("run.h5");
  cr_assert(gibbs_checkpoint_resume(c, &value, NULL) == GIBBS_OK);
  expect_content(value, 3);
  gibbs_value_free(value);
  write_number(c, 4);
  cr_expect(number_in("run.h5") == 4 && number_in("run.h5.previous") == 3);
  gibbs_checkpoint_close(c);
  leave_folder();
}

Test(checkpoint, follows_a_link_and_leaves_it_one) {
  enter_folder();
  cr_assert(mkdir("there", 0777) == 0 && symlink("there/real.h5", "run.h5") == 0);
  gibbs_checkpoint *c = open_checkpoint("there/real.h5");
  write_number(c, 1);
  gibbs_checkpoint_close(c);
  c = open_checkpoint("run.h5");
  gibbs_value *value = NULL;
  cr_assert(gibbs_checkpoint_resume(c, &value, NULL) == GIBBS_OK);
  gibbs_value_free(value);
  write_number(c, 2);
  gibbs_checkpoint_close(c);
  struct stat about;
  cr_expect(lstat("run.h5", &about) == 0 && S_ISLNK(about.st_mode));
  cr_expect(number_in("there/real.h5") == 2 && number_in("there/real.h5.previous") == 1);
  leave_folder();
}

/* By copying too, as file systems without links need it; and where both names are one file already. */
Test(checkpoint, a_second_name_is_the_same_content) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 7);
  gibbs_error err = {0};
  for (int copied = 0; copied < 2; copied++)
    for (int again = 0; again < 2; again++) {
      cr_assert(gibbs_place_keep("run.h5", "other", copied, &err) == GIBBS_OK, "%s", err.message);
      cr_expect(number_in("other") == 7 && number_in("run.h5") == 7);
      cr_expect(count_entries() == 3, "the two and the lock");
    }
  gibbs_checkpoint_close(c);
  leave_folder();
}

/* ---- what is refused ----------------------------------------------------------------------------------- */

static void expect_refusal(const char *path, const char *reason) {
  gibbs_value *value = NULL;
  gibbs_error err = {0};
  cr_expect(gibbs_checkpoint_read(path, &value, &err) == GIBBS_ERR_FILE && !value, "%s was read", path);
  cr_expect(strstr(err.message, path) && strstr(err.message, reason), "expected '%s': %s", reason, err.message);
  gibbs_value_free(value);
}

Test(checkpoint, what_is_no_checkpoint_is_refused) {
  enter_folder();
  gibbs_value *value = content(1);
  cr_assert(gibbs_file_write("foreign.h5", value, NULL) == GIBBS_OK);
  gibbs_value_free(value);
  put("text.h5", "name,value\na,1\n", 15);
  put("empty.h5", "", 0);
  put("begun.h5", "gibbs checkpo", 13);
  put("later.h5", "gibbs checkpoint 2\n", 19);
  char zeros[2048] = "gibbs checkpoint 17\n";
  put("much_later.h5", zeros, sizeof zeros);
  put("zeros.h5", zeros + 1024, 1024);
  cr_assert(mkdir("folder.h5", 0777) == 0 && mkfifo("pipe.h5", 0666) == 0);
  expect_refusal("foreign.h5", "is an HDF5 file, but no checkpoint");
  expect_refusal("text.h5", "is no checkpoint: it does not begin as one");
  expect_refusal("zeros.h5", "is no checkpoint: it does not begin as one");
  expect_refusal("empty.h5", "is empty, and no checkpoint");
  expect_refusal("begun.h5", "is cut off after 13 bytes");
  expect_refusal("later.h5", "another version: this program reads 'gibbs checkpoint 1'");
  expect_refusal("much_later.h5", "another version: this program reads 'gibbs checkpoint 1'");
  expect_refusal("folder.h5", "is a folder, not a checkpoint");
  expect_refusal("pipe.h5", "is no ordinary file, not a checkpoint");
  expect_refusal("absent.h5", "cannot be opened: No such file");
  leave_folder();
}

/* A valid seal around something else: the library is asked, in a process of its own, and refuses. */
Test(checkpoint, a_seal_alone_is_not_enough) {
  enter_folder();
  char bytes[4096] = "";
  put("run.h5", bytes, sizeof bytes);
  int descriptor = open("run.h5", O_WRONLY);
  cr_assert(gibbs_seal_write(&gibbs_seal_of_checkpoint, "run.h5", descriptor, NULL) == GIBBS_OK);
  close(descriptor);
  cr_expect(gibbs_seal_check(&gibbs_seal_of_checkpoint, "run.h5", NULL, NULL) == GIBBS_OK);
  expect_refusal("run.h5", "not a readable HDF5 file");
  leave_folder();
}

/* ---- what cannot be written ---------------------------------------------------------------------------- */

static void expect_no_place(const char *path, gibbs_status code, const char *reason) {
  gibbs_checkpoint *c = NULL;
  gibbs_error err = {0};
  cr_expect(gibbs_checkpoint_open(path, &c, &err) == code && !c, "%s was opened", path);
  cr_expect(strstr(err.message, path) && strstr(err.message, reason), "expected '%s': %s", reason, err.message);
  gibbs_checkpoint_close(c);
}

Test(checkpoint, a_path_that_cannot_be_written_is_refused_at_once) {
  enter_folder();
  cr_assert(mkdir("folder.h5", 0777) == 0 && mkfifo("pipe.h5", 0666) == 0 && mkdir("shut", 0555) == 0);
  expect_no_place("run.npz", GIBBS_ERR_ARGUMENT, "end it in .h5 or .hdf5");
  expect_no_place(".h5", GIBBS_ERR_ARGUMENT, "end it in .h5 or .hdf5");
  expect_no_place("absent/run.h5", GIBBS_ERR_FILE, "cannot be written: No such file");
  expect_no_place("folder.h5", GIBBS_ERR_FILE, "is a folder");
  expect_no_place("pipe.h5", GIBBS_ERR_FILE, "is no ordinary file");
  if (geteuid() != 0) expect_no_place("shut/run.h5", GIBBS_ERR_FILE, "cannot be written: Permission denied");
  leave_folder();
}

Test(checkpoint, a_full_disk_leaves_both_as_they_were) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  write_number(c, 2);
  gibbs_value *value = content(3);
  signal(SIGXFSZ, SIG_IGN);
  static const rlim_t limits[] = {0, 100, 511, 512, 600, 1500};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit before;
    gibbs_error err = {0};
    getrlimit(RLIMIT_FSIZE, &before);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){limits[i], before.rlim_max});
    cr_expect(gibbs_checkpoint_write(c, value, &err) == GIBBS_ERR_FILE, "%zu", i);
    setrlimit(RLIMIT_FSIZE, &before);
    cr_expect(strstr(err.message, "'run.h5' "), "%s", err.message);
    cr_expect(strstr(err.message, "File too large"), "%s", err.message);
    cr_expect(number_in("run.h5") == 2 && number_in("run.h5.previous") == 1);
    cr_expect(count_entries() == 3, "the two and the lock");
  }
  gibbs_value_free(value);
  write_number(c, 4);
  cr_expect(number_in("run.h5") == 4 && number_in("run.h5.previous") == 2);
  gibbs_checkpoint_close(c);
  leave_folder();
}

Test(checkpoint, content_that_hdf5_cannot_hold_is_refused_and_changes_nothing) {
  enter_folder();
  gibbs_checkpoint *c = open_checkpoint("run.h5");
  write_number(c, 1);
  gibbs_value *value = content(2);
  gibbs_error err = {0};
  cr_assert(gibbs_value_set(value, "a/b", gibbs_value_number(1), NULL) == GIBBS_OK);
  cr_expect(gibbs_checkpoint_write(c, value, &err) == GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(err.message, "'run.h5' [\"a/b\"] is no name for HDF5"), "%s", err.message);
  cr_expect(number_in("run.h5") == 1 && !gibbs_checkpoint_has_previous(c));
  gibbs_value_free(value);
  gibbs_checkpoint_close(c);
  leave_folder();
}

/* ---- the lock, and what was left ----------------------------------------------------------------------- */

/* A process that holds the path until it is killed. */
static pid_t hold_apart(const char *path) {
  int ends[2];
  char byte = 0;
  cr_assert(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    gibbs_checkpoint *c = NULL;
    if (gibbs_checkpoint_open(path, &c, NULL) == GIBBS_OK && write(ends[1], "1", 1) == 1)
      for (;;) pause();
    _exit(1);
  }
  close(ends[1]);
  cr_assert(read(ends[0], &byte, 1) == 1);
  close(ends[0]);
  return child;
}

Test(checkpoint, two_runs_cannot_hold_one_path) {
  enter_folder();
  pid_t holder = hold_apart("run.h5");
  char who[64];
  snprintf(who, sizeof who, "another run (process %ld) writes its checkpoints there", (long)holder);
  expect_no_place("run.h5", GIBBS_ERR_FILE, who);
  gibbs_checkpoint_close(open_checkpoint("other.h5"));
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  cr_expect(access("run.h5.lock", F_OK) == 0);
  gibbs_checkpoint_close(open_checkpoint("run.h5"));
  cr_expect(count_entries() == 0);
  leave_folder();
}

Test(checkpoint, leftovers_of_this_path_alone_are_removed) {
  static const char *const left[] = {".run.h5.12-0", ".run.h5.1234567-89", ".run.h5.77-previous"};
  static const char *const kept[] = {".run.h5.12-0x",  ".run.h5.-1",          ".run.h5.12-", "run.h5.12-0",
                                     ".other.h5.12-0", ".run.h5.x12-0",       ".run.h5",     ".run.h50.1-1",
                                     ".run.h5.12",     ".run.h5.12-previous1"};
  enter_folder();
  for (size_t i = 0; i < sizeof left / sizeof *left; i++) put(left[i], "x", 1);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) put(kept[i], "x", 1);
  gibbs_checkpoint_close(open_checkpoint("run.h5"));
  for (size_t i = 0; i < sizeof left / sizeof *left; i++) cr_expect(access(left[i], F_OK) != 0, "%s", left[i]);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) cr_expect(access(kept[i], F_OK) == 0, "%s", kept[i]);
  leave_folder();
}

/* Temporary names are cut, so that they do not tell these two apart. */
Test(checkpoint, leftovers_of_long_names_are_let_be) {
  char name[160], left[200];
  enter_folder();
  memset(name, 'x', 120);
  snprintf(name + 120, sizeof name - 120, "-a.h5");
  snprintf(left, sizeof left, ".%.100s.12-0", name);
  put(left, "x", 1);
  gibbs_checkpoint_close(open_checkpoint(name));
  cr_expect(access(left, F_OK) == 0);
  leave_folder();
}

/* ---- killed at any moment ------------------------------------------------------------------------------ */

static void write_for_ever(const char *path, double from) {
  gibbs_checkpoint *c = NULL;
  gibbs_value *old = NULL;
  if (gibbs_checkpoint_open(path, &c, NULL) != GIBBS_OK) _exit(2);
  if (gibbs_checkpoint_exists(c) && gibbs_checkpoint_resume(c, &old, NULL) != GIBBS_OK) _exit(3);
  for (double number = from;; number++) {
    gibbs_value *value = content(number);
    if (gibbs_checkpoint_write(c, value, NULL) != GIBBS_OK) _exit(4);
    gibbs_value_free(value);
  }
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What opening, reading and writing take here and now. */
static double time_of_a_life(const char *path) {
  double begin = seconds_now();
  gibbs_checkpoint *c = open_checkpoint(path);
  write_number(c, 1);
  gibbs_checkpoint_close(c);
  number_in(path);
  return seconds_now() - begin;
}

/* A writer that dies after `seconds`; whether it was at work on a file then. */
static bool kill_writer(const char *path, double from, double seconds) {
  pid_t child = fork();
  if (child == 0) write_for_ever(path, from);
  nanosleep(&(struct timespec){(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))}, NULL);
  kill(child, SIGKILL);
  int how = 0;
  waitpid(child, &how, 0);
  cr_assert(WIFSIGNALED(how), "the writer failed with %d", WEXITSTATUS(how));
  return count_named(".run.h5.") > 0;
}

/* The newest number; it is no older than that of the life before, and the previous one is just as whole. */
static double expect_whole(double newest) {
  double now = number_in("run.h5");
  cr_expect(now >= newest, "%g after %g", now, newest);
  if (access("run.h5.previous", F_OK) == 0) {
    double before = number_in("run.h5.previous");
    cr_expect(before == now || before == now - 1, "%g before %g", before, now);
  }
  return now;
}

/* Lives of up to four times what one needs, until enough of them have ended while a file was being written. */
Test(checkpoint, survives_the_death_of_its_writer) {
  enter_folder();
  double newest = 1, length = 4 * time_of_a_life("run.h5");
  int life = 0, during_writing = 0;
  for (; life < 2000 && (newest < 20 || during_writing < 20); life++) {
    during_writing += kill_writer("run.h5", newest + 1, length * (life * 7919 % 61) / 61);
    newest = expect_whole(newest);
  }
  cr_expect(life < 2000, "%d lives, %d of them ended while writing, %g checkpoints", life, during_writing, newest);
  gibbs_checkpoint_close(open_checkpoint("run.h5"));
  cr_expect(count_entries() == 2, "the checkpoint and the one before");
  leave_folder();
}
