/* gibbs/metrics.h - a CSV file that grows by a row a call: the numbers that a run logs.
 *
 * Promises: a row is handed to the system whole before the call returns, so that a killed process keeps every row;
 * after a failure (a full disk) the file ends with the last whole row; every double comes back with all its bits. The
 * file has the form that gibbs_file_read reads: a header, then numbers; a field that a row does not have is empty. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_METRICS_H
#define GIBBS_METRICS_H

#include <stddef.h>

#include "gibbs/status.h"

typedef struct gibbs_metrics gibbs_metrics;

/* The file is made by the first row.  One that is there is gone on with; a last line that was cut off is removed.
 * Fails with ERR_FILE when it cannot be read or is no such file. */
gibbs_status gibbs_metrics_open(const char *path, gibbs_metrics **out, gibbs_error *err) GIBBS_CHECKED;
/* Flushed to disk; ERR_FILE when that fails.  Frees it in any case; NULL is fine. */
gibbs_status gibbs_metrics_close(gibbs_metrics *metrics, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_metrics_flush(gibbs_metrics *metrics, gibbs_error *err) GIBBS_CHECKED;

/* Add a row of `count` values under their names.  A new name becomes a column, empty in the rows before: the file is
 * then written anew, O(its size); otherwise O(columns).  Names are not empty and hold no comma, quote or line end. */
gibbs_status gibbs_metrics_row(gibbs_metrics *metrics, const char *const names[], const double values[], size_t count,
                               gibbs_error *err) GIBBS_CHECKED;

#endif
