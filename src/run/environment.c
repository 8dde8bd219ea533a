/* environment.c - versions of libraries, and what the processor is. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/environment.h"

#include <cjson/cJSON.h>
#include <gsl/gsl_version.h>
#include <nettle/version.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "gibbs/files.h"
#include "gibbs/private/blas.h"

#ifndef GIBBS_VERSION
#error "the build has to define GIBBS_VERSION"
#endif

const char *gibbs_version(void) {
  return GIBBS_VERSION;
}

/* ---- libraries ------------------------------------------------------------------------------------------------- */

static void tell_gsl(char *text, size_t size) {
  snprintf(text, size, "%s", gsl_version);
}
static void tell_blas(char *text, size_t size) {
  snprintf(text, size, "%s", gibbs_blas_name());
}
static void tell_hdf5(char *text, size_t size) {
  gibbs_error err;
  if (gibbs_file_hdf5_version(text, size, &err) != GIBBS_OK) snprintf(text, size, "%s", err.message);
}
static void tell_cjson(char *text, size_t size) {
  snprintf(text, size, "%s", cJSON_Version());
}
static void tell_zlib(char *text, size_t size) {
  snprintf(text, size, "%s", zlibVersion());
}
static void tell_nettle(char *text, size_t size) {
  snprintf(text, size, "%d.%d", nettle_version_major(), nettle_version_minor());
}

static const struct {
  const char *name;
  void (*tell)(char *text, size_t size);
} libraries[] = {{"GSL", tell_gsl},     {"BLAS", tell_blas}, {"HDF5", tell_hdf5},
                 {"cJSON", tell_cjson}, {"zlib", tell_zlib}, {"nettle", tell_nettle}};

size_t gibbs_library_count(void) {
  return sizeof libraries / sizeof *libraries;
}
const char *gibbs_library_name(size_t i) {
  return libraries[i].name;
}
void gibbs_library_version(size_t i, char *text, size_t size) {
  libraries[i].tell(text, size);
}

/* ---- the processor --------------------------------------------------------------------------------------------- */

/* name: as the compiler knows it */
#define FEATURE_LIST(X) X("sse4.2") X("avx") X("avx2") X("fma") X("avx512f") X("avx512dq") X("avx512vl")

static const char *const features[] = {
#define X(name) name,
    FEATURE_LIST(X)
#undef X
};

size_t gibbs_processor_feature_count(void) {
  return sizeof features / sizeof *features;
}
const char *gibbs_processor_feature_name(size_t i) {
  return features[i];
}

bool gibbs_processor_has(size_t i) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  const bool has[] = {
#define X(name) __builtin_cpu_supports(name) != 0,
      FEATURE_LIST(X)
#undef X
  };
  return has[i];
#else
  return (void)i, false;
#endif
}

/* "model name	: AMD EPYC 9B14" */
static bool read_model(FILE *stream, char *text, size_t size) {
  char line[256];
  while (fgets(line, sizeof line, stream)) {
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !colon) continue;
    line[strcspn(line, "\n")] = '\0';
    snprintf(text, size, "%s", colon + 1 + strspn(colon + 1, " "));
    return true;
  }
  return false;
}

void gibbs_processor_name(char *text, size_t size) {
  FILE *stream = fopen("/proc/cpuinfo", "r");
  bool known = stream && read_model(stream, text, size);
  if (stream) fclose(stream);
  struct utsname system;
  if (!known) snprintf(text, size, "%s", uname(&system) >= 0 ? system.machine : "unknown");
}
