#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# From a finding to its silence: scan, explain, allow add, scan.
. "$abs_top_srcdir/tests/lib/tap.sh"
printf 'rule bad { meta: sekisho_id = "test.bad" level = "high" description = "Told so" strings: $a = "BAD BYTES" condition: $a }\n' >"$work/rule.yar"
mkdir "$work/files"
printf 'BAD BYTES\n' >"$work/files/a"
printf 'more BAD BYTES\n' >"$work/files/b"
silences=$work/silences.yaml
printf 'silences: [%s]\nrules: {yara: [%s], cache-dir: none}\n' "$silences" "$work/rule.yar" >"$work/s.yaml"
: >"$silences"
scan() { "$SEKISHO" scan --config "$work/s.yaml" "$@" >"$work/out" 2>"$work/err"; }

scan "$work/files"
is "before: status" 1 $?
is "before: both are found" 2 "$(grep -c test.bad "$work/out")"

out=$("$SEKISHO" explain --config "$work/s.yaml" test.bad)
like "explain: what it says" 'Told so' "$out"
like "explain: how to silence it" "sekisho allow add --id 'test.bad' --why TEXT FILE" "$out"
like "explain: where it stands" "rule.yar:1" "$out"
like "explain: in Japanese" '誤検知' "$("$SEKISHO" explain --config "$work/s.yaml" --lang ja test.bad)"
"$SEKISHO" explain --config "$work/s.yaml" test.none >/dev/null 2>"$work/err"
is "explain: an unknown id" 2 $?

"$SEKISHO" allow add --config "$work/s.yaml" --id test.bad --why 'known' "$work/files/a" >/dev/null
scan "$work/files"
is "one silenced: status" 1 $?
is "one silenced: the other is found" 1 "$(grep -c test.bad "$work/out")"
like "one silenced: counted" '1 silenced' "$(cat "$work/err")"

"$SEKISHO" allow add --config "$work/s.yaml" --why 'known' "$work/files/b" >/dev/null
scan "$work/files"
is "both silenced: status" 0 $?
is "both silenced: nothing is said" 0 "$(grep -c test.bad "$work/out")"

printf 'changed' >>"$work/files/a"
scan "$work/files"
is "other content is no longer silenced" 1 $?

"$SEKISHO" allow add --config "$work/s.yaml" --id test.other --why 'near miss' "$work/files/a" >/dev/null
scan "$work/files"
is "another id silences nothing" 1 $?

printf -- '- {id: test.bad, path: "%s/files/*", who: me, why: old, expires: 2020-01-01}\n' "$work" >"$silences"
scan "$work/files"
is "an expired silence holds no more: status" 1 $?
like "an expired silence is counted" '1 expired' "$(cat "$work/err")"
printf -- '- {id: test.bad, path: "%s/files/*", who: me, why: new, expires: 2999-01-01}\n' "$work" >"$silences"
scan "$work/files"
is "by path" 0 $?
printf -- '- {id: test.bad, pth: x}\n' >"$silences"
scan "$work/files"
is "a wrong silences file: status" 2 $?
like "a wrong silences file: place" "$silences:1:" "$(cat "$work/err")"
done_testing
