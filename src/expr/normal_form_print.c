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

/* ---- lattices ------------------------------------------------------------------------------------ */

static bool has_offsets(const gibbs_direction *d, long x, long y) {
  return d->offset[0] == x && d->offset[1] == y;
}

/* Along each axis by one, and nothing else. */
static bool has_axes_first(const gibbs_regular *r) {
  for (size_t k = 0; k < r->axes; k++)
    for (size_t axis = 0; axis < r->axes; axis++)
      if (k >= r->directions || r->direction[k].offset[axis] != (k == axis)) return false;
  return true;
}

static const char *name_lattice(const gibbs_regular *r) {
  static const char *const simple[] = {"regular", "chain", "square", "cubic"};
  const gibbs_direction *d = r->direction;
  bool along = r->basis == 1 && has_axes_first(r);
  if (along && r->directions == r->axes) return r->axes < 4 ? simple[r->axes] : "hypercubic";
  if (along && r->axes == 2 && r->directions == 3 && (has_offsets(&d[2], 1, 1) || has_offsets(&d[2], 1, -1)))
    return "triangular";
  if (r->basis == 2 && r->axes == 2 && r->directions == 3 && has_offsets(&d[0], 0, 0) && has_offsets(&d[1], 1, 0) &&
      has_offsets(&d[2], 0, 1) && d[0].from != d[0].to && d[1].from == d[2].from && d[1].to == d[2].to &&
      d[1].from != d[1].to)
    return "honeycomb";
  return "regular";
}

static const char *name_borders(const gibbs_regular *r) {
  bool all = true, any = false;
  for (size_t k = 0; k < r->axes; k++) {
    all = all && r->periodic[k];
    any = any || r->periodic[k];
  }
  return all ? "periodic" : any ? "half periodic" : "open";
}

static bool is_uniform(const gibbs_regular *r) {
  for (size_t k = 1; k < r->directions; k++)
    if (r->direction[k].coupling != r->direction[0].coupling) return false;
  return true;
}

static void write_lattice(line *l, const gibbs_normal_form *form) {
  const gibbs_regular *r = &form->regular;
  gibbs_shape shape = {.rank = r->axes};
  char extents[64], couplings[64];
  size_t count = 0;
  for (size_t k = 0; k < r->axes; k++) shape.extent[k] = r->extent[k];
  for (size_t k = 0; k < r->directions; k++)
    count += gibbs_direction_count(&form->found.lattice.layout, &r->direction[k]);
  if (is_uniform(r))
    snprintf(couplings, sizeof couplings, "%g", r->direction[0].coupling);
  else
    snprintf(couplings, sizeof couplings, "one of %zu each", r->directions);
  write_part(l, "%zu pair coupling%s (%s) on a%s %s %s lattice %s", count, plural(count), couplings,
             name_borders(r)[0] == 'o' ? "n" : "", name_borders(r), name_lattice(r),
             gibbs_shape_print(&shape, extents, sizeof extents));
}

static void write_pairs(line *l, const gibbs_normal_form *form) {
  const gibbs_pairs *p = &form->found.pairs;
  size_t count = p->sparse.entries / 2;
  if (form->regular.found)
    write_lattice(l, form);
  else if (count > 0)
    write_part(l, "%zu pair coupling%s", count, plural(count));
  for (size_t k = 0; k < p->blocks; k++)
    write_part(l, "a dense %zux%zu block", p->block[k].rows, p->block[k].columns);
}

/* By how many units they have. */
static void write_monomials(line *l, const gibbs_monomials *m) {
  size_t least = SIZE_MAX, most = 0;
  for (size_t t = 0; t < m->count; t++) {
    size_t degree = m->first[t + 1] - m->first[t];
    if (degree < least) least = degree;
    if (degree > most) most = degree;
  }
  if (m->count > 0 && least == most)
    write_part(l, "%zu product%s of %zu units", m->count, plural(m->count), most);
  else if (m->count > 0)
    write_part(l, "%zu products of %zu to %zu units", m->count, least, most);
}

char *gibbs_normal_form_print(const gibbs_normal_form *form, char *text, size_t size) {
  line l = {text, size, 0};
  const gibbs_findings *f = &form->found;
  if (size > 0) text[0] = '\0';
  if (f->any_field) write_part(&l, "fields");
  write_pairs(&l, form);
  write_monomials(&l, &f->monomials);
  for (size_t k = 0; k < f->affines; k++) write_affine(&l, &f->affine[k]);
  if (form->rest) write_part(&l, "a rest without structure");
  if (l.used == 0) write_part(&l, "a constant");
  return text;
}
