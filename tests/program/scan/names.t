#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Files with any name that a file system takes are scanned as files, and each
# leaves as one well-formed record in every format.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

# Makes the files and writes the names as alerts should have them, sorted bytewise.
python3 - "$work/tree" "$work/expected" <<'END'
import os, re, sys
tree, expected = os.fsencode(sys.argv[1]), sys.argv[2]
os.mkdir(tree)
names = [
    b"00", b"-x", b"--jobs=3", b"-", b" ", b"plain",
    b"new\nline", b"\r\n<13>1 2026-01-01T00:00:00Z evil sekisho - - - clean",
    b"\x1b]0;title\x07\x1b[2J", b"tab\tbell\x07\x7f",
    b"\"] [sekisho@32473 level=\"low\"]", b"back\\slash \\\" \\] \\n \\u{41} \\xFF \\",
    "\u202efdp.exe".encode(), "\u2028\u2029\x85\x9b31m".encode(),
    "zero\u200bwidth\ufeff".encode(), "a » b".encode(), "請求書.pdf.exe".encode(),
    b"#011 %msg% $!x", b"%s%n%d", b"\xff\xfe", b"caf\xe9", b"\x83\x5c\x95\xb6.txt",
    b"a" * 255, "関".encode() * 85, b"\xfe" * 255, b"\x01" * 255, b"\\" * 255, b"]" * 255,
]
def shown(name):
    # Bytes that are no UTF-8 stand as \xNN.
    return name.decode("utf-8", "backslashreplace").encode("unicode_escape").decode()
for name in names:
    with open(tree + b"/" + name, "wb") as stream:
        stream.write(b"BAD BYTES")
with open(expected, "w") as stream:
    for name in sorted(names):
        name = name.decode("utf-8", "surrogateescape")
        name = re.sub(r"\\(?=x[0-9A-Fa-f]{2})", lambda _: r"\x5c", name)
        text = "".join(f"\\x{ord(c) - 0xdc00:02x}" if 0xdc80 <= ord(c) <= 0xdcff else c for c in name)
        stream.write(text.encode("unicode_escape").decode() + "\n")
END
number=$(wc -l <"$work/expected")

scan "$work/tree"
is "status" 1 "$status"
is "json: every name, once, in bytewise order" "$(cat "$work/expected")" "$(listed | cut -f 4)"
is "json: files" "$number" "$(counted files)"

# Uncut, so that each name can be compared.
scan --format rfc5424 --set alert.max-size=65536 "$work/tree"
is "rfc5424: every name, once, in bytewise order" "$(cat "$work/expected")" \
  "$(alerts list rfc5424 "$work/out" | cut -f 4)"
is "rfc5424: the same verdict" "" "$(alerts list rfc5424 "$work/out" | awk -F '\t' '$2 != "high"')"

# Cut to the least size that every receiver takes: still one record each.
scan --format rfc5424 --set alert.max-size=480 "$work/tree"
is "rfc5424, cut: one well-formed record each" "$number" "$(alerts list rfc5424 "$work/out" | wc -l)"
is "rfc5424, cut: none is longer" "" "$(LC_ALL=C awk 'length ($0) > 480' "$work/out")"

scan --format tree "$work/tree"
is "tree: two lines and evidence for each name" "$((number * 3))" "$(grep -c . "$work/out")"
ok "tree: nothing that a terminal obeys" alerts quiet "$work/out"
ok "tree: nor in the summary" alerts quiet "$work/err"

# The same names as arguments: those with a dash need a hint, and get it.
cd "$work/tree" || exit 1
scan -x
is "-x is no option: status" 2 "$status"
like "-x is no option: hint" 'written \./-x or after --' "$(cat "$work/err")"
scan -- -x --jobs=3
is "after --: both are files" "-x
--jobs=3" "$(listed | cut -f 4)"
scan "$(printf 'new\nline')"
is "a name with a newline: one record" 1 "$(hits test.bad)"
scan "$(printf '\377\376')"
is "a name that is not UTF-8" '\\xff\\xfe' "$(listed | cut -f 4)"
scan "$(printf '\033]0;x\007')"
is "a hostile name that does not exist: status" 2 "$status"
ok "a hostile name that does not exist: named without control characters" alerts quiet "$work/err"
like "a hostile name that does not exist: named" '\\u\{1B\}\]0;x\\u\{7\}: No such file' "$(cat "$work/err")"
printf 'BAD BYTES' | scan -
is "- is standard input: one alert" 1 "$(hits test.bad)"
printf 'fine' | scan ./-
is "./- is the file" "./-" "$(listed | cut -f 3)"

# Deeper than PATH_MAX.
cd "$work" || exit 1
python3 - <<'END'
import os
os.mkdir("deep"); os.chdir("deep")
for _ in range(40):
    os.mkdir("d" * 200); os.chdir("d" * 200)
with open("leaf", "w") as stream: stream.write("BAD BYTES")
END
scan deep
is "a path longer than PATH_MAX" 1 "$(hits test.bad)"
rm -rf deep
done_testing
