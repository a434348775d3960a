#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Zip files and documents that others made: names, sizes and sums of their members are those that Info-ZIP and 7-Zip
# list, or public-differences.txt says why not.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

if [ ! -d "$SEKISHO_CORPORA/archives" ] || ! command -v 7zz >/dev/null || ! command -v unzip >/dev/null; then
  skip "public zip files" "SEKISHO_CORPORA names no folder with archives, or 7zz or unzip is not there"
  done_testing
fi
here=$abs_top_srcdir/tests/program/zip
python3 "$here/public.py" find "$SEKISHO_CORPORA" >"$work/files"
set --
while IFS= read -r path; do set -- "$@" "$SEKISHO_CORPORA/$path"; done <"$work/files"
scan --records "$work/records" "$@"
python3 "$here/public.py" compare "$SEKISHO_CORPORA" "$work/files" "$work/records" "$here/public-differences.txt"
