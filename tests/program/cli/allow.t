#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# sekisho allow: who, when, why, until when, by content.
. "$abs_top_srcdir/tests/lib/tap.sh"
printf 'abc' >"$work/abc"
file=$work/etc/silences.yaml

"$SEKISHO" allow add "$work/abc" --file "$file" >/dev/null 2>"$work/err"
is "without a reason: status" 2 $?
like "without a reason: words" "expected --why" "$(cat "$work/err")"
ok "without a reason nothing is written" test ! -e "$file"

"$SEKISHO" allow add "$work/abc" "$work/none" --why x --file "$file" >/dev/null 2>"$work/err"
is "one of two files is missing: status" 2 $?
ok "one of two files is missing: none is written" test ! -e "$file"

"$SEKISHO" allow add "$work/abc" --why x --expires 0 --file "$file" >/dev/null 2>"$work/err"
is "a wrong term: status" 2 $?

before=$(date -u +%s)
"$SEKISHO" allow add --why 'ours: "quoted" # 日本' --id file.x --file "$file" "$work/abc" >"$work/out"
is "one is added: status" 0 $?
is "what is printed is what was written" "$(cat "$file")" "$(cat "$work/out")"
like "by the hash of the content" \
  'sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"' "$(cat "$file")"

line=$("$SEKISHO" allow list --file "$file")
like "who, id, why" "^in force	.*	file.x	-	ba78.*	$(id -un)	ours: \"quoted\" # 日本\$" "$line"
expires=$(date -u -d "$(printf '%s' "$line" | cut -f 2)" +%s)
days=$(((expires - before) / 86400))
is "it holds 180 days" 180 "$days"

"$SEKISHO" allow add --why y --expires 1 --file "$file" "$work/abc" >/dev/null
is "a second one is appended" 2 "$("$SEKISHO" allow list --file "$file" | wc -l)"
like "all ids when none is named" "	\\*	-	ba78" "$("$SEKISHO" allow list --file "$file")"

cat >"$work/old.yaml" <<'END'
- {id: a.b, path: /x, who: me, why: it was so, expires: 2020-01-01}
END
like "an expired one is listed as such" "^expired	2020-01-01T00:00:00Z	a.b	/x	-	me	it was so" \
  "$("$SEKISHO" allow list --file "$work/old.yaml")"
done_testing
