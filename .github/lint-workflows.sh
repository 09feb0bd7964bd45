#!/bin/sh
# Checks the workflows with actionlint, which is a Go module.
set -eu
cd "$(dirname "$0")/.."
if ! command -v go >/dev/null; then
  echo "skipped: no Go, which actionlint needs"
  exit 0
fi
find .github examples -path '*workflows/*' -name '*.yml' -exec go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.7 {} +
