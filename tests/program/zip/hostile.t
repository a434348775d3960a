#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Archives that are cut, damaged or made to cost: the run goes on, in bounded time and memory, and what was
# not looked at is told.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
hostile() { python3 "$abs_top_srcdir/tests/generators/zip-hostile.py" "$@"; }
bad_ends() { counted not-inspected.crash not-inspected.timeout not-inspected.memory not-inspected.failed | paste -s -d ' ' -; }

python3 "$abs_top_srcdir/tests/generators/zips.py" "$work/zips" || exit 1

hostile cut "$work/zips" "$work/cut"
scan "$work/cut"
is "cut: all were looked at" "$(find "$work/cut" -type f | wc -l | tr -d ' ')" "$(counted files)"
is "cut: no crash, no time-out, no want of memory, no failure" "0 0 0 0" "$(bad_ends)"
# A half lacks something, where it is not a whole archive, or a picture or program before one.
listed | cut -f 3 | sed 's/ » .*//; s|.*/||' | LC_ALL=C sort -u >"$work/told"
silent=$(find "$work/cut" -name '*-8.zip' | sed 's|.*/||' | LC_ALL=C sort | LC_ALL=C comm -23 - "$work/told" | paste -s -d ' ' -)
is "cut in the middle: each is told" \
  "empty-8.zip far-end-8.zip glued-8.zip glued-shifted-8.zip prefix-8.zip prefix-shifted-8.zip trailing-8.zip" "$silent"

count=2000
if is_quick; then count=200; fi
hostile mutate "$work/zips" "$work/changed" "$count"
scan "$work/changed"
is "changed $count times: all were looked at" "$count" "$(counted files)"
is "changed: no crash, no time-out, no want of memory, no failure" "0 0 0 0" "$(bad_ends)"

hostile bombs "$work/bombs"
bomb() { scan "$work/bombs/$1.zip"; listed | cut -f 1 | LC_ALL=C sort -u | paste -s -d , -; }
is "200 levels" "not-inspected.limit" "$(bomb nested)"
like "members that quote one another" 'not-inspected\.limit' "$(bomb quoted)"
like "60,000 names of the same bytes" 'not-inspected\.limit' "$(bomb same)"
like "sizes of 2^63" 'not-inspected\.truncated' "$(bomb absurd)"
is "marks without headers" "" "$(bomb marks)"
like "many headers with much behind each" 'not-inspected\.limit' "$(bomb streamed)"
scan "$work/bombs/long-name.zip"
is "a name of 4,096 bytes" 2 "$(counted objects)"
scan "$work/bombs/longest-name.zip"
is "a name of 65,534 bytes: no crash" "0 0 0 0" "$(bad_ends)"

# Scans and prints how many KiB the program and its worker take, the latter besides what is mapped.
memory_of() {
  python3 "$abs_top_srcdir/tests/lib/peak.py" "$work/peak" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --cache-dir none --format json "$1" >"$work/out" 2>"$work/err"
  awk '{ print $1 + $2 }' "$work/peak"
}
small() {
  if is_sanitized; then skip "$1: memory" "built with sanitizers"; else ok "$1 takes $memory KiB" test "$memory" -lt 307200; fi
}
hostile many "$work/many.zip" 1000000
memory=$(memory_of "$work/many.zip")
is "a million members: the rest is told" 1 "$(hits not-inspected.limit)"
small "a million members"
memory=$(memory_of "$work/bombs/windows.zip")
is "zstd's largest window on four levels: all of it is opened" "9 0 0 0 0" "$(counted objects) $(bad_ends)"
small "windows on four levels, not 512 MiB"

# What the shipped rules say of them.
with_shipped_sigma
told() { listed | cut -f 1 | LC_ALL=C sort -u | paste -s -d , -; }
bombed=file.container.bomb,not-inspected.limit
hostile huge "$work/huge"
for case in zeros text; do
  memory=$(memory_of "$work/huge/$case.zip")
  is "10 GiB of $case: a bomb" "$bombed" "$(told)"
  small "10 GiB of $case"
done
hostile quine "$work/quine/quine.zip"
memory=$(memory_of "$work/quine/quine.zip")
is "an archive that holds itself: a bomb, opened as deep as the limit" "$bombed 13" "$(told) $(counted objects)"
small "an archive that holds itself"
memory=$(memory_of "$work/bombs/nested.zip")
is "200 levels: a bomb" "$bombed" "$(told)"
memory=$(memory_of "$work/bombs/quoted.zip")
like "members that quote one another: a bomb" "file\.container\.bomb" "$(told)"
small "members that quote one another"
hostile zeros "$work/padded.zip" 1024
scan "$work/padded.zip"
is "1 GiB of zeros is a file like any other" "0 0" "$(hits file.container.bomb) $(hits not-inspected.limit)"
done_testing
