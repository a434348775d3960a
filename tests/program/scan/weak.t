#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A mark so short that other data has it, too, never reaches medium with the
# shipped rules; the real thing under the same names does.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
shipped() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --format json "$@" >"$work/out" 2>"$work/err"
  status=$?
}
mkdir "$work/weak" "$work/real"
python3 - "$work/weak" <<'END'
import os, random, sys
os.chdir(sys.argv[1])
noise = random.Random(5)
marks = {
    "dos": b"MZ", "com-jump": b"\xe9\x4d\x01", "com-short": b"\xeb\x3c\x90", "gzip": b"\x1f\x8b",
    "lha": b"  -lh5-", "bmp": b"BM", "pe-word": b"PE\0\0", "elf-word": b"\x7fELF", "zip": b"PK",
    "script": b"#!", "class": b"\xca\xfe", "dos-far": b"MZ" + b"\0" * 58 + b"\xff\xff\xff\x7f",
    "dos-text": b"MZ is how this note begins, and it goes on in plain words.\n",
}
for word, mark in marks.items():
    # Coordinates of a drawing, as binary numbers.
    data = mark + b"".join(noise.randrange(1 << 32).to_bytes(4, "little") for _ in range(600))
    for ending in (".dat", ".bin", ".dwg", ".prt", ".tmp", ".001", ""):
        with open(word + ending, "wb") as stream:
            stream.write(data)
END
number=$(find "$work/weak" -type f | wc -l)
shipped "$work/weak"
is "weak marks: all were inspected, nothing was found" "0 $number" "$status $(counted files)"
is "weak marks: not even something small" "" "$(listed)"
shipped --fail-on informational "$work/weak"
is "weak marks: clean at any level" 0 "$status"

cp "$abs_top_srcdir/tests/samples/見積書.pdf" "$work/real/report.pdf"
cp "$abs_top_srcdir/tests/samples/見積書.pdf" "$work/real/drawing.dwg"
cp "$abs_top_srcdir/tests/samples/見積書.pdf" "$work/real/data.dat"
shipped "$work/real"
is "a real program behind a document's name: found" 1 "$status"
like "a real program behind a document's name: high" '^file.type.mismatch	high	.*	report.pdf$' "$(listed)"
unlike "a real program under a name for any data: not mismatched" 'file.type.mismatch.*data.dat' "$(listed)"
done_testing
