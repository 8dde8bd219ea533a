/* checkpoint_seal.h - length and checksum of a checkpoint, in the block that HDF5 leaves to its users.
 *
 * HDF5 looks for its own beginning at byte 0, 512, 1024, ...: what stands before it is ours.  So damage is found
 * before the library meets it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_CHECKPOINT_SEAL_H
#define GIBBS_RUN_CHECKPOINT_SEAL_H

#include "gibbs/status.h"

enum { gibbs_seal_size = 512 };

/* Seal the file at `path`, whose first gibbs_seal_size bytes are free, through `descriptor`, open for writing. */
gibbs_status gibbs_seal_write(const char *path, int descriptor, gibbs_error *err) GIBBS_CHECKED;
/* ERR_FILE says in what the file is not what was sealed; messages do not name it. */
gibbs_status gibbs_seal_check(const char *path, gibbs_error *err) GIBBS_CHECKED;

#endif
