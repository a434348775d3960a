#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Media that start something, shortcuts in the place of folders, ransom notes,
# encrypted sets: found in each tree that has them, and in no tree that comes near.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma

trees() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/generators/name-trees.py" "$1"; }
ok "trees are made" trees "$work/made"

# What stands at medium or above decides the status.
ids() { listed | cut -f 1 | LC_ALL=C sort -u | paste -s -d , - | sed 's/^$/-/'; }
while IFS='	' read -r tree expected; do
  scan "$work/made/$tree"
  is "$tree" "$expected" "$(ids)"
  loud=$(listed | cut -f 2 | grep -c -x -e medium -e high -e critical)
  is "$tree: status" "$([ "$loud" -gt 0 ] && echo 1 || echo 0)" "$status"
done <"$work/made.tsv"

# Each argument is a medium of its own: what one has does not count for the other.
mkdir -p "$work/media/one/a" "$work/media/one/b" "$work/media/two/c"
printf '[autorun]\nopen=setup.exe\n' >"$work/media/one/autorun.inf"
printf 'a program' >"$work/media/two/setup.exe"
for folder in one/a one/b two/c; do printf 'x' >"$work/media/$folder/Restore-My-Files.txt"; done
scan "$work/media/one" "$work/media/two"
is "two media: each for itself" "file.autorun.command" "$(ids)"
scan "$work/media"
is "below one argument: notes in three folders" "file.autorun.command,file.ransom.notes" "$(ids)"

# An installation medium that the operator knows.
printf '# source: our vendor\n# expires: 2999-12-31\n# kind: allow\n%s  setup\n%s  autorun\n' \
  "$(sha256sum <"$work/made/autorun/ソフト/表示.exe" | cut -d ' ' -f 1)" \
  "$(sha256sum <"$work/made/autorun/AUTORUN.INF" | cut -d ' ' -f 1)" >"$work/known.txt"
scan --hash-list "$work/known.txt" "$work/made/autorun"
is "a known medium: nothing" "-" "$(ids)"
sed -i '/autorun$/d' "$work/known.txt"
scan --hash-list "$work/known.txt" "$work/made/autorun"
is "a known program: only that autorun.inf is there" "file.autorun.command" "$(ids)"

# The same whatever the number of workers, and what the finding is about.
for jobs in 1 4; do
  scan --jobs "$jobs" "$work/made/autorun" "$work/made/locked" "$work/made/shortcut" "$work/made/note-20"
  alerts plain json "$work/out" >"$work/plain.$jobs"
done
ok "the same with one worker and with four" cmp "$work/plain.1" "$work/plain.4"
is "the subject of a set is where it lies" "$work/made/locked" \
  "$(listed | awk -F '\t' '$1 == "file.ransom.encrypted-set" { print $3 }')"
done_testing
