#!/usr/bin/env bash
# Rewrites the expected output of golden tests, for review in the diff: golden.sh [name ...]; without names, all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts=(tests/golden/*.lua)
if [[ $# -gt 0 ]]; then
  scripts=("${@/#/tests/golden/}")
  scripts=("${scripts[@]/%/.lua}")
fi
for script in "${scripts[@]}"; do
  cmake -D PROGRAM="$PWD/build/release/gibbs" -D SCRIPT="$PWD/$script" -D UPDATE=1 -P tests/support/golden.cmake
done
git --no-pager diff --stat -- tests/golden
