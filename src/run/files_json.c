/* files_json.c - JSON through cJSON, held to the standard where cJSON is lenient. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cjson/cJSON.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files_format.h"

/* A walk over the text without reading it: what encloses a byte, and what stands before it. */
typedef struct scan {
  const gibbs_bytes *text;
  size_t at, depth;
  char open[GIBBS_VALUE_MAX_DEPTH + 1]; /* open[depth - 1] is the innermost '[' or '{' */
  char before;                          /* the last character outside strings and space; '"' after a string */
  const char *fault;                    /* what is wrong at `at`, or NULL */
} scan;

static bool is_space(unsigned char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* cJSON cuts a string at a zero and takes line ends inside it: both are refused here. */
static void skip_string(scan *s) {
  const unsigned char *data = s->text->data;
  size_t start = s->at++;
  while (s->at < s->text->size && data[s->at] != '"') {
    if (data[s->at] < 0x20) {
      s->fault = "a control character inside a string; write it as \\u00XX";
      return;
    }
    if (strncmp((const char *)data + s->at, "\\u0000", 6) == 0) {
      s->fault = "the character \\u0000 is not supported";
      return;
    }
    s->at += data[s->at] == '\\' ? 2 : 1;
  }
  if (s->at >= s->text->size) {
    s->at = start;
    s->fault = "this string is not closed";
    return;
  }
  s->at++;
  s->before = '"';
}

static void step_over(scan *s) {
  char c = (char)s->text->data[s->at];
  if (c == '"') {
    skip_string(s);
    return;
  }
  if (c == '[' || c == '{') {
    if (s->depth == GIBBS_VALUE_MAX_DEPTH) {
      s->fault = "nested more than 200 levels deep";
      return;
    }
    s->open[s->depth++] = c;
  }
  if ((c == ']' || c == '}') && s->depth > 0) s->depth--;
  if (!is_space((unsigned char)c)) s->before = c;
  s->at++;
}

static scan scan_until(const gibbs_bytes *text, size_t end) {
  scan s = {.text = text};
  while (s.at < end && !s.fault) step_over(&s);
  return s;
}

/* What the grammar allows after `before` inside the innermost bracket. */
static const char *expected_next(const scan *s) {
  char open = s->depth > 0 ? s->open[s->depth - 1] : '\0';
  switch (s->before) {
  case '\0':
    return "expected a value";
  case '[':
    return "expected a value or ']'";
  case ':':
    return "expected a value";
  case '{':
    return "expected a name in double quotes or '}'";
  case ',':
    return open == '{' ? "expected a name in double quotes" : "expected a value";
  default:
    break;
  }
  if (open == '[') return "expected ',' or ']'";
  if (open == '{') return s->before == '"' ? "expected ':', ',' or '}'" : "expected ',' or '}'";
  return "expected the end of the file";
}

/* cJSON tells the byte where it gave up, which is one too far before a name without quotes and one too near at the
 * end of the file; space before it is not what is wrong. */
static gibbs_status fail_syntax(const gibbs_bytes *text, size_t at, gibbs_error *err) {
  while (at < text->size && is_space(text->data[at])) at++;
  if (at + 1 == text->size && scan_until(text, at).depth > 0 && !strchr("]}", text->data[at])) at++;
  scan s = scan_until(text, at);
  if (s.depth > 0 && s.open[s.depth - 1] == '{' && at > 0 && text->data[at - 1] != '"') {
    scan name = scan_until(text, at - 1);
    if ((name.before == '{' || name.before == ',') && !is_space(text->data[at - 1]) && name.depth == s.depth)
      s = name, at--;
  }
  char what[120];
  if (at >= text->size)
    snprintf(what, sizeof what, "%s, but the file ends here", expected_next(&s));
  else if (text->data[at] >= 0x20 && text->data[at] < 0x7F)
    snprintf(what, sizeof what, "%s, found '%c'", expected_next(&s), text->data[at]);
  else
    snprintf(what, sizeof what, "%s, found byte 0x%02X", expected_next(&s), text->data[at]);
  return gibbs_fail_at(err, text, at, what);
}

static gibbs_status convert(const cJSON *node, const gibbs_place *place, gibbs_value **out, gibbs_error *err);

/* The place's name and index go by the JSON node, since the value is not there yet. */
static gibbs_status convert_children(const cJSON *node, const gibbs_place *place, gibbs_value **out,
                                     gibbs_error *err) {
  bool named = cJSON_IsObject(node);
  gibbs_value *value = named ? gibbs_value_map() : gibbs_value_list();
  gibbs_status status = value ? GIBBS_OK : gibbs_fail_memory(err, "a value", sizeof(void *));
  size_t index = 0;
  for (const cJSON *child = node->child; child && status == GIBBS_OK; child = child->next) {
    gibbs_place below = {place, named ? child->string : NULL, index++, place->depth + 1};
    gibbs_value *item = NULL;
    status = convert(child, &below, &item, err);
    if (status != GIBBS_OK) break;
    status = named ? gibbs_value_set(value, child->string, item, err) : gibbs_value_append(value, item, err);
  }
  if (status == GIBBS_OK && named && (status = gibbs_value_check_names(value, err)) == GIBBS_ERR_ARGUMENT) {
    char where[gibbs_place_size];
    status = gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", gibbs_place_print(place, where), err ? err->message : "");
  }
  if (status == GIBBS_OK)
    *out = value;
  else
    gibbs_value_free(value);
  return status;
}

static gibbs_status convert(const cJSON *node, const gibbs_place *place, gibbs_value **out, gibbs_error *err) {
  if (cJSON_IsArray(node) || cJSON_IsObject(node)) return convert_children(node, place, out, err);
  if (cJSON_IsNumber(node)) {
    char where[gibbs_place_size];
    if (!isfinite(node->valuedouble))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: the number is too large for a double",
                        gibbs_place_print(place, where));
    *out = gibbs_value_number(node->valuedouble);
  } else if (cJSON_IsString(node)) {
    *out = gibbs_value_string(node->valuestring, strlen(node->valuestring));
  } else {
    *out = cJSON_IsNull(node) ? gibbs_value_null() : gibbs_value_bool(cJSON_IsTrue(node));
  }
  return *out ? GIBBS_OK : gibbs_fail_memory(err, "a value", sizeof(void *));
}

static gibbs_status parse(const gibbs_bytes *text, gibbs_value **out, gibbs_error *err) {
  scan s = scan_until(text, text->size);
  if (s.fault) return gibbs_fail_at(err, text, s.at, s.fault);
  const char *end = NULL;
  cJSON *root = cJSON_ParseWithLengthOpts((const char *)text->data, text->size, &end, 0);
  size_t at = end ? (size_t)(end - (const char *)text->data) : 0;
  if (!root) return fail_syntax(text, at, err);
  while (at < text->size && is_space(text->data[at])) at++;
  gibbs_place place = {NULL, NULL, 0, 0};
  gibbs_status status = at < text->size ? fail_syntax(text, at, err) : convert(root, &place, out, err);
  cJSON_Delete(root);
  return status;
}

gibbs_status gibbs_json_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_bytes text;
  gibbs_status status = gibbs_bytes_load(path, &text, err);
  if (status != GIBBS_OK) return status;
  status = parse(&text, out, err);
  gibbs_bytes_free(&text);
  return status;
}
