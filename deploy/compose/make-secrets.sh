#!/bin/sh
# Makes the secrets of compose.yaml and compose.sqlite.yaml in secrets/, each once: what is there already stays.
#
# Containers run as users of their own and must be able to read the files, so these are readable by all, in a folder that is not.
set -eu
cd "$(dirname "$0")"

umask 022
mkdir -p secrets
chmod 700 secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() {
  if [ -e "secrets/$1" ]; then
    echo "secrets/$1 is there already"
  else
    cat >"secrets/$1"
    chmod 444 "secrets/$1"
    echo "secrets/$1 is made"
  fi
}

random | keep secret_key
random | keep database_password
random | keep redis_password
printf 'postgres://parlour:%s@postgres:5432/parlour' "$(cat secrets/database_password)" | keep database_url
printf 'redis://:%s@redis:6379/' "$(cat secrets/redis_password)" | keep redis_url
printf 'requirepass %s\n' "$(cat secrets/redis_password)" | keep redis_conf
# Empty: no mail. smtps://USER:PASSWORD@HOST, with what is special in the password percent-encoded.
: | keep smtp_url
