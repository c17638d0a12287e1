#!/bin/sh
# What an administrator does with a PREFIX of their own: what systemd starts is what was installed.
set -eu
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DESTDIR="$folder" cmake --install "$build" --prefix /opt/mail >/dev/null
unit=$folder/opt/mail/lib/systemd/system/kithd.service
sed -n 's/^Exec[A-Za-z]*=\([^ ]*\) .*/\1/p' "$unit" | sort -u >"$folder/programs"
[ -s "$folder/programs" ] || { echo "$unit starts nothing" >&2; exit 1; }
while read -r program; do
    [ -x "$folder$program" ] || { echo "$unit: $program is not there" >&2; exit 1; }
    "$folder$program" --version
done <"$folder/programs"
for file in share/man/man8/kithd.8 share/bash-completion/completions/kith lib/sysusers.d/kith.conf; do
    [ -s "$folder/opt/mail/$file" ] || { echo "$file is not there" >&2; exit 1; }
done
