#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL and a private Redis, both on free ports of 127.0.0.1 and in a temporary folder:
#
#   scripts/with-engines.sh cargo test --release
#
# The command finds them in TEST_DATABASE_URL (a superuser, so that it may create databases) and TEST_REDIS_URL.
# PostgreSQL keeps fsync on: what is tested is what runs.
#
# With --all before the command there are more: TLS by certificates of an authority of their own (TEST_DATABASE_TLS_URL,
# TEST_REDIS_TLS_URL, TEST_REDIS_CA_FILE), a streaming replica (TEST_REPLICA_URL), and a Redis Cluster of three nodes
# (TEST_REDIS_CLUSTER_URL), each of which comes back two seconds after it was told to end.
set -euo pipefail

all=
if [ "${1-}" = --all ]; then
  all=yes
  shift
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [--all] COMMAND [ARGUMENT...]" >&2
  exit 2
fi

fail() {
  echo "with-engines: $1" >&2
  exit 1
}

# Debian keeps the server's programs out of PATH, one folder a version.
if ! command -v initdb >/dev/null; then
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$newest" ] || fail "PostgreSQL is not installed; scripts/setup-test-machine.sh installs it."
  PATH="$newest:$PATH"
fi
command -v redis-server >/dev/null || fail "Redis is not installed; scripts/setup-test-machine.sh installs it."

dir=$(mktemp -d "${TMPDIR:-/tmp}/parlour-engines.XXXXXX")
mkdir "$dir/postgres" "$dir/redis"
postgres_pid=
redis_pid=
# Of what --all starts beside them.
more_pids=()

# PostgreSQL refuses to run as root.
as_user=()
owner=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
  user=nobody
  id postgres >/dev/null 2>&1 && user=postgres
  chmod 711 "$dir"
  chown "$user" "$dir/postgres" "$dir/redis"
  owner=$user
  as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
fi

finish() {
  touch "$dir/over"
  [ ${#more_pids[@]} -eq 0 ] || kill -INT "${more_pids[@]}" 2>/dev/null || true
  for node in "$dir"/node-*/pid; do
    [ ! -e "$node" ] || kill "$(cat "$node")" 2>/dev/null || true
  done
  # SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients to leave.
  [ -z "$postgres_pid" ] || kill -INT "$postgres_pid" 2>/dev/null || true
  [ -z "$redis_pid" ] || kill "$redis_pid" 2>/dev/null || true
  wait
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Replaces the (sub)shell it is called in, so that `$!` of a server started with it is the server itself.
become() {
  cd "$dir"
  exec ${as_user[@]+"${as_user[@]}"} "$@"
}

# Below the range that the system gives to outgoing connections. A port that is taken makes the server end, and the next
# number is tried; nothing is asked first and used later.
random_port() { echo $((20000 + RANDOM % 12000)); }

# await PID COMMAND...: until the command succeeds; false if the process ends before.
await() {
  local pid=$1
  shift
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
}

start_postgres() {
  become postgres -D "$dir/postgres/data" -p "$1" -c listen_addresses=127.0.0.1 -c max_connections=200 \
    -c unix_socket_directories="$dir/postgres" >"$dir/postgres.log" 2>&1 &
  postgres_pid=$!
  await "$postgres_pid" pg_isready --quiet --host "$dir/postgres" --port "$1"
}

# Asked by its socket file: on the port another Redis could answer.
start_redis() {
  become redis-server --port "$1" --bind 127.0.0.1 --unixsocket "$dir/redis/socket" --unixsocketperm 777 \
    --dir "$dir/redis" --save '' --appendonly no >"$dir/redis.log" 2>&1 &
  redis_pid=$!
  await "$redis_pid" redis-cli -s "$dir/redis/socket" ping
}

# start_on_free_port SERVER: sets `port`.
start_on_free_port() {
  for _ in 1 2 3 4 5 6 7 8; do
    port=$(random_port)
    if "start_$1" "$port"; then
      return
    fi
  done
  tail -n 20 "$dir/$1.log" >&2
  fail "$1 does not start."
}

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$dir/password"
chmod 644 "$dir/password"
(become initdb -D "$dir/postgres/data" --username=parlour --pwfile="$dir/password" --encoding=UTF8 --locale=C.UTF-8 \
  --auth-local=trust --auth-host=scram-sha-256) >"$dir/initdb.log" 2>&1 || {
  cat "$dir/initdb.log" >&2
  fail "initdb failed."
}

start_on_free_port postgres
postgres_port=$port
createdb --host "$dir/postgres" --port "$port" --username parlour parlour
export TEST_DATABASE_URL="postgres://parlour:$password@127.0.0.1:$port/parlour"

start_on_free_port redis
export TEST_REDIS_URL="redis://127.0.0.1:$port/"

if [ -n "$all" ]; then
  # shellcheck source=scripts/more-engines.sh
  . "$(dirname "$0")/more-engines.sh"
fi

"$@"
