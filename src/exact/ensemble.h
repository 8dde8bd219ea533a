/* ensemble.h - what an ensemble is, for the rooms of the exact floor only. */
#ifndef GIBBS_EXACT_ENSEMBLE_H
#define GIBBS_EXACT_ENSEMBLE_H

#include "gibbs/exact.h"
#include "member.h"

/* States of one run; also the most that a view holds. */
#define GIBBS_CHUNK_BITS 12
#define GIBBS_CHUNK_STATES ((size_t)1 << GIBBS_CHUNK_BITS)
/* The states are cut into at most this many segments, each summed by one thread and merged in order. */
#define GIBBS_SEGMENTS 64

typedef struct gibbs_watched {
  gibbs_expr *expr;
  size_t owner, size;
  gibbs_program *program;
  gibbs_program *backward; /* for the parameters below */
  gibbs_expr **wanted;
  size_t wanted_count;
} gibbs_watched;

/* What one thread needs to look at a run of states. */
typedef struct gibbs_lane {
  double *
      *values; /* configurations: [variable][row * GIBBS_CHUNK_STATES + state]; NULL where no program needs them */
  bool filled;
  double **log_weight, **probability, **weight;       /* [member] */
  const double **view_log_weight, **view_probability; /* [member]: of the lane, or in the tables */
  double **observable, **observable_weight;           /* [observable] */
  gibbs_products_scratch **scratch;                   /* [member], NULL where general */
  gibbs_workspace **workspace, **backward;            /* [member] */
  gibbs_workspace **watch, **watch_backward;          /* [observable] */
} gibbs_lane;

struct gibbs_ensemble {
  gibbs_space space;
  gibbs_demand demand;
  size_t member_count, watched_count;
  gibbs_member *members;
  gibbs_watched *watched;
  bool needs_values, calls_back;
  bool tables; /* log-weights and probabilities of all states are kept between passes */
  double **table_log_weight, **table_probability;
  double **table_scale; /* [member][chunk]: of the weights that become probabilities */
  double *log_z;
  bool *summed;     /* log_z is that of the present parameters */
  double *energies; /* [under * member_count + of] */
  double **means;   /* [under * watched_count + observable] -> size values */
  gibbs_lane *lanes;
  size_t lane_count;
};

size_t gibbs_ensemble_chunks(const gibbs_ensemble *ensemble);
size_t gibbs_ensemble_chunk_size(const gibbs_ensemble *ensemble, size_t chunk);
/* Chunks first..last-1 of a segment out of `segments`. */
void gibbs_segment_range(size_t chunks, size_t segments, size_t segment, size_t *first, size_t *last);

/* One lane a thread, with what the present parameters need; and, later, lanes for threads that have come since. */
gibbs_status gibbs_lanes_cover(gibbs_ensemble *ensemble, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_lanes_prepare(gibbs_ensemble *ensemble, gibbs_error *err) GIBBS_CHECKED;
void gibbs_lane_clear(gibbs_ensemble *ensemble, gibbs_lane *lane);
/* Configurations of a chunk, if some program needs them. */
void gibbs_lane_fill(const gibbs_ensemble *ensemble, gibbs_lane *lane, size_t chunk);
/* -H of a general member over the chunk whose configurations are in the lane. */
gibbs_status gibbs_lane_log_weights(const gibbs_ensemble *ensemble, gibbs_lane *lane, size_t k, size_t count,
                                    double *out, gibbs_error *err) GIBBS_CHECKED;
/* exp(-H - *scale) over a chunk, and -H where asked for. */
gibbs_status gibbs_lane_weights(const gibbs_ensemble *ensemble, gibbs_lane *lane, size_t k, size_t chunk,
                                double *log_weight, double *weight, double *scale, gibbs_error *err) GIBBS_CHECKED;
/* A view of a chunk of a prepared ensemble: every member's log-weights and probabilities, and the observables. */
gibbs_status gibbs_lane_view(const gibbs_ensemble *ensemble, gibbs_lane *lane, size_t chunk, gibbs_view *view,
                             gibbs_error *err) GIBBS_CHECKED;

/* Run work over segments: in parallel, or on this thread if a member calls back into a script. */
typedef gibbs_status (*gibbs_ensemble_work)(void *context, size_t segment, size_t thread, gibbs_error *err);
gibbs_status gibbs_ensemble_run(const gibbs_ensemble *ensemble, size_t segments, gibbs_ensemble_work work,
                                void *context, gibbs_error *err) GIBBS_CHECKED;

#endif
