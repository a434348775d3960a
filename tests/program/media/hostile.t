#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Disks that are made to mislead or to harm: each is told as what it is, and what can be shown is. Then each
# kind ended at every sixteenth, and changed in thousands of ways.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
images() { python3 "$abs_top_srcdir/tests/generators/images.py" "$@"; }
# libtsk asks for as much memory as a broken record says, and takes it when it gets none.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1
LSAN_OPTIONS=suppressions=$abs_top_srcdir/.ci/lsan.txt:print_suppressions=0
export ASAN_OPTIONS LSAN_OPTIONS
mutate() { timeout 600 "$abs_top_builddir/plugins/media/tests/mutate-media" "$@" >"$work/mutated" 2>&1; }
names() { python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records.json" file file.name; }

images hostile "$work/in" >"$work/why" 2>&1
case $? in
  0) ;;
  77) skip "hostile disks" "$(cat "$work/why")" ;;
  *) fail "hostile disks are made" "$(cat "$work/why")" ;;
esac
tab=$(printf '\t')
[ -f "$work/in/hostile.tsv" ] && while IFS=$tab read -r name expected shown words; do
  scan --records "$work/records.json" "$work/in/$name.img"
  is "$name: what is told" "$expected" "$(reasons)"
  if [ "$shown" != - ]; then
    like "$name: what is shown" "^$(printf '%s' "$shown" | sed 's/[.]/\\./g')\$" "$(names | tr '[:upper:]' '[:lower:]')"
  fi
  if [ "$words" != - ]; then ok "$name: in which words" grep -q -F -- "$words" "$work/out"; fi
done <"$work/in/hostile.tsv"

# No end of a disk costs the run; a disk that is cut is not called whole.
for kind in iso-both iso-udf udf-metadata fat12 exfat ntfs mbr vhd-dynamic vhdx vmdk vmdk-stream; do
  if ! images "$kind" "$work/whole" >"$work/why" 2>&1; then
    skip "$kind, cut" "$(cat "$work/why")"
    continue
  fi
  image=$(find "$work/whole" -name "$kind.*" ! -name '*.tsv')
  images cut "$image" "$work/cut/$kind"
  scan "$work/cut/$kind"
  ok "$kind, cut: the run ends as it should ($status)" test "$status" -eq 0 -o "$status" -eq 1 -o "$status" -eq 3
  is "$kind, cut: no crash, no time-out, no want of memory" "0 0 0" \
    "$(counted not-inspected.crash not-inspected.timeout not-inspected.memory | paste -s -d ' ' -)"
  rm -rf "$work/cut"
  rm -f "$image"
done

count=2000
if is_quick; then count=100; fi
for kind in iso iso-udf udf udf-metadata udf-virtual udf-sparable fat12 exfat mbr vhd vhdx vmdk ntfs ntfs-compressed; do
  case $kind in
    ntfs*) images "$kind" "$work/small" >"$work/why" 2>&1 ;;
    *) images small "$kind" "$work/small" >"$work/why" 2>&1 ;;
  esac || { skip "$kind, changed" "$(cat "$work/why")"; continue; }
  ok "$kind, changed $count times" mutate "$work/small/$kind.img" "$count" 1
  unlike "$kind, changed: some of them are told as broken, or show other files" ', 0 told, 0 other' "$(cat "$work/mutated")"
done
done_testing
