/* gl_checkpoint.h - a training that keeps checkpoints: gibbs.minimize{checkpoint =, resume =, ...}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CHECKPOINT_H
#define GL_CHECKPOINT_H

#include "gibbs/checkpoint.h"
#include "gibbs/training_file.h"
#include "gl_options.h"

/* Read with the other options of the training. */
typedef struct gl_checkpoint_settings {
  uint64_t every;
  double seconds;
  bool overwrite;
} gl_checkpoint_settings;

/* Their rows; `field` is the gl_checkpoint_settings in the struct `type`. */
#define GL_CHECKPOINT_ROWS(type, field)                                                                              \
  GL_VALUE_ROW("checkpoint", "the path of an HDF5 file that keeps the state of the run"),                            \
      GL_VALUE_ROW("resume", "true: go on from the checkpoint, if it is there; or the path of another one"),         \
      {"overwrite",                                                                                                  \
       GL_BOOLEAN,                                                                                                   \
       offsetof(type, field.overwrite),                                                                              \
       0,                                                                                                            \
       0,                                                                                                            \
       1,                                                                                                            \
       NULL,                                                                                                         \
       "begin anew where there is a checkpoint already"},                                                            \
      {"checkpoint_every",                                                                                           \
       GL_INTEGER,                                                                                                   \
       offsetof(type, field.every),                                                                                  \
       0,                                                                                                            \
       0,                                                                                                            \
       1e12,                                                                                                         \
       NULL,                                                                                                         \
       "steps from one checkpoint to the next; 0: by time alone"},                                                   \
  {                                                                                                                  \
    "checkpoint_seconds", GL_REAL, offsetof(type, field.seconds), 60, 0, 1e9, NULL,                                  \
        "seconds after which a checkpoint is written in any case; 0: by steps alone"                                 \
  }

/* Starts as {0}; a part of what owns the training, which closes it before that. */
typedef struct gl_checkpoint {
  gibbs_checkpoint *place; /* NULL: no checkpoint is kept */
  gibbs_training *engine;  /* borrowed, as all in `about` but the settings */
  gibbs_training_about about;
  gibbs_value *settings;
  gl_checkpoint_settings when;
  bool current;     /* the newest checkpoint is of `written` */
  uint64_t written; /* step */
  double time;      /* of the newest, seconds */
  bool resumed;
  uint64_t resumed_at;
} gl_checkpoint;

/* The options at index 3, before the work begins: raises where they are wrong or contradict each other, and where a
 * checkpoint is in the way. */
void gl_checkpoint_open(lua_State *L, gl_checkpoint *c, const gl_checkpoint_settings *when, const char *who);
/* The training is made: go on from a checkpoint, or write the first one.  Raises. */
void gl_checkpoint_begin(lua_State *L, gl_checkpoint *c, gibbs_training *engine, const gibbs_training_setup *setup,
                         const gibbs_training_options *options, const char *who);
/* After a step: a checkpoint, if one is due. */
gibbs_status gl_checkpoint_step(gl_checkpoint *c, gibbs_error *err) GIBBS_CHECKED;
/* After the last one. */
gibbs_status gl_checkpoint_end(gl_checkpoint *c, gibbs_error *err) GIBBS_CHECKED;
/* Fields of the fit on the top of the stack. */
void gl_checkpoint_tell(lua_State *L, const gl_checkpoint *c);
void gl_checkpoint_close(gl_checkpoint *c);

#endif
