/* gibbs/model_file.h - distributions in files: an energy as data, with its variables and parameters, in HDF5.
 *
 * Promises: what is loaded is the same distribution - the same free energy, kernels and chains, to the last bit - for
 * it is built node by node, in the order in which the energy was; the same script writes the same bytes; a file is
 * parsed and checked, never executed; a write is complete and flushed to disk, or leaves no trace.  Files of version
 * 1 stay readable; other versions are refused by name.  Knows nothing of Lua.
 *
 * The layout, version 1, as h5py sees it.  Numbers are float64, all counting is from 0, and in a list of lists one
 * length after the other says which numbers belong to whom:
 *
 *   @format "gibbs model"  @version 1  @gibbs (the writer's version)  @family ("rbm", "ising", "boltzmann")
 *   energy_text               the energy for human eyes, cut where it is long; nothing is read from it
 *   parameters/<dataset>      the values of each parameter, in its shape
 *   parameter_table/name      their names, in the order of Q:parameters(); the node table counts by it
 *     .../dataset             under which name its values lie: the name, but without '/' and not twice
 *     .../initial, a, b       "normal": mean and standard deviation, "uniform": the ends, of a start that is drawn
 *                             anew at each restart; "values": none
 *   variables/name, kind      "spins", "bits", "potts", "reals"
 *     .../states              q; 0 for reals
 *     .../role                "visible", then "hidden", each in the order of the model; then "inner", which sums over
 *                             states inside the energy bind
 *     .../shape               of the units: n x 6, zeros behind the last axis
 *   nodes/op                  what each node does, arguments before those who use them: the elementwise operations of
 *                             gibbs/ops.def by name ("add", "tanh", ...), "constant", "variable", "parameter", "sum"
 *                             (of all elements), "matmul", "outer", "gather" (out[k] = x[list[k]]), "scatter"
 *                             (out[list[k]] += x[k]), "logsumexp" (over the last axis), "marginal" (-log sum exp(-x)
 *                             over the states of the variables that follow), "marginal_mean" (of a value, for an
 *                             energy, over the variables that follow)
 *     .../shape               n x 6, zeros behind the last axis: a scalar has zeros alone.  Potts units have one more
 *                             axis, their q indicators
 *     .../detail              which constant, variable, parameter or list; for matmul 1 if the first matrix is to be
 *                             transposed, plus 2 for the second
 *     .../argument_count, arguments   how many, and which nodes, one node after the other
 *     .../energy              the node that is the energy E(v, h)
 *   constants/length, numbers        1: one number for all elements; else all of them, row-major
 *   lists/rule, length, numbers      "positions": one by one.  "same": count, position.  "shift", of all elements of
 * a shape: its rank, the extents, the offsets.  "first_end", "second_end" of the bonds of a lattice, cell by cell and
 * step by step: elements a site, axes, sites a cell, steps, 1 if periodic, the extents; then each step: from and to
 * which site of a cell, and the offset of the second cell
 *
 * A normalised trace, an offset and a hidden sum are nodes like all others.  Before HDF5's own beginning stand 512
 * bytes: length and checksum of the file, so that damage is told before anything else.  A file without this seal,
 * as other programs write it, is read too: to change a model in Python, copy its items to a new file. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_MODEL_FILE_H
#define GIBBS_MODEL_FILE_H

#include "gibbs/distribution.h"
#include "gibbs/files.h"

#define GIBBS_MODEL_FILE_VERSION 1

/* Write the distribution to `path`, which ends in .h5 or .hdf5; a model that is there is replaced, anything else is
 * not.  ERR_UNSUPPORTED: the energy is a function of a script, which is no data.  ERR_ARGUMENT: the ending. ERR_FILE:
 * the path, or what is there.  O(nodes + numbers): 8 bytes a number, 72 a node. */
gibbs_status gibbs_model_save(const gibbs_distribution *distribution, const char *path,
                              gibbs_error *err) GIBBS_CHECKED;

/* A new distribution on nodes of `graph`, with variables and parameters of its own; *out is the caller's to release.
 * `within`: "Q" or "fits/best", a group of a file that holds more; NULL: the file is the model.  ERR_FILE says what
 * is wrong with the file.  O(size of the file), and the cost of gibbs_distribution_new. */
gibbs_status gibbs_model_load(gibbs_graph *graph, const char *path, const char *within, gibbs_distribution **out,
                              gibbs_error *err) GIBBS_CHECKED;

/* The content of such a file as a map, for files that hold more than a model, and back.  *out is the caller's to
 * free, or to release. */
gibbs_status gibbs_model_to_value(const gibbs_distribution *distribution, gibbs_value **out,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_model_from_value(gibbs_graph *graph, const gibbs_value *map, gibbs_distribution **out,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif
