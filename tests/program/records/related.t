#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# Rules over several records, and over what only the walk knows of a file: what
# they find, where it is said, and what is said when there was no room.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

mkdir -p "$work/rules" "$work/tables"
cat >"$work/rules/test.yml" <<'END'
title: A failed login
name: test.login.failed
logsource: {product: test, category: login}
detection:
  failed: {outcome: failure}
  condition: failed
level: informational
---
title: Three failed logins from one address
name: test.login.three
correlation:
  type: event_count
  rules: [test.login.failed]
  group-by: [ip]
  timespan: 1m
  condition: {gte: 3}
level: high
---
title: A hidden folder
name: test.folder.hidden
logsource: {product: test, category: file}
detection:
  hidden: {file.type: directory, file.attributes: hidden}
  condition: hidden
level: low
---
title: A file right below the root
name: test.file.shallow
logsource: {product: test, category: file}
detection:
  file: {file.type: file, file.extension: bat}
  deep: {file.relative|contains: /}
  condition: file and not deep
level: medium
---
title: The same name in several folders
name: test.file.everywhere
correlation:
  type: value_count
  rules: [test.file.note]
  group-by: [file.root, file.name]
  timespan: 1s
  condition: {field: file.directory, gte: 3}
level: critical
---
title: A note
name: test.file.note
logsource: {product: test, category: file}
detection:
  note: {file.extension: txt}
  condition: note
END
cat >"$work/tables/test.yml" <<'END'
sources:
  - {logsource: {product: test, category: login}, kind: log.json}
  - {logsource: {product: test, category: file}, kind: file}
END
related() {
  scan --set rules.sigma="[$work/rules]" --set rules.logsources="[$work/tables]" \
    --set rules.sigma-lists='[]' "$@"
}

# Events of two files, whose times interleave; each file alone has too few.
login() { printf '{"time":"2026-11-25T01:00:%02dZ","outcome":"%s","ip":"%s"}\n' "$1" "$2" "$3"; }
mkdir "$work/logs"
{ login 1 failure 203.0.113.9; login 5 failure 203.0.113.9; login 6 success 203.0.113.8; } >"$work/logs/a.json"
{ login 3 failure 203.0.113.9; login 4 failure 203.0.113.8; login 6 failure 203.0.113.8; } >"$work/logs/b.json"
related --jobs 1 "$work/logs"
is "events of several files: status" 1 "$status"
is "events of several files: one alert" "test.login.three	high	$work/logs/a.json	a.json" "$(listed)"
like "how many, of which group, from when to when" \
  '3 events in group ip=203.0.113.9, 2026-11-25T01:00:01Z to 2026-11-25T01:00:05Z' "$(cat "$work/out")"
like "and where" 'b.json' "$(head -n 1 "$work/out")"
like "the source is told" '"source":"correlation"' "$(cat "$work/out")"
like "the first and the last time" \
  '"start":"2026-11-25T01:00:01.000000Z","end":"2026-11-25T01:00:05.000000Z"' "$(cat "$work/out")"
alerts schema "$work/out" "$abs_top_srcdir/doc/alert.schema.json" >"$work/why"
case $? in
  0) pass "alerts are what the schema says" ;;
  77) skip "alerts are what the schema says" "no jsonschema" ;;
  *) fail "alerts are what the schema says" "$(cat "$work/why")" ;;
esac
like "records are counted" 'Records: .*6 log.json' "$(cat "$work/err")"
alerts plain json "$work/out" >"$work/plain"
for jobs in 2 7; do
  related --jobs $jobs "$work/logs"
  is "jobs $jobs: the same alerts" "$(cat "$work/plain")" "$(alerts plain json "$work/out")"
done

# Near misses: one event fewer, another group, out of the time.
sed -i '$d' "$work/logs/a.json"
sed -i 2d "$work/logs/a.json"
related "$work/logs"
is "one event fewer: nothing" "" "$(listed)"
is "one event fewer: status" 0 "$status"

# A silence by id and path.
{ login 1 failure 203.0.113.9; login 5 failure 203.0.113.9; login 6 failure 203.0.113.9; } >"$work/logs/a.json"
rm "$work/logs/b.json"
related "$work/logs"
is "three again" 1 "$(hits test.login.three)"
cat >"$work/silences.yaml" <<END
- {id: test.login.three, path: "$work/logs/*", who: test, why: test, expires: 2100-01-01}
END
related --set silences="[$work/silences.yaml]" "$work/logs"
is "silenced: nothing is said" "" "$(listed)"
is "silenced: status" 0 "$status"
is "silenced: counted" 1 "$(counted silenced)"

# Memory that does not suffice is said.
i=0
while [ $i -lt 50 ]; do login $i failure "203.0.113.$i"; i=$((i + 1)); done >"$work/logs/a.json"
related --set correlate.groups=5 "$work/logs"
is "groups forgotten: status" 3 "$status"
is "groups forgotten: a finding" 1 "$(hits not-inspected.limit)"
like "groups forgotten: of which rule, and how many" \
  'correlation test.login.three: [0-9]+ groups forgotten' "$(cat "$work/out")"
related --set limits.run-file-bytes=64KiB "$work/logs"
is "a run file that suffices: status" 0 "$status"
i=0
while [ $i -lt 2000 ]; do login 1 failure 203.0.113.7; i=$((i + 1)); done >"$work/logs/a.json"
related --set limits.run-file-bytes=64KiB "$work/logs"
is "a full run file: status" 3 "$status"
like "a full run file: said" 'records dropped: the run file is full' "$(cat "$work/out")"

# What only the walk knows.
mkdir -p "$work/tree/.cache/deep" "$work/tree/x" "$work/tree/y"
printf 'x' >"$work/tree/a.bat"
printf 'x' >"$work/tree/x/b.bat"
printf 'x' >"$work/tree/.cache/note.txt"
printf 'x' >"$work/tree/x/note.txt"
related "$work/tree"
is "attributes of a folder, depth of a file" \
  "test.folder.hidden	low	$work/tree/.cache	.cache
test.file.shallow	medium	$work/tree/a.bat	a.bat" "$(listed)"
like "of one file: the source is told" '"source":"file"' "$(cat "$work/out")"
printf 'x' >"$work/tree/y/note.txt"
related "$work/tree"
is "a name in three folders" "test.file.everywhere	critical	$work/tree	tree" \
  "$(listed | grep everywhere)"
is "a name in three folders: status" 1 "$status"
(cd "$work/tree" && related . && listed >"$work/relative")
like "and from where one stands" 'test.file.everywhere' "$(cat "$work/relative")"

# No rule is there for what was read: that is said.
cat >"$work/rules/test.yml" <<'END'
title: Never
name: test.file.never
logsource: {product: test, category: file}
detection: {never: {file.name: nothing}, condition: never}
END
related "$work/logs"
like "no rule for what was read" 'Warning: 0 rules apply to the 2,000 records of kind log.json' "$(cat "$work/err")"
done_testing
