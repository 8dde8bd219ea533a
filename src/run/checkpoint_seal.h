/* checkpoint_seal.h - length and checksum of a checkpoint or a model, in the block that HDF5 leaves to its users.
 *
 * HDF5 looks for its own beginning at byte 0, 512, 1024, ...: what stands before it is ours.  So damage is found
 * before the library meets it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_CHECKPOINT_SEAL_H
#define GIBBS_RUN_CHECKPOINT_SEAL_H

#include "files_format.h"

enum { gibbs_seal_size = 512 };

/* What is sealed. */
typedef struct gibbs_seal_kind {
  const char *name;   /* "checkpoint" */
  const char *family; /* "gibbs checkpoint ", then the version */
  const char *format; /* "gibbs checkpoint 1\n": the first line of the seal */
  const char *maker;  /* who writes such files, for messages */
} gibbs_seal_kind;

extern const gibbs_seal_kind gibbs_seal_of_checkpoint, gibbs_seal_of_model;

/* Write `content` as HDF5, seal it and flush it to disk; what is left is gibbs_output_close. */
gibbs_status gibbs_seal_fill(const gibbs_seal_kind *kind, gibbs_output *out, const gibbs_value *content,
                             gibbs_error *err) GIBBS_CHECKED;
/* Seal the file at `path`, whose first gibbs_seal_size bytes are free, through `descriptor`, open for writing. */
gibbs_status gibbs_seal_write(const gibbs_seal_kind *kind, const char *path, int descriptor,
                              gibbs_error *err) GIBBS_CHECKED;
/* Whether the file begins as one of this kind, of any version. */
bool gibbs_seal_begins(const gibbs_seal_kind *kind, const char *path);
/* ERR_FILE says in what the file is not what was sealed; messages do not name it.  `bare` NULL: a file of HDF5
 * without a seal is refused; else it is let through, and *bare tells. */
gibbs_status gibbs_seal_check(const gibbs_seal_kind *kind, const char *path, bool *bare,
                              gibbs_error *err) GIBBS_CHECKED;

#endif
