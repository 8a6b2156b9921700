# Read by with-engines.sh when it was asked for all: TLS, a replica, a cluster. Uses its functions and its folder.
# shellcheck shell=bash disable=SC2154

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# --- An authority, and a certificate by it for this machine alone.
mkdir "$dir/tls"
(
  cd "$dir/tls"
  new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  openssl req -x509 "${new_key[@]}" -keyout ca.key -out ca.pem -days 2 -subj '/CN=An authority for tests' \
    -addext 'basicConstraints=critical,CA:TRUE'
  certificate() {
    openssl req "${new_key[@]}" -keyout "$1.key" -out "$1.csr" -subj '/CN=localhost'
    printf 'subjectAltName=%s\n' "$2" >"$1.names"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile "$1.names" -out "$1.pem"
    chmod 600 "$1.key"
  }
  certificate postgres DNS:localhost
  certificate redis DNS:localhost,IP:127.0.0.1
) >"$dir/openssl.log" 2>&1 || {
  cat "$dir/openssl.log" >&2
  fail "openssl makes no certificates."
}
chown -R "$owner" "$dir/tls"

# --- PostgreSQL begins to speak TLS while it runs.
as_superuser() { psql --host "$dir/postgres" --port "$postgres_port" --username parlour --quiet --no-psqlrc parlour "$@"; }
as_superuser -c "ALTER SYSTEM SET ssl_cert_file = '$dir/tls/postgres.pem'" -c "ALTER SYSTEM SET ssl_key_file = '$dir/tls/postgres.key'" \
  -c "ALTER SYSTEM SET ssl = on"
as_superuser -c "SELECT pg_reload_conf()" >/dev/null
export TEST_DATABASE_TLS_URL="${TEST_DATABASE_URL/127.0.0.1/localhost}?sslmode=verify-full&sslrootcert=$dir/tls/ca.pem"

# --- A streaming replica.
(become env PGPASSWORD="$password" pg_basebackup --host "$dir/postgres" --port "$postgres_port" --username parlour \
  --pgdata "$dir/postgres/replica" --wal-method stream --checkpoint fast --write-recovery-conf) >"$dir/basebackup.log" 2>&1 || {
  cat "$dir/basebackup.log" >&2
  fail "pg_basebackup failed."
}
start_replica() {
  become postgres -D "$dir/postgres/replica" -p "$1" -c listen_addresses=127.0.0.1 -c max_connections=200 \
    -c unix_socket_directories="$dir/postgres" >"$dir/replica.log" 2>&1 &
  replica_pid=$!
  await "$replica_pid" pg_isready --quiet --host "$dir/postgres" --port "$1"
}
start_on_free_port replica
more_pids+=("$replica_pid")
export TEST_REPLICA_URL="postgres://parlour:$password@127.0.0.1:$port/parlour"

# --- A Redis that speaks TLS and nothing else.
start_encrypted() {
  become redis-server --port 0 --tls-port "$1" --bind 127.0.0.1 --tls-cert-file "$dir/tls/redis.pem" \
    --tls-key-file "$dir/tls/redis.key" --tls-ca-cert-file "$dir/tls/ca.pem" --tls-auth-clients no \
    --dir "$dir/redis" --save '' --appendonly no >"$dir/encrypted.log" 2>&1 &
  encrypted_pid=$!
  await "$encrypted_pid" redis-cli --tls --cacert "$dir/tls/ca.pem" -h 127.0.0.1 -p "$1" ping
}
start_on_free_port encrypted
more_pids+=("$encrypted_pid")
export TEST_REDIS_TLS_URL="rediss://127.0.0.1:$port/" TEST_REDIS_CA_FILE="$dir/tls/ca.pem"

# --- A cluster of three. A node that ends, though nobody has ended the whole, comes back after two seconds.
start_node() {
  "$here/redis-node.sh" "$dir" "$1" ${as_user[@]+"${as_user[@]}"} >>"$dir/node.log" 2>&1 &
  node_pid=$!
  await "$node_pid" redis-cli -s "$dir/node-$1/socket" ping
}
nodes=()
for _ in 1 2 3; do
  start_on_free_port node
  more_pids+=("$node_pid")
  nodes+=("127.0.0.1:$port")
done
redis-cli --cluster create "${nodes[@]}" --cluster-replicas 0 --cluster-yes >"$dir/cluster.log" 2>&1 || {
  cat "$dir/cluster.log" >&2
  fail "the cluster cannot be made."
}
TEST_REDIS_CLUSTER_URL="redis-cluster://$(IFS=,; echo "${nodes[*]}")"
export TEST_REDIS_CLUSTER_URL
