#!/bin/sh
# Checks the workflows with actionlint, which is a Go module.
set -eu
cd "$(dirname "$0")/.."
if ! command -v go >/dev/null; then
  echo "skipped: no Go, which actionlint needs"
  exit 0
fi
actionlint=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
if ! go run "$actionlint" -version >/dev/null 2>&1; then
  echo "skipped: Go can't get $actionlint"
  exit 0
fi
find .github examples -path '*workflows/*' -name '*.yml' -exec go run "$actionlint" -no-color {} +
