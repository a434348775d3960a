#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Disk images of every kind: each file that was put in comes out, with its content, attributes and stream, as
# the list of the generator says; and nothing else, and nothing is told as not inspected.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
images() { python3 "$abs_top_srcdir/tests/generators/images.py" "$@"; }
compare() { python3 "$abs_top_srcdir/tests/program/media/compare.py" "$@"; }

for kind in $(images list); do
  images "$kind" "$work/in" >"$work/why" 2>&1
  case $? in
    0) ;;
    77) skip "$kind" "$(cat "$work/why")"; continue ;;
    *) fail "$kind: made" "$(cat "$work/why")"; continue ;;
  esac
  image=$(find "$work/in" -name "$kind.*" ! -name '*.tsv')
  scan --records "$work/records.json" "$image"
  is "$kind: status" 0 "$status"
  ok "$kind: all files, and no other" compare "$work/records.json" "$work/in/$kind.tsv"
  is "$kind: all is inspected" 0 "$(counted not-inspected)"
  rm -f "$image" "$work/records.json"
done

# What is told of the images themselves, by the real worker's own words.
facts() { python3 "$abs_top_srcdir/tests/program/records/read.py" list "$work/records.json" object "$@"; }
about() { images "$1" "$work/about" >"$work/why" 2>&1 && scan --records "$work/records.json" "$work/about/$1.$2"; }
if about udf-streams img; then
  is "UDF: format, file system, label, files, deleted ones" "udf udf TESTDISC 7 6" \
    "$(facts media.format media.filesystem media.label media.members media.deleted | tail -n 1)"
else
  fail "UDF: format, file system, label, files, deleted ones" "$(cat "$work/why")"
fi
if about ntfs img; then
  is "NTFS: label, files, deleted ones" "TESTDISK 10 1" \
    "$(facts media.label media.members media.deleted | tail -n 1)"
else
  skip "NTFS: label, files, deleted ones" "$(cat "$work/why")"
fi
what="partitions of a disk"
if about mbr img; then
  is "$what" "mbr fat16,ntfs TESTDISK 2 16 True" \
    "$(facts media.format media.filesystem media.label media.partitions media.members media.bootable | tail -n 1)"
else
  skip "$what" "$(cat "$work/why")"
fi
what="files that only one tree shows"
if about iso-hidden img; then
  is "$what: the disc" "rock-ridge,joliet True" "$(facts media.filesystem media.trees-differ | tail -n 1)"
  is "$what: the files" "driver.dat rock-ridge
readme.txt joliet" "$(facts object.name media.tree | grep -v ' -$' | LC_ALL=C sort)"
else
  skip "$what" "$(cat "$work/why")"
fi

# As malware is mailed; rules that are about images, and rules that are about files inside.
with_shipped_sigma
ids() { listed | cut -f 1 | LC_ALL=C sort -u | paste -s -d , - | sed 's/^$/-/'; }
what="a shortcut and what it starts"
if images carrier "$work/mail" >"$work/why" 2>&1; then
  scan "$work/mail/carrier.img"
  like "$what: the pair" '(^|,)file.media.shortcut-pair(,|$)' "$(ids)"
  like "$what: the program" '(^|,)file.media.program(,|$)' "$(ids)"
  like "$what: double extension inside" '(^|,)file.name.double' "$(ids)"
else
  skip "$what" "$(cat "$work/why")"
fi
what="an honest disc"
if images iso-both "$work/mail" >"$work/why" 2>&1; then
  scan "$work/mail/iso-both.img"
  is "$what: nothing" "-" "$(ids)"
else
  skip "$what" "$(cat "$work/why")"
fi
done_testing
