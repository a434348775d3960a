#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Small disks that ask for gigabytes or hours: what is given up is told, and the rest is shown.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
shows() {
  python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records.json" file file.name \
    | grep -F -x -- "$1" >/dev/null
}
most=204800
if is_sanitized; then sanitized=yes limit=600; else sanitized=no limit=120; fi

python3 "$abs_top_srcdir/tests/generators/images_costly.py" "$work/in" >"$work/why" 2>&1 \
  || fail "the disks are made" "$(cat "$work/why")"
tab=$(printf '\t')
while IFS=$tab read -r name expected words shown; do
  python3 "$abs_top_srcdir/tests/lib/peak.py" "$work/peak" timeout "$limit" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --cache-dir none --format json --records "$work/records.json" "$work/in/$name.img" >"$work/out" 2>"$work/err"
  is "$name: what is told" "$expected" \
    "$(listed | cut -f 1 | sed -n 's/^not-inspected\.//p' | LC_ALL=C sort -u | paste -s -d , - | sed 's/^$/-/')"
  if [ "$words" != - ]; then ok "$name: in which words" grep -q -F -- "$words" "$work/out"; fi
  ok "$name: what is shown" shows "${shown##*/}"
  worker=$(awk '{ print $2 }' "$work/peak")
  if [ "$sanitized" = yes ]; then
    skip "$name: memory" "built with sanitizers"
  else
    ok "$name: $worker KiB besides the mapped file" test "$worker" -gt 0 -a "$worker" -lt "$most"
  fi
done <"$work/in/costly.tsv"
done_testing
