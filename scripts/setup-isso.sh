#!/usr/bin/env bash
# Installs a real Isso into target/isso-venv, to be compared with and measured beside: scripts/setup-isso.sh [--uwsgi]
#
# uWSGI has to be compiled, so it comes only where it is asked for.
set -euo pipefail
cd "$(dirname "$0")/.."

isso=target/isso-venv
list=tests/isso/requirements.txt
if ! cmp --silent "$list" "$isso/requirements.txt"; then
  echo "Installing Isso into $isso"
  rm -rf "$isso"
  python3 -m venv "$isso"
  "$isso/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$list"
  cp "$list" "$isso/requirements.txt"
fi
if [ "${1:-}" = --uwsgi ] && [ ! -x "$isso/bin/uwsgi" ]; then
  echo "Compiling uWSGI into $isso"
  "$isso/bin/pip" install --quiet --disable-pip-version-check uwsgi==2.0.31
fi
