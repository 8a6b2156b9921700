#!/usr/bin/env bash
# Says in words what a build needs and does not find.
set -euo pipefail

missing=0
need() {
  printf 'Missing: %s\n' "$1" >&2
  missing=1
}

command -v cargo >/dev/null || need "Rust is needed: https://rustup.rs installs it for your account."

command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null ||
  need "A C compiler is needed (SQLite and the TLS library are C): on Debian and Ubuntu, apt-get install build-essential."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  need "Node 20 or newer is needed, with npm: https://nodejs.org."
elif [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  need "Node 20 or newer is needed: this is $(node --version)."
fi

exit "$missing"
