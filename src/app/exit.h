/* exit.h - the exit codes of the program, one row each: --help prints them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXIT_H
#define EXIT_H

/* name, code, doc */
#define EXIT_LIST(X)                                                                                                 \
  X(EXIT_DONE, 0, "success")                                                                                         \
  X(EXIT_SCRIPT, 1, "an error in the script")                                                                        \
  X(EXIT_USAGE, 2, "a mistake on the command line, or no such script")                                               \
  X(EXIT_FOUND, 3, "gibbs check found something")                                                                    \
  X(EXIT_TIME, 124, "the time of --time was over")                                                                   \
  X(EXIT_INTERRUPTED, 130, "interrupted (Ctrl-C)")

typedef enum exit_code {
#define X(name, code, doc) name = code,
  EXIT_LIST(X)
#undef X
} exit_code;

#endif
