/* landlock.c - Linux's Landlock, by its system calls: the C library has no functions for them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* syscall, O_PATH */

#include "landlock.h"

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/landlock.h>)
#define HAS_LANDLOCK 1
#endif
#endif

#ifdef HAS_LANDLOCK

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights of later versions than the headers know, by their bits, which are the kernel's interface. */
enum {
  right_execute = 1 << 0,
  right_write_file = 1 << 1,
  right_read_file = 1 << 2,
  right_read_dir = 1 << 3,
  rights_of_files_before = (1 << 13) - 1, /* of version 1 */
  right_refer = 1 << 13,                  /* version 2 */
  right_truncate = 1 << 14,               /* version 3 */
  right_ioctl_device = 1 << 15,           /* version 5 */
  right_remove_dir = 1 << 4,
  right_remove_file = 1 << 5,
  right_make_dir = 1 << 7,
  right_make_regular = 1 << 8,
  rights_of_tcp = 3 /* bind and connect; version 4 */
};

typedef struct attributes {
  uint64_t files, net;
} attributes;

int landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? (int)version : 0;
}

static uint64_t rights_of(int version) {
  uint64_t rights = rights_of_files_before;
  if (version >= 2) rights |= right_refer;
  if (version >= 3) rights |= right_truncate;
  if (version >= 5) rights |= right_ioctl_device;
  return rights;
}

/* A path that is not there needs no rule.  A file cannot have the rights of a folder. */
static bool allow(int rules, const char *path, uint64_t rights) {
  struct stat about;
  int descriptor = open(path, O_PATH | O_CLOEXEC);
  if (descriptor < 0) return true;
  if (fstat(descriptor, &about) == 0 && !S_ISDIR(about.st_mode))
    rights &= right_execute | right_write_file | right_read_file | right_truncate | right_ioctl_device;
  struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = descriptor};
  bool done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(descriptor);
  return done;
}

/* Libraries, gnuplot and the shared things it needs. */
static bool allow_system(int rules) {
  static const char *const run[] = {"/usr", "/bin", "/lib", "/lib64", "/nix/store"};
  static const char *const look[] = {
      "/etc/ld.so.cache", "/etc/ld.so.conf",   "/etc/ld.so.conf.d",     "/etc/fonts",
      "/etc/localtime",   "/etc/alternatives", "/var/cache/fontconfig", "/sys/devices/system",
      "/proc/cpuinfo",    "/proc/meminfo",     "/dev/urandom"};
  for (size_t i = 0; i < sizeof run / sizeof *run; i++)
    if (!allow(rules, run[i], right_execute | right_read_file | right_read_dir)) return false;
  for (size_t i = 0; i < sizeof look / sizeof *look; i++)
    if (!allow(rules, look[i], right_read_file | right_read_dir)) return false;
  return allow(rules, "/dev/null", right_read_file | right_write_file);
}

static bool allow_all(int rules, uint64_t known, const char *folder, char *const inputs[], size_t count) {
  uint64_t full = right_write_file | right_read_file | right_read_dir | right_remove_dir | right_remove_file |
                  right_make_dir | right_make_regular | right_refer | right_truncate;
  if (!allow(rules, folder, full & known)) return false;
  for (size_t i = 0; i < count; i++)
    if (!allow(rules, inputs[i], right_read_file | right_read_dir)) return false;
  return allow_system(rules);
}

bool landlock_confine(const char *folder, char *const inputs[], size_t count) {
  int version = landlock_version();
  attributes handled = {rights_of(version), version >= 4 ? rights_of_tcp : 0};
  if (version == 0) return false;
  size_t size = version >= 4 ? sizeof handled : sizeof handled.files;
  int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
  if (rules < 0) return false;
  bool done = allow_all(rules, handled.files, folder, inputs, count) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  close(rules);
  return done;
}

#else

int landlock_version(void) {
  return 0;
}

bool landlock_confine(const char *folder, char *const inputs[], size_t count) {
  (void)folder, (void)inputs, (void)count;
  return false;
}

#endif
