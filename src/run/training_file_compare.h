/* training_file_compare.h - settings by name, then and now. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_TRAINING_FILE_COMPARE_H
#define GIBBS_RUN_TRAINING_FILE_COMPARE_H

#include "gibbs/files.h"

/* ERR_ARGUMENT names the first setting that differs, with both values.  `except` (NULL: none) may differ. */
gibbs_status gibbs_settings_compare(const gibbs_value *written, const gibbs_value *own, const char *except,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif
