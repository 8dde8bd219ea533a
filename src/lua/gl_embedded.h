/* gl_embedded.h - the Lua half of the library, compiled in.
 *
 * Promises: one row per file of lua/gibbs (plot.lua is "gibbs.plot", init.lua is "gibbs"), then a row whose name is
 * NULL. Sources are followed by a zero byte that `size` does not count.  The array is written by the build. */
#ifndef GL_EMBEDDED_H
#define GL_EMBEDDED_H

#include <stddef.h>

struct gl_embedded {
  const char *name;
  const char *source;
  size_t size;
};

extern const struct gl_embedded gl_embedded[];

#endif
