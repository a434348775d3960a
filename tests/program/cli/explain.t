#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Every id that a finding can have is explained, in English and in Japanese.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma
rules() { "$SEKISHO" rules list --config "$work/sekisho.yaml" "$@"; }
rules >"$work/en"
rules --lang ja >"$work/ja"
cut -f 1 "$work/en" >"$work/ids"
is "the engine's own reasons are rules" 13 "$(grep -c '^not-inspected\.' "$work/ids")"
ok "so are the shipped ones" test "$(grep -vc '^not-inspected\.' "$work/ids")" -ge 20
is "no id stands twice" "" "$(sort "$work/ids" | uniq -d)"
is "every id is of the form that an alert's MSGID takes" "" "$(grep -vE '^[a-z0-9.-]{1,32}$' "$work/ids")"
is "every level is one" "" "$(cut -f 2 "$work/en" | grep -vxE 'informational|low|medium|high|critical')"
is "both languages list the same ids" "$(cat "$work/ids")" "$(cut -f 1 "$work/ja")"
is "every Japanese title is Japanese" "" \
  "$(cut -f 3 "$work/ja" | python3 -c '
import re, sys
for line in sys.stdin:
    if not re.search("[\u3040-\u30ff\u4e00-\u9fff]", line): print(line, end="")')"

# All at once, and for each what must stand in it.
# shellcheck disable=SC2046
"$SEKISHO" explain --config "$work/sekisho.yaml" $(cat "$work/ids") >"$work/out" 2>"$work/err"
is "explain: all ids" 0 $?
is "explain: in the order asked for" "$(cat "$work/ids")" "$(grep -E '^[^ ]' "$work/out")"
# shellcheck disable=SC2046
"$SEKISHO" explain --config "$work/sekisho.yaml" --lang ja $(cat "$work/ids") >"$work/out.ja" 2>"$work/err"
is "explain in Japanese: all ids" 0 $?
cat >"$work/blocks.py" <<'END'
import sys
path, titles, *labels = sys.argv[1:]
with open(titles, encoding="utf-8") as stream:
    title = dict(line.rstrip("\n").split("\t")[0:3:2] for line in stream)
with open(path, encoding="utf-8") as stream:
    text = stream.read()
blocks, current = {}, None
for line in text.splitlines():
    if not line.startswith(" "):
        current = blocks.setdefault(line, [])
    else:
        current.append(line)
for name, lines in blocks.items():
    if lines[0].strip() != title[name]:
        print(f"{name}: title {lines[0].strip()!r}, listed as {title[name]!r}")
    for label in labels:
        at = [i for i, line in enumerate(lines) if line.startswith(f"  {label}:")]
        if len(at) != 1:
            print(f"{name}: {label} stands {len(at)} times")
        elif lines[at[0]].endswith(":") and not lines[at[0] + 1].startswith("    "):
            print(f"{name}: {label} is empty")
    by_level = f"not-inspected: {{{name.partition('.')[2]}: informational}}"
    if not any(f"sekisho allow add --id '{name}' --why" in line or by_level in line for line in lines):
        print(f"{name}: does not tell how to silence it")
print(len(blocks))
END
number=$(wc -l <"$work/ids")
is "each: title, level, meaning, false positives, place, silence" "$number" \
  "$(python3 "$work/blocks.py" "$work/out" "$work/en" 'Level' 'What it says' 'Why it may be wrong' 'The rule stands in' 2>&1)"
is "each, in Japanese" "$number" \
  "$(python3 "$work/blocks.py" "$work/out.ja" "$work/ja" 'レベル' '内容' '誤検知の可能性' 'ルールの場所' 2>&1)"
unlike "every shipped rule says more than its title" 'The rule says no more than its title' "$(cat "$work/out")"
for id in $(grep -v '^not-inspected' "$work/ids"); do
  grep -qE "sekisho_id = \"$id\"|^name: $id\$" -r "$abs_top_srcdir/signatures" || echo "$id"
done >"$work/strange"
is "every id stands in the shipped files" "" "$(cat "$work/strange")"
unlike "a level of the engine's own can be set, and it says how" '^0$' \
  "$(grep -c 'not-inspected: {[a-z]*: informational}' "$work/out")"

"$SEKISHO" explain --config "$work/sekisho.yaml" not-inspected.crash file.nothing >"$work/out" 2>"$work/err"
is "one of two is unknown: status" 2 $?
is "one of two is unknown: the other is explained" not-inspected.crash "$(grep -E '^[^ ]' "$work/out")"
like "one of two is unknown: named" 'file.nothing: no rule has this id' "$(cat "$work/err")"
"$SEKISHO" explain --config "$work/sekisho.yaml" >"$work/out" 2>"$work/err"
is "nothing asked: status" 2 $?
"$SEKISHO" explain --config "$work/sekisho.yaml" "$(printf '\033]0;x\007')" >"$work/out" 2>"$work/err"
ok "an id with control characters is told without them" alerts quiet "$work/err"
done_testing
