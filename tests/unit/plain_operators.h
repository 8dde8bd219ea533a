/* plain_operators.h - the usual even operators of the square lattice, written out by hand. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLAIN_OPERATORS_H
#define PLAIN_OPERATORS_H

#include <stdint.h>
#include <string.h>

static int sign_of(uint8_t spin) {
  return spin ? -1 : 1;
}

static int at(const uint8_t *spins, long ny, long nx, long y, long x) {
  return sign_of(spins[((y % ny + ny) % ny) * nx + (x % nx + nx) % nx]);
}

/* Written out by hand: nearest, diagonal, plaquette, second, knight, diamond, second diagonal. */
static void plain_sums(const uint8_t *s, long ny, long nx, double out[7]) {
  memset(out, 0, 7 * sizeof *out);
  for (long y = 0; y < ny; y++)
    for (long x = 0; x < nx; x++) {
      const int me = at(s, ny, nx, y, x);
      out[0] += me * (at(s, ny, nx, y, x + 1) + at(s, ny, nx, y + 1, x));
      out[1] += me * (at(s, ny, nx, y + 1, x + 1) + at(s, ny, nx, y + 1, x - 1));
      out[2] += me * at(s, ny, nx, y, x + 1) * at(s, ny, nx, y + 1, x) * at(s, ny, nx, y + 1, x + 1);
      out[3] += me * (at(s, ny, nx, y, x + 2) + at(s, ny, nx, y + 2, x));
      out[4] += me * (at(s, ny, nx, y + 1, x + 2) + at(s, ny, nx, y + 1, x - 2) + at(s, ny, nx, y + 2, x + 1) +
                      at(s, ny, nx, y + 2, x - 1));
      out[5] += at(s, ny, nx, y - 1, x) * at(s, ny, nx, y + 1, x) * at(s, ny, nx, y, x - 1) * at(s, ny, nx, y, x + 1);
      out[6] += me * (at(s, ny, nx, y + 2, x + 2) + at(s, ny, nx, y + 2, x - 2));
    }
}

#endif
