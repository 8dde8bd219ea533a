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
