#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# sekisho config, and what every command does with a wrong configuration.
. "$abs_top_srcdir/tests/lib/tap.sh"

cat >"$work/good.yaml" <<'END'
limits: {depth: 3}
END
cat >"$work/bad.yaml" <<'END'
limits:
  depth: 99
  deph: 3
jobs: many
END
printf 'jobs: 1\njobs: 2\n' >"$work/twice.yaml"

out=$("$SEKISHO" config check "$work/good.yaml" 2>&1); status=$?
is "a right file: status" 0 "$status"
is "a right file: words" "$work/good.yaml: ok" "$out"

out=$("$SEKISHO" config check "$work/bad.yaml" 2>&1 >/dev/null); status=$?
is "a wrong file: status" 2 "$status"
is "all mistakes with their places" "$work/bad.yaml:2:10: limits.depth: found \"99\", expected a whole number from 1 to 64
$work/bad.yaml:3:3: unknown key \"deph\", expected one of depth, objects, object-bytes, job-bytes, input-bytes, ratio, work, windows, backstop, worker-memory, results-bytes, run-file-bytes
$work/bad.yaml:4:7: jobs: found \"many\", expected a whole number from 1 to 256 or auto" "$out"

i=0
while [ $i -lt 100 ]; do
  "$SEKISHO" config check "$work/bad.yaml" 2>&1
  i=$((i + 1))
done | sort | uniq -c | awk '{ print $1 }' | sort -u >"$work/counts"
is "100 runs print the same bytes" 100 "$(cat "$work/counts")"

out=$("$SEKISHO" config check "$work/twice.yaml" 2>&1); status=$?
is "a key that stands twice: status" 2 "$status"
like "a key that stands twice: place" "^$work/twice.yaml:2:1: .*jobs" "$out"

printf 'plugins:\n  hash:\n    max-byte: 1\n' >"$work/option.yaml"
out=$("$SEKISHO" config check "$work/option.yaml" 2>&1); status=$?
is "an option that no plugin has: status" 2 "$status"
is "an option that no plugin has: place" "$work/option.yaml:3:15: plugin \"hash\" has no option \"max-byte\"" "$out"
printf 'plugins:\n  hash:\n    max-bytes: many\n' >"$work/option.yaml"
out=$("$SEKISHO" config check "$work/option.yaml" 2>&1); status=$?
is "a wrong value of an option: status" 2 "$status"
like "a wrong value of an option: place" "^$work/option.yaml:3:16: .*many" "$out"

out=$("$SEKISHO" config check "$work/missing.yaml" 2>&1); status=$?
is "a missing file: status" 2 "$status"
like "a missing file: name" "missing.yaml" "$out"

"$SEKISHO" config sample >"$work/sample.yaml"
"$SEKISHO" config show --config "$work/sample.yaml" >"$work/from-sample"
printf '' >"$work/empty.yaml"
"$SEKISHO" config show --config "$work/empty.yaml" >"$work/from-nothing"
is "the sample equals the defaults" "$(cat "$work/from-nothing")" "$(cat "$work/from-sample")"
is "the command line is shown" "  depth: 7" \
  "$("$SEKISHO" config show --config "$work/good.yaml" --set limits.depth=7 | grep '^  depth:')"
is "the file is shown" "  depth: 3" \
  "$("$SEKISHO" config show --config "$work/good.yaml" | grep '^  depth:')"

for command in 'rules list' plugins 'explain x' 'config show' 'allow list' 'scan .'; do
  # shellcheck disable=SC2086
  out=$("$SEKISHO" $command --config "$work/bad.yaml" 2>&1 >/dev/null); status=$?
  is "$command refuses it: status" 2 "$status"
  like "$command refuses it: place" "bad.yaml:2:10: limits.depth" "$out"
done

"$SEKISHO" config sample >/dev/full 2>"$work/full"; status=$?
is "a full disk: status" 2 "$status"
like "a full disk: words" "standard output: No space left" "$(cat "$work/full")"
# Names and values of a hostile file leave as text.
name=$(printf 'a\nb\033[31m')
printf '"k\\e[31m": 1\n' >"$work/$name.yaml"
"$SEKISHO" config check "$work/$name.yaml" 2>"$work/err"
is "a hostile name: status" 2 $?
is "a hostile name: one line" 1 "$(wc -l <"$work/err")"
like "a hostile name: escaped, with place and key" \
  '/a\\nb\\u\{1B\}\[31m\.yaml:1:1: unknown key "k\\u\{1B\}\[31m"' "$(cat "$work/err")"
for option in --config --rules --hash-list --output; do
  "$SEKISHO" scan "$option" "$work/$name/none" "$work" >"$work/out" 2>"$work/err"
  is "a hostile name after $option: status" 2 $?
  is "a hostile name after $option: one line" 1 "$(wc -l <"$work/err")"
done
done_testing
