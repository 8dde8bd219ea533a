#!/bin/sh
# Ctrl-C ends a busy script with the line it was at and with 130: interrupted.sh PROGRAM
# One signal, sent once the script is known to run: a second one would end the program at once, which is its right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$1" -e 'io.stdout:write("ready\n"):flush() while true do end' >"$folder/said" 2>&1 &
until grep -q ready "$folder/said"; do
  kill -0 $! # still there, or this fails
  sleep 0.05
done
kill -INT $!
code=0
wait $! || code=$?

printf 'ready\n(command line):1: interrupted\n' >"$folder/expected"
diff "$folder/expected" "$folder/said"
if [ $code -ne 130 ]; then
  echo "it ended with $code"
  exit 1
fi
