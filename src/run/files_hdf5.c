/* files_hdf5.c - loading the HDF5 library when it is first needed, and its error messages as one sentence. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files_hdf5.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static hdf5_library library;
static bool loaded;

typedef struct symbol {
  const char *name;
  void *address; /* of the member that takes it */
} symbol;

/* A function's address goes through memory because ISO C has no conversion from an object pointer; that it works is
 * POSIX's promise. */
static const char *find_functions(void *handle) {
  const symbol symbols[] = {
#define X(name) {#name, &library.name},
      HDF5_FUNCTION_LIST(X)
#undef X
  };
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    void *found = dlsym(handle, symbols[i].name);
    if (!found) return symbols[i].name;
    memcpy(symbols[i].address, &found, sizeof found);
  }
  return NULL;
}

static const char *find_variables(void *handle) {
  const symbol symbols[] = {
#define X(name) {#name, &library.name},
      HDF5_VARIABLE_LIST(X)
#undef X
  };
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    const void *found = dlsym(handle, symbols[i].name);
    if (!found) return symbols[i].name;
    memcpy(symbols[i].address, found, sizeof(hid_t));
  }
  return NULL;
}

/* The structures of the headers have to be those of the library: one minor version is one binary interface. */
static gibbs_status check_version(gibbs_error *err) {
  unsigned major, minor, release;
  if (library.H5get_libversion(&major, &minor, &release) >= 0 && major == H5_VERS_MAJOR && minor == H5_VERS_MINOR)
    return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "HDF5 %u.%u is installed, and this program was built for %d.%d",
                    major, minor, H5_VERS_MAJOR, H5_VERS_MINOR);
}

/* Local to us: a script may bring an HDF5 of its own. The library stays loaded, since it keeps state until the end.
 */
static gibbs_status load(gibbs_error *err) {
  void *handle = dlopen(GIBBS_HDF5_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "HDF5 files need the library %s: install the package libhdf5-103-1",
                      GIBBS_HDF5_LIBRARY);
  const char *missing = find_functions(handle);
  gibbs_status status = missing ? GIBBS_OK : check_version(err);
  if (!missing && status == GIBBS_OK && library.H5open() < 0) missing = "H5open";
  if (!missing && status == GIBBS_OK) missing = find_variables(handle);
  if (missing)
    status = gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the library %s has no working %s", GIBBS_HDF5_LIBRARY, missing);
  loaded = status == GIBBS_OK;
  return status;
}

gibbs_status gibbs_hdf5_load(gibbs_error *err) {
  return loaded ? GIBBS_OK : load(err);
}

gibbs_status gibbs_file_hdf5_version(char *text, size_t size, gibbs_error *err) {
  gibbs_status status = gibbs_hdf5_load(err);
  if (status != GIBBS_OK) return status;
  unsigned major, minor, release;
  if (library.H5get_libversion(&major, &minor, &release) < 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the library %s does not tell its version", GIBBS_HDF5_LIBRARY);
  snprintf(text, size, "%u.%u.%u", major, minor, release);
  return GIBBS_OK;
}

gibbs_status gibbs_hdf5_enter(const hdf5_library **out, hdf5_session *session, gibbs_error *err) {
  gibbs_status status = gibbs_hdf5_load(err);
  if (status != GIBBS_OK) return status;
  library.H5Eget_auto2(H5E_DEFAULT, &session->report, &session->context);
  library.H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  *out = &library;
  return GIBBS_OK;
}

void gibbs_hdf5_leave(const hdf5_session *session) {
  library.H5Eset_auto2(H5E_DEFAULT, session->report, session->context);
}

/* What the system said, without the library's account of time and addresses:
 *   file write failed: time = ..., errno = 28, error message = 'No space left on device', buf = ... */
static void copy_words(const char *words, char reason[160]) {
  static const char mark[] = "error message = '", details[] = ": time = ";
  const char *told = strstr(words, mark), *from = strstr(words, details), *end = told ? strchr(told, ',') : NULL;
  if (told && from && end && end[-1] == '\'') {
    told += strlen(mark);
    snprintf(reason, 160, "%.*s: %.*s", (int)(from - words), words, (int)(end - 1 - told), told);
  } else {
    snprintf(reason, 160, "%s", words);
  }
}

static herr_t copy_reason(unsigned depth, const H5E_error2_t *entry, void *reason) {
  if (depth == 0 && entry->desc) copy_words(entry->desc, reason);
  return 0;
}

gibbs_status gibbs_hdf5_fail(const hdf5_library *h5, const char *what, gibbs_error *err) {
  char reason[160] = "no reason given";
  h5->H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, copy_reason, reason);
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, reason);
}
