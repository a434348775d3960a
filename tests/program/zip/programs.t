#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Archives that other programs write: all members come out as they went in, with the password where there is
# one, and no rule about tricks hits.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

mkdir -p "$work/in/見積"
seq 1 20000 >"$work/in/見積/表能予.txt"
printf 'short' >"$work/in/a.txt"
head -c 100000 "$SEKISHO" >"$work/in/b.bin" 2>/dev/null
printf 'ひみつ#7\nXa9#kP2m\n' >"$work/passwords"
chmod 600 "$work/passwords"
(cd "$work/in" && find . -type f -exec sha256sum {} + | sed 's/ .*//' | LC_ALL=C sort) >"$work/expected"

# Digests of the members that the scan shows.
members() {
  scan --password-file "$work/passwords" --records "$work/records" "$1"
  python3 - "$work/records" <<'END_OF_PYTHON' | LC_ALL=C sort
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    if record["sekisho"]["kind"] == "object" and record["sekisho"]["object"]:
        print(record["fields"].get("hash.sha256", "nothing"))
END_OF_PYTHON
}
check() {
  is "$1: members" "$(cat "$work/expected")" "$(members "$work/$1.zip")"
  is "$1: nothing is found in it" "" "$(listed)"
}

if command -v zip >/dev/null 2>&1; then
  (cd "$work/in" && zip -q -r "$work/info-zip.zip" .)
  check info-zip
  (cd "$work/in" && find . -type f | zip -q -@ - >"$work/info-zip-streamed.zip")
  check info-zip-streamed
  (cd "$work/in" && zip -q -r -Z bzip2 "$work/info-zip-bzip2.zip" .)
  check info-zip-bzip2
  (cd "$work/in" && zip -q -r -P 'ひみつ#7' "$work/info-zip-locked.zip" .)
  check info-zip-locked
  (cd "$work/in" && zip -q -r -fz "$work/info-zip-64.zip" .)
  check info-zip-64
else
  skip "Info-ZIP's archives" "zip is not installed"
fi

seven=$(command -v 7zz || command -v 7z || command -v 7za)
if [ -n "$seven" ]; then
  for method in Copy Deflate BZip2 LZMA; do
    (cd "$work/in" && "$seven" a -bd -tzip "-mm=$method" "$work/7-zip-$method.zip" . >/dev/null)
    check "7-zip-$method"
  done
  # It takes no password beyond ASCII for zip.
  for cipher in ZipCrypto AES128 AES192 AES256; do
    (cd "$work/in" && "$seven" a -bd -tzip "-mem=$cipher" '-pXa9#kP2m' "$work/7-zip-$cipher.zip" . >/dev/null)
    check "7-zip-$cipher"
  done
  (cd "$work/in" && "$seven" a -bd -tzip -mm=Deflate64 "$work/7-zip-Deflate64.zip" . >/dev/null)
  members "$work/7-zip-Deflate64.zip" >/dev/null
  like "7-zip-Deflate64: not looked at, by its name" 'compressed with deflate64' "$(cat "$work/out")"
else
  skip "7-Zip's archives" "7zip is not installed"
fi

python3 - "$work/in" "$work" <<'END_OF_PYTHON'
import os, sys, zipfile
source, work = sys.argv[1:]
with zipfile.ZipFile(work + "/python.zip", "w", zipfile.ZIP_LZMA) as archive:
    for folder, _, names in os.walk(source):
        for name in names:
            path = os.path.join(folder, name)
            archive.write(path, os.path.relpath(path, source))
END_OF_PYTHON
check python
done_testing
