/* gibbs/checkpoint.h - where a long run keeps its state, so that it can be killed at any moment and go on.
 *
 * Promises: the file at the path is always a whole checkpoint, flushed to disk before it takes its name, and the one
 * before it is kept as "<path>.previous"; every file is sealed with its length and a checksum, so that one that is
 * cut off, changed in a single bit or written by something else is refused in words that say what can be used
 * instead; what killed writers left behind is removed by the next run, and two runs cannot hold one path.  The file
 * is HDF5, and every program that reads HDF5 reads it. Knows nothing of what it keeps. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_CHECKPOINT_H
#define GIBBS_CHECKPOINT_H

#include "gibbs/files.h"

/* A path held for the checkpoints of one run. */
typedef struct gibbs_checkpoint gibbs_checkpoint;

/* Hold `path`, which ends in .h5 or .hdf5: the lock is a file "<path>.lock", which goes away with the run and means
 * nothing once its process is gone.  Removes what killed writers of this path left behind.  Fails with ERR_ARGUMENT
 * for another ending, and with ERR_FILE when the path cannot be written, is no ordinary file, or is held by another
 * process. */
gibbs_status gibbs_checkpoint_open(const char *path, gibbs_checkpoint **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_checkpoint_close(gibbs_checkpoint *checkpoint); /* NULL is fine */

const char *gibbs_checkpoint_path(const gibbs_checkpoint *checkpoint); /* as it was given */
/* Whether there is a file at the path, of whatever content, and whether "<path>.previous" is there. */
bool gibbs_checkpoint_exists(const gibbs_checkpoint *checkpoint);
bool gibbs_checkpoint_has_previous(const gibbs_checkpoint *checkpoint);

/* What the file at the path holds, checked: as gibbs_checkpoint_read, after which it may become the previous one. */
gibbs_status gibbs_checkpoint_resume(gibbs_checkpoint *checkpoint, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

/* Replace the checkpoint by `content`, a map that HDF5 can hold.  The one that was there becomes the previous one if
 * this run has read or written it; a foreign or damaged one is never kept in the place of a previous one that is
 * whole.  After a failure everything is as it was before. */
gibbs_status gibbs_checkpoint_write(gibbs_checkpoint *checkpoint, const gibbs_value *content,
                                    gibbs_error *err) GIBBS_CHECKED;

/* Remove the previous one, which is another run's: after the first checkpoint of a run that replaces one. */
void gibbs_checkpoint_drop_previous(gibbs_checkpoint *checkpoint);

/* The content of a checkpoint, without holding it; the caller frees it.  ERR_FILE, with the file's name, says what is
 * wrong with it, and whether the one before it is whole. */
gibbs_status gibbs_checkpoint_read(const char *path, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

#endif
