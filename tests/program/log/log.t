#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Logs in a real scan: which texts are taken, what a rule finds in them, what could not be read.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
cat > "$work/rule.yml" <<'RULE'
title: A tool that dumps credentials
name: log.test.dump
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\mimi.exe'
    User: 'CORP\佐藤'
  condition: selection
level: high
RULE
scan() { "$SEKISHO" scan --set "rules.sigma=[$work/rule.yml]" --set 'rules.yara=[]' --format rfc5424 "$@" 2>/dev/null; }
event() {
  printf '{"Event":{"System":{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"TimeCreated":{"#attributes":{"SystemTime":"2026-04-17T05:24:53Z"}}},"EventData":{"Image":"%s","User":"CORP\\\\%s"}}}\n' "$1" "$2"
}

# hit, and beside it the near misses: another user, another program, not the end of the name
{
  event 'C:\\x\\mimi.exe' '鈴木'
  event 'C:\\x\\nomimi.exe' '\u4f50\u85e4'
  event 'C:\\x\\MIMI.EXE' '\u4f50\u85e4'
  event 'C:\\x\\mimi.exe.txt' '佐藤'
} > "$work/events.jsonl"
got=$(scan "$work/events.jsonl")
is "one event hits" 1 "$(printf '%s\n' "$got" | grep -c 'log\.test\.dump')"
offset=$(head -n 2 "$work/events.jsonl" | wc -c | tr -d ' ')
like "it is told by its place" "$offset" "$(printf '%s\n' "$got" | grep 'log\.test\.dump')"

for form in crlf bom utf16 pretty array wrapped; do
  case $form in
    crlf) sed 's/$/\r/' "$work/events.jsonl" ;;
    bom) printf '\357\273\277'; cat "$work/events.jsonl" ;;
    utf16) printf '\377\376'; iconv -f UTF-8 -t UTF-16LE "$work/events.jsonl" ;;
    pretty) python3 -c 'import json, sys
for line in sys.stdin: print(json.dumps(json.loads(line), indent=2))' < "$work/events.jsonl" ;;
    array) echo '['; sed '$!s/$/,/' "$work/events.jsonl"; echo ']' ;;
    wrapped) printf '{"Records":['; sed '$!s/$/,/' "$work/events.jsonl"; echo ']}' ;;
  esac > "$work/$form.json"
  is "$form: the same event hits" 1 "$(scan "$work/$form.json" | grep -c 'log\.test\.dump')"
done

mkdir "$work/others"
printf '# Title\n\nThe Image is C:\\x\\mimi.exe, see {"json": 1}.\n' > "$work/others/README"
printf 'int main (void)\n{\n  return 0;\n}\n' > "$work/others/main.c"
printf 'name,size\nmimi.exe,1\n' > "$work/others/list.csv"
printf '{\n  // not JSON\n  "a": 1\n}\n' > "$work/others/tsconfig.json"
: > "$work/others/empty.log"
got=$(scan --records "$work/records" "$work/others")
unlike "what is no log makes no record" '"kind":"log\.' "$(cat "$work/records")"
like "and nothing is said of it" 'not inspected 0' "$got"

{ cat "$work/events.jsonl"; printf 'oops \001 \343\201\202\n'; event x y; printf '\0\0\0'; event x y; } > "$work/bad.log"
got=$(scan "$work/bad.log")
like "lines that are none are counted and shown" '1 of 7 lines not understood, first at line 5: oops' "$got"
is "the hit before them stays" 1 "$(printf '%s\n' "$got" | grep -c 'log\.test\.dump')"
got=$(scan --set plugins.log.format=off "$work/bad.log")
unlike "off: no log" 'log\.test\.dump|not understood' "$got"
printf '{\n "Event": {\n' > "$work/cut.json"
like "a document that ends in its middle" 'not-inspected\.truncated' "$(scan "$work/cut.json")"
like "another format by choice" '7 of 7 lines not understood' "$(scan --set plugins.log.format=web "$work/bad.log")"
"$SEKISHO" scan --set plugins.log.format=xml "$work/bad.log" > "$work/out" 2>&1
is "a format that there is not stops the start" 2 $?
like "and is named" 'xml' "$(cat "$work/out")"
done_testing
