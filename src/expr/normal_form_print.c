/* normal_form_print.c - a normal form in one line of text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "normal_form_parts.h"

typedef struct line {
  char *text;
  size_t size, used;
} line;

__attribute__((format(printf, 2, 3))) static void write_part(line *l, const char *format, ...) {
  va_list arguments;
  if (l->used + 1 >= l->size) return;
  if (l->used > 0) l->used += (size_t)snprintf(l->text + l->used, l->size - l->used, ", ");
  if (l->used + 1 >= l->size) return;
  va_start(arguments, format);
  l->used += (size_t)vsnprintf(l->text + l->used, l->size - l->used, format, arguments);
  va_end(arguments);
}

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

static void write_affine(line *l, const gibbs_affine *a) {
  unsigned power;
  gibbs_op op;
  const char *name = gibbs_function_is_op(&a->function, &op) ? gibbs_op_name(op) : "a function";
  if (gibbs_function_is_power(&a->function, &power))
    write_part(l, "power %u of %zu affine form%s", power, a->rows, plural(a->rows));
  else
    write_part(l, "%s of %zu affine form%s", name, a->rows, plural(a->rows));
}

static void write_pairs(line *l, const gibbs_normal_form *form) {
  const gibbs_pairs *p = &form->found.pairs;
  size_t count = p->sparse.entries / 2;
  if (count > 0) write_part(l, "%zu pair coupling%s", count, plural(count));
  for (size_t k = 0; k < p->blocks; k++)
    write_part(l, "a dense %zux%zu block", p->block[k].rows, p->block[k].columns);
}

char *gibbs_normal_form_print(const gibbs_normal_form *form, char *text, size_t size) {
  line l = {text, size, 0};
  const gibbs_findings *f = &form->found;
  if (size > 0) text[0] = '\0';
  if (f->any_field) write_part(&l, "fields");
  write_pairs(&l, form);
  if (f->monomials.count > 0) write_part(&l, "%zu product%s of more", f->monomials.count, plural(f->monomials.count));
  for (size_t k = 0; k < f->affines; k++) write_affine(&l, &f->affine[k]);
  if (form->rest) write_part(&l, "a rest without structure");
  if (l.used == 0) write_part(&l, "a constant");
  return text;
}
