#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The file with passwords: who may read it, what is refused, and that no password is ever told.
. "$abs_top_srcdir/tests/lib/tap.sh"

echo text >"$work/file.txt"
printf 'Geheim#7\nzweites Wort\n' >"$work/list"
chmod 600 "$work/list"

# Exit 0: nothing found, and all inspected.
scan() { "$SEKISHO" scan "$@" "$work/file.txt" 2>&1; }

out=$(scan --password-file "$work/list"); status=$?
is 'a private list: status' 0 "$status"

for mode in 640 604 666; do
  chmod "$mode" "$work/list"
  out=$(scan --password-file "$work/list"); status=$?
  is "mode $mode: status" 2 "$status"
  like "mode $mode: why" "list: a file with passwords that others than its owner may use .mode 0$mode." "$out"
done
chmod 600 "$work/list"

printf 'good\nnot \203\134 text Geheim#8\n' >"$work/raw"
chmod 600 "$work/raw"
out=$(scan --password-file "$work/raw"); status=$?
is 'not UTF-8: status' 2 "$status"
like 'not UTF-8: place' 'raw:2: a password that is not text in UTF-8' "$out"
unlike 'not UTF-8: the line is not shown' 'Geheim' "$out"

out=$(scan --password-file "$work/none"); status=$?
is 'no such file: status' 2 "$status"
like 'no such file: named' 'none: ' "$out"

out=$(scan --set "secrets.password-files=[$work/list]" --format json); status=$?
is 'by the configuration: status' 0 "$status"
unlike 'nothing of it is told' 'Geheim' "$out"
done_testing
