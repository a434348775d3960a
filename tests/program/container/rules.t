#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The shipped rules on containers of every kind: each hits what it is for, inside of other containers, too, and none
# what comes near.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
generated() { python3 "$abs_top_srcdir/tests/generators/containers.py" "$1"; }
shipped() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --no-progress "$@" >"$work/out" 2>"$work/err"
}
cases=0
compare() {
  python3 "$abs_top_srcdir/tests/program/container/compare.py" "$1" "$work/out" "$2" "$((tap_count + 1))" \
    >"$work/compared" || tap_failed=1
  cat "$work/compared"
  cases=$(grep -c -E '^(not )?ok ' "$work/compared")
  tap_count=$((tap_count + cases))
}

ok "containers are made" generated "$work/made"
shipped --format json "$work/made"
compare "$work/made.tsv" ""
ok "there were $cases of them" test "$cases" -ge 250
is "each of the rules about containers has a case" "" \
  "$(sed -n '/^level: informational/d; s/^name: //p' "$abs_top_srcdir"/signatures/sigma/file-zip.yml \
      "$abs_top_srcdir"/signatures/sigma/file-archive.yml "$abs_top_srcdir"/signatures/sigma/file-container.yml \
      "$abs_top_srcdir"/signatures/sigma/file-media.yml "$abs_top_srcdir"/signatures/sigma/file-worm.yml \
    | grep -v -x -e file.archive.document -e file.archive.in-document \
    | while read -r id; do cut -f 2 "$work/made.tsv" | tr ',' '\n' | grep -q -F -x -- "$id" || echo "$id"; done)"

# The same, each wrapped: a folder in 7z in an optical disc.
if command -v 7zz >/dev/null && command -v genisoimage >/dev/null; then
  mkdir "$work/in"
  mv "$work/made" "$work/図面"
  (cd "$work" && 7zz a -bso0 -bsp0 -mx=1 in/受信.7z 図面)
  genisoimage -quiet -input-charset utf-8 -J -joliet-long -o "$work/資料.iso" "$work/in"
  shipped --format json "$work/資料.iso"
  # What lies in the disc at any depth is what it holds.
  { cat "$work/made.tsv"; printf '資料.iso\tfile.media.installer,file.media.shortcut-pair\n'; } >"$work/wrapped.tsv"
  compare "$work/wrapped.tsv" ", in 7z in a disc"

  # The way to it is shown in the names that people know.
  mkdir "$work/one" "$work/図面/納入"
  (cd "$work/図面" && mv name-000.zip 納入/見積.zip && 7zz a -bso0 -bsp0 "$work/one/受信.7z" 納入)
  genisoimage -quiet -input-charset utf-8 -J -o "$work/連絡.iso" "$work/one"
  shipped --format tree "$work/連絡.iso"
  like "the tree shows the path through all of them" \
    '^  .*連絡\.iso » 受信\.7z » 納入/見積\.zip » 請求書\.pdf\.exe$' "$(cat "$work/out")"
else
  skip "the same in 7z in a disc" "7zz or genisoimage is not there"
fi

# A driver that a list of the operator's names, packed.
python3 - "$work/drivers.zip" <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("driver/RTCore64.sys", b"a driver with a hole")
    archive.writestr("driver/other.sys", b"a driver without one")
END
sum=$(printf 'a driver with a hole' | sha256sum | cut -d ' ' -f 1)
printf '[{"Category": "vulnerable driver", "Tags": ["RTCore64.sys"], "KnownVulnerableSamples": [{"SHA256": "%s"}]}]' \
  "$sum" >"$work/drivers.json"
python3 "$abs_top_srcdir/contrib/lists/vulnerable-drivers" "$work/drivers.json" >"$work/drivers.txt"
shipped --format json --hash-list "$work/drivers.txt" "$work/drivers.zip"
is "a vulnerable driver in a zip, and not the one beside it" \
  "file.driver.vulnerable driver/RTCore64.sys" "$(listed | cut -f 1,4 | tr '\t' ' ')"
done_testing
