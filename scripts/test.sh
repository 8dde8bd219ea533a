#!/usr/bin/env bash
# Installs what is missing, builds Release and runs every test: test.sh [options for cmake].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh test
scripts/dev/build.sh release "$@"
scripts/dev/ctest.sh release
