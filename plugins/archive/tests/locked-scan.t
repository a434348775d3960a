#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Locked archives through the whole program, in its sandbox: with the password what is inside is judged,
# without it the names are told where they can be had, and that it was not inspected in any case.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

make=$abs_top_builddir/plugins/archive/tests/locked-make
password='株式会社2024'
wrong_list=$work/wrong right_list=$work/right
printf 'secret\n1234\n株式会社2023\n' >"$wrong_list"
printf 'secret\n%s\n' "$password" >"$right_list"
chmod 600 "$wrong_list" "$right_list"
cd "$work" || exit 1
mkdir 添付
printf 'BAD BYTES of a test' >添付/請求書_髙橋.exe
printf 'harmless' >添付/見積.txt
bad='添付/請求書_髙橋.exe'
# Names of all members in the last scan.
files() { python3 -c '
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    if record["sekisho"]["kind"] == "object":
        path = record["fields"]["object.path"].split(" » ")
        if len(path) > 1:
            print(path[-1])
' "$work/records" | sort; }
both=$(printf '%s\n' 添付/見積.txt "$bad" | sort)

for kind in 7z 7z-hidden rar5 rar5-hidden rar4 rar4-hidden; do
  rm -rf in && mkdir in
  "$make" "$kind" "$password" "$bad" 添付/見積.txt >in/a.bin || { fail "$kind: made"; continue; }
  scan --records "$work/records" --password-file "$right_list" in
  is "$kind: opened, what is inside is found" 1 "$(hits test.bad)"
  is "$kind: and everything was inspected" 0 "$(hits not-inspected.encrypted)"
  is "$kind: names" "$both" "$(files)"

  scan --records "$work/records" --password-file "$wrong_list" in
  is "$kind: wrong passwords: nothing is found" 0 "$(hits test.bad)"
  is "$kind: not inspected, and that is said once" 1 "$(hits not-inspected.encrypted)"
  is "$kind: exit" 3 "$status"
  case $kind in
    *-hidden) is "$kind: names are not to be had" "" "$(files)" ;;
    *) is "$kind: names are told all the same" "$both" "$(files)" ;;
  esac
  unlike "$kind: no password in the output" '株式会社2024' "$(cat "$work/out" "$work/err" "$work/records")"
done

# The dearest derivation that is run, and one more. (Their keys are those of fewer rounds.)
rm -rf in && mkdir in
"$make" rar5-24 "$password" "$bad" >in/24.rar
scan --password-file "$right_list" in
is "2^24 rounds: run for each password, and no crash" "0 1" "$(hits test.bad) $(hits not-inspected.encrypted)"
rm in/24.rar
"$make" rar5-25 "$password" "$bad" >in/25.rar
scan --password-file "$right_list" in
is "2^25 rounds: not opened" "0 3" "$(hits test.bad) $status"
like "2^25 rounds: and why" '2\^24 rounds' "$(cat "$work/out")"
done_testing
