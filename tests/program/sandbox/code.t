#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Expressions are compiled for the processor before the workers are forked: what was compiled can be run in
# them and read, not written.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

cat >"$work/rules.yml" <<'END'
title: An expression
name: test.log.expression
logsource: {product: sekisho, category: json}
detection:
  s: {command|re: '(?i)b[a-z]{2}d\s+[0-9]{3,5}'}
  condition: s
level: high
END
printf '{"command":"run Bxxd  1234"}\n' >"$work/event.json"
scan --sigma "$work/rules.yml" "$work/event.json"
is "the expression works in a worker" 1 "$(hits test.log.expression)"

# A worker has judged the file and waits while standard input comes.
mkfifo "$work/fifo"
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --sigma "$work/rules.yml" --jobs 1 "$work/event.json" - \
  <"$work/fifo" >/dev/null 2>&1 &
scan=$!
exec 3>"$work/fifo"
find_workers() {
  zygote=$(pgrep -P "$scan" | head -n 1)
  [ -n "$zygote" ] && workers=$(pgrep -P "$zygote")
}
i=0
until find_workers || [ $i -ge 100 ]; do
  sleep 0.1
  i=$((i + 1))
done
sleep 0.3
ok "there are workers" find_workers
if is_root; then
  for worker in $workers; do cat "/proc/$worker/maps"; done >"$work/maps"
  ok "their memory can be read" test -s "$work/maps"
  is "nothing in it can be written and run" "" "$(grep ' rwx' "$work/maps")"
  like "compiled code is there" ' r-xp 00000000 00:00 0 *$' "$(cat "$work/maps")"
else
  skip "the memory of workers" "only root may look at it"
fi
exec 3>&-
wait "$scan"
done_testing
