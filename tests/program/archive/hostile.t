#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Archives that are cut or changed, and such as are made to harm: the run ends, each is told as what it is.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
archives() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/generators/archives.py" "$@"; }

ok "archives are made" archives "$work/in"
count=2000
if is_quick; then count=100; fi
for name in pax.tar x.tar.gz x.tar.xz x.tar.zst x.cpio x.ar x.xar cp932.lzh x.cab escape.rar lzma2.7z ppmd.7z rar-sfx.exe; do
  if [ ! -f "$work/in/$name" ]; then
    skip "$name, cut and changed" "7zz is not there"
    continue
  fi
  archives cut "$work/in/$name" "$work/cut"
  scan "$work/cut"
  ok "$name, cut: the run ends as it should ($status)" test "$status" -eq 0 -o "$status" -eq 1 -o "$status" -eq 3
  is "$name, cut: no crash, no time-out" "0 0" \
    "$(counted not-inspected.crash not-inspected.timeout | paste -s -d ' ' -)"
  archives change "$work/in/$name" "$work/changed" "$count"
  scan "$work/changed"
  ok "$name, changed $count times: the run ends as it should ($status)" test "$status" -eq 0 -o "$status" -eq 1 -o "$status" -eq 3
  # shellcheck disable=SC2046 # two numbers
  ok "$name, changed: some are told as broken" sh -c 'test "$(($1 + $2))" -gt 0' sh \
    $(counted not-inspected.malformed not-inspected.truncated)
  rm -rf "$work/cut" "$work/changed"
done

# A cut archive is not called whole: the last sixteenth is missing.
for name in x.tar.gz x.tar.xz x.ar x.cab cp932.lzh x.rar x.xar; do
  archives cut "$work/in/$name" "$work/cut"
  scan "$work/cut/0014-$name"
  is "$name without its end is not whole" 3 "$status"
  rm -rf "$work/cut"
done

# Links whose content is no path, and such where it is.
archives odd "$work/links"
for name in link.7z link.cpio; do
  scan "$work/links/$name"
  is "$name, a program with the mode of a link: told" "1 3" "$(hits not-inspected.malformed) $status"
done
for name in path.7z path.cpio; do
  scan "$work/links/$name"
  is "$name, a link: nothing is told" "0 0" "$(counted not-inspected.malformed) $status"
done

# GNU's table of symbols is no path.
printf '!<arch>\n%-16s%-12d%-6d%-6d%-8o%-10d`\nabcd%-16s%-12d%-6d%-6d%-8o%-10d`\nabcd' /SYM64/ 0 0 0 0644 4 a.o/ 0 0 0 0644 4 >"$work/symbols.a"
scan --records "$work/records" "$work/symbols.a"
like "a table of symbols is there" '"SYM64"' "$(cat "$work/records")"
is "a table of symbols escapes nowhere" 0 "$(grep -c name.escape "$work/records")"

# A member of ten thousand letters in its name, and one that says it has 2^60 bytes.
python3 - "$work/odd" <<'END'
import os, sys, tarfile, io
os.makedirs(sys.argv[1])
for name, size, form in (("a" * 10000, 5, tarfile.PAX_FORMAT), ("huge", 1 << 60, tarfile.GNU_FORMAT)):
    info = tarfile.TarInfo(name)
    info.size = size
    with open(os.path.join(sys.argv[1], name[:4] + ".tar"), "wb") as file:
        file.write(info.tobuf(form) + b"hello".ljust(512, b"\0") + bytes(1024))
END
scan "$work/odd/huge.tar"
is "a size that is not there: truncated" 1 "$(hits not-inspected.truncated)"
scan "$work/odd/aaaa.tar"
ok "a name without end: the run ends as it should ($status)" test "$status" -eq 0 -o "$status" -eq 3
done_testing
