#!/usr/bin/env bash
# Every check and every suite, one after another, and a summary. A step that fails does not hide the ones after it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

summary=()
failed=0

step() {
  local name=$1 from=$SECONDS verdict=ok
  shift
  printf '\n==> %s\n' "$name"
  if ! "$@"; then
    verdict=FAILED
    failed=1
  fi
  summary+=("$(printf '%-8s %5ds  %s' "$verdict" "$((SECONDS - from))" "$name")")
}

beside_isso() { node --test --test-reporter=spec --test-concurrency=2 tests/isso/*.test.mjs; }

# What operators put in place of the plain engines.
on_other_engines() {
  cargo test --release -p parlour --lib -- infra:: && cargo test --release -p parlour --test http -- engines::
}

behind_proxies() { node --test --test-reporter=spec tests/proxies/*.test.mjs; }

# Files share the machine two by two: outages wait for time-outs most of the time.
two_nodes() { node --test --test-reporter=spec --test-concurrency=2 tests/nodes/*.test.mjs; }
beside_prometheus() { node --test --test-reporter=spec tests/watching/*.test.mjs; }

browser_tests() { (cd tests/browser && npm test --silent); }

# What the client does in a page does not depend on the engine behind the answers.
browser_tests_of_engines() { (cd tests/browser && npm run --silent test:engine); }

finish() {
  printf '\nSummary\n'
  printf '  %s\n' "${summary[@]}"
  exit "$failed"
}

# Lints are looked for by the compiler that compiles, and end the build: `cargo clippy` would compile all that we stand on once more.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

# Tests wait for disks and clocks half of their time: two for each core leave none of them idle.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}

# What the caller's shell may have set must not decide which engine a step runs on.
unset TEST_DATABASE_URL TEST_REDIS_URL TEST_DATABASE_TLS_URL TEST_REDIS_TLS_URL TEST_REDIS_CA_FILE TEST_REDIS_CLUSTER_URL \
  TEST_REPLICA_URL TEST_ISOLATION

step "Build" make build
[ "$failed" -eq 0 ] || finish

step "Checks" scripts/check.sh
step "Suites on SQLite" cargo test --release --workspace
step "Suites on PostgreSQL and Redis" scripts/with-engines.sh cargo test --release --workspace
export -f on_other_engines
step "On a cluster, by TLS, with a replica" scripts/with-engines.sh --all bash -c on_other_engines
step "Beside a real Isso, on SQLite" beside_isso
export -f beside_isso
step "Beside a real Isso, on PostgreSQL and Redis" scripts/with-engines.sh bash -c beside_isso
step "Behind Apache, nginx and Caddy" behind_proxies
step "Two nodes behind nginx" two_nodes
step "Beside Prometheus" beside_prometheus
step "Browser on SQLite" browser_tests
export -f browser_tests_of_engines
step "Browser on PostgreSQL and Redis" scripts/with-engines.sh bash -c browser_tests_of_engines
finish
