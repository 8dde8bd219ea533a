/* gibbs/environment.h - what a number depends on beside the script: versions of gibbs and of its libraries, and the
 * processor.
 *
 * Promises: one row each, in a fixed order, so that records of two runs can be compared.  Knows nothing of Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_ENVIRONMENT_H
#define GIBBS_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

const char *gibbs_version(void); /* "0.1.0" */

/* Libraries, 0 <= i < count.  A version is asked of the library that is loaded; one that cannot be loaded says why.
 */
size_t gibbs_library_count(void);
const char *gibbs_library_name(size_t i);
void gibbs_library_version(size_t i, char *text, size_t size);

/* "AMD EPYC 9B14", or the architecture where the system does not say more. */
void gibbs_processor_name(char *text, size_t size);
/* Features that decide which kernels run, 0 <= i < count: their names, and whether this processor has them. */
size_t gibbs_processor_feature_count(void);
const char *gibbs_processor_feature_name(size_t i);
bool gibbs_processor_has(size_t i);

#endif
