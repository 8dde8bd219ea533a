/* map_writer.h - a map under construction; the first failure stays, and nothing is done after it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_MAP_WRITER_H
#define GIBBS_RUN_MAP_WRITER_H

#include "gibbs/files.h"

typedef struct gibbs_map_writer {
  gibbs_value *map; /* NULL after a failure to make one */
  gibbs_status status;
  gibbs_error *err;
} gibbs_map_writer;

/* The map is the caller's, whatever happens. */
gibbs_map_writer gibbs_map_begin(gibbs_error *err);
/* A map inside the one of `w`: begun, filled, and put under its name. */
gibbs_map_writer gibbs_map_begin_within(const gibbs_map_writer *w);
void gibbs_map_end(gibbs_map_writer *w, const char *name, gibbs_map_writer *inner);
/* Takes `item` over. */
void gibbs_map_put(gibbs_map_writer *w, const char *name, gibbs_value *item);
void gibbs_map_put_text(gibbs_map_writer *w, const char *name, const char *text);
void gibbs_map_put_number(gibbs_map_writer *w, const char *name, double number);
/* A tensor; `numbers` NULL: the caller fills in what is returned (NULL after a failure). */
double *gibbs_map_put_numbers(gibbs_map_writer *w, const char *name, const gibbs_shape *shape, const double *numbers);

#endif
