#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Logs that are large because somebody wants the reader to fail: every line matches, every line has a key
# of its own. Time grows with the lines, memory and output do not; what is lost by that is told.
# With SEKISHO_SLOW=1 they are ten times as large.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

# Megabytes of matching lines, thousands of keys.
size=300 keys=500
is_quick && size=60 keys=100
[ "${SEKISHO_SLOW:-0}" = 1 ] && size=3000 keys=5000
if is_sanitized; then sanitized=yes size=60 keys=100; else sanitized=no; fi
bounded() { # WHAT MOST NUMBER
  if [ "$sanitized" = yes ]; then skip "$1" "built with sanitizers"; else ok "$1: $3" test "$3" -gt 0 -a "$3" -le "$2"; fi
}
# measured RULES LOG OPTION…: with those rules; memory in KiB, time in tenths of a second.
measured() {
  rules=$1 log=$2
  shift 2
  start=$(date +%s%N)
  python3 "$abs_top_srcdir/tests/lib/peak.py" "$work/peak" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --cache-dir none --set 'plugins.load=[identify, log]' --set 'rules.yara=[]' --sigma "$rules" --format json "$@" \
    "$log" >"$work/out" 2>"$work/err"
  status=$?
  took=$((($(date +%s%N) - start) / 100000000))
  read -r supervisor anonymous <"$work/peak"
}

# ---- every line matches ----
cat >"$work/evil.yml" <<'END'
title: An evil command
name: test.log.evil
logsource: {product: sekisho, category: json}
detection:
  s: {cmd|contains: evil}
  condition: s
level: high
END
line='{"cmd":"an evil one","more":"'$(head -c 400 /dev/zero | tr '\0' x)'"}'
lines=$((size * 1000000 / (${#line} + 1)))
yes "$line" | head -n $((lines / 3)) >"$work/third.jsonl"
measured "$work/evil.yml" "$work/third.jsonl"
third=$took few=$supervisor
rm "$work/third.jsonl"
yes "$line" | head -n "$lines" >"$work/all.jsonl"
measured "$work/evil.yml" "$work/all.jsonl"
is "all lines match: status" 1 "$status"
# Of a rule 200 are told on 64 MiB.
windows=$(((lines * (${#line} + 1) + 67108863) / 67108864))
told=$(hits test.log.evil)
ok "all lines match: $told are told of $windows windows" test "$told" -ge 200 -a "$told" -le $((windows * 200))
is "all lines match: the others are counted" $((lines - told)) "$(counted dropped)"
like "all lines match: so is every record" "$(printf '%d' "$lines" | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta') log\\.json" "$(cat "$work/err")"
bounded "all lines match: three times the lines take less than five times as long and two seconds, $third and" $((third * 5 + 20)) "$took"
bounded "all lines match: memory of a worker, below 64 MiB" 65536 "$anonymous"
bounded "all lines match: memory of the supervisor, at most 8 MiB beyond that for a third" $((few + 8192)) "$supervisor"
rm "$work/all.jsonl"

# ---- every line has its own key ----
keyed_rules=$abs_top_srcdir/tests/program/log/keyed.yml
keyed() { python3 -c 'import sys
for i in range(int(sys.argv[1])): print("{\"key\":\"%d%s\"}" % (i, "k" * 40))
for i in range(3): print("{\"key\":\"the last\"}")' "$1" >"$work/keys.jsonl"; }
keyed 20000
measured "$keyed_rules" "$work/keys.jsonl" --set correlate.groups=1000
few=$supervisor
keyed ${keys}000
measured "$keyed_rules" "$work/keys.jsonl" --set correlate.groups=1000
is "a key a line: what comes at last is found all the same" "1 1" "$status $(hits test.log.thrice)"
is "a key a line: what was forgotten is told, by rule and number" \
  "test.log.thrice: $((keys - 1))001 groups forgotten" "$(grep -o 'test\.log\.thrice: [0-9]* groups forgotten' "$work/out" | head -n 1)"
bounded "a key a line: memory of the supervisor, at most 8 MiB beyond that for 20,000" $((few + 8192)) "$supervisor"
# The other limit, of bytes: fewer groups than it allows by number.
measured "$keyed_rules" "$work/keys.jsonl" --set correlate.bytes=1MiB
like "a key a line: so does the limit of memory" 'test\.log\.thrice: [0-9]+ groups forgotten' "$(cat "$work/out")"
bounded "a key a line: and it holds, with 16 MiB for all else" $((few + 16384)) "$supervisor"
done_testing
