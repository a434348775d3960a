#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Every shipped rule hits the traits it is for, and none of the near misses.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/generators/rule-samples.py" "$work/samples" || exit 1
"$SEKISHO" scan --no-progress --format json "$work/samples" >"$work/alerts" 2>"$work/summary"
status=$?
if [ "$status" -ne 1 ]; then
  printf 'Bail out! scan ended with %s: %s\n' "$status" "$(head -n 1 "$work/summary")"
  exit 1
fi
python3 "$abs_top_srcdir/tests/program/rules/compare.py" "$work/samples" "$work/samples.tsv" <"$work/alerts"
