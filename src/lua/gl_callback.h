/* gl_callback.h - Lua called from inside the core.
 *
 * Promises: nothing that Lua does unwinds a frame of the core; the script's error value waits in the state and is
 * raised again, unchanged, by gl_check once the core has cleaned up and returned GIBBS_ERR_CALLBACK.
 *
 *   static int energy_body(lua_State *L) {                     // everything that may raise goes here
 *     struct energy *call = lua_touserdata(L, 1);
 *     lua_rawgeti(L, LUA_REGISTRYINDEX, call->function);
 *     ... push arguments; lua_call(L, 1, 1); check and store the result in *call ...
 *     return 0;
 *   }
 *   static gibbs_status energy_of(void *payload, const double *values, double *out, gibbs_error *err) {
 *     struct energy call = {...};
 *     return gl_callback_run(state, energy_body, &call, err);
 *   } */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CALLBACK_H
#define GL_CALLBACK_H

#include "gl_state.h"

/* Run `body` protected, on the thread that gl_enter named last, with `context` as its only argument (light userdata).
 */
gibbs_status gl_callback_run(gl_state *state, lua_CFunction body, void *context, gibbs_error *err) GIBBS_CHECKED;

/* Push the error value that waits, and forget it; false (nothing pushed) when there is none. */
bool gl_callback_take_error(lua_State *L);

/* Keep the Lua value at `index` alive until gl_callback_forget; push it with lua_rawgeti(L, LUA_REGISTRYINDEX, ref).
 * Forgetting is safe in any finalizer. */
int gl_callback_keep(lua_State *L, int index);
void gl_callback_forget(gl_state *state, int reference);

#endif
