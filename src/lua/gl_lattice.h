/* gl_lattice.h - the class of lattices: its objects are gibbs_lattice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_LATTICE_H
#define GL_LATTICE_H

#include "gibbs/lattice.h"
#include "gl_class.h"

extern const gl_class gl_lattice;

#endif
