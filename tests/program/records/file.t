#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# --records: everything that was walked and read stands in it once, in order,
# whatever the number of workers, and in the form that the schema tells.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
read_records() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/records/read.py" "$@"; }

in=$work/In
mkdir -p "$in/Sub/.hidden"
printf 'plain text\n' >"$in/A.Tar.GZ"
printf 'other text\n' >"$in/Sub/.hidden/x"
ln -s A.Tar.GZ "$in/link"
mkfifo "$in/pipe"
printf '%s\n' '{"time":"2026-11-25T01:00:02Z","user":"sato","n":1}' \
  '{"time":"2026-11-25T01:00:00Z","user":"suzuki","tags":["a","b"]}' >"$in/b.json"
printf '%s\n' '{"time":"2026-11-25T01:00:01Z","user":"tanaka"}' >"$in/c.json"

scan --records "$in/records.json" "$in"
is "status" 0 "$status"
is "the file is its owner's alone" 600 "$(stat -c %a "$in/records.json")"
like "it is not scanned itself" 'excluded .*records.json' "$(cat "$work/err")"
read_records schema "$in/records.json" "$abs_top_srcdir/doc/records.schema.json" >"$work/why"
case $? in
  0) pass "every line is what the schema says, near misses are not" ;;
  77) skip "every line is what the schema says, near misses are not" "no jsonschema" ;;
  *) fail "every line is what the schema says, near misses are not" "$(cat "$work/why")" ;;
esac

is "files, folders, links and special files, in the order of the walk" "In - directory -
A.Tar.GZ a.tar.gz file gz
Sub sub directory -
.hidden sub/.hidden directory -
x sub/.hidden/x file -
b.json b.json file json
c.json c.json file json
link link link -
pipe pipe special -" \
  "$(read_records list "$in/records.json" file file.name file.relative file.type file.extension)"
is "sizes of files, attributes" "- -
11 -
- -
- hidden
11 -" "$(read_records list "$in/records.json" file file.size file.attributes | head -n 5)"
is "where they were found" "$in
$in
$in/Sub" "$(read_records list "$in/records.json" file file.root | head -n 2
  read_records list "$in/records.json" file file.path | sed -n 3p)"
is "lines of logs in the order of their times" "suzuki - a,b
tanaka - -
sato 1 -" "$(read_records list "$in/records.json" log.json user n tags)"
is "what has no time stands first" "file" \
  "$(head -n 1 "$in/records.json" | sed 's/.*"kind":"\([a-z.]*\)".*/\1/')"
like "an event's time and place" \
  '"@timestamp":"2026-11-25T01:00:00.000000Z".*"object":"","position":52' "$(grep suzuki "$in/records.json")"

for jobs in 1 2 7; do
  scan --jobs $jobs --records "$work/$jobs.json" --exclude '*/records.json' "$in"
done
ok "jobs 2: the same bytes" cmp -s "$work/1.json" "$work/2.json"
ok "jobs 7: the same bytes" cmp -s "$work/1.json" "$work/7.json"
ok "and they are all" test "$(wc -l <"$work/1.json")" -gt 12

# What cannot be written is an error, before the scan or after it.
scan --records "$work/nowhere/records.json" "$in"
is "no folder for it: status" 2 "$status"
like "no folder for it: said" 'nowhere/records.json: No such file' "$(cat "$work/err")"
is "no folder for it: nothing was scanned" "" "$(cat "$work/out")"
scan --records "$work" "$in"
is "a folder in its place: status" 2 "$status"
if [ -c /dev/full ]; then
  scan --records /dev/full "$in"
  is "a full disk: status" 2 "$status"
  like "a full disk: said" '/dev/full: No space left' "$(cat "$work/err")"
else
  skip "a full disk" "no /dev/full"
fi

# Without it nothing is kept.
scan "$in"
is "without the option: status" 0 "$status"
done_testing
