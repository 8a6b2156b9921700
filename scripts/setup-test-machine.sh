#!/usr/bin/env bash
# Installs what the tests need beyond Rust and Node and do not find: PostgreSQL, Redis, Apache, nginx, Caddy, Prometheus, docker-compose,
# Chromium, a real Isso. Debian and Ubuntu.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root, and there is no sudo. Please run as root: $*" >&2
    exit 1
  fi
}

install() {
  if ! command -v apt-get >/dev/null; then
    echo "Missing: $*. This script knows Debian and Ubuntu only; please install them by your system's own means." >&2
    exit 1
  fi
  echo "Installing $*"
  as_root apt-get update --quiet --quiet
  # As on a system that is being mended, so that no server is started: the tests start their own.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install --yes --quiet --quiet --no-install-recommends "$@"
}

packages=()
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || packages+=(postgresql)
command -v redis-server >/dev/null || packages+=(redis-server)
# Where Debian puts them is not in everybody's PATH.
command -v /usr/sbin/apache2 >/dev/null || packages+=(apache2-bin)
command -v /usr/sbin/nginx >/dev/null || packages+=(nginx)
command -v caddy >/dev/null || packages+=(caddy)
command -v openssl >/dev/null || packages+=(openssl)
# For the files of deploy/: no engine comes with it, and systemd is not started.
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || packages+=(docker-compose)
command -v systemd-analyze >/dev/null || packages+=(systemd)
command -v promtool >/dev/null || packages+=(prometheus)
[ ${#packages[@]} -eq 0 ] || install "${packages[@]}"

make tests/browser/node_modules/.package-lock.json

if ! node tests/browser/lib/chromium.mjs >/dev/null 2>&1; then
  # Ubuntu's package of that name is only a pointer to a snap, which does not run in containers.
  if grep -q '^ID=debian' /etc/os-release 2>/dev/null; then
    install chromium fonts-dejavu-core
  else
    echo "Installing Chromium by Playwright"
    (cd tests/browser && npx playwright-core install --with-deps chromium)
  fi
fi

# The comparison with Isso runs one, in a folder of its own.
python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || install python3 python3-venv
scripts/setup-isso.sh
