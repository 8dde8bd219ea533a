#!/usr/bin/env bash
# Installs what is missing on a Debian system: setup.sh [build|test|ci].  Does nothing, and needs no network, when nothing is.
set -euo pipefail

packages=(gcc libc6-dev cmake ninja-build pkg-config libgsl-dev libopenblas0-openmp libhdf5-dev libcjson-dev zlib1g-dev nettle-dev
  liblua5.4-dev libreadline-dev gnuplot-nox)
for_tests=(libcriterion-dev lua5.4 mandoc)
for_ci=(clang libomp-dev chromium python3-h5py luarocks)
case "${1:-test}" in
  build) ;;
  test) packages+=("${for_tests[@]}") ;;
  ci) packages+=("${for_tests[@]}" "${for_ci[@]}") ;;
  *) echo "setup.sh: unknown purpose '$1'; it is build, test or ci" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: not a Debian system, nothing installed; cmake says what it misses. On Debian it would be: ${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status} ' "$package" 2>/dev/null || true)
  [[ " $status" == *" installed "* ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    {
      echo "setup.sh: these packages are missing, and installing them needs root. Run:"
      echo "  apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}"
    } >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
echo "setup.sh: installing ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
