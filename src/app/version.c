/* version.c - the versions of gibbs and of the libraries it runs with, and the processor. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "version.h"

#include <cjson/cJSON.h>
#include <gsl/gsl_version.h>
#include <lua.h>
#include <stdio.h>

#include "gibbs/files.h"
#include "gibbs/private/blas.h"
#include "gibbs/threads.h"

#ifndef GIBBS_VERSION
#error "the build has to define GIBBS_VERSION"
#endif

/* Processor features that decide which kernels run. */
#define FEATURE_LIST(X) X("sse4.2") X("avx") X("avx2") X("fma") X("avx512f") X("avx512dq") X("avx512vl")

static void print_features(void) {
  printf("  processor ");
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
#define X(name)                                                                                                      \
  if (__builtin_cpu_supports(name)) printf(" " name);
  FEATURE_LIST(X)
#undef X
#endif
  printf("; %zu threads\n", gibbs_threads());
}

static void print_hdf5(void) {
  char version[32];
  gibbs_error err;
  gibbs_status status = gibbs_file_hdf5_version(version, sizeof version, &err);
  printf("  HDF5       %s\n", status == GIBBS_OK ? version : err.message);
}

void version_print(void) {
  printf("gibbs %s\n", GIBBS_VERSION);
  printf("  Lua        %s.%s.%s\n", LUA_VERSION_MAJOR, LUA_VERSION_MINOR, LUA_VERSION_RELEASE);
  printf("  GSL        %s\n", gsl_version);
  printf("  BLAS       %s\n", gibbs_blas_name());
  print_hdf5();
  printf("  cJSON      %s\n", cJSON_Version());
  print_features();
}
