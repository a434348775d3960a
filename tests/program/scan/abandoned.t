#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Rules that cannot be used or not be brought to an end: each is named and
# counted, every other rule still reports, and nothing looks clean.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

# ---- rules on which the matcher gives up ----
mkdir "$work/files"
{ printf 'BAD BYTES SLOW DOWN\n'; head -c 2000000 /dev/zero | tr '\0' 'a'; } >"$work/files/long"
printf 'BAD BYTES SLO\n' >"$work/files/short"
cat >"$work/slow.yar" <<'END'
rule endless {
  meta: sekisho_id = "test.endless"
  strings: $a = "SLOW DOWN"
  condition: $a and for all i in (1..100000000000): (i > 0)
}
rule beside { meta: sekisho_id = "test.beside" level = "low" strings: $a = "SLOW DOWN" condition: $a }
END
cat >"$work/often.yar" <<'END'
rule often {
  meta: sekisho_id = "test.often"
  strings: $a = "aaaa"
  condition: #a > 1999900 and #a < 3
}
END

scan --rules "$work/slow.yar" --set plugins.yara.timeout=1 "$work/files"
is "a rule without end: status" 1 "$status"
is "a rule without end: all others report, it is named" "not-inspected.rules long
test.bad long
test.bad short
test.beside long" "$(listed | awk -F '\t' '{ print $1, $4 }' | sort)"
like "a rule without end: its name stands in the alert" '"rule":\{"id":"not-inspected.rules".*"evidence":"[^"]*endless' \
  "$(grep not-inspected.rules "$work/out")"
unlike "a rule without end: no other rule is named" '"evidence":"[^"]*(beside|bad)' "$(grep not-inspected.rules "$work/out")"
is "a rule without end: counted, low" "1 low" \
  "$(counted not-inspected.rules) $(listed | awk -F '\t' '$1 == "not-inspected.rules" { print $2 }')"

scan --rules "$work/often.yar" "$work/files"
is "too many matches: all others report, it is named" "not-inspected.rules long
test.bad long
test.bad short" "$(listed | awk -F '\t' '{ print $1, $4 }' | sort)"
like "too many matches: its name stands in the alert" '"evidence":"[^"]*often' "$(grep not-inspected.rules "$work/out")"

"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/often.yar" --format json \
  "$work/files" >"$work/out" 2>"$work/err"
is "only an abandoned rule: never clean" 3 $?

# ---- rules that do not compile ----
mkdir "$work/rules"
cp "$work/test.yar" "$work/rules/a-good.yar"
printf 'rule fine { condition: true }\nrule broken {\n  condition:\n    $missing\n}\n' >"$work/rules/b-broken.yar"
printf 'rule module {\n  condition: nosuchmodule.x == 1\n}\n' >"$work/rules/c-module.yar"
printf 'include "absent.yar"\nrule include { condition: true }\n' >"$work/rules/d-include.yar"
printf 'rule late { meta: sekisho_id = "test.late" strings: $a = "SLOW" condition: $a }\n' >"$work/rules/e-good.yar"
rules() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/rules" --format json \
    "$@" >"$work/out" 2>"$work/err"
  status=$?
}
rules "$work/files/long"
is "broken rule files: the others work" "test.bad
test.late" "$(listed | cut -f 1)"
like "broken rule files: named with file and line" "^$work/rules/b-broken.yar:[45]: .*missing" "$(cat "$work/err")"
like "an unknown module: named with file and line" "^$work/rules/c-module.yar:2: .*nosuchmodule" "$(cat "$work/err")"
like "an include that is not there: named" "^$work/rules/d-include.yar:1: .*absent" "$(cat "$work/err")"
is "broken rule files: counted" "2 2 3" "$(counted rules.count rules.files rules.left-out)"
like "broken rule files: in the words of the summary" '^Rules: 2 rules, 2 rule files, 0 lists, 3 left out, newest of [0-9-]{10} \(0 days old\), version [0-9a-f]{16}$' "$(cat "$work/err")"
like "the machine's summary has age and version" '"rules":\{[^}]*"newest":"[0-9TZ:.-]+","age_seconds":[0-9]+,"digest":"[0-9a-f]{64}"' "$(grep sekisho.summary "$work/out")"
rules --strict "$work/files/long"
is "--strict: refused" 2 "$status"
is "--strict: before the first file" "" "$(cat "$work/out")"
like "--strict: the file is named" "$work/rules/b-broken.yar:[45]: " "$(cat "$work/err")"
rm "$work/rules/"[bcd]-*
rules --strict "$work/files/long"
is "--strict: good rules start" 1 "$status"

# ---- no rule at all ----
rm "$work/rules/"*
rules "$work/files/long"
is "a folder without rules: refused" 2 "$status"
is "a folder without rules: before the first file" "" "$(cat "$work/out")"
printf 'rule broken { condition: x }\n' >"$work/rules/only.yar"
rules "$work/files/long"
is "no usable rule: refused" 2 "$status"
is "no usable rule: before the first file" "" "$(cat "$work/out")"
like "no usable rule: said" 'no usable rule' "$(cat "$work/err")"
cp "$work/test.yar" "$work/rules/only.yar"
chmod 0 "$work/rules/only.yar"
if can_be_other; then
  as_other "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/rules" \
    "$work/files/long" >"$work/out" 2>"$work/err"
  is "an unreadable rule file: refused" 2 $?
  is "an unreadable rule file: before the first file" "" "$(cat "$work/out")"
  like "an unreadable rule file: named" 'only.yar: Permission denied' "$(cat "$work/err")"
  cp "$work/sekisho.yaml" "$work/closed.yaml"
  chmod 0 "$work/closed.yaml"
  as_other "$SEKISHO" scan --config "$work/closed.yaml" "$work/files/long" >"$work/out" 2>"$work/err"
  is "an unreadable configuration: refused" 2 $?
  is "an unreadable configuration: before the first file" "" "$(cat "$work/out")"
  like "an unreadable configuration: named" 'closed.yaml: Permission denied' "$(cat "$work/err")"
else
  skip "an unreadable rule file" "no other user to be"
fi

# ---- limits that could not be kept ----
for wrong in limits.object-bytes=65GiB limits.job-bytes=2000GiB limits.depth=65 plugins.yara.timeout=601; do
  scan --set "$wrong" "$work/files/short"
  is "$wrong: refused" 2 "$status"
  is "$wrong: before the first file" "" "$(cat "$work/out")"
  like "$wrong: what is possible is said" 'expected a (whole number|size) from' "$(cat "$work/err")"
done
scan --set limits.object-bytes=64GiB --set limits.job-bytes=64GiB "$work/files/short"
is "the highest possible limit: accepted" 1 "$status"
done_testing
