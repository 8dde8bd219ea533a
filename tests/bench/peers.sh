#!/bin/sh
# Installs the peers where they are missing (Debian's python3-torch and python3-sklearn, by apt-get; as root), and prints one
# table of training and annealing, ours beside theirs.  Usage: tests/bench/peers.sh GIBBS [--data DIR] [--runs 5] ...
# where GIBBS is the program, e.g. build/release/gibbs.
set -eu
here=$(dirname "$0")
if [ $# -lt 1 ]; then
  echo "usage: $0 GIBBS [--data DIR] [--runs 5] [--threads_used 0]" >&2
  exit 2
fi
gibbs=$1
shift
missing=
for package in python3-torch python3-sklearn; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
exec "$gibbs" "$here/training.lua" "$@"
