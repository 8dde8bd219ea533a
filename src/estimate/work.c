/* work.c - free-energy differences from works: the mean of exp(-work), and Bennett's acceptance ratio.
 *
 * Sources: Jarzynski, Phys. Rev. Lett. 78 (1997) 2690; Bennett, J. Comput. Phys. 22 (1976) 245; Crooks, Phys. Rev. E
 * 61 (2000) 2361; Shirts et al., Phys. Rev. Lett. 91 (2003) 140601. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>

static double find_least(const double *x, size_t n) {
  double least = x[0];
  for (size_t i = 1; i < n; i++) least = fmin(least, x[i]);
  return least;
}

static double find_most(const double *x, size_t n) {
  double most = x[0];
  for (size_t i = 1; i < n; i++) most = fmax(most, x[i]);
  return most;
}

/* Half of the works are below. */
static double find_middle(const double *work, size_t n) {
  double low = find_least(work, n), high = find_most(work, n);
  for (int k = 0; k < 60 && high > low; k++) {
    double middle = low + (high - low) / 2;
    size_t below = 0;
    for (size_t i = 0; i < n; i++) below += work[i] < middle;
    if (2 * below < n)
      low = middle;
    else
      high = middle;
  }
  return low + (high - low) / 2;
}

/* Of Gaussian works of variance s^2 a part exp(-s^2) is effective, however large their number.  The weights are in
 * the half of the works that are less: s is of that half. */
static double likely_part(const double *work, size_t n) {
  double middle = find_middle(work, n), square = 0;
  for (size_t i = 0; i < n; i++) {
    double apart = fmax(middle - work[i], 0);
    square += apart * apart;
  }
  return exp(-2 * square / (double)n);
}

/* The logarithm of the mean weight changes by this where a family is left out, by the jackknife over families. */
static double jackknife(const double *work, const size_t *family, size_t n, double least, double total) {
  double count = (double)n, families = 0, mean = 0, square = 0;
  for (size_t first = 0, end; first < n; first = end) {
    double own = 0;
    for (end = first; end < n && (end == first || (family && family[end] == family[first])); end++)
      own += exp(least - work[end]);
    double off = log1p(-own / total) - log1p(-(double)(end - first) / count), before = mean;
    mean += (off - mean) / ++families;
    square += (off - before) * (off - mean);
  }
  return families > 1 && isfinite(mean) ? sqrt((families - 1) / families * square) : INFINITY;
}

gibbs_work_result gibbs_work_of_families(const double *work, const size_t *family, size_t n) {
  double least = find_least(work, n), total = 0, squares = 0, count = (double)n;
  for (size_t i = 0; i < n; i++) {
    double w = exp(least - work[i]);
    total += w;
    squares += w * w;
  }
  return (gibbs_work_result){.value = least - log(total / count),
                             .error = jackknife(work, family, n, least, total),
                             .ess = total * total / squares,
                             .likely = count * likely_part(work, n)};
}

gibbs_work_result gibbs_work_one_way(const double *work, size_t n) {
  return gibbs_work_of_families(work, NULL, n);
}

/* ---- Bennett's acceptance ratio --------------------------------------------------------------------------- */

/* The mean and mean square of 1 / (1 + exp(work - shift)). */
static double accept(const double *work, size_t n, double shift, double *square) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    double f = 1 / (1 + exp(work[i] - shift));
    sum += f;
    squares += f * f;
  }
  if (square) *square = squares / (double)n;
  return sum / (double)n;
}

/* More are accepted forward than back where the difference is too high. */
static double solve(const double *forward, const double *back, size_t n) {
  double low = fmin(find_least(forward, n), -find_most(back, n));
  double high = fmax(find_most(forward, n), -find_least(back, n));
  for (int k = 0; k < 200 && high > low; k++) {
    double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (accept(forward, n, middle, NULL) < accept(back, n, -middle, NULL))
      low = middle;
    else
      high = middle;
  }
  return low + (high - low) / 2;
}

gibbs_work_result gibbs_work_two_ways(const double *forward, const double *back, size_t n) {
  double value = solve(forward, back, n), square_forward, square_back, count = (double)n;
  double f = accept(forward, n, value, &square_forward), b = accept(back, n, -value, &square_back);
  double ratio_forward = square_forward / (f * f), ratio_back = square_back / (b * b);
  double variance = (ratio_forward - 1) / count + (ratio_back - 1) / count;
  double ess = count / fmax(ratio_forward, ratio_back);
  return (gibbs_work_result){.value = value, .error = sqrt(fmax(variance, 0)), .ess = ess, .likely = ess};
}
