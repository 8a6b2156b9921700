#!/usr/bin/env bash
# Serves, and rebuilds and restarts whenever a source file of the server or of the browser client is newer than the last
# build. The admin UI needs no restart: Vite serves it with hot reload and hands API calls on to the server.
# A build that fails leaves the old server running.
set -euo pipefail
cd "$(dirname "$0")/.."

watched=(api entity migration embed Cargo.toml Cargo.lock)
built=$(mktemp)
server=
vite=

finish() {
  for pid in $server $vite; do
    kill "$pid" 2>/dev/null || true
  done
  wait
  rm -f "$built"
}
trap finish EXIT
trap 'exit 130' INT TERM

changed() {
  [ -n "$(find "${watched[@]}" -type f -newer "$built" -not -path '*/node_modules/*' -not -path '*/dist/*' -print -quit)" ]
}

restart() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  target/release/parlour serve --demo &
  server=$!
}

# Started by its own file and not through npm, so that ending this process id ends Vite itself.
(cd admin-ui && exec node node_modules/vite/bin/vite.js) &
vite=$!
restart

while true; do
  if changed; then
    touch "$built"
    if make embed/dist/embed.js && cargo build --release; then
      restart
    else
      echo "The build failed; the server goes on with the last good one." >&2
    fi
  fi
  sleep 1
done
