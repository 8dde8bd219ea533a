/* command.c - reading the command line, and the help text, both from COMMAND_LIST. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "gibbs/threads.h"
#include "limit.h"

#define MOST_SEED (UINT64_C(1) << 53)

typedef enum form {
#define X(id, short_form, long_form, value, group, doc) FORM_##id,
  COMMAND_LIST(X)
#undef X
      FORM_COUNT
} form;

typedef struct form_row {
  const char *short_form, *long_form, *value, *group, *doc;
} form_row;

static const form_row rows[] = {
#define X(id, short_form, long_form, value, group, doc) {short_form, long_form, value, group, doc},
    COMMAND_LIST(X)
#undef X
};

const char *const command_forms[] = {
#define X(id, short_form, long_form, value, group, doc) long_form, short_form,
    COMMAND_LIST(X)
#undef X
        NULL};

const char *const command_names[] = {
#define X(name, doc) #name,
    SUBCOMMAND_LIST(X)
#undef X
        NULL};

static const struct {
  const char *name, *doc;
} subcommands[] = {
#define X(name, doc) {#name, doc},
    SUBCOMMAND_LIST(X)
#undef X
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

/* ---- reading -------------------------------------------------------------------------------------------------- */

/* The row of `word`; its value follows "=" in *text, or is NULL. */
static form find_form(const char *word, const char **text) {
  *text = NULL;
  for (int i = 0; i < FORM_COUNT; i++) {
    size_t length = strlen(rows[i].long_form);
    if (strcmp(word, rows[i].short_form) == 0 || strcmp(word, rows[i].long_form) == 0) return (form)i;
    if (length > 0 && rows[i].value[0] != '\0' && strncmp(word, rows[i].long_form, length) == 0 &&
        word[length] == '=') {
      *text = word + length + 1;
      return (form)i;
    }
  }
  return FORM_COUNT;
}

static gibbs_status read_count(const char *name, const char *text, uint64_t low, uint64_t high, uint64_t *out,
                               gibbs_error *err) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  bool digits = text[0] >= '0' && text[0] <= '9' && *end == '\0';
  if (!digits || errno != 0 || value < low || value > high)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s is '%.60s'; it must be an integer in [%llu, %llu]", name, text,
                      (unsigned long long)low, (unsigned long long)high);
  *out = value;
  return GIBBS_OK;
}

static gibbs_status add_allowed(command *out, const char *path, gibbs_error *err) {
  if (out->allowed_count == MOST_ALLOWED)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "--allow is given more than %d times; allow a folder", MOST_ALLOWED);
  out->allowed[out->allowed_count++] = path;
  return GIBBS_OK;
}

static gibbs_status apply(command *out, form which, const char *text, gibbs_error *err) {
  switch (which) {
  case FORM_CODE:
    out->code = text;
    break;
  case FORM_PROMPT:
    out->prompt = true;
    break;
  case FORM_STDIN:
    out->script = "-";
    break;
  case FORM_SEED:
    out->has_seed = true;
    return read_count("--seed", text, 0, MOST_SEED, &out->seed, err);
  case FORM_THREADS:
    out->has_threads = true;
    return read_count("--threads", text, 1, GIBBS_MAX_THREADS, &out->threads, err);
  case FORM_QUIET:
    out->quiet = true;
    break;
  case FORM_TRACEBACK:
    out->traceback = true;
    break;
  case FORM_SANDBOX:
    out->sandbox = true;
    break;
  case FORM_ALLOW:
    return add_allowed(out, text, err);
  case FORM_MEMORY:
    out->memory_text = text;
    return limit_read_memory("--memory", text, &out->memory, err);
  case FORM_TIME:
    out->time_text = text;
    return limit_read_time("--time", text, &out->time, err);
  case FORM_OPTIONS:
    out->options = true;
    break;
  case FORM_HELP:
    out->help = true;
    break;
  case FORM_VERSION:
    out->version = true;
    break;
  case FORM_COUNT:
    break;
  }
  return GIBBS_OK;
}

/* What stands behind the script is the script's, but these are understood there too. */
static void look_behind_script(int argc, char **argv, command *out) {
  for (int i = out->first; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--traceback") == 0) out->traceback = true;
    if (strcmp(argv[i], "--quiet") == 0) out->quiet = true;
  }
}

static const char *find_subcommand(const char *word) {
  for (int i = 0; i < SUBCOMMANDS; i++)
    if (strcmp(word, subcommands[i].name) == 0) return subcommands[i].name;
  return NULL;
}

gibbs_status command_read(int argc, char **argv, command *out, gibbs_error *err) {
  *out = (command){.first = argc};
  int i = 1;
  while (i < argc && out->script == NULL && out->subcommand == NULL) {
    const char *word = argv[i++], *text;
    if (word[0] != '-') {
      out->subcommand = find_subcommand(word);
      if (out->subcommand == NULL) out->script = word;
      break;
    }
    form which = find_form(word, &text);
    if (which == FORM_COUNT) {
      out->unknown = word;
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "unknown option '%.60s'", word);
    }
    if (rows[which].value[0] != '\0' && text == NULL) {
      if (i == argc) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s needs a value: %s", word, rows[which].value);
      text = argv[i++];
    }
    gibbs_status status = apply(out, which, text != NULL ? text : "", err);
    if (status != GIBBS_OK) return status;
  }
  if (out->allowed_count > 0 && !out->sandbox)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "--allow says what a sandbox lets be read; give --sandbox too");
  if ((out->sandbox || out->time_text != NULL) && out->script == NULL && out->code == NULL && out->subcommand == NULL)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s is for scripts; the prompt has no %s",
                      out->sandbox ? "--sandbox" : "--time", out->sandbox ? "sandbox" : "limit");
  out->first = i;
  look_behind_script(argc, argv, out);
  return GIBBS_OK;
}

/* ---- help -------------------------------------------------------------------------------------------------------
 */

static void print_row(const form_row *row) {
  char forms[40];
  bool both = row->short_form[0] != '\0' && row->long_form[0] != '\0';
  snprintf(forms, sizeof forms, "%s%s%s%s%s", row->short_form, both ? ", " : "", row->long_form,
           row->value[0] != '\0' ? " " : "", row->value);
  printf("  %-18s %s\n", forms, row->doc);
}

void command_print_help(void) {
  printf("usage: gibbs [options] [script.lua [the script's options]]\n"
         "       gibbs [options] COMMAND [its options]\n"
         "Runs experiments with energy-based models, written in Lua.  Without a script: a prompt.\n"
         "gibbs script.lua --help lists the options of a script.\n");
  printf("\nCommands (gibbs COMMAND --help says more)\n");
  for (int i = 0; i < SUBCOMMANDS; i++) printf("  %-18s %s\n", subcommands[i].name, subcommands[i].doc);
  const char *group = "";
  for (int i = 0; i < FORM_COUNT; i++) {
    if (strcmp(group, rows[i].group) != 0) printf("\n%s\n", rows[i].group);
    group = rows[i].group;
    print_row(&rows[i]);
  }
  printf("\nExit codes\n");
#define X(name, code, doc) printf("  %-18d %s\n", code, doc);
  EXIT_LIST(X)
#undef X
  printf("\nEnvironment\n");
#define X(name, doc) printf("  %-18s %s\n", #name, doc);
  ENVIRONMENT_LIST(X)
#undef X
}
