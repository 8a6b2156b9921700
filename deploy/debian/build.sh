#!/usr/bin/env bash
# A Debian package of the binary that is built: deploy/debian/build.sh [FOLDER], which prints the package's name. Needs dpkg-deb, which every
# Debian has, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-target/debian}
binary=target/release/parlour
[ -x "$binary" ] || { echo "There is no $binary: make build" >&2; exit 1; }

version=$("$binary" --version | cut -d ' ' -f 2)
arch=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

put() { install -D --mode="$1" "$2" "$tree/$3"; }

put 755 "$binary" usr/bin/parlour
strip --strip-unneeded "$tree/usr/bin/parlour" 2>/dev/null || true
put 640 deploy/parlour.toml etc/parlour/parlour.toml
for unit in parlour.service parlour-backup.service parlour-backup.timer; do
  install -d "$tree/lib/systemd/system"
  sed 's,/usr/local/bin/,/usr/bin/,g' "deploy/$unit" >"$tree/lib/systemd/system/$unit"
done
for proxy in apache nginx caddy; do
  for file in deploy/"$proxy"/*; do put 644 "$file" "usr/share/doc/parlour/examples/$proxy/${file##*/}"; done
done

# Debian's own form of what every package has to say.
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: Parlour\n\n'
  printf 'Files: *\nCopyright: the authors of Parlour\nLicense: MIT or Apache-2.0\n\nLicense: MIT\n'
  sed -e 's/^$/./' -e 's/^/ /' LICENSE-MIT
  # shellcheck disable=SC2016 # the quotes are Debian's
  printf '\nLicense: Apache-2.0\n On Debian systems, the text is in `/usr/share/common-licenses/Apache-2.0'"'"'.\n'
} >"$tree/copyright"
put 644 "$tree/copyright" usr/share/doc/parlour/copyright
rm "$tree/copyright"
gzip --best --no-name <CHANGELOG.md >"$tree/changelog.gz"
put 644 "$tree/changelog.gz" usr/share/doc/parlour/changelog.gz
rm "$tree/changelog.gz"

# The manual page is what the program says of itself.
{
  printf '.TH PARLOUR 1 "" "Parlour %s" "User Commands"\n.SH NAME\nparlour \\- comments for every site you run\n' "$version"
  printf '.SH SYNOPSIS\n.B parlour\n[\\-\\-config FILE] COMMAND\n.SH COMMANDS\n'
  "$binary" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ {
    name = $1; $1 = ""; sub(/^ +/, ""); gsub(/-/, "\\-"); printf ".TP\n.B %s\n%s\n", name, $0 } on && /^   / {
    sub(/^ +/, ""); gsub(/-/, "\\-"); print }'
  printf '.PP\nEvery command explains itself with \\-\\-help.\n.SH FILES\n.TP\n/etc/parlour/parlour.toml\nSettings.\n'
  printf '.TP\n/etc/parlour/secret.key\nThe key that signs; keep a copy elsewhere.\n.TP\n/var/lib/parlour\nThe embedded database.\n'
} | gzip --best --no-name >"$tree/parlour.1.gz"
put 644 "$tree/parlour.1.gz" usr/share/man/man1/parlour.1.gz
rm "$tree/parlour.1.gz"

# What the binary asks of the C library.
glibc=$(objdump -T "$tree/usr/bin/parlour" 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | cut -d _ -f 2 | sort -Vu | tail -n 1)
[ -n "$glibc" ] || glibc=2.36

mkdir "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<EOF
Package: parlour
Version: $version
Architecture: $arch
Maintainer: Parlour <parlour@localhost>
Section: web
Priority: optional
Depends: libc6 (>= $glibc), libgcc-s1, adduser, ca-certificates
Suggests: postgresql, redis-server, caddy | nginx | apache2
Installed-Size: $(du --summarize --block-size=1024 "$tree/usr" | cut -f 1)
Description: comments for every site you run
 Hosts the conversations of many web sites in one service: without accounts,
 cookies or trackers for readers, with moderation for owners. Runs on SQLite
 alone, or as many nodes over PostgreSQL and Redis.
EOF
echo /etc/parlour/parlour.toml >"$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do put 755 "deploy/debian/$script" "DEBIAN/$script"; done

mkdir -p "$out"
package="$out/parlour_${version}_$arch.deb"
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null
echo "$package"
