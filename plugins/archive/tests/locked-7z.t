#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Locked 7z archives as 7-Zip writes them, with each of its methods: what was locked in comes out with
# the right password, and nothing at all with another one.
. "$abs_top_srcdir/tests/lib/tap.sh"

list=$abs_top_builddir/plugins/archive/tests/locked-list
seven=
for name in 7zz 7z 7za 7zr; do
  if command -v "$name" >/dev/null; then seven=$name; break; fi
done
if [ -z "$seven" ]; then
  skip "locked archives of 7-Zip" "neither 7zz nor 7z is installed"
  done_testing
fi

# Sizes and sums of all files, sorted, as what was opened is told.
sums() { python3 -c '
import os, sys, zlib
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        data = open(path, "rb").read()
        if data:
            print(len(data), "%08x" % zlib.crc32(data), path)
' "$1" | sort; }
opened() { sed -n 's/^member [0-9]* opened strong //p' | sort; }
pack() { "$seven" a -bso0 -bsp0 "$@"; }

cd "$work" || exit 1
mkdir -p 添付/日本語
cat "$list" "$list" >添付/請求書.exe
seq 1 4000 >添付/見積.txt
head -c 33333 /dev/urandom >添付/乱数.bin
printf x >添付/日本語/一.txt
printf '0123456789abcdef' >添付/日本語/十六.txt
: >添付/空.txt
mkdir 文書
cp 添付/見積.txt 添付/日本語/*.txt 文書
all=$(sums 添付)
texts=$(sums 文書)
password='パスワード 2024!'

# what, options…: one archive with all, opened by the right password and by no other.
check() {
  what=$1
  folder=添付
  expected=$all
  shift
  if [ "$1" = texts ]; then
    folder=文書 expected=$texts
    shift
  fi
  # What proves a password is weak for some methods: one archive in some hundred is opened by a wrong one.
  for _ in 1 2 3; do
    rm -f a.7z
    pack "-p$password" "$@" a.7z "$folder" || { fail "$what: made"; return; }
    wrong=$("$list" a.7z secret 'パスワード 2025!' '')
    seeming=$(printf '%s\n' "$wrong" | grep -E ' opened |^secret [0-9]+ opened|broken|bad-')
    [ -n "$seeming" ] || break
  done
  is "$what: nothing with a wrong password" "" "$seeming"
  like "$what: said to be locked" '^archive locked 7z AES-256 names-hidden=[01] rounds=524288 ' "$wrong"
  right=$("$list" a.7z secret "$password")
  is "$what: all with the right one" "$expected" "$(printf '%s\n' "$right" | opened)"
  like "$what: and nothing is left" '^secret 1 opened 0 ' "$right"
}

check "stored" -mx0
check "stored, each alone" -mx0 -ms=off
check "LZMA2" -m0=LZMA2
check "LZMA2, each alone" -m0=LZMA2 -ms=off
check "LZMA" -m0=LZMA
# libarchive does not unpack programs in PPMd, locked or not.
check "PPMd" texts -m0=PPMd
check "bzip2" -m0=BZip2
check "deflate" -m0=Deflate
check "BCJ2, four streams" -m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3
check "delta" -m0=Delta:4 -m1=LZMA2
check "the most" -mx9
check "names hidden" -mhe=on
check "names hidden, stored" -mhe=on -mx0
check "names hidden, plain header" -mhe=on -mhc=off
check "names hidden, the most, each alone" -mhe=on -mx9 -ms=off

like "hidden names are hidden" '^end none$' "$("$list" a.7z wrong)"
unlike "and not told" '請求書' "$("$list" a.7z wrong)"

# Each member has a password of its own; one has none.
rm -f a.7z
pack a.7z 添付/見積.txt
pack -pone a.7z 添付/乱数.bin
pack -ptwo a.7z 添付/請求書.exe
got=$("$list" a.7z two)
like "of two passwords one opens its members" '^member [0-9]+ opened strong [0-9]+ [0-9a-f]{8} 添付/請求書.exe$' "$got"
like "others stay locked, with their sizes" '^member [0-9]+ locked - 33333 00000000 添付/乱数.bin$' "$got"
like "what is not encrypted is read" '^member [0-9]+ plain - [0-9]+ [0-9a-f]{8} 添付/見積.txt$' "$got"
is "both open all" "$(sums 添付 | grep -v -e 一 -e 十六 -e 見積)" "$("$list" a.7z one two | opened)"

# Stored without padding is what a wrong password is told from last.
rm -f a.7z
pack "-p$password" -mx0 a.7z 添付/日本語/十六.txt
# shellcheck disable=SC2046
is "300 wrong passwords" "" "$(QUIET=1 "$list" a.7z $(seq 1 300) | grep -E '^secret|opened')"

# Volumes.
rm -f a.7z
pack "-p$password" -v20k a.7z 添付
like "the first of several volumes" '^archive malformed 7z .*several volumes' "$("$list" a.7z.001 "$password")"
done_testing
