/* files_npy.h - NumPy arrays in memory, for the formats that hold them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_NPY_H
#define GIBBS_RUN_FILES_NPY_H

#include "files_format.h"

/* An array that fills bytes[0..size) to the last one. */
gibbs_status gibbs_npy_parse(const unsigned char *bytes, size_t size, gibbs_value **out,
                             gibbs_error *err) GIBBS_CHECKED;

/* What stands before the numbers: returns its length. Six extents of twenty digits fit. */
enum { gibbs_npy_header_size = 256 };
size_t gibbs_npy_header(const gibbs_shape *shape, unsigned char header[gibbs_npy_header_size]);

/* The numbers, block after block. */
typedef void gibbs_npy_sink(void *context, const unsigned char *bytes, size_t size);
void gibbs_npy_numbers(const gibbs_tensor *tensor, gibbs_npy_sink *sink, void *context);

#endif
