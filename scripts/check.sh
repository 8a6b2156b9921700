#!/usr/bin/env bash
# What a reviewer should not have to look for. Expects `make build` to have run.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n==> %s\n' "$1"; }

say "Format"
cargo fmt --all --check

say "Lints"
if [ -n "${RUSTC_WORKSPACE_WRAPPER:-}" ]; then
  # While everything is compiled (scripts/test.sh), also what no other step compiles.
  cargo build --release --workspace --tests --benches
else
  cargo clippy --release --workspace --all-targets -- -D warnings
fi

say "Licences, advisories and sources of dependencies"
if command -v cargo-deny >/dev/null; then
  cargo deny check
else
  echo "Skipped: cargo-deny is not installed (cargo install --locked cargo-deny)."
fi

say "Browser client"
(cd embed && npm run --silent check)

say "Admin UI"
(cd admin-ui && npm run --silent check)

say "Generated files"
scripts/check-generated.sh

say "What operators copy"
scripts/check-deploy.sh
