#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Logs of more than a window: each event is a record once, at its place in the whole.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
script() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/log/windows.py" "$@"; }
scan() { "$SEKISHO" scan --set 'plugins.load=[identify, log]' --set "rules.sigma=[$work/rule.yml]" --set 'rules.yara=[]' --format rfc5424 "$@" 2>&1; }
cat > "$work/rule.yml" <<'RULE'
title: No event has this
name: log.test.none
logsource: {product: windows}
detection: {selection: {n: -1}, condition: selection}
level: low
RULE

for kind in lines documents wrapped; do
  count=$(script write "$kind" 140 "$work/$kind.json")
  summary=$(scan --records "$work/records" --jobs 2 "$work/$kind.json")
  like "$kind: read whole, in three windows" "objects=\"4\".*log\\.json=\"$count\".*not inspected 0" "$summary"
  ok "$kind: each event once, in order, at its place and on its line" script check "$count" "$work/records" "$work/$kind.json"
  scan --records "$work/alone" --jobs 1 "$work/$kind.json" >/dev/null
  ok "$kind: the same with one worker" cmp "$work/records" "$work/alone"
  rm -f "$work/records" "$work/alone" "$work/$kind.json"
done
done_testing
