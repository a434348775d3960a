#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Logs and rules that somebody made to break the reader, to fill the memory, or to be overlooked.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

cat >"$work/rules.yml" <<'END'
title: An evil command
name: test.log.evil
logsource: {product: sekisho, category: json}
detection:
  s: {cmd|contains: evil}
  condition: s
level: high
END
# judge FILE…: with the rules above; the time that it may take is bounded.
judge() {
  timeout 120 "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --set 'plugins.load=[identify, log]' \
    --set 'rules.yara=[]' --sigma "$work/rules.yml" --format json "$@" >"$work/out" 2>"$work/err"
  status=$?
}
evil='{"cmd":"an evil one"}'
# among NAME PYTHON: what the program prints, between two events of which each is found.
among() {
  { echo "$evil"; python3 -c "$2"; echo "$evil"; } >"$work/a.jsonl"
  judge "$work/a.jsonl"
  is "$1: the events around it are found" "1 2" "$status $(hits test.log.evil)"
}
said() { like "$1" "$2" "$(grep 'not-inspected' "$work/out")"; }

among "a line of 100 MB" 'print("{\"cmd\":\"" + "x" * 100000000 + "\"}")'
said "a line of 100 MB: said, by its number" '1 of [23] .*line 2'
among "10,000 levels" 'print("{\"a\":" * 10000 + "1" + "}" * 10000)'
said "10,000 levels: said" 'not-inspected\.(limit|malformed)'
among "10,000 lists in lists" 'print("[" * 10000 + "]" * 10000)'
printf '{"cmd":"x","cmd":"not ev\\u0069l, ev\\u0069l"}' >"$work/twice.json"
judge "$work/twice.json"
is "keys that repeat: each value counts, escapes undone" "1 1" "$status $(hits test.log.evil)"
{ echo "$evil"; echo '{"":1,"cmd":"also evil"}'; } >"$work/nameless.jsonl"
judge --records "$work/records" "$work/nameless.jsonl"
is "a name that is empty, with all records wanted" "1 2" "$status $(hits test.log.evil)"
like "a name that is empty: kept" '"":1,"cmd":"also evil"' "$(cat "$work/records")"
printf '{"cmd":"\377\376 evil \300"}\n{"cmd":"\000"}\n{"cmd":"\\ud800 evil"}\n' >"$work/bytes.jsonl"
judge "$work/bytes.jsonl"
is "bytes that are no UTF-8, half a pair" 2 "$(hits test.log.evil)"
printf '%s\n{"cmd":"ev' "$evil" >"$work/cut.json"
judge "$work/cut.json"
is "cut in its middle: what is whole is found" 1 "$(hits test.log.evil)"
said "cut in its middle: said" 'not-inspected\.(truncated|malformed)'
python3 -c 'print("[" + ",".join(["{}"] * 1000000) + "]")' >"$work/empty.json"
judge "$work/empty.json"
is "a million empty events" 0 "$status"
like "a million empty events: counted" '1,000,000 log\.json' "$(cat "$work/err")"
{ printf '\377\376'; printf '%s\n' "$evil" | iconv -f UTF-8 -t UTF-16LE; } >"$work/wide.json"
judge "$work/wide.json"
is "UTF-16" 1 "$(hits test.log.evil)"
# The first sample of what is not read is short, and safe.
{ echo "$evil"; printf 'secret-\033[2J%s\n' "$(head -c 300 /dev/zero | tr '\0' a)"; echo "$evil"; } >"$work/sample.jsonl"
judge "$work/sample.jsonl"
said "a sample of what is no line" 'line 2.*secret-'
unlike "a sample: short" 'a{100}' "$(cat "$work/out")"
unlike "a sample: no control characters" "$(printf '\033')" "$(cat "$work/out")"

# All lines match: what is told is bounded, the rest counted, the time grows with the lines.
lines=300000
is_quick && lines=100000
yes "$evil" | head -n $lines >"$work/all.jsonl"
judge "$work/all.jsonl"
is "all lines match: status" 1 "$status"
is "all lines match: two hundred are told" 200 "$(hits test.log.evil)"
is "all lines match: the others are counted" $((lines - 200)) "$(counted dropped)"

# Rules of a stranger.
cat >"$work/slow.yml" <<'END'
title: Slow
name: test.log.slow
logsource: {product: sekisho, category: json}
detection:
  s: {cmd|re: '(a|a|aa)+(a|aa)+(a|aa)+$'}
  condition: s
---
title: Beside it
name: test.log.beside
logsource: {product: sekisho, category: json}
detection:
  s: {cmd|contains: aab}
  condition: s
level: high
END
printf '{"cmd":"%sb"}\n' "$(head -c 5000 /dev/zero | tr '\0' a)" >"$work/slow.jsonl"
timeout 60 "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/slow.yml" --format json \
  "$work/slow.jsonl" >"$work/out" 2>"$work/err"
is "an expression that never ends: the other rule works" "1 1" "$? $(hits test.log.beside)"
said "an expression that never ends: named" 'not-inspected\.rules.*test\.log\.slow'
mkdir "$work/strange"
{
  echo 'a: &a [x, x, x, x, x, x, x, x, x]'
  for i in b c d e f g h; do
    echo "$i: &$i [*a, *a, *a, *a, *a, *a, *a, *a, *a]"
  done
} >"$work/strange/bomb.yml"
printf 'title: Odd\nlogsource: {product: sekisho, category: json}\ndetection:\n  s:\n    cmd|frobnicate: x\n  condition: s\n' >"$work/strange/odd.yml"
cp "$work/rules.yml" "$work/strange/"
echo "$evil" >"$work/one.json"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/strange" --format json "$work/one.json" \
  >"$work/out" 2>"$work/err"
is "strange rules: the good one works" "1 1" "$? $(hits test.log.evil)"
like "a bomb in YAML: left out by its place" "^$work/strange/bomb\.yml:[0-9]+: " "$(cat "$work/err")"
like "a modifier that is none: by its place and name" "^$work/strange/odd\.yml:[0-9]+: .*frobnicate" "$(cat "$work/err")"
like "both are counted" '2 left out' "$(cat "$work/err")"
# Each of these is wrong in a way of its own; none takes the others with it.
source='logsource: {product: sekisho, category: json}'
rule() { # NAME DETECTION
  printf 'title: Odd\n%s\ndetection:\n%b\n' "$source" "$2" >"$work/strange/$1.yml"
}
rule bracket '  s: {cmd: x}\n  condition: s and (s'
rule unknown '  s: {cmd: x}\n  condition: s and other'
rule none '  s: {cmd: x}'
rule expression '  s: {cmd|re: "(a"}\n  condition: s'
rule network '  s: {cmd|cidr: 10.0.0.0/99}\n  condition: s'
rule list '  s: {cmd|expand: "%nothing-of-this-name%"}\n  condition: s'
rule twice '  s: {cmd: x}\n  s: {cmd: y}\n  condition: s'
rule long "  s: {cmd: x}\n  condition: $(python3 -c 'print("(" * 50000 + "s" + ")" * 50000)')"
rule many "  s: {cmd: x}\n  condition: $(python3 -c 'print("not " * 50000 + "s")')"
printf 'title: Odd\ndetection:\n  s: {cmd: x}\n  condition: s\n' >"$work/strange/source.yml"
printf '\0\1\377' >"$work/strange/bytes.yml"
printf 'title: [\n' >"$work/strange/open.yml"
python3 -c 'print("title: " + "[" * 20000)' >"$work/strange/deep.yml"
python3 -c 'print("title: " + "x" * 20000000)' >"$work/strange/large.yml"
correlation() { # NAME RULE TIMESPAN
  printf 'title: Odd\nname: test.%s\ncorrelation:\n  type: event_count\n  rules: [%s]\n  group-by: [x]\n  timespan: %s\n  condition: {gte: 3}\n' \
    "$1" "$2" "$3" >"$work/strange/$1.yml"
}
correlation orphan test.nobody 1d
correlation itself test.itself 1d
correlation timespan test.log.evil 1x
timeout 60 "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/strange" --format json "$work/one.json" \
  >"$work/out" 2>"$work/err"
is "rules that are wrong in many ways: the good one works" "1 1" "$? $(hits test.log.evil)"
for file in "$work/strange/"*; do
  [ "$file" = "$work/strange/rules.yml" ] && continue
  is "$(basename "$file"): left out, once, by its place" 1 "$(grep -Ec "^$file:[0-9]+: " "$work/err")"
done
is "all are counted" $(($(find "$work/strange" -type f | wc -l) - 1)) "$(counted rules.left-out)"
for strict in --strict '--set rules.strict=true'; do
  # shellcheck disable=SC2086 # an option and its value
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/strange" $strict "$work/one.json" \
    >"$work/out" 2>"$work/err"
  is "$strict: refused" "2 " "$? $(cat "$work/out")"
done

# What is empty, what is null and what is absent: two of the three are one.
cat >"$work/empty.yml" <<'END'
title: No command
name: test.log.null
logsource: {product: sekisho, category: json}
detection:
  s: {cmd: null}
  condition: s
level: high
---
title: An empty command
name: test.log.empty
logsource: {product: sekisho, category: json}
detection:
  s: {cmd: ''}
  condition: s
level: high
---
title: A star behind a backslash
name: test.log.star
logsource: {product: sekisho, category: json}
detection:
  s: {cmd: 'C:\\\*\'}
  condition: s
level: high
END
printf '%s\n' '{"n":1,"cmd":null}' '{"n":2}' '{"n":3,"cmd":""}' '{"n":4,"cmd":"C:\\*\\"}' '{"n":5,"cmd":"C:\\x\\"}' >"$work/empty.jsonl"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/empty.yml" --format json "$work/empty.jsonl" \
  >"$work/out" 2>"$work/err"
is "null and absent are one, empty is another, a star can be meant" "2 1 1" \
  "$(hits test.log.null) $(hits test.log.empty) $(hits test.log.star)"

# A key of the attacker's choice.
python3 -c 'for i in range(20000): print("{\"key\":\"%d\"}" % i)' >"$work/keys.jsonl"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$abs_top_srcdir/tests/program/log/keyed.yml" --set correlate.groups=1000 \
  --format json "$work/keys.jsonl" >"$work/out" 2>"$work/err"
is "more keys than groups: status" 3 $?
said "more keys than groups: which rule lost how many" 'test\.log\.thrice: 19,?000 groups forgotten'

# A rule is bound by its channel: 1116 of another one is not Defender's.
cat >"$work/defender.yml" <<'END'
title: Malware found
name: test.log.defender
logsource: {product: windows, service: windefend}
detection:
  s: {EventID: 1116}
  condition: s
level: high
END
event() { printf '{"Event":{"System":{"EventID":1116,"Channel":"%s"},"EventData":{"x":"y"}}}\n' "$1"; }
{ event 'Microsoft-Windows-Windows Defender/Operational'; event Application; event 'Other/Operational'; } >"$work/1116.jsonl"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/defender.yml" --format json "$work/1116.jsonl" \
  >"$work/out" 2>"$work/err"
is "an event number of another channel" "1 1" "$? $(hits test.log.defender)"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/defender.yml" --format json "$work/one.json" \
  >"$work/out" 2>"$work/err"
like "no rule for what was read: said" '0 rules apply to the 1 records of kind log\.json' "$(cat "$work/err")"
done_testing
