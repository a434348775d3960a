#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Archives that others made: members, sizes and sums are those that 7-Zip lists.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

archives=$SEKISHO_CORPORA/archives
if [ ! -d "$archives" ] || ! command -v 7zz >/dev/null; then
  skip "public archives" "SEKISHO_CORPORA names no folder with archives, or 7zz is not there"
  done_testing
fi
scan --records "$work/records" "$archives"
# Of these something was told that could not be read.
listed | sed -n 's/^not-inspected\.[^\t]*\t[^\t]*\t\([^\t]*\)\t.*/\1/p' | sort -u >"$work/partial"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/archive/compare-public.py" "$archives" "$work/records" "$work/partial"
