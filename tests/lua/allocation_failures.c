/* allocation_failures.c - every way in which Lua can run out of memory inside a binding: each piece of script is run
 * with an allocator that fails at allocation 0, 1, 2, ... until it succeeds.  Leaks are for the sanitizers to find.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/lua.h"

static const char *const scripts[] = {
    "local v = g.spins({3, 2}, 'v'); local s = tostring(v)",
    "local p = g.parameter('p', {2, 2}, g.normal(0, 1)); p:set{{1, 2}, {3, 4}}; local t = p:table()",
    "local t = g.tensor{{1, 2}, {3, 4}}; local u = t:mul(t) + 1; local x = g.sum(u), tostring(u)",
    "local a = g.parameter('a', 3); local e = g.exp(a):dot({1, 2, 3}) * 2; local d = g.grad(e, {a, a})",
    "local a = g.parameter('a', {}); local d = g.grad(g.grad(a ^ 3, a), a); local x = d:value()",
    "local l = g.lattice.square(2, 3, {periodic = false}); local b = l:bonds(); local s = l:shape()",
    "local l = g.lattice.graph{edges = {{1, 2}, {2, 3}}, sites = 4}; local e = g.bonds(g.bits(4), l)",
    "local v = g.potts(2, 3); local e = g.lua_energy{visible = v, energy = function(s) return s[1] * #{s} end}; "
    "local x = (e + 1):at(v, {1, 3})",
    "local x = pcall(g.spins, 'x'); local y = pcall(function() return g.sipns end)",
    "local h = g.huber(g.parameter('a', 2), 1)",
    "local c = require 'gibbs.core'; local v, u = g.spins({2, 2}, 'v'), g.potts(2, 3); "
    "local a, b, s, i = c.variable(v), c.variable(u), c.variable(3); "
    "local e = c.substitute(g.sum(v * v:shift{0, 1}), v, g.spins({2, 2}) * 2)",
    "local v = g.spins(3, 'v'); local P = g.boltzmann{visible = v, energy = g.sum(v * v:shift{1})}; "
    "local c = P:chains{n = 2, kernel = 'exact', start = {v = {1, -1, 1}}}; c:advance(2):set('v', 1); "
    "local b = c:batch(v); local s, m = tostring(c), c.settings",
    "local v = g.bits(3, 'v'); local P = g.boltzmann{visible = v, energy = g.sum(v)}; "
    "local c = P:chains{n = 2, kernel = 'heat_bath', clamp = {[v] = {1, g.null, 0/0}}}; "
    "local e, t = c:mean(v, {sweeps = 8}), tostring(c:mean(P.H, {sweeps = 8}))",
    "local v = g.spins(2, 'v'); local P = g.boltzmann{visible = v, energy = -v:dot(v:shift{1})}; "
    "local s = P:chains{n = 2, kernel = 'exact'}:record{sweeps = 40, keep = true, observables = {e = P.H, v = v}}; "
    "s:extend(8); local a, b = s:jackknife(function(m) return m.e, m.v:get(1) end); "
    "local d = s:bootstrap(function(m) return m.e^2 end, {resamples = 10}); "
    "local x = s:values('e'), s:values('v'), s:binning('e'), s:means(), tostring(s)",
    "local v = g.spins(2, 'v'); local P = g.boltzmann{visible = v, energy = -v:dot(v:shift{1})}; "
    "local how = g.chains{n = 2, sweeps = 20, kernel = 'exact'}; local e = P:mean(v, how), tostring(how); "
    "local f = g.mean(P, P.H):value(how); local k = g.kernels(), P:describe()",
    "local P = g.ising{lattice = g.lattice.chain(3), J = 0.2}; "
    "local c = P:chains{n = 2, kernel = 'tempering', ladder = {scale = {1, 0.5}}}; local l = c:ladder(); "
    "c:select(2); "
    "local a = g.autocorrelation({1, 3, 2, 5, 4, 1, 2, 2})",
    "local e = {}; for i = 1, 60 do e[i] = i * 37 % 60 / 60 end; "
    "local r = g.reweight{beta = {0, 0.1}, samples = {{energy = e, m = e}, {energy = e, m = e}}}; "
    "local x, y, z = r:mean('m', 0.05), r:free_energy(0.1), r:estimate(function(m) return m.m, m.energy end, 0.05); "
    "local o, t, b = r:overlap(), r.tau, tostring(r)",
    "local v = g.bits(2); local Q = g.rbm{visible = v, hidden = g.bits(1)}; local d = g.data{{0, 1}, {1, 1}}; "
    "local o = g.ratio_matching(d, Q) + g.moment_matching(d, Q, {v}) + g.l1(Q, Q.W) + g.mean(d, g.sum(v)); "
    "local c, l = o:check(), g.objectives()",
    "local v = g.bits(2); local Q = g.rbm{visible = v, hidden = g.bits(1)}; local d = g.data{{0, 1}, {1, 1}}; "
    "local how, o = g.pcd{chains = 4, burn = 1, free_energy = g.ti{chains = 8, temperatures = 2, sweeps = 2}}, "
    "-g.log_likelihood(d, Q); "
    "local x, y = o:value(how), o:gradient(how, {Q.W, Q.a}); local z = Q:entropy(how)",
    "local t = tostring(g.pcd{tempering = {rungs = 2}, free_energy = g.ais{}}), tostring(g.jarzynski{k = 2}); "
    "local x = pcall(g.pcd, {ladder = {W = {1}}}), g.cd{kernel = 'heat_bath', order = 'random'}",
    "local c = require 'gibbs.core'; local s, e = c.processes.new(); "
    "c.processes.start(s, 1, {'/bin/sh', '-c', 'echo said'}, {'A=b'}); repeat e = c.processes.wait(s, 1) until e; "
    "local x, y, z = c.folder.read('/'), c.interval({1, 2, 4}, 0.9), c.number_text(1, 0.1); "
    "local t <close> = c.task.begin('test', 'step', 0, 2); c.task.metric(t, 1, 'n', 2); c.task.step(t, 1)",
    "local P = g.ising{lattice = g.lattice.square(4, 4), J = 0.3}; "
    "local m = g.rg.mcrg{chains = P:chains{n = 16, seed = 1}, measurements = 20, couplings_every = 1, rule = {kind = "
    "'filter', offsets = {{0, 0}, {1, 1}}, weights = {1, 0.5}}, even = {'nearest', {{0, 0}, {1, 1}}}}; "
    "local y, T, e = m:exponent(1), m:matrix(1), m:eigenvalues(1); "
    "local K, x, s = m:couplings(0), m:mean(1, 'spin'), tostring(m) .. #m.even .. #m.odd",
    "local w = g.rg.vmcrg{lattice = {4, 4}, K = {nearest = 0.2}, rule = 'majority', operators = {'nearest'}, "
    "replicas = 4, steps = 4, sweeps = 2, measured = 40}; local s = tostring(w.couplings.nearest)",
    "local d = g.data{{0, 1}, {0.5, 0}, {1, 1}}; local a, b = d:binarise{as = 'spins'}:split{test = 0.5, seed = 2}; "
    "local x = d:head(2):scale{high = 2}:binarise{probability = true}:rows(), tostring(a), b:shape(), d:tensor()",
    "local Q = g.rbm{visible = g.bits(2), hidden = g.bits(1)}; Q:save('allocation_failures.h5'); "
    "local R = g.load('allocation_failures.h5'); g.write('allocation_failures.json', {Q, {W = R.W}}); "
    "g.append('allocation_failures.json', {g.null})",
};

enum { SCRIPTS = sizeof scripts / sizeof scripts[0], MOST_ALLOCATIONS = 100000 };

/* Counts down, and fails from 0 on: a single failure would be hidden by Lua, which collects and tries again. */
typedef struct failing {
  long left; /* negative: never */
} failing;

static void *allocate(void *context, void *block, size_t old_size, size_t size) {
  failing *f = context;
  (void)old_size;
  if (size == 0) {
    free(block);
    return NULL;
  }
  bool grows = block == NULL || size > old_size; /* shrinking may not fail */
  if (grows && f->left == 0) return NULL;
  if (grows && f->left > 0) f->left--;
  return realloc(block, size);
}

static int run(lua_State *L) {
  const char *script = lua_touserdata(L, 1);
  luaL_requiref(L, "gibbs", luaopen_gibbs, 0);
  lua_setglobal(L, "g");
  if (luaL_loadstring(L, script) != LUA_OK) return lua_error(L);
  lua_call(L, 0, 0);
  return 0;
}

/* LUA_OK, LUA_ERRMEM or another failure, with its message printed. */
static int try_script(const char *script, long failing_allocation) {
  failing f = {.left = -1};
  lua_State *L = lua_newstate(allocate, &f);
  if (L == NULL) return LUA_ERRMEM;
  luaL_openlibs(L);
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, (void *)script);
  f.left = failing_allocation;
  int outcome = lua_pcall(L, 1, 0, 0);
  f.left = -1;
  if (outcome != LUA_OK && outcome != LUA_ERRMEM) {
    const char *message = lua_tostring(L, -1);
    fprintf(stderr, "allocation %ld of \"%s\": %s\n", failing_allocation, script, message);
    if (message != NULL && strstr(message, "memory") != NULL) outcome = LUA_ERRMEM;
  }
  lua_close(L);
  return outcome;
}

/* The number of failures before the script ran; -1 when it failed in another way. */
static long exhaust(const char *script) {
  for (long n = 0; n < MOST_ALLOCATIONS; n++) {
    int outcome = try_script(script, n);
    if (outcome == LUA_OK) return n;
    if (outcome != LUA_ERRMEM) return -1;
  }
  return -1;
}

int main(void) {
  long total = 0;
  for (int i = 0; i < SCRIPTS; i++) {
    long failures = exhaust(scripts[i]);
    if (failures <= 0) return EXIT_FAILURE;
    total += failures;
  }
  printf("%ld failed allocations, each reported as an error\n", total);
  return EXIT_SUCCESS;
}
