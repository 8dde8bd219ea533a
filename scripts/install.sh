#!/usr/bin/env bash
# Installs what is missing, builds Release and installs gibbs: install.sh [PREFIX]; without one ~/.local, for root /usr/local.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

prefix=${1:-$HOME/.local}
[[ $# -gt 0 || $(id -u) -ne 0 ]] || prefix=/usr/local
"$root/scripts/setup.sh" build
"$root/scripts/dev/build.sh" release -DGIBBS_TESTS=OFF
cmake --install "$root/build/release" --prefix "$prefix" >/dev/null
echo "installed: $prefix/bin/gibbs"
[[ :$PATH: == *:$prefix/bin:* ]] || echo "for this shell: export PATH=$prefix/bin:\$PATH"
