#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Every dialect and trick of the generator: all members come out, with their digests.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma

python3 "$abs_top_srcdir/tests/generators/zips.py" "$work/zips" || exit 1
printf 'wrong\nひみつ#7\nsecret\n' >"$work/passwords"
chmod 600 "$work/passwords"
scan --password-file "$work/passwords" --records "$work/records" "$work/zips"
listed >"$work/listed"
grep -E 'ひみつ|secret([^s]|$)' "$work/out" "$work/err" "$work/records" && exit 1
PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/zip/compare.py" "$work/zips.json" "$work/records" .zip \
  "$work/listed"
