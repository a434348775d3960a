#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The shipped containers are those that their generator makes; the README's promises on them hold.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

samples=$abs_top_srcdir/tests/samples/containers
with_shipped_sigma
mkdir "$work/made"
python3 -B "$abs_top_srcdir/tests/generators/sample-containers.py" "$work/made"
for name in 図面 請求書; do
  ok "$name.zip is what the generator makes" cmp "$samples/$name.zip" "$work/made/$name.zip"
done

run() { "$SEKISHO" scan --format tree --config "$work/sekisho.yaml" "$@" 2>&1; }
out=$(run "$samples")
like "the program is told with its path through the zip" '図面\.zip » 図面/配管図\.pdf\.exe' "$out"
like "by its name" 'file\.name\.double-extension' "$out"
like "the locked one is not called clean" 'not-inspected\.encrypted' "$out"

printf 'wrong\nSekisho#2026\n' >"$work/passwords"
chmod 600 "$work/passwords"
out=$(run --password-file "$work/passwords" "$samples/請求書.zip")
is "with the password it is opened and clean" 0 $?
like "all of it was looked at" 'Not inspected: none' "$out"
unlike "and the password is not shown" 'Sekisho#2026' "$out"
done_testing
