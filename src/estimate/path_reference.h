/* path_reference.h - the independent units that a path begins with. */
#ifndef GIBBS_ESTIMATE_PATH_REFERENCE_H
#define GIBBS_ESTIMATE_PATH_REFERENCE_H

#include "gibbs/random.h"
#include "path.h"

/* Fields, precisions and log Z, as the options want them. */
gibbs_status gibbs_reference_fit(gibbs_path *path, const gibbs_free_energy_options *o,
                                 gibbs_error *err) GIBBS_CHECKED;
/* E0 as an expression; NULL where it is 0. */
gibbs_status gibbs_reference_energy(const gibbs_path *path, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* The units of a variable, whose elements begin at `at`. */
void gibbs_reference_draw(const gibbs_path *path, const gibbs_variable *variable, size_t at, gibbs_stream *stream,
                          double *row);

#endif
