#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Locked 7z through the whole program: with the operator's passwords, and without.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
names() { python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records" file file.name | LC_ALL=C sort | paste -s -d ' ' -; }

if ! command -v 7zz >/dev/null; then
  skip "locked 7z" "7zz is not there"
  done_testing
fi
mkdir "$work/in"
printf 'some BAD BYTES here\n' >"$work/in/見積書.txt"
printf 'harmless\n' >"$work/in/b.txt"
pack() { (cd "$work/in" && 7zz a -bso0 -bsp0 "$@" .); }
pack -pひみつ#7 "$work/plain-names.7z"
pack -pひみつ#7 -mhe=on "$work/hidden.7z"
# One member with a password, one without.
(cd "$work/in" && 7zz a -bso0 -bsp0 "$work/mixed.7z" b.txt && 7zz a -bso0 -bsp0 -pひみつ#7 "$work/mixed.7z" 見積書.txt)
printf 'wrong\nひみつ#7\n' >"$work/passwords"
chmod 600 "$work/passwords"

for name in plain-names hidden mixed; do
  scan --records "$work/records" --password-file "$work/passwords" "$work/$name.7z"
  is "$name, the right password is there: the content is judged" 1 "$(hits test.bad)"
  is "$name: nothing is left" 0 "$(hits not-inspected.encrypted)"
  is "$name: its members" "b.txt $name.7z 見積書.txt" "$(names)"
  scan --records "$work/records" "$work/$name.7z"
  is "$name, without: told" 1 "$(hits not-inspected.encrypted)"
  is "$name, without: nothing is judged" 0 "$(hits test.bad)"
done
is "hidden names stay hidden" hidden.7z "$(scan --records "$work/records" "$work/hidden.7z"; names)"
is "plain names are told" "b.txt plain-names.7z 見積書.txt" \
  "$(scan --records "$work/records" "$work/plain-names.7z"; names)"
like "a locked member is marked, and has its size" '"file.size":20.*"archive.locked":true' \
  "$(grep 見積書 "$work/records")"

# Twenty locked archives in a tar: one derivation for each password, not for each archive.
mkdir "$work/many"
for i in 1 2 3 4 5 6 7 8 9; do cp "$work/plain-names.7z" "$work/many/$i.7z"; done
tar -C "$work" -cf "$work/many.tar" many
scan --password-file "$work/passwords" "$work/many.tar"
is "locked archives in a tar" 9 "$(hits test.bad)"
grep -q ひみつ "$work/out" "$work/err" "$work/records" && fail "no password leaves" || pass "no password leaves"
done_testing
