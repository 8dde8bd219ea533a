#!/usr/bin/env bash
# Configures and builds one preset: build.sh PRESET [options for cmake].  A build tree that was made in another place, or by
# another generator, is started afresh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

preset=$1
shift
tree=build/$preset
here=$(pwd -P)

# One entry of the tree's cache.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$tree/CMakeCache.txt"; }

fresh=()
if [[ -f $tree/CMakeCache.txt ]]; then
  if [[ $(cached CMAKE_HOME_DIRECTORY) != "$here" || $(cached CMAKE_CACHEFILE_DIR) != "$here/$tree" ||
    $(cached CMAKE_GENERATOR) != Ninja ]]; then
    fresh=(--fresh)
  fi
fi
cmake --preset "$preset" "${fresh[@]}" "$@"
cmake --build --preset "$preset"
