#!/usr/bin/env bash
# Formats all C sources by .clang-format: format.sh; with --check it only says which are not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mode=(-i)
[[ ${1:-} != --check ]] || mode=(--dry-run --Werror)
find src include tests -name '*.[ch]' -print0 | xargs -0 clang-format "${mode[@]}"
