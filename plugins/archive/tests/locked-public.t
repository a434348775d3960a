#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Locked archives that others made, with the programs that only they have: RAR's compressed members,
# solid ones, both versions, names hidden or not.
. "$abs_top_srcdir/tests/lib/tap.sh"

list=$abs_top_builddir/plugins/archive/tests/locked-list
archives=$SEKISHO_CORPORA/archives
there=$archives/libarchive/libarchive/test
if [ ! -d "$there" ]; then
  skip "public locked archives" "SEKISHO_CORPORA names no folder with archives"
  done_testing
fi

# file, passwords…: the states of its members in order, and the names.
states() {
  file=$1
  shift
  "$list" "$there/test_read_format_$file" "$@" \
    | sed -n 's/^member [0-9]* \([a-z-]*\) [a-z-]* \([0-9]*\) [0-9a-f]* \(.*\)$/\3 \1 \2/p'
}
rows() { printf '%s\n' "$@"; }
abcd() { rows "a.txt $1 18" "b.txt $2 18" "c.txt $3 18" "d.txt $4 18"; }

for rar in rar4 rar5; do
  is "$rar: two passwords, one is known" "$(abcd plain opened plain locked)" "$(states ${rar}_encrypted.rar wrong password)"
  is "$rar: names hidden" "$(abcd opened opened opened opened)" "$(states ${rar}_encrypted_filenames.rar wrong password)"
  is "$rar: names hidden, wrong password" "" "$(states ${rar}_encrypted_filenames.rar wrong Password)"
done
is "rar5: solid" "$(abcd opened opened opened opened)" "$(states rar5_solid_encrypted.rar password)"
is "rar5: solid, locked: names are told" "$(abcd locked locked locked locked)" "$(states rar5_solid_encrypted.rar wrong)"
is "rar5: solid, names hidden" "$(abcd opened opened opened opened)" "$(states rar5_solid_encrypted_filenames.rar password)"
is "rar4: solid: but the first stay locked" "$(abcd opened locked locked locked)" "$(states rar4_solid_encrypted.rar password)"
like "rar4: solid is said" '^archive unsupported RAR 4 .*solid' "$("$list" "$there/test_read_format_rar4_solid_encrypted.rar" password)"
is "rar3: data" "$(rows 'foo.txt opened 16' 'bar.txt opened 16')" "$(states rar_encryption_data.rar 12345678)"
is "rar3: header" "$(rows 'foo.txt opened 16' 'bar.txt opened 16')" "$(states rar_encryption_header.rar 12345678)"
is "rar3: in part" "$(rows 'foo.txt opened 16' 'bar.txt plain 16')" "$(states rar_encryption_partially.rar 12345678)"
is "7z: data" "bar.txt opened 4" "$(states 7zip_encryption.7z 12345678)"
is "7z: header" "bar.txt opened 4" "$(states 7zip_encryption_header.7z 12345678)"

py7zr=$archives/py7zr/tests/data
got=$("$list" "$py7zr/encrypted_1.7z" secret)
like "py7zr's: as 7-Zip's" '^member 0 opened strong 33 08626a3e test1.txt$' "$got"
# A method that libarchive does not know gives no byte, and sometimes no error.
unlike "Zstandard in 7z: nothing is called opened" ' opened ' "$("$list" "$py7zr/encrypted_5.7z" secret | grep '^member')"

# Whatever the archive, nothing is called opened or plain that is not whole.
for file in "$there"/*.7z "$there"/*rar* "$py7zr"/*.7z; do
  "$list" "$file" password 12345678 secret >"$work/out" 2>"$work/err" || { fail "ends: $file"; continue; }
  if grep -q 'AddressSanitizer\|runtime error' "$work/err"; then fail "clean: $file"; fi
done
pass "all of them end"
done_testing
