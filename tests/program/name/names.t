#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Names that deceive are found, each for what it does; honest ones are not.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma

trees() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/generators/name-trees.py" "$1"; }
ok "trees are made" trees "$work/made"

# Name and findings of each file that has any, as in the table.
found() { listed | awk -F '\t' '{ print $4 "\t" $1 }' | LC_ALL=C sort -u | awk -F '\t' '
  { ids[$1] = ids[$1] (ids[$1] == "" ? "" : ",") $2 } END { for (name in ids) print name "\t" ids[name] }' | LC_ALL=C sort; }

scan "$work/made/names"
is "status" 1 "$status"
is "each name is found for what it does, and no other name" \
  "$(grep -v '	-$' "$work/made.names" | LC_ALL=C sort)" "$(found)"
is "all were looked at" "$(wc -l <"$work/made.names")" "$(counted files)"
is "nothing was left uninspected" "" "$(listed | grep not-inspected)"

mkdir "$work/honest"
python3 - "$work" <<'END_OF_PYTHON'
import os, sys
work = os.fsencode(sys.argv[1])
hits = set()
for line in open(work + b"/made.names", encoding="utf-8"):
    name, ids = line.rstrip("\n").split("\t")
    if ids != "-":
        hits.add(name)
for name in os.listdir(work + b"/made/names"):
    shown = name.decode("utf-8", "backslashreplace").encode("unicode_escape").decode()
    if shown not in hits:
        os.rename(work + b"/made/names/" + name, work + b"/honest/" + name)
END_OF_PYTHON
scan "$work/honest"
is "honest names alone: status" 0 "$status"
is "honest names alone: nothing at all" "" "$(listed)"

# The same in a folder in which Windows keeps what was used last.
mkdir -p "$work/Microsoft/Windows/Recent" "$work/other"
: >"$work/Microsoft/Windows/Recent/見積書.xlsx.lnk"
: >"$work/other/見積書.xlsx.lnk"
scan "$work/Microsoft" "$work/other"
is "recent files are no double extensions elsewhere than where Windows keeps them" \
  "file.name.double-extension $work/other" "$(listed | awk -F '\t' '{ sub ("/[^/]*$", "", $3); print $1, $3 }')"

# What the operator knows by its hash.
printf 'a program' >"$work/other/請求書.pdf.exe"
printf '# source: our vendor\n# expires: 2999-12-31\n# kind: allow\n%s  tool\n' \
  "$(sha256sum <"$work/other/請求書.pdf.exe" | cut -d ' ' -f 1)" >"$work/known.txt"
scan "$work/other/請求書.pdf.exe"
is "a program that nobody knows" 1 "$(hits file.name.double-extension)"
scan --hash-list "$work/known.txt" "$work/other/請求書.pdf.exe"
is "the same, known by its hash" "" "$(listed)"
done_testing
