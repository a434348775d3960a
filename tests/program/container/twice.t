#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The same content at two places, in two wrappers and at two times; and what macOS adds to its archives.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONPATH=$abs_top_srcdir/tests/generators
PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE

python3 - "$work" <<'END' || exit 1
import gzip, io, os, sys, tarfile
import pe, zips

work = sys.argv[1]
def write(path, data):
    os.makedirs(os.path.dirname(f"{work}/{path}"), exist_ok=True)
    with open(f"{work}/{path}", "wb") as file:
        file.write(data)

def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()

bad = zips.Member("見積書.txt", b"some BAD BYTES here")
inner = zips.archive([bad, zips.Member("図面/a.txt", b"a" * 70, zips.STORED), zips.Member("空.txt", b"", zips.STORED)])
write("places/一.zip", inner)
write("places/二.tar", tar({"納入.zip": inner, "控え/納入.zip": inner}))
write("wraps/bare.zip", inner)
write("wraps/in.zip.gz", gzip.compress(inner))
write("wraps/in.tar", tar({"in.zip": inner}))
write("wraps/in.tar.gz", gzip.compress(tar({"in.zip": inner})))
write("locked/秘密.zip", zips.archive([zips.Member("見積書.txt", b"some BAD BYTES here", password=b"secret", aes=3)]))

fork = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(80)
document = zips.archive([zips.Member("[Content_Types].xml", b"<Types/>"), zips.Member("word/document.xml", b"<w:document/>")])
store = b"\0\0\0\1Bud1" + bytes(200)
write("mac/honest.zip", zips.archive([
    zips.Member("資料/", b"", zips.STORED, host=3, external=0o40755 << 16), zips.Member("資料/報告.docx", document, zips.STORED),
    zips.Member("__MACOSX/", b"", zips.STORED, host=3, external=0o40755 << 16),
    zips.Member("__MACOSX/資料/._報告.docx", fork), zips.Member("__MACOSX/資料/._写真.jpg", fork),
    zips.Member("資料/.DS_Store", store), zips.Member("__MACOSX/._資料", fork)]))
write("mac/posing.zip", zips.archive([zips.Member("__MACOSX/._報告.docx", pe.build())]))
END

# All places of a content are told, not only the first.
scan "$work/places"
is "the same file in three containers: each path" "places/一.zip » 見積書.txt
places/二.tar » 控え/納入.zip » 見積書.txt
places/二.tar » 納入.zip » 見積書.txt" \
  "$(python3 - "$work/out" "$work/" <<'END' | LC_ALL=C.UTF-8 sort
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    alert = json.loads(line)
    if alert.get("rule", {}).get("id") == "test.bad":
        print(alert["file"]["path"].removeprefix(sys.argv[2]))
END
)"

# What is inside does not depend on the wrapper.
members() {
  scan --records "$work/records" "$work/wraps/$1"
  python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records" object object.name object.size hash.sha256 zip.crc32 object.plugin \
    | grep ' zip$' | LC_ALL=C sort
}
bare=$(members bare.zip)
is "three members" 3 "$(printf '%s\n' "$bare" | wc -l | tr -d ' ')"
for name in in.zip.gz in.tar in.tar.gz; do
  is "a zip as $name: members, sizes and sums of the bare one" "$bare" "$(members "$name")"
  is "$name: judged as the bare one" 1 "$(scan "$work/wraps/$name"; hits test.bad)"
done

# What could not be opened is not known at the second time, and is opened when the password has come.
again() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir "$work/cache" --rules "$work/test.yar" \
    --format json "$@" "$work/locked" >"$work/out" 2>"$work/err"
}
for time in first second; do
  again
  is "$time scan of a locked file: status" 3 $?
  is "$time scan of a locked file: told" "1 0" "$(hits not-inspected.encrypted) $(hits test.bad)"
done
printf 'secret\n' >"$work/passwords"
chmod 600 "$work/passwords"
again --password-file "$work/passwords"
is "with the password: judged" "0 1" "$(hits not-inspected.encrypted) $(hits test.bad)"
again
is "without it again: told again" "1 0" "$(hits not-inspected.encrypted) $(hits test.bad)"

# By the shipped rules.
with_shipped_sigma
mac() { "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --format json "$work/mac/$1" >"$work/out" 2>"$work/err"; }
mac honest.zip
is "what macOS adds: status" 0 $?
is "what macOS adds: nothing" "" "$(listed)"
mac posing.zip
is "a program under such a name" file.type.mismatch "$(listed | cut -f 1)"
done_testing
