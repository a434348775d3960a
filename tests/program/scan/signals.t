#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# Ctrl-C, SIGTERM and SIGHUP in mid-scan: what was found is said, nothing is
# left behind, and it never looks clean. And what a terminal sees.
. "$abs_top_srcdir/tests/lib/tap.sh"
printf 'rule bad { meta: sekisho_id = "test.bad" level = "high" strings: $a = "BAD BYTES" condition: $a }\n' >"$work/rule.yar"
mkdir "$work/tree"
printf 'BAD BYTES' >"$work/tree/000"
# Sparse files: cheap to make, slow to read.
i=1
while [ $i -lt 60 ]; do
  truncate -s 512M "$work/tree/$(printf '%03d' $i)"
  i=$((i + 1))
done

# Whoever started the tests may have had signals ignored, as nohup does.
for signal in INT TERM HUP; do
  : >"$work/out" # the loop below must not see the last one's
  setsid env --default-signal "$SEKISHO" scan --cache-dir none --jobs 2 --rules "$work/rule.yar" \
    "$work/tree" >"$work/out" 2>"$work/err" &
  wrapper=$!
  # It has begun when the first finding is out.
  tries=0
  while ! grep -q test.bad "$work/out" && [ $tries -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  kill -s "$signal" "$wrapper"
  wait "$wrapper"
  is "$signal: a finding stands: status" 1 $?
  like "$signal: what was found is said" 'test\.bad' "$(cat "$work/out")"
  like "$signal: the summary says so" '^Interrupted' "$(cat "$work/err")"
  is "$signal: no process is left" "" "$(ps -o pid= -s "$wrapper")"
done

rm "$work/tree/000"
setsid "$SEKISHO" scan --cache-dir none --jobs 2 --rules "$work/rule.yar" "$work/tree" \
  >"$work/out" 2>"$work/err" &
wrapper=$!
# It has begun when it has mapped a file of the tree; a signal before that kills the start.
tries=0
while ! ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q "$work/tree/0" && [ $tries -lt 200 ]; do
  sleep 0.05
  tries=$((tries + 1))
done
kill -s TERM "$wrapper"
wait "$wrapper"
is "without a finding: never clean" 3 $?

if command -v script >/dev/null 2>&1; then
  mkdir "$work/small"
  printf 'BAD BYTES' >"$work/small/a"
  truncate -s 1500M "$work/small/b"
  NO_COLOR='' script -qec "'$SEKISHO' scan --cache-dir none --rules '$work/rule.yar' '$work/small'" \
    /dev/null >"$work/screen" </dev/null
  like "a terminal sees the tree" "a.*high" "$(cat "$work/screen")"
  like "a terminal sees colors" "$(printf '\033\\[[0-9;]*m')" "$(cat "$work/screen")"
  like "a terminal sees progress" ' files?  .*/s' "$(cat "$work/screen")"
  NO_COLOR=1 script -qec "'$SEKISHO' scan --no-progress --cache-dir none --rules '$work/rule.yar' '$work/small'" \
    /dev/null >"$work/screen" </dev/null
  unlike "NO_COLOR" "$(printf '\033\\[[0-9;]*m')" "$(cat "$work/screen")"
  unlike "--no-progress" 'files?  .*/s' "$(cat "$work/screen")"
else
  skip "a terminal sees the tree" "script(1) is not installed"
fi
"$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" "$work/tree/001" >"$work/out" 2>"$work/err"
unlike "no progress where no terminal is" "$(printf '\r')" "$(cat "$work/err")"
done_testing
