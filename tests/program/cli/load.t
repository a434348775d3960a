#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Plugins that must not be loaded: the start is refused before the first file,
# the reason is told, and nothing of the plugin ran.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
built=$abs_top_builddir/tests/plugins/.libs
folder=$work/plugins
mkdir "$folder"
chmod 755 "$folder"
printf 'BAD BYTES' >"$work/file"

# Puts a build of the plugin in place.
place() {
  rm -rf "${folder:?}"/*
  cp "$built/$1.so" "$folder/wrong.so"
  chmod 644 "$folder/wrong.so"
}
try() {
  scan --plugin-path "$folder" --plugin-path built-in --set 'plugins.load=[identify, hash, wrong, yara]' "$work/file"
}
refused() { # WHAT REGEX
  is "$1: refused" 2 "$status"
  is "$1: before the first file" "" "$(cat "$work/out")"
  like "$1: told with the file" "$folder/.*$2" "$(cat "$work/err")"
  is "$1: told in one line" 1 "$(grep -c . "$work/err")"
}

place wrong-good
try
is "a right one is loaded: status" 1 "$status"
is "a right one is loaded: the scan ran" 1 "$(hits test.bad)"
like "a right one is listed" '^wrong +Has something wrong \(1 fact\)$' \
  "$("$SEKISHO" plugins --plugin-path "$folder" --set 'plugins.load=[wrong]')"

place wrong-abi
try
refused "another ABI" 'wrong.so: plugin refused: it was built for ABI 77, this program has ABI 0'
place wrong-size
try
refused "another size of the table" 'wrong.so: plugin refused: '
place wrong-symbol
try
refused "without the symbol" 'wrong.so: plugin refused: it has no symbol "sekisho_plugin"'
place wrong-fact
try
refused "a fact under another's name" 'wrong.so: plugin refused: .*other.noun'
place wrong-reads
try
refused "a fact that nobody declares" 'wrong.so: plugin refused: .*nobody.fact'
place wrong-option
try
refused "a default out of its own range" 'wrong.so: plugin refused: .*size'
place wrong-refuse
try
is "one that refuses to start: refused" 2 "$status"
like "one that refuses to start: named" 'wrong' "$(cat "$work/err")"

rm "$folder"/*
printf 'not a program' >"$folder/wrong.so"
try
refused "no shared object" 'wrong.so: plugin refused: '
: >"$folder/wrong.so"
try
refused "an empty file" 'wrong.so: plugin refused: '
rm "$folder"/*
mkdir "$folder/wrong.so"
try
refused "a folder" 'wrong.so: plugin refused: '
rmdir "$folder/wrong.so"
try
is "one that is not there: refused" 2 "$status"
like "one that is not there: named" 'wrong' "$(cat "$work/err")"

place wrong-good
cp "$folder/wrong.so" "$folder/hash.so"
try
is "a second plugin of one name: refused" 2 "$status"
like "a second plugin of one name: both are named" \
  "hash.so: plugin refused: the name \"hash\" clashes with $folder/hash.so\$" "$(cat "$work/err")"

place wrong-good
chmod 646 "$folder/wrong.so"
try
refused "a file that all can write" 'wrong.so: plugin refused: it is world-writable'
chmod 644 "$folder/wrong.so"
chmod 777 "$folder"
try
is "a folder that all can write: refused" 2 "$status"
like "a folder that all can write: told" "$folder: plugin folder refused: it is world-writable" "$(cat "$work/err")"
chmod 755 "$folder"
try
is "and once nobody else can: loaded" 1 "$status"

place wrong-good
chmod 0 "$folder/wrong.so"
if can_be_other; then
  scan_as_other --plugin-path "$folder" --plugin-path built-in \
    --set 'plugins.load=[identify, hash, wrong, yara]' "$work/file"
  refused "an unreadable one" 'wrong.so: .*Permission denied'
else
  skip "an unreadable plugin" "no other user to be"
fi

# Every command that loads plugins says the same.
place wrong-abi
for command in plugins 'rules list' 'rules check' 'explain test.bad'; do
  # shellcheck disable=SC2086
  "$SEKISHO" $command --plugin-path "$folder" --set 'plugins.load=[wrong]' >"$work/out" 2>"$work/err"
  is "$command: status" 2 $?
  like "$command: told" 'it was built for ABI 77' "$(cat "$work/err")"
  is "$command: nothing else" "" "$(cat "$work/out")"
done
done_testing
