#!/bin/sh
# Installs the peers where they are missing (Debian's python3-torch and python3-sklearn, by apt-get; as root), and prints one
# table of training and annealing, ours beside theirs.  Usage: tests/bench/peers.sh GIBBS [--data DIR] [--runs 5] ...
# where GIBBS is the program, e.g. build/release/gibbs; tests/bench/peers.sh GIBBS --quality DIR [--seconds 60,120] ... trains
# on MNIST for equal times and says how likely each machine finds the test images.
set -eu
here=$(dirname "$0")
if [ $# -lt 1 ]; then
  echo "usage: $0 GIBBS [--data DIR] [--runs 5] [--threads_used 0]" >&2
  echo "       $0 GIBBS --quality DIR [--seconds 60,120] [--threads_used 1]" >&2
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
if [ "${1:-}" = --quality ]; then
  shift
  exec "$gibbs" "$here/mnist_quality.lua" "$@"
fi
exec "$gibbs" "$here/training.lua" "$@"
