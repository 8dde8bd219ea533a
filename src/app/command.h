/* command.h - the command line of the program, read into a struct. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gibbs/status.h"

/* id, short form or "", long form or "", value or "", group, doc */
#define COMMAND_LIST(X)                                                                                              \
  X(CODE, "-e", "", "CODE", "What to run", "run CODE; gibbs is there without require")                               \
  X(PROMPT, "-i", "", "", "What to run", "give a prompt, after the script or the code if there is one")              \
  X(STDIN, "-", "", "", "What to run", "run the script that comes on the standard input")                            \
  X(SEED, "", "--seed", "N", "How to run it", "seed of all random numbers (default 1)")                              \
  X(THREADS, "", "--threads", "N", "How to run it", "threads to use (default: all processors)")                      \
  X(QUIET, "-q", "--quiet", "", "How to run it", "show no progress of long computations")                            \
  X(TRACEBACK, "", "--traceback", "", "How to run it", "show the calls that led to an error")                        \
  X(SANDBOX, "", "--sandbox", "", "Safety",                                                                          \
    "no files but below this folder (or the run's own), no other programs; by Landlock too, where Linux has it")     \
  X(ALLOW, "", "--allow", "PATH", "Safety", "a file or folder that the sandbox lets be read; may be repeated")       \
  X(MEMORY, "", "--memory", "SIZE", "Safety", "most memory the script may take, like 500M or 2G")                    \
  X(TIME, "", "--time", "TIME", "Safety", "most time the script may take, like 90s, 15m or 1h30m")                   \
  X(OPTIONS, "", "--options", "", "About gibbs", "print the options of the script, for programs, and exit")          \
  X(HELP, "-h", "--help", "", "About gibbs", "print this and exit")                                                  \
  X(VERSION, "-v", "--version", "", "About gibbs", "print the versions of gibbs and of its libraries and exit")

/* name, doc: what comes before a script's name; each is a file lua/gibbs/command/<name>.lua, which says the rest.  A
 * script of such a name is run as ./name. */
#define SUBCOMMAND_LIST(X)                                                                                           \
  X(doc, "help on a function, a method, a command or a word")                                                        \
  X(list, "what gibbs has: kernels, objectives, ...")                                                                \
  X(check, "look for mistakes in a script, without running what is long or writing anything")                        \
  X(run, "run a script and record all that its numbers depend on")                                                   \
  X(replay, "run a recorded run again and compare every number")                                                     \
  X(resume, "go on with a recorded run that was killed or interrupted")                                              \
  X(runs, "list recorded runs")                                                                                      \
  X(compare, "compare recorded runs, paired over seeds")                                                             \
  X(sweep, "run a script with all combinations of options and seeds")                                                \
  X(report, "write a page about a recorded run, or about several")

/* name, doc: what the program reads of its environment. */
#define ENVIRONMENT_LIST(X)                                                                                          \
  X(GIBBS_THREADS, "threads to use, unless --threads says otherwise")                                                \
  X(PAGER, "shows what gibbs doc prints on a terminal, where it is longer than that; else less")                     \
  X(NO_COLOR, "no colours at the prompt")                                                                            \
  X(TERM, "dumb: no colours, and no line of progress that is updated")                                               \
  X(XDG_STATE_HOME, "where gibbs/history keeps the lines of the prompt; else ~/.local/state")

enum { MOST_ALLOWED = 64 };

typedef struct command {
  bool help, version, prompt, traceback, options, quiet;
  bool sandbox;
  const char *allowed[MOST_ALLOWED]; /* of --allow */
  size_t allowed_count;
  const char *memory_text, *time_text; /* as they were given, or NULL */
  uint64_t memory;                     /* bytes */
  double time;                         /* seconds */
  bool has_seed, has_threads;
  uint64_t seed;
  uint64_t threads;
  const char *code;       /* of -e, or NULL */
  const char *script;     /* a path, "-", or NULL */
  const char *subcommand; /* a name of SUBCOMMAND_LIST, or NULL */
  int first;              /* argv[first] is the first argument of the script or subcommand; argc without one */
  const char *unknown;    /* after a failure: the option that nobody knows, or NULL */
} command;

/* ERR_ARGUMENT: a mistake, in words. */
gibbs_status command_read(int argc, char **argv, command *out, gibbs_error *err) GIBBS_CHECKED;

void command_print_help(void);

/* The long and short forms, for guesses: NULL ends them. */
extern const char *const command_forms[];

/* The names of the commands, likewise. */
extern const char *const command_names[];

#endif
