#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Every format and trick of the generator: all members come out, with their digests.
. "$abs_top_srcdir/tests/lib/tap.sh"

python3 "$abs_top_srcdir/tests/generators/archives.py" "$work/archives" || exit 1
"$SEKISHO" scan --no-progress --records "$work/records" "$work/archives" >"$work/out" 2>"$work/err"
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/zip/compare.py" "$work/archives.json" "$work/records" ''
