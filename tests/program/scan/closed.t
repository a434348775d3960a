#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# Standard descriptors that the caller closed: nothing else is read or written in their place.
. "$abs_top_srcdir/tests/lib/tap.sh"
mkdir "$work/tree"
printf 'text\n' >"$work/tree/a"

timeout 30 "$SEKISHO" scan --format json - <&- >"$work/out" 2>"$work/err"
is "no standard input: status" 3 $?
like "no standard input: it could not be read" 'not-inspected.unreadable.*Bad file descriptor' \
  "$(cat "$work/out")"

timeout 30 "$SEKISHO" scan "$work/tree" 2>"$work/err" >&-
is "no standard output: status" 2 $?
like "no standard output: it is told" "standard output: cannot write: Bad file descriptor" \
  "$(cat "$work/err")"

timeout 30 "$SEKISHO" scan "$work/tree" --format tree --output "$work/alerts" <&- >&- 2>&-
is "none at all, alerts go to a file: status" 0 $?
like "none at all: the file holds the summary and nothing else" "^Scanned: 1 file" \
  "$(head -n 1 "$work/alerts")"
done_testing
