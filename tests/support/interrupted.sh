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
  kill -INT $!
  code=0
  wait $! || code=$?
  printf 'ready\n(command line):1: %s\n' "$3" >"$folder/expected"
  diff "$folder/expected" "$folder/said"
  if [ $code -ne 130 ]; then
    echo "it ended with $code"
    exit 1
  fi
}

say='io.stdout:write("ready\n"):flush()'
interrupt "$1" "$say while true do end" interrupted
chains='local g = require "gibbs"; local c = g.ising{ lattice = g.lattice.square(8, 8), J = 0.4 }:chains{ n = 8 }'
interrupt "$1" "$chains; $say; c:advance(1000000000000)" interrupted
