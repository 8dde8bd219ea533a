#!/bin/sh
# Ctrl-C in a stock lua5.4 ends what the core is busy with, at the script's line: stock_interrupted.sh LUA
# The module is found through LUA_CPATH.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" -e 'local g = require "gibbs"; local c = g.ising{ lattice = g.lattice.square(8, 8), J = 0.4 }:chains{ n = 8 }
io.stdout:write("ready\n"):flush(); c:advance(1000000000000)' >"$folder/said" 2>&1 &
until grep -q ready "$folder/said"; do
  kill -0 $! # still there, or this fails
  sleep 0.05
done
kill -INT $!
code=0
wait $! || code=$?
grep -q '(command line):2: chains:advance: interrupted' "$folder/said" || { cat "$folder/said"; exit 1; }
[ $code -eq 1 ] || { echo "it ended with $code"; exit 1; }
echo interrupted
