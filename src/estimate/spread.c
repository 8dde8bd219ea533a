/* spread.c - the variance of a mean from the autocovariance inside chains and from the spread between them.
 *
 * Inside: the summed autocovariance about the grand mean with an automatic window and the correction of its bias of
 * order 1/N (Wolff, Comput. Phys. Commun. 156 (2004) 143), after neighbours have been joined until hardly any
 * correlation is left, or hardly any elements (Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461).  Means of
 * blocks up to the correlation time lose nothing, and the window of the rest is short, so that the cost is linear.
 * Between: the sample variance of the chains' means, right whatever the correlations are, but rough for few chains.
 * Both are averaged by their degrees of freedom; where they contradict each other, the chains have not met, and only
 * the second is believed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/spread.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "gibbs/private/clones.h"

/* The window ends where what it cuts off is as large as its noise, if correlations decay as fast as STRETCH times tau
 * says. */
#define STRETCH 1.5
/* Windows longer than this are followed on joined neighbours. */
#define LONGEST_WINDOW 64
/* Fewer elements a chain than this are not joined further. */
#define FEWEST 8
/* Standard deviations by which tau has to be above 1 to say that there are correlations. */
#define CLEAR 2
/* Joined as well: noise, or correlations that alternate, and cancel in pairs. */
#define SHORTEST_TAU 0.5
/* How often chains that do agree may be said not to. */
#define FALSE_ALARM 1e-3

typedef struct window {
  double gamma, tau; /* autocovariance at lag 0; 1 + 2 sum of the autocorrelations up to `lags` */
  size_t lags;
  bool found;
} window;

GIBBS_CLONES static double multiply_lagged(const double *x, size_t n, size_t lag) {
  double sum[8] = {0};
  size_t k = 0, m = n - lag;
  for (; k + 8 <= m; k += 8)
    for (size_t l = 0; l < 8; l++) sum[l] += x[k + l] * x[k + l + lag];
  for (; k < m; k++) sum[0] += x[k] * x[k + lag];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static double covary(const double *x, size_t chains, size_t n, size_t lag) {
  double sum = 0;
  for (size_t c = 0; c < chains; c++) sum += multiply_lagged(x + c * n, n, lag);
  return sum / (double)(chains * (n - lag));
}

/* Subtracts the grand mean; returns the sample variance of the chains' means over their number. */
static double centre(double *x, size_t chains, size_t n) {
  double grand = 0, between = 0;
  for (size_t k = 0; k < chains * n; k++) grand += x[k];
  grand /= (double)(chains * n);
  for (size_t c = 0; c < chains; c++) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[c * n + k] -= grand;
    between += sum * sum;
  }
  return chains < 2 ? 0 : between / ((double)(n * n) * (double)chains * (double)(chains - 1));
}

static void join_neighbours(double *x, size_t chains, size_t n) {
  for (size_t c = 0; c < chains; c++)
    for (size_t k = 0; k < n / 2; k++) x[c * (n / 2) + k] = (x[c * n + 2 * k] + x[c * n + 2 * k + 1]) / 2;
}

/* True where the noise of the window's sum has overtaken what lies outside of it. */
static bool window_is_enough(double tau, size_t lags, double elements) {
  if (tau <= 1) return true;
  double decay = STRETCH / log((tau + 1) / (tau - 1));
  return exp(-(double)lags / decay) < decay / sqrt((double)lags * elements);
}

static window open_window(const double *x, size_t chains, size_t n) {
  window w = {.gamma = covary(x, chains, n, 0), .tau = 1};
  if (w.gamma <= 0) return (window){.tau = 1, .found = true};
  size_t most = n / 2 < LONGEST_WINDOW ? n / 2 : LONGEST_WINDOW;
  while (!w.found && w.lags < most) {
    w.tau += 2 * covary(x, chains, n, ++w.lags) / w.gamma;
    w.found = window_is_enough(w.tau, w.lags, (double)(chains * n));
  }
  return w;
}

/* Whether the window may have missed something: it is too long; correlations alternate; or there are some, of which
 * those of a small slow part can be hidden in the noise of a large fast part, that goes when neighbours are joined.
 */
static bool can_be_joined(const window *w, double elements) {
  double noise = w->tau * sqrt(2 * (double)(2 * w->lags + 1) / elements);
  return !w->found || w->tau < SHORTEST_TAU || w->tau - 1 > CLEAR * noise;
}

/* The variance of the mean by correlations inside chains, when elements deviate from the mean of `of` elements. */
static double sum_window(const window *w, double elements, double of) {
  double wide = (double)(2 * w->lags + 1);
  return w->gamma * fmax(w->tau, SHORTEST_TAU / 4) / elements * (1 + fmin(wide / of, 1));
}

static double count_freedom(const window *w, double elements) {
  return fmax(elements / (double)(2 * w->lags + 1), 1);
}

/* Whether the spread of the chains' means is beyond what the fluctuations about each one's own mean explain. */
static bool chains_disagree(double *x, size_t chains, size_t n, double between) {
  for (size_t c = 0; c < chains; c++) centre(x + c * n, 1, n);
  window w = open_window(x, chains, n);
  double elements = (double)(chains * n), inside = sum_window(&w, elements, (double)n);
  if (between <= inside) return false;
  return inside <= 0 ||
         gsl_cdf_fdist_Q(between / inside, (double)(chains - 1), count_freedom(&w, elements)) < FALSE_ALARM;
}

void gibbs_spread_of_mean(double *x, size_t chains, size_t n, gibbs_spread *out) {
  double between = centre(x, chains, n), elements = (double)(chains * n), more = (double)(chains - 1);
  window w = open_window(x, chains, n);
  *out = (gibbs_spread){.single = w.gamma};
  while (can_be_joined(&w, elements) && n >= 2 * FEWEST) {
    join_neighbours(x, chains, n);
    n /= 2;
    elements = (double)(chains * n);
    w = open_window(x, chains, n);
  }
  double inside = sum_window(&w, elements, elements), freedom = count_freedom(&w, elements);
  out->resolved = w.found;
  out->disagree = chains > 1 && chains_disagree(x, chains, n, between);
  out->variance = out->disagree ? between : (freedom * inside + more * between) / (freedom + more);
  out->relative = sqrt(2 / (out->disagree ? more : freedom + more));
}
