/* tensor_rg.c - the tensor renormalization group of Levin and Nave on the square lattice.
 *
 * A site is a tensor T(x, y, x', y') with legs to the left, below, right and above.  A step splits every tensor along
 * one or the other diagonal, by sublattice, into two of three legs, keeping the largest singular values, and
 * contracts the four halves around every second plaquette into one tensor: half as many tensors, on a lattice turned
 * by 45 degrees. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/tensor_rg.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/linalg.h"
#include "gibbs/private/blas.h"
#include "gibbs/progress.h"

enum { LEGS = 4 };

typedef struct network {
  size_t bond;               /* legs are of this dimension */
  double *tensor;            /* bond^4 */
  double log_scale;          /* of Z a site of the lattice at the start, collected so far */
  double share;              /* tensors a site: 1, 1/2, 1/4, ... */
  double largest_loss, loss; /* of squared singular values: the largest share a split dropped, and their sum a site */
} network;

/* Half a tensor: [two legs][new leg]. */
typedef struct halves {
  double *first, *second; /* bond^2 x kept each */
  size_t kept;
} halves;

static void free_halves(halves *h) {
  free(h->first);
  free(h->second);
}

static size_t power4(size_t n) {
  return n * n * n * n;
}

/* ---- a site ------------------------------------------------------------------------------------------------- */

/* Minus the energy of a bond without fields, of a site's field. */
static double bond_term(const gibbs_tensor_rg_options *o, size_t a, size_t b) {
  return o->K * (a == b ? 1 : o->ising ? -1 : 0);
}

static double field_term(const gibbs_tensor_rg_options *o, size_t a) {
  return o->h * (a == 0 ? 1 : o->ising ? -1 : 0);
}

/* The matrix of a bond, exp(-its energy), with each end's share of its field. */
static void fill_bond(const gibbs_tensor_rg_options *o, double *bond) {
  const size_t q = o->states;
  for (size_t a = 0; a < q; a++)
    for (size_t b = 0; b < q; b++)
      bond[a * q + b] = exp(bond_term(o, a, b) + (field_term(o, a) + field_term(o, b)) / LEGS);
}

/* ln Z of a single site, its own neighbour twice.  Not by the tensor: a site that shuns itself is a sum of large
 * terms that nearly cancel. */
static double single_site(const gibbs_tensor_rg_options *o) {
  double top = -INFINITY, sum = 0;
  for (size_t a = 0; a < o->states; a++) top = fmax(top, 2 * bond_term(o, a, a) + field_term(o, a));
  for (size_t a = 0; a < o->states; a++) sum += exp(2 * bond_term(o, a, a) + field_term(o, a) - top);
  return top + log(sum);
}

/* T = sum_s R(s, x) U(s, y) L(s, x') D(s, y') where a bond is L R^T = sum over its leg: by its singular values, so
 * that couplings of either sign do. */
static gibbs_status start(const gibbs_tensor_rg_options *o, network *net, gibbs_error *err) {
  const size_t q = o->states;
  double *work = calloc(4 * q * q + q, sizeof *work);
  net->tensor = calloc(power4(q), sizeof *net->tensor);
  if (work == NULL || net->tensor == NULL) {
    free(work);
    return gibbs_fail_memory(err, "a tensor", power4(q) * sizeof(double));
  }
  double *bond = work, *left = bond + q * q, *right = left + q * q, *values = right + q * q;
  fill_bond(o, bond);
  gibbs_status status = gibbs_singular_values(q, bond, left, values, right, err);
  for (size_t s = 0; status == GIBBS_OK && s < q; s++)
    for (size_t i = 0; i < power4(q); i++) {
      const size_t x = i / (q * q * q), y = i / (q * q) % q, x2 = i / q % q, y2 = i % q;
      net->tensor[i] += right[x * q + s] * right[y * q + s] * left[s * q + x2] * left[s * q + y2] *
                        sqrt(values[x] * values[y] * values[x2] * values[y2]);
    }
  free(work);
  net->bond = q;
  net->share = 1;
  return status;
}

/* ---- splitting ---------------------------------------------------------------------------------------------- */

/* How many singular values of the largest `most` are kept: those above rounding. */
static size_t count_kept(const double *values, size_t n, size_t most) {
  size_t kept = 0;
  while (kept < n && kept < most && values[kept] > 1e-15 * values[0]) kept++;
  return kept;
}

/* matrix = U S V^T; halves U sqrt(S) and V sqrt(S), of the largest `most` singular values.  *lost gets the share of
 * the others in the sum of squares. */
static gibbs_status split(size_t n, const double *matrix, size_t most, halves *out, double *lost, gibbs_error *err) {
  double *u = malloc((2 * n * n + n) * sizeof *u);
  if (u == NULL) return gibbs_fail_memory(err, "a decomposition", (2 * n * n + n) * sizeof *u);
  double *v = u + n * n, *values = v + n * n;
  gibbs_status status = gibbs_singular_values(n, matrix, u, values, v, err);
  const size_t kept = status == GIBBS_OK ? count_kept(values, n, most) : 0;
  double total = 0, dropped = 0;
  for (size_t k = 0; status == GIBBS_OK && k < n; k++) {
    total += values[k] * values[k];
    if (k >= kept) dropped += values[k] * values[k];
  }
  out->kept = kept;
  out->first = malloc(n * kept * sizeof *u);
  out->second = malloc(n * kept * sizeof *u);
  if (status == GIBBS_OK && (out->first == NULL || out->second == NULL))
    status = gibbs_fail_memory(err, "half a tensor", 2 * n * kept * sizeof *u);
  for (size_t i = 0; status == GIBBS_OK && i < n; i++)
    for (size_t k = 0; k < kept; k++) {
      out->first[i * kept + k] = u[i * n + k] * sqrt(values[k]);
      out->second[i * kept + k] = v[k * n + i] * sqrt(values[k]);
    }
  if (status == GIBBS_OK) *lost = dropped / total; /* the largest entry is 1 */
  free(u);
  return status;
}

/* out[i j k l] = in with the legs in another order: leg k of out is leg order[k] of in. */
static void reorder(size_t n, const double *in, const int order[LEGS], double *out) {
  const size_t stride[LEGS] = {n * n * n, n * n, n, 1};
  size_t at = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
          out[at++] = in[i * stride[order[0]] + j * stride[order[1]] + k * stride[order[2]] + l * stride[order[3]]];
}

/* ---- contracting -------------------------------------------------------------------------------------------- */

/* out[(b m), (c k)] = sum_a first[(a b), m] second[(a c), k]; legs of dimension n. */
static void join(size_t n, const double *first, size_t m, const double *second, size_t k, double *out) {
  gibbs_dgemm(true, false, n * m, n * k, n, 1, first, n * m, second, n * k, 0, out, n * k);
}

/* out[m1 m2 m3 m4] = sum_(d b) lower[(d m1), (b m2)] upper[(b m3), (d m4)] */
static gibbs_status close_plaquette(size_t n, const size_t m[LEGS], const double *lower, const double *upper,
                                    double *out, gibbs_error *err) {
  const size_t rows = m[0] * m[1], columns = m[2] * m[3], inner = n * n;
  double *a = malloc(inner * (rows + columns) * sizeof *a);
  if (a == NULL) return gibbs_fail_memory(err, "a plaquette", inner * (rows + columns) * sizeof *a);
  double *b = a + inner * rows;
  for (size_t d = 0; d < n; d++)
    for (size_t e = 0; e < n; e++) {
      for (size_t i = 0; i < m[0]; i++)
        for (size_t j = 0; j < m[1]; j++)
          a[(d * n + e) * rows + i * m[1] + j] = lower[(d * m[0] + i) * n * m[1] + e * m[1] + j];
      for (size_t i = 0; i < m[2]; i++)
        for (size_t j = 0; j < m[3]; j++)
          b[(d * n + e) * columns + i * m[3] + j] = upper[(e * m[2] + i) * n * m[3] + d * m[3] + j];
    }
  gibbs_dgemm(true, false, rows, columns, inner, 1, a, rows, b, columns, 0, out, columns);
  free(a);
  return GIBBS_OK;
}

/* The legs of the halves: one sublattice is cut into (left, below | right, above), the other into (left, above |
 * right, below). The new tensor has legs towards the sites below left, below right, above right and above left of its
 * plaquette. */
static gibbs_status contract(size_t n, const halves *even, const halves *odd, double *out, gibbs_error *err) {
  const size_t k = even->kept, l = odd->kept;
  double *lower = malloc(2 * n * k * n * l * sizeof *lower);
  if (lower == NULL) return gibbs_fail_memory(err, "a plaquette", 2 * n * k * n * l * sizeof *lower);
  double *upper = lower + n * k * n * l;
  join(n, even->second, k, odd->first, l, lower); /* below left (right, above) with below right (left, above) */
  join(n, even->first, k, odd->second, l, upper); /* above right (left, below) with above left (right, below) */
  gibbs_status status = close_plaquette(n, (size_t[]){k, l, k, l}, lower, upper, out, err);
  free(lower);
  return status;
}

/* ---- a step ------------------------------------------------------------------------------------------------- */

static double largest(const double *values, size_t count) {
  double top = 0;
  for (size_t i = 0; i < count; i++) top = fmax(top, fabs(values[i]));
  return top;
}

static gibbs_status rescale(network *net, gibbs_error *err) {
  const size_t count = power4(net->bond);
  const double top = largest(net->tensor, count);
  if (!(top > 0) || !isfinite(top))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the tensor's largest entry is %g", top);
  for (size_t i = 0; i < count; i++) net->tensor[i] /= top;
  net->log_scale += net->share * log(top);
  return GIBBS_OK;
}

static gibbs_status cut(network *net, size_t most, halves *even, halves *odd, gibbs_error *err) {
  static const int along[LEGS] = {0, 1, 2, 3}, across[LEGS] = {0, 3, 2, 1};
  const size_t n = net->bond;
  double *matrix = malloc(power4(n) * sizeof *matrix);
  if (matrix == NULL) return gibbs_fail_memory(err, "a tensor", power4(n) * sizeof *matrix);
  reorder(n, net->tensor, along, matrix);
  double lost[2] = {0};
  gibbs_status status = split(n * n, matrix, most, even, &lost[0], err);
  reorder(n, net->tensor, across, matrix);
  if (status == GIBBS_OK) status = split(n * n, matrix, most, odd, &lost[1], err);
  free(matrix);
  net->largest_loss = fmax(net->largest_loss, fmax(lost[0], lost[1]));
  net->loss += net->share * (lost[0] + lost[1]) / 2;
  return status;
}

/* Both diagonals keep as many legs: the new tensor's are all of one dimension. */
static void keep_as_many(size_t n, halves *h, size_t kept) {
  if (h->kept == kept) return;
  for (size_t i = 0; i < n * n; i++)
    for (size_t k = 0; k < kept; k++) {
      h->first[i * kept + k] = h->first[i * h->kept + k];
      h->second[i * kept + k] = h->second[i * h->kept + k];
    }
  h->kept = kept;
}

static gibbs_status coarsen(network *net, size_t most, gibbs_error *err) {
  halves even = {0}, odd = {0};
  const size_t n = net->bond;
  gibbs_status status = cut(net, most, &even, &odd, err);
  if (status == GIBBS_OK) {
    const size_t kept = even.kept < odd.kept ? even.kept : odd.kept;
    keep_as_many(n, &even, kept);
    keep_as_many(n, &odd, kept);
    double *next = malloc(power4(kept) * sizeof *next);
    status = next == NULL ? gibbs_fail_memory(err, "a tensor", power4(kept) * sizeof *next)
                          : contract(n, &even, &odd, next, err);
    free(net->tensor);
    net->tensor = next;
    net->bond = kept;
    net->share *= 0.5;
  }
  free_halves(&even);
  free_halves(&odd);
  return status == GIBBS_OK ? rescale(net, err) : status;
}

/* -ln Z a site when the lattice is closed to a torus here. */
static gibbs_status close_torus(const network *net, double *free_energy, gibbs_error *err) {
  const size_t n = net->bond;
  double trace = 0;
  for (size_t x = 0; x < n; x++)
    for (size_t y = 0; y < n; y++) trace += net->tensor[((x * n + y) * n + x) * n + y];
  if (!(trace > 0))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                      "the torus of %g sites has the weight %g, which must be positive; %zu singular values a "
                      "leg are too few for it",
                      1 / net->share, trace, n);
  *free_energy = -(net->log_scale + net->share * log(trace));
  return GIBBS_OK;
}

static gibbs_status check(const gibbs_tensor_rg_options *o, gibbs_error *err) {
  if (o->states < 2 || (o->ising && o->states != 2))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "q is %zu; it must be 2 or more, and 2 for Ising spins", o->states);
  if (o->bond_dimension < o->states || o->bond_dimension > 64)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "bond_dimension is %zu; it must be in [%zu, 64]", o->bond_dimension,
                      o->states);
  return GIBBS_OK;
}

/* All steps with at most `most` legs.  each[n] (or NULL), n = 0..steps, and the last of them. */
static gibbs_status renormalize(const gibbs_tensor_rg_options *o, size_t most, network *net, double *each,
                                double *last, gibbs_error *err) {
  gibbs_status status = start(o, net, err);
  if (status == GIBBS_OK) status = rescale(net, err);
  *last = -single_site(o);
  gibbs_progress task;
  gibbs_progress_begin(&task, "renormalizing:", "step", 0, o->steps);
  for (size_t step = 0; status == GIBBS_OK; step++) {
    gibbs_progress_step(&task, step);
    if (step > 0) status = close_torus(net, last, err);
    if (status == GIBBS_OK && each != NULL) each[step] = *last;
    if (status != GIBBS_OK || step == o->steps) break;
    status = gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted") : coarsen(net, most, err);
  }
  gibbs_progress_end(&task);
  free(net->tensor);
  return status;
}

/* What half as many legs give otherwise, and at least what was dropped, and what is rounded. */
static gibbs_status estimate_error(const gibbs_tensor_rg_options *o, double F, double loss, double *out,
                                   gibbs_error *err) {
  const size_t half = o->bond_dimension / 2 > o->states ? o->bond_dimension / 2 : o->states;
  network net = {0};
  double other = F;
  gibbs_status status = renormalize(o, half, &net, NULL, &other, err);
  if (status == GIBBS_ERR_NUMERIC) other = INFINITY; /* so few legs do not do at all */
  *out = fmax(fmax(loss, fabs(F - other)), 16 * DBL_EPSILON * fmax(1, fabs(F)));
  return status == GIBBS_ERR_NUMERIC ? GIBBS_OK : status;
}

gibbs_status gibbs_tensor_rg(const gibbs_tensor_rg_options *o, double *free_energy, gibbs_tensor_rg_quality *quality,
                             gibbs_error *err) {
  network net = {0};
  double last = 0;
  gibbs_status status = check(o, err);
  if (status == GIBBS_OK) status = renormalize(o, o->bond_dimension, &net, free_energy, &last, err);
  if (status != GIBBS_OK || quality == NULL) return status;
  quality->truncation = net.largest_loss;
  return estimate_error(o, last, net.loss, &quality->error, err);
}
