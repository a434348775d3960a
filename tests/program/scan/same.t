#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# The same input gives the same bytes whatever the number of workers, and
# Sekisho's own rules and samples are judged as they should.
. "$abs_top_srcdir/tests/lib/tap.sh"
samples=$abs_top_srcdir/tests/samples
scan() { "$SEKISHO" scan --cache-dir "$work/cache" --format json --set alert.host=h "$@" 2>"$work/err"; }
# Without the times, which differ.
plain() { sed -E 's/"@timestamp":"[^"]*"//; s/"(event\.)?(created|ingested|duration)":"?[^",}]*"?//g; s/"pid":[0-9]+//g' "$1" | grep -v '"sekisho.summary"'; }

scan --jobs 1 "$samples" >"$work/1"
is "the samples: status" 1 $?
like "the samples: EICAR" 'file\.test\.eicar' "$(cat "$work/1")"
for jobs in 2 7; do
  scan --jobs $jobs "$samples" >"$work/$jobs"
  is "jobs $jobs: the same bytes" "$(plain "$work/1")" "$(plain "$work/$jobs")"
done
scan "$abs_top_srcdir/signatures" >"$work/own"
is "Sekisho's own signatures raise no alert: status" 0 $?
is "Sekisho's own signatures raise no alert" "" "$(grep -v '"sekisho.summary"' "$work/own")"
scan --sandbox require "$samples/送付状.txt" >"$work/required"
is "all walls stand, or the start is refused" "$(grep -q 'sandbox' "$work/err" && echo 2 || echo 0)" $?
done_testing
