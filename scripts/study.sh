#!/usr/bin/env bash
# Installs what is missing, builds Release and runs the note's study: study.sh [options of scripts/kl_vs_free_energy.lua].
# Files named in the options, and the results, are relative to where it is called.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/scripts/setup.sh" build
"$root/scripts/dev/build.sh" release -DGIBBS_TESTS=OFF
"$root/build/release/gibbs" "$root/scripts/kl_vs_free_energy.lua" "$@"
