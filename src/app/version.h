/* version.h - what --version prints. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VERSION_H
#define VERSION_H

void version_print(void);

#endif
