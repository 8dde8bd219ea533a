/* test_vectorfloat.c - the exponential in single precision against the C library's in double. */
#include <criterion/criterion.h>
#include <math.h>

#include "gibbs/private/vectorfloat.h"

Test(vectorfloat, exponential) {
  double worst = 0;
  for (float x = -87; x <= 87; x += 0x1p-11f) {
    double expected = exp((double)x), found = (double)gibbs_float_exp(x);
    worst = fmax(worst, fabs(found - expected) / expected);
  }
  cr_expect(worst < 2 * 0x1p-23, "relative error %g", worst);
  cr_expect(gibbs_float_exp(0) == 1);
}

Test(vectorfloat, ends) {
  const float below[] = {-87.1f, -1000, -INFINITY}, above[] = {87.1f, 1000, INFINITY};
  for (size_t i = 0; i < 3; i++) {
    cr_expect(gibbs_float_exp(below[i]) == gibbs_float_exp(-87) && gibbs_float_exp(below[i]) > 0);
    cr_expect(gibbs_float_exp(above[i]) == gibbs_float_exp(87) && isfinite(gibbs_float_exp(above[i])));
  }
  cr_expect(isfinite(gibbs_float_exp(NAN)));
}

/* Absolute errors, relative to 1 + |value| (or the argument, where that is larger). */
Test(vectorfloat, logarithm) {
  double worst = 0;
  for (double power = -86; power <= 86; power += 0x1p-9) {
    float x = (float)exp(power);
    worst = fmax(worst, fabs((double)gibbs_float_log(x) - log((double)x)) / (1 + fabs(power)));
  }
  for (float x = 0.5f; x <= 2; x += 0x1p-18f) worst = fmax(worst, fabs((double)gibbs_float_log(x) - log((double)x)));
  cr_expect(worst < 1.2e-7, "error %g", worst);
  cr_expect(gibbs_float_log(1) == 0);
}

Test(vectorfloat, softplus_and_log_cosh) {
  double softplus = 0, logcosh = 0;
  for (float x = -100; x <= 100; x += 0x1p-10f) {
    double t = (double)x, size = fabs(t);
    double plus = fmax(t, 0) + log1p(exp(-size)), cosh = size + log1p(exp(-2 * size)) - log(2);
    softplus = fmax(softplus, fabs((double)gibbs_float_softplus(x) - plus) / (1 + size));
    logcosh = fmax(logcosh, fabs((double)gibbs_float_logcosh(x) - cosh) / (1 + size));
  }
  cr_expect(softplus < 2e-7 && logcosh < 2e-7, "errors %g and %g", softplus, logcosh);
}
