/* gl_run.h - what recorded runs need of C, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_RUN_H
#define GL_RUN_H

#include <lauxlib.h>
#include <stdint.h>

#include "gibbs/status.h"

/* Functions of the core table: sha256, sha256_text, environment, run_place, run_held, hold_run, folder_make,
 * folder_remove, directory, change_directory, apart. */
extern const luaL_Reg gl_run_core[];
/* transcript, metrics, logged */
extern const luaL_Reg gl_transcript_core[];

/* Rows that the recorded run of this process has logged; -1: none is recorded.  A checkpoint keeps it, so that a run
 * that goes on from there knows which rows are behind it. */
int64_t gl_run_logged(void);
void gl_run_set_logged(int64_t rows);
/* The rows are on disk before a checkpoint says that they are. */
gibbs_status gl_run_flush_rows(gibbs_error *err) GIBBS_CHECKED;

#endif
