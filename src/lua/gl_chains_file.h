/* gl_chains_file.h - chains in files: for the two files that write and read them.  Nothing here knows of Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CHAINS_FILE_H
#define GL_CHAINS_FILE_H

#include "gl_chains.h"

/* A file holds a map: "format", "model" and "kernel" are texts (in an npz, lists of their characters' codes), the
 * rest numbers: "hidden", "n", "seed"; "settings"; "energy" of every chain; "state"; "held.<k>" and "ladder.<name>".
 */
#define GL_CHAINS_FORMAT "gibbs chains 1"

enum { GL_MODEL_TEXT = 1024 };

/* What the model is, without the values of its parameters; returns `text`. */
char *gl_model_text(gibbs_distribution *d, char *text, size_t size);
/* H(v) of every chain, or E where there is no H; of the first rung. */
gibbs_status gl_chain_energies(gl_chain_set *set, double *out, gibbs_error *err) GIBBS_CHECKED;

gibbs_status gl_chains_write_file(gl_chain_set *set, const char *path, gibbs_error *err) GIBBS_CHECKED;
/* Chains as they are in the file. */
gibbs_status gl_chains_read_file(gibbs_distribution *d, const char *path, gl_chain_set **out,
                                 gibbs_error *err) GIBBS_CHECKED;

#endif
