#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Files that one system shows and a reader who believes the first mark does not: each is a member.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
members() {
  python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records.json" file file.name file.container file.type \
    | sed -n -e '/ - file$/d' -e 's/ [^ ]* file$//p' | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort
}

python3 "$abs_top_srcdir/tests/generators/images_hidden.py" "$work/in" >"$work/why" 2>&1
case $? in
  0) ;;
  77) skip "disks that hide" "$(cat "$work/why")" ;;
  *) fail "disks that hide are made" "$(cat "$work/why")" ;;
esac
tab=$(printf '\t')
[ -f "$work/in/hidden.tsv" ] && while IFS=$tab read -r name expected shown words; do
  scan --records "$work/records.json" "$work/in/$name.img"
  is "$name: what is told" "$expected" "$(reasons)"
  if [ "$shown" != - ]; then
    printf '%s\n' "$shown" | tr , '\n' | LC_ALL=C sort >"$work/wanted"
    members >"$work/members"
    is "$name: what is shown" "" "$(LC_ALL=C comm -23 "$work/wanted" "$work/members")"
  fi
  if [ "$words" != - ]; then ok "$name: in which words" grep -q -F -- "$words" "$work/out"; fi
done <"$work/in/hidden.tsv"
done_testing
