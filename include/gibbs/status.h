/* gibbs/status.h - how every fallible function reports failure: a code and one sentence.
 *
 * Promises: reporting an error never fails (the message buffer is fixed), messages hold no newline and
 * no C file name, and on failure outputs are left untouched unless a function says otherwise.
 * Knows nothing of anything else. */
#ifndef GIBBS_STATUS_H
#define GIBBS_STATUS_H

#include <stddef.h>

#define GIBBS_STATUS_LIST(X)                                                                                         \
  X(OK, "success")                                                                                                   \
  X(ERR_ARGUMENT, "argument out of range")                                                                           \
  X(ERR_SHAPE, "shapes do not agree")                                                                                \
  X(ERR_SIZE, "too large to be done this way")                                                                       \
  X(ERR_NUMERIC, "a value is not finite")                                                                            \
  X(ERR_UNSUPPORTED, "not defined for this kind of object")                                                          \
  X(ERR_MEMORY, "out of memory")                                                                                     \
  X(ERR_CALLBACK, "a callback failed")                                                                               \
  X(ERR_FILE, "a file could not be read or written")                                                                 \
  X(ERR_INTERRUPT, "interrupted")

typedef enum gibbs_status {
#define X(name, text) GIBBS_##name,
  GIBBS_STATUS_LIST(X)
#undef X
      GIBBS_STATUS_COUNT
} gibbs_status;

typedef struct gibbs_error {
  gibbs_status code;
  char message[480];
} gibbs_error;

#if defined(__GNUC__)
#define GIBBS_CHECKED __attribute__((warn_unused_result))
#define GIBBS_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define GIBBS_CHECKED
#define GIBBS_PRINTF(at, first)
#endif

/* The text of a code, from the list above. */
const char *gibbs_status_text(gibbs_status code);

/* Fill *err (NULL is fine) and return `code`, so that a failure is one statement. */
gibbs_status gibbs_fail(gibbs_error *err, gibbs_status code, const char *format, ...) GIBBS_PRINTF(3, 4);

/* The failure of an allocation of `bytes` bytes for `what`. */
gibbs_status gibbs_fail_memory(gibbs_error *err, const char *what, size_t bytes);

/* What all such failures say at their end from now on: "; the limit is 2G (--memory)".  The text is borrowed. */
void gibbs_memory_hint(const char *text);

/* Put "who: " before the message of *err (NULL is fine); returns err->code. */
gibbs_status gibbs_error_prefix(gibbs_error *err, const char *who);

#endif
