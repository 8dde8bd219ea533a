/* gl_error.c - raising errors at the user's line, and guessing what was meant. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_error.h"

#include <ctype.h>
#include <string.h>

#include "gl_callback.h"
#include "gl_state.h"

/* The message is on the top of the stack. */
static int raise_at_user(lua_State *L) {
  char place[LUA_IDSIZE + 16];
  gl_place(L, place, sizeof place);
  if (place[0] != '\0') {
    const char *message = lua_tostring(L, -1);
    lua_pushfstring(L, "%s: %s", place, message);
  }
  return lua_error(L);
}

int gl_raise(lua_State *L, const gibbs_error *err) {
  if (err->code == GIBBS_ERR_INTERRUPT) gl_drop_hook(L);
  lua_pushstring(L, err->message);
  return raise_at_user(L);
}

void gl_check(lua_State *L, gibbs_status status, const gibbs_error *err) {
  if (status == GIBBS_OK) return;
  if (status == GIBBS_ERR_CALLBACK && gl_callback_take_error(L)) lua_error(L);
  gl_raise(L, err);
}

int gl_fail(lua_State *L, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  return raise_at_user(L);
}

/* ---- guesses ------------------------------------------------------------------------------------- */

enum { LONGEST_WORD = 40 };

static size_t least(size_t a, size_t b, size_t c) {
  size_t m = a < b ? a : b;
  return m < c ? m : c;
}

static bool same_letter(char a, char b) {
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Insertions, deletions, replacements, and exchanges of neighbours (optimal string alignment). */
static size_t edit_distance(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  if (n > LONGEST_WORD || m > LONGEST_WORD) return SIZE_MAX;
  size_t rows[3][LONGEST_WORD + 1];
  size_t *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= m; j++) last[j] = j;
  for (size_t i = 1; i <= n; i++) {
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + !same_letter(a[i - 1], b[j - 1]));
      bool exchanged = i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]);
      if (exchanged && before[j - 2] + 1 < now[j]) now[j] = before[j - 2] + 1;
    }
    size_t *spare = before;
    before = last, last = now, now = spare;
  }
  return last[m];
}

/* What other programs, and other calls of this one, call the same thing. */
static const struct {
  const char *elsewhere, *here;
} other_names[] = {
    {"lr", "rate"},          {"learning_rate", "rate"},  {"step_size", "rate"},        {"optimizer", "method"},
    {"optimiser", "method"}, {"scheduler", "schedule"},  {"epochs", "steps"},          {"iterations", "steps"},
    {"num_steps", "steps"},  {"max_iter", "steps"},      {"batch_size", "batch"},      {"minibatch", "batch"},
    {"momentum", "decay"},   {"beta1", "decay"},         {"beta2", "decay_square"},    {"max_norm", "clip"},
    {"clip_norm", "clip"},   {"validation", "held_out"}, {"callback", "watch"},        {"n", "chains"},
    {"chains", "n"},         {"num_chains", "chains"},   {"n_chains", "chains"},       {"warm_up", "burn"},
    {"burn", "warm_up"},     {"burn_in", "burn"},        {"constraint", "subject_to"}, {"betas", "temperatures"},
    {"help", "doc"}};

static bool means(const char *word, const char *candidate) {
  for (size_t k = 0; k < sizeof other_names / sizeof *other_names; k++)
    if (strcmp(word, other_names[k].elsewhere) == 0 && strcmp(candidate, other_names[k].here) == 0) return true;
  return false;
}

gl_guess gl_guess_of(const char *word) {
  return (gl_guess){.word = word, .distance = SIZE_MAX};
}

/* Of several that are equally near, the first of the alphabet: candidates may come in any order. */
void gl_guess_offer(gl_guess *guess, const char *candidate) {
  size_t distance = means(guess->word, candidate) ? 0 : edit_distance(guess->word, candidate);
  bool nearer = distance < guess->distance;
  bool as_near = distance == guess->distance && guess->best != NULL && strcmp(candidate, guess->best) < 0;
  if (!nearer && !as_near) return;
  guess->distance = distance;
  guess->best = candidate;
}

const char *gl_guess_hint(lua_State *L, const gl_guess *guess) {
  size_t length = strlen(guess->word), most = length < 6 ? 1 : length / 3;
  bool near_enough = guess->best != NULL && guess->distance <= most && guess->distance < length;
  return near_enough ? lua_pushfstring(L, "; did you mean '%s'?", guess->best) : lua_pushliteral(L, "");
}
