#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# What sekisho scan says and how it ends: clean, findings, error, not inspected.
. "$abs_top_srcdir/tests/lib/tap.sh"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
cat >"$work/rule.yar" <<'END'
rule bad {
  meta: sekisho_id = "test.bad" level = "high" description = "Test rule"
  strings: $a = "BAD BYTES"
  condition: $a
}
rule odd {
  meta: sekisho_id = "test.odd" level = "low" description = "Test rule"
  strings: $a = "ODD BYTES"
  condition: $a
}
END
scan() { "$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" "$@" >"$work/out" 2>"$work/err"; }

mkdir -p "$work/clean" "$work/bad" "$work/odd"
printf 'nothing\n' >"$work/clean/a"
printf 'BAD BYTES\n' >"$work/bad/b"
printf 'ODD BYTES\n' >"$work/odd/c"

scan "$work/clean"
is "clean: status" 0 $?
is "clean: no word on standard output but the summary" "" "$(grep -v scan.summary "$work/out")"
like "clean: the summary counts" '1 file' "$(cat "$work/err")"

scan "$work/clean" "$work/bad"
is "found: status" 1 $?
like "found: rfc5424 where no terminal is" ' sekisho [0-9]+ test\.bad \[sekisho@32473 ' "$(cat "$work/out")"

scan "$work/odd"
is "below --fail-on: status" 0 $?
like "below --fail-on: it is said" 'test\.odd' "$(cat "$work/out")"
scan --fail-on low "$work/odd"
is "at --fail-on: status" 1 $?

scan --format tree "$work/bad"
like "tree: the path" "^$work/bad/b: high" "$(cat "$work/out")"
unlike "tree: no color where no terminal is" "$(printf '\033')" "$(cat "$work/out")"
scan --format tree --color always "$work/bad"
like "tree: color when asked" "$(printf '\033')" "$(cat "$work/out")"
scan --format json "$work/bad"
like "json: one object a line" '^\{.*"test\.bad".*\}$' "$(head -n 1 "$work/out")"

scan "$work/nowhere" "$work/bad"
is "a missing path: status" 2 $?
like "a missing path: words" "$work/nowhere: No such file or directory" "$(cat "$work/err")"
like "a missing path: the rest was scanned" 'test\.bad' "$(cat "$work/out")"

scan "$work/clean" --exclude "*/a"
is "excluded: status" 0 $?
like "excluded: words" "excluded $work/clean/a \(\*/a\)" "$(cat "$work/err")"
like "excluded: counted" '1 excluded' "$(cat "$work/err")"
like "excluded: not counted as scanned" '0 files' "$(cat "$work/err")"

mkfifo "$work/clean/fifo"
scan "$work/clean"
is "a FIFO: status" 0 $?
like "a FIFO: words" "not opened $work/clean/fifo \(FIFO\)" "$(cat "$work/err")"
rm "$work/clean/fifo"
scan /dev/null "$work/clean"
is "a device: status" 0 $?
like "a device: words" "not opened /dev/null \(character device\)" "$(cat "$work/err")"

# Root reads everything, so root becomes somebody else for this.
as_user=
[ "$(id -u)" -ne 0 ] || as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
mkdir "$work/secret"
printf 'BAD BYTES' >"$work/secret/file"
mkdir "$work/secret/folder"
printf 'fine' >"$work/secret/open"
chmod 0 "$work/secret/file" "$work/secret/folder"
chmod 755 "$work" "$work/secret"
# shellcheck disable=SC2086
if $as_user test -x "$SEKISHO" && ! $as_user test -r "$work/secret/file"; then
  $as_user "$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" "$work/secret" >"$work/out" 2>"$work/err"
  is "unreadable: status" 3 $?
  like "unreadable: a file is named" 'not-inspected.unreadable .*secret/file"' "$(cat "$work/out")"
  like "unreadable: a folder is named" 'not-inspected.unreadable .*secret/folder"' "$(cat "$work/out")"
  like "unreadable: counted" '2 unreadable' "$(cat "$work/err")"
  like "unreadable: the rest was scanned" '1 file' "$(cat "$work/err")"
else
  skip "unreadable" "no other user can be tried here"
fi
chmod 755 "$work/secret/folder"

# Names.
mkdir "$work/names"
cd "$work/names" || exit 1
printf 'BAD BYTES' >./-x
printf 'BAD BYTES' >./00
printf 'BAD BYTES' >"two
lines"
scan .
is "odd names in a folder" 3 "$(grep -c 'test\.bad' "$work/out")"
is "one record each" 3 "$(grep -cv scan.summary "$work/out")"
scan -- -x
is "-x after --" 1 $?
scan ./-x
is "./-x" 1 $?
scan -x
is "-x alone is refused" 2 $?
like "-x alone: advice" 'written ./-x or after --' "$(cat "$work/err")"
scan 00
is "00" 1 $?
printf 'BAD BYTES' | scan -
is "standard input" 1 $?
printf '' | scan -
is "empty standard input" 0 $?
cd / || exit 1
: >"$work/clean/empty"
printf 'x' >"$work/clean/one"
scan "$work/clean"
is "an empty file and one byte" 0 $?

# Refused before scanning.
printf 'rule broken {\n  condition: nonesuch\n}\n' >"$work/broken.yar"
scan --rules "$work/broken.yar" "$work/bad"
is "one rule file of two is broken: scanned" 1 $?
like "one rule file of two is broken: named" "broken.yar:2: " "$(cat "$work/err")"
like "one rule file of two is broken: counted" '1 left out' "$(cat "$work/err")"
scan --rules "$work/broken.yar" --strict "$work/bad"
is "strict: status" 2 $?
is "strict: nothing was scanned" "" "$(cat "$work/out")"
like "strict: named" "broken.yar:2: " "$(cat "$work/err")"
"$SEKISHO" scan --set 'rules.sigma=[]' --cache-dir none --rules "$work/broken.yar" "$work/bad" >"$work/out" 2>"$work/err"
is "no usable rule: status" 2 $?
is "no usable rule: nothing was scanned" "" "$(cat "$work/out")"
like "no usable rule: words" 'no usable rule' "$(cat "$work/err")"
"$SEKISHO" scan --rules "$work/none.yar" "$work/bad" >"$work/out" 2>"$work/err"
is "a missing rule file: status" 2 $?
like "a missing rule file: words" "none.yar" "$(cat "$work/err")"
"$SEKISHO" scan --config "$work/none.yaml" "$work/bad" >"$work/out" 2>"$work/err"
is "a missing configuration: status" 2 $?
scan --set 'plugins.load=[nonesuch]' "$work/bad"
is "a missing plugin: status" 2 $?
like "a missing plugin: words" 'nonesuch' "$(cat "$work/err")"

# Output that fails.
"$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" "$work/bad" >/dev/full 2>"$work/err"
is "a full disk: status" 2 $?
like "a full disk: words" 'disk full' "$(cat "$work/err")"
mkdir "$work/many"
i=0
while [ $i -lt 400 ]; do
  cp "$work/bad/b" "$work/many/$i"
  i=$((i + 1))
done
{ "$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" "$work/many" 2>"$work/err"; echo $? >"$work/status"; } \
  | head -n 1 >/dev/null
is "a closed pipe: status" 2 "$(cat "$work/status")"
like "a closed pipe: words" 'closed the pipe' "$(cat "$work/err")"
scan --output "$work/nofolder/out" "$work/bad"
is "an output that cannot be opened: status" 2 $?

# Our own output and cache.
mkdir "$work/own"
cp "$work/bad/b" "$work/own/b"
scan --output "$work/own/alerts" --set 'alert.max-size=65536' "$work/own"
scan --output "$work/own/alerts" "$work/own"
is "the output file is not scanned" 0 "$(grep -c 'path="[^"]*own/alerts' "$work/own/alerts")"
like "the output file is reported as excluded" "excluded $work/own/alerts" "$(cat "$work/err")"
done_testing
