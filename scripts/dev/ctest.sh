#!/usr/bin/env bash
# Runs the tests of one preset, and keeps what was said in build/PRESET/ctest.log: ctest.sh PRESET [options for ctest].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

preset=$1
shift
ctest --preset "$preset" --parallel "$(nproc)" "$@" | tee "build/$preset/ctest.log"
