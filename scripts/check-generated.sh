#!/usr/bin/env bash
# Generated files are checked in; this says so if they no longer follow from their sources, and touches none of them.
set -euo pipefail
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

target/release/parlour openapi >"$fresh/openapi.yaml"
# The command of `npm run generate`, with another place to write to.
(cd admin-ui && node_modules/.bin/openapi-typescript "$fresh/openapi.yaml" -o "$fresh/schema.d.ts" >/dev/null)
target/release/parlour openapi --json | node admin-ui/scripts/known.mjs >"$fresh/known.ts"
target/release/parlour config --table >"$fresh/settings.md"

if ! diff -u openapi.yaml "$fresh/openapi.yaml" || ! diff -u admin-ui/src/api/schema.d.ts "$fresh/schema.d.ts" ||
  ! diff -u admin-ui/src/api/known.ts "$fresh/known.ts" || ! diff -u docs/settings.md "$fresh/settings.md"; then
  echo "Generated files do not follow from the code: run \`make generate\` and commit what it writes." >&2
  exit 1
fi
echo "openapi.yaml, the admin UI's client and docs/settings.md follow from the code."
