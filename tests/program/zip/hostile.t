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

measured() {
  python3 "$abs_top_srcdir/tests/lib/peak.py" "$work/peak" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --cache-dir none --format json "$1" >"$work/out" 2>"$work/err"
  worker=$(awk '{ print $2 }' "$work/peak")
}
hostile many "$work/many.zip" 1000000
measured "$work/many.zip"
is "a million members: the rest is told" 1 "$(hits not-inspected.limit)"
ok "a million members take $worker KiB besides the mapped file" test "$worker" -lt 204800

with_shipped_sigma
hostile zeros "$work/zeros.zip" 3072
measured "$work/zeros.zip"
is "3 GiB of zeros are a bomb" 1 "$(hits file.container.bomb)"
ok "3 GiB of zeros take $worker KiB besides mapped files" test "$worker" -lt 204800
hostile zeros "$work/padded.zip" 1024
measured "$work/padded.zip"
is "1 GiB of zeros is a file like any other" "0 0" "$(hits file.container.bomb) $(hits not-inspected.limit)"
done_testing
