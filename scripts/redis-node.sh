#!/usr/bin/env bash
# A node of a Redis Cluster for tests: redis-node.sh FOLDER PORT [PREFIX...]. Started again two seconds after it ended, until there is a
# file FOLDER/over. Ends at once, if it cannot start the first time: the port is taken.
set -uo pipefail

dir=$1 port=$2 home=$1/node-$2
shift 2
mkdir "$home"
chmod 777 "$home"
trap 'exit 0' INT TERM

started=
until [ -e "$dir/over" ]; do
  from=$SECONDS
  # Half of a cluster goes on where the rest is away, as operators would have it here: each key is a thing of its own.
  (cd "$home" && exec "$@" redis-server --port "$port" --bind 127.0.0.1 --unixsocket "$home/socket" --unixsocketperm 777 \
    --dir "$home" --save '' --appendonly no --cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout 1000 \
    --cluster-require-full-coverage no) &
  echo $! >"$home/pid"
  wait $!
  if [ -z "$started" ] && [ $((SECONDS - from)) -lt 3 ]; then
    exit 1
  fi
  started=yes
  [ -e "$dir/over" ] || sleep 2
done
