#!/bin/sh
# Ctrl-C ends a busy script with the line it was at and with 130, be it busy in Lua or in the core: interrupted.sh PROGRAM
# One signal, sent once the script is known to run: a second one would end the program at once, which is its right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# interrupt PROGRAM SCRIPT MESSAGE
interrupt() {
  : >"$folder/said"
  "$1" -e "$2" >"$folder/said" 2>&1 &
  until grep -q ready "$folder/said"; do
    kill -0 $! # still there, or this fails
    sleep 0.05
  done
  sleep 0.2 # from what was said to what is interrupted
  kill -INT $!
  code=0
  wait $! || code=$?
  printf 'ready\n(command line):1: %s\n' "$3" >"$folder/expected"
  sed 's/after step [0-9][0-9]*/after step N/; s/after [0-9][0-9]* of/after N of/' "$folder/said" | diff "$folder/expected" -
  if [ $code -ne 130 ]; then
    echo "it ended with $code"
    exit 1
  fi
}

say='io.stdout:write("ready\n"):flush()'
interrupt "$1" "$say while true do end" interrupted
interrupt "$1" "local loop = coroutine.wrap(function() $say while true do end end) loop()" interrupted
chains='local g = require "gibbs"; local c = g.ising{ lattice = g.lattice.square(8, 8), J = 0.4 }:chains{ n = 8 }'
interrupt "$1" "$chains; $say; c:advance(1000000000000)" \
  "chains:advance: interrupted after N of 1000000000000 sweeps; they go on from there, or chains:save keeps them"
interrupt "$1" "$chains; $say; local P = g.ising{ lattice = g.lattice.square(5, 6), J = 0.4 }; P:mean(g.sum(P.visible)^4)" \
  "distribution:mean: interrupted"

spins='local g = require "gibbs"; local c = g.ising{ lattice = g.lattice.square(8, 8), J = 0.4 }:chains{ n = 16 }'
spins="$spins; local mcrg, vmcrg = g.rg.mcrg, g.rg.vmcrg; local rule, operators = 'majority', { 'nearest' }"
interrupt "$1" "$spins; $say; mcrg{ chains = c, rule = rule, measurements = 1000000000 }" \
  "gibbs.rg.mcrg: interrupted after N of 1000000000 measurements; the chains go on from there"
interrupt "$1" "$spins; $say; vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.3 }, rule = rule, operators = operators, steps = 1000000 }" \
  "gibbs.rg.vmcrg: interrupted"

# Without a checkpoint the message says what would have helped.
train='local g = require "gibbs"; local Q = g.rbm{ visible = g.bits(6), hidden = g.bits(4) }
  local loss = -g.pseudo_likelihood(g.data{ { 1, 0, 1, 0, 1, 0 }, { 1, 1, 0, 0, 1, 1 } }, Q)'
train=$(echo "$train" | tr '\n' ' ')
watch="function(r) if r.step == 3 then $say end end"
interrupt "$1" "$train; g.minimize(loss, Q, { estimate = g.pcd{ chains = 4 }, steps = 1e9, keep_every = 1e6, watch = $watch })" \
  "gibbs.minimize: interrupted after step N, which the parameters are from; checkpoint = 'file' among the options would let it go on later"

# A training that keeps checkpoints says how to go on, and goes on.
train='local g = require "gibbs"; local Q = g.rbm{ visible = g.bits(6), hidden = g.bits(4) }
  local loss = -g.pseudo_likelihood(g.data{ { 1, 0, 1, 0, 1, 0 }, { 1, 1, 0, 0, 1, 1 } }, Q)
  local options = { estimate = g.pcd{ chains = 4 }, steps = 1e9, keep_every = 1e6, resume = true }'
train=$(echo "$train" | tr '\n' ' ')
checkpoint="options.checkpoint = '$folder/run.h5'"
first="options.watch = function(r) if r.step == 3 then $say end end"
interrupt "$1" "$train; $checkpoint; $first; g.minimize(loss, Q, options)" \
  "gibbs.minimize: interrupted after step N, which '$folder/run.h5' keeps; the same call with resume = true goes on from there"
"$1" -e "$train; $checkpoint; options.watch = function() return false end
  local fit = g.minimize(loss, Q, options)
  assert(fit.resumed_at >= 3 and fit.steps == fit.resumed_at + 1)"

# Chains that record: what they have done is kept by a script that catches the interrupt.
: >"$folder/said"
"$1" -e "$chains; local P = g.ising{ lattice = g.lattice.square(8, 8), J = 0.4 }; c = P:chains{ n = 8 }; $say
  local whole, problem = pcall(c.record, c, { observables = { e = P.H }, sweeps = 1e12 })
  assert(not whole and problem:match 'interrupted after %d+ of 1000000000000 rows')
  c:save('$folder/chains.h5')
  io.open('$folder/sweeps', 'w'):write(c.sweeps)
  error(problem, 0)" >"$folder/said" 2>&1 &
until grep -q ready "$folder/said"; do
  kill -0 $!
  sleep 0.05
done
kill -INT $!
code=0
wait $! || code=$?
[ $code -eq 130 ] || { cat "$folder/said"; exit 1; }
"$1" -e "$chains; assert(c:load('$folder/chains.h5').sweeps == $(cat "$folder/sweeps"))"
