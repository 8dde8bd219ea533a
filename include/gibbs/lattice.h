/* gibbs/lattice.h - lattices as sites and bonds.
 *
 * Promises: sites are numbered 0..sites-1 in row-major order of the lattice's shape (last axis fastest); bonds are
 * listed cell by cell in the order of the sites, and in each cell by direction; a periodic direction of length 2
 * carries each of its bonds twice, so that a periodic lattice has as many bonds as cells times directions; a
 * direction of length 1 carries none, for a site has no bond with itself. Knows nothing of spins or energies. */
#ifndef GIBBS_LATTICE_H
#define GIBBS_LATTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "gibbs/tensor.h"

/* name, axes the caller gives (0: one to five), directions of bonds (0: one per axis), doc */
#define GIBBS_LATTICE_LIST(X)                                                                                        \
  X(CHAIN, "chain", 1, 1, "a line of sites; periodic: a ring")                                                       \
  X(SQUARE, "square", 2, 2, "square lattice: bonds to the next site along each of the two axes")                     \
  X(TRIANGULAR, "triangular", 2, 3, "triangular lattice: square plus one diagonal per plaquette")                    \
  X(HONEYCOMB, "honeycomb", 2, 3, "honeycomb lattice: two sites A, B per cell, shape {n1, n2, 2}")                   \
  X(CUBIC, "cubic", 3, 3, "simple cubic lattice")                                                                    \
  X(HYPERCUBIC, "hypercubic", 0, 0, "hypercubic lattice of one to five axes")                                        \
  X(COMPLETE, "complete", 1, 1, "every pair of sites is a bond")                                                     \
  X(GRAPH, "graph", 1, 1, "any list of bonds")

typedef enum gibbs_lattice_kind {
#define X(id, name, axes, directions, doc) GIBBS_LATTICE_##id,
  GIBBS_LATTICE_LIST(X)
#undef X
      GIBBS_LATTICE_COUNT
} gibbs_lattice_kind;

typedef struct gibbs_bond {
  uint32_t a, b;      /* the two ends, site numbers */
  uint32_t direction; /* 0..directions-1 */
} gibbs_bond;

typedef struct gibbs_lattice gibbs_lattice; /* opaque, immutable, reference-counted */

/* Any kind but GRAPH.  `extent` holds one length per axis (for honeycomb: cells).  O(1).
 * Bonds: square (x,y)-(x+1,y), (x,y)-(x,y+1); triangular adds (x,y)-(x+1,y+1); honeycomb
 * B(x,y)-A(x,y), B(x,y)-A(x+1,y), B(x,y)-A(x,y+1).
 * ERR_ARGUMENT: wrong number of axes, a length of 0, more than 2^31 bonds. */
gibbs_status gibbs_lattice_new(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic,
                               gibbs_lattice **out, gibbs_error *err) GIBBS_CHECKED;
/* A graph of `sites` sites.  ERR_ARGUMENT: an end outside 0..sites-1, or a bond of a site with itself. */
gibbs_status gibbs_lattice_new_graph(size_t sites, size_t count, const gibbs_bond bonds[], gibbs_lattice **out,
                                     gibbs_error *err) GIBBS_CHECKED;
gibbs_lattice *gibbs_lattice_retain(gibbs_lattice *lattice);
void gibbs_lattice_release(gibbs_lattice *lattice);

const char *gibbs_lattice_name(gibbs_lattice_kind kind);
gibbs_lattice_kind gibbs_lattice_kind_of(const gibbs_lattice *lattice);
bool gibbs_lattice_periodic(const gibbs_lattice *lattice);
const gibbs_shape *gibbs_lattice_shape(const gibbs_lattice *lattice);
size_t gibbs_lattice_sites(const gibbs_lattice *lattice);
size_t gibbs_lattice_directions(const gibbs_lattice *lattice);
size_t gibbs_lattice_bond_count(const gibbs_lattice *lattice);
/* All bonds, gibbs_lattice_bond_count of them; made at the first call, which belongs to the lattice's thread.
 * O(bonds). */
gibbs_status gibbs_lattice_bonds(const gibbs_lattice *lattice, const gibbs_bond **out,
                                 gibbs_error *err) GIBBS_CHECKED;

#endif
