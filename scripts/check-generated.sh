#!/usr/bin/env bash
# Generated files are checked in; this says so if they no longer follow from their sources, and leaves them as they were.
set -euo pipefail
cd "$(dirname "$0")/.."

kept=$(mktemp -d)
client=admin-ui/src/api
cp -R "$client" "$kept/client"
cp openapi.yaml "$kept/openapi.yaml"
restore() {
  rm -rf "$client"
  cp -R "$kept/client" "$client"
  cp "$kept/openapi.yaml" openapi.yaml
  rm -rf "$kept"
}
trap restore EXIT

target/release/parlour openapi >openapi.yaml
(cd admin-ui && npm run --silent generate)

if ! diff -u "$kept/openapi.yaml" openapi.yaml || ! diff -ru "$kept/client" "$client"; then
  echo "Generated files do not follow from the code: run \`make generate\` and commit what it writes." >&2
  exit 1
fi
echo "openapi.yaml and $client follow from the code."
