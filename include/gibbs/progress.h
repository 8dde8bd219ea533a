/* gibbs/progress.h - how a long computation says how far it is.
 *
 * Promises: nothing of a result depends on it; without a view (the default) a call costs a comparison, with one it
 * reads the clock and no more until a tenth of a second has passed.  Tasks nest.  The view belongs to the thread that
 * set it: calls from other threads do nothing, so that a parallel loop may report from all of them.
 * Prints nothing: the program that sets the view does. */
#ifndef GIBBS_PROGRESS_H
#define GIBBS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GIBBS_PROGRESS_METRICS = 4 };

/* One loop that is under way; it lives on the stack of the function that runs it.  Strings are literals. */
typedef struct gibbs_progress {
  const char *what;            /* "training"; NULL: nobody looks */
  const char *unit;            /* "step"; NULL: the part that is done is said in per cent */
  uint64_t first, done, total; /* steps done at the beginning, now, and at the end (0: not known) */
  bool limit;                  /* total is the most that it may take */
  double began, stepped;       /* when it began and came to `done`, by gibbs_progress_clock() */
  struct {
    const char *name;
    double value;
  } metric[GIBBS_PROGRESS_METRICS];
  struct gibbs_progress *outer; /* the task of which this is a step, or NULL */
} gibbs_progress;

/* Every begin has its end, on each way out of the function. */
void gibbs_progress_begin(gibbs_progress *task, const char *what, const char *unit, uint64_t first, uint64_t total);
void gibbs_progress_step(gibbs_progress *task, uint64_t done);
/* Whether the next step will be shown: metrics that cost something are made for those alone. */
bool gibbs_progress_wanted(const gibbs_progress *task);
/* Metric k (from 0) from now on; NaN: not known, and not shown. */
void gibbs_progress_metric(gibbs_progress *task, size_t k, const char *name, double value);
void gibbs_progress_end(gibbs_progress *task);

/* Whoever shows it.  `show` is called when there is news, ten times a second at most; `hide` when all is done.  NULL:
 * nobody.  The struct has to stay. */
typedef struct gibbs_progress_view {
  void (*show)(void *context, double now);
  void (*hide)(void *context);
  void *context;
} gibbs_progress_view;
void gibbs_progress_to(const gibbs_progress_view *view);

double gibbs_progress_clock(void); /* seconds of a clock that never jumps */
/* Seconds since the outermost task began; 0 when there is none. */
double gibbs_progress_elapsed(double now);
/* "training step 120 of 3000, 1:12 left, 40/s, value 1.25" in `size` bytes, and its length.  Tasks within follow: the
 * outermost comes first. */
size_t gibbs_progress_text(double now, char *text, size_t size);

#endif
