/* version.c - the versions of gibbs and of the libraries it runs with, and the processor. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "version.h"

#include <lua.h>
#include <stdio.h>

#include "gibbs/environment.h"
#include "gibbs/threads.h"
#include "sandbox.h"

static void print_features(void) {
  printf("  processor ");
  for (size_t i = 0; i < gibbs_processor_feature_count(); i++)
    if (gibbs_processor_has(i)) printf(" %s", gibbs_processor_feature_name(i));
  printf("; %zu threads\n", gibbs_threads());
}

void version_print(void) {
  printf("gibbs %s\n", gibbs_version());
  printf("  Lua        %s.%s.%s\n", LUA_VERSION_MAJOR, LUA_VERSION_MINOR, LUA_VERSION_RELEASE);
  for (size_t i = 0; i < gibbs_library_count(); i++) {
    char version[160];
    gibbs_library_version(i, version, sizeof version);
    printf("  %-10s %s\n", gibbs_library_name(i), version);
  }
  printf("  sandbox    %s\n", sandbox_kernel());
  print_features();
}
