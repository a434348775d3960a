#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Lists of hashes, from the file to the finding.
. "$abs_top_srcdir/tests/lib/tap.sh"

mkdir "$work/tree" "$work/lists" "$work/cache"
chmod 700 "$work/cache"
printf 'abc' >"$work/tree/denied"
printf 'abd' >"$work/tree/near"
: >"$work/tree/empty"
abc=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

scan() { "$SEKISHO" scan --cache-dir "$work/cache" --format rfc5424 "$@" "$work/tree" 2>"$work/err"; }
found() { grep -c 'file.hash.deny-listed' "$work/out"; }

# meta EXPIRES
meta() { printf '# source: Example feed\n# expires: %s\n' "$1"; }

{ meta 2999-12-31; printf '%s  Example.Worm\n%s\nno hash\n' "$abc" "$empty"; } >"$work/lists/feed.txt"
scan --hash-list "$work/lists/feed.txt" >"$work/out"
is "a denied file is found" 1 "$(found)"
like "as critical, by its path" 'level="critical".*tree/denied|tree/denied.*level="critical"' "$(cat "$work/out")"
like "with source and reason" 'evidence="hash_deny_list=Example feed hash_deny_reason=Example.Worm"' "$(cat "$work/out")"
like "a trivial hash is refused by line" 'feed\.txt:4: .*trivial' "$(cat "$work/err")"
like "a line that is none is named" 'feed\.txt:5: ' "$(cat "$work/err")"
is "the compiled list is kept" 1 "$(ls "$work/cache" | grep -c '\.skhash$')"
cp "$work/cache"/*.skhash "$work/compiled.skhash"

scan --hash-list "$work/lists/feed.txt" >"$work/out"
is "the second start finds the same" 1 "$(found)"
like "and says the same" 'feed\.txt:4: .*trivial' "$(cat "$work/err")"

for file in "$work/cache"/*.skhash; do
  chmod u+w "$file"
  printf 'X' | dd of="$file" bs=1 seek=400 conv=notrunc 2>/dev/null
done
scan --hash-list "$work/lists/feed.txt" >"$work/out"
is "a changed compiled list is not believed" 1 "$(found)"
like "which is said" 'made anew' "$(cat "$work/err")"
scan --hash-list "$work/lists/feed.txt" >"$work/out"
unlike "and done" 'made anew' "$(cat "$work/err")"

scan --hash-list "$work/compiled.skhash" >"$work/out"
is "a compiled list is a source" 1 "$(found)"

{ meta 2001-01-01; printf '%s\n' "$abc"; } >"$work/lists/old.txt"
scan --hash-list "$work/lists/old.txt" >"$work/out"
is "an expired list finds nothing" 0 "$(found)"
like "and is named with its entries" 'old\.txt: .*expired on 2001-01-01.*1 entries' "$(cat "$work/err")"

printf '%s\n' "$abc" >"$work/lists/bare.txt"
scan --hash-list "$work/lists/bare.txt" >"$work/out"
is "an entry without source and expiry finds nothing" 0 "$(found)"
like "and is named by line" 'bare\.txt:1: ' "$(cat "$work/err")"
scan --strict --hash-list "$work/lists/bare.txt" >"$work/out"
is "a strict start refuses it" 2 $?
printf 'source: Beside\nexpires: 2999-01-01\n' >"$work/lists/bare.txt.meta"
scan --hash-list "$work/lists/bare.txt" >"$work/out"
is "a side file says what is missing" 1 "$(found)"

{ meta 2999-12-31; printf '# kind: allow\n%s\n' "$abc"; } >"$work/lists/allow.txt"
scan --hash-list "$work/lists/allow.txt" >"$work/out"
is "an allowed hash is no finding" 0 "$(found)"

# An allow list keeps the rules on traits from matching what it names, and nothing else.
printf '@echo off\r\nvssadmin delete shadows\r\n' >"$work/tree/known.cmd"
printf '@echo off\r\nvssadmin delete shadows \r\n' >"$work/tree/unknown.cmd"
{ meta 2999-12-31; printf '# kind: allow\n%s\n' "$(sha256sum <"$work/tree/known.cmd" | cut -c1-64)"; } >"$work/lists/known.txt"
scan >"$work/out"
is "without it both are found" 2 "$(grep -c 'file\.script\.destroys-recovery \[' "$work/out")"
scan --hash-list "$work/lists/known.txt" >"$work/out"
is "with it the other one is" 1 "$(grep -c 'file\.script\.destroys-recovery \[.*unknown\.cmd' "$work/out")"
is "and nothing else" 1 "$(grep -c 'file\.script\.destroys-recovery \[' "$work/out")"
{ meta 2999-12-31; printf '%s\n' "$(sha256sum <"$work/tree/known.cmd" | cut -c1-64)"; } >"$work/lists/both.txt"
scan --hash-list "$work/lists/known.txt" --hash-list "$work/lists/both.txt" >"$work/out"
is "a denied hash is found though it is allowed" 1 "$(found)"
rm "$work/tree/known.cmd" "$work/tree/unknown.cmd"

# Drivers of a public feed: their own finding, and nothing of what is no hash.
cat >"$work/drivers.json" <<EOF
[{"Category": "vulnerable driver", "Tags": ["RTCore64.sys"], "KnownVulnerableSamples":
  [{"Filename": "", "SHA256": "$(printf %s "$abc" | tr a-f A-F)", "MD5": ""}, {"SHA1": "none"}, 7]}, null,
 {"KnownVulnerableSamples": {}}]
EOF
import=$abs_top_srcdir/contrib/lists/vulnerable-drivers
python3 "$import" --days 5 "$work/drivers.json" >"$work/lists/drivers.txt"
is "the feed becomes a list" "$abc  vulnerable driver RTCore64.sys" "$(grep -v '^#' "$work/lists/drivers.txt")"
like "that expires" "^# expires: $(date -d '+5 days' +%Y-%m-%d)" "$(cat "$work/lists/drivers.txt")"
scan --hash-list "$work/lists/drivers.txt" >"$work/out"
is "a vulnerable driver is found" 1 "$(grep -c 'file.driver.vulnerable.*level="high"' "$work/out")"
is "and is not denied besides" 0 "$(found)"
echo '{}' | python3 "$import" 2>"$work/err" >/dev/null
is "what is no feed is refused" 1 $?
like "with the reason" 'standard input: not an array of drivers' "$(cat "$work/err")"
echo '[]' | python3 "$import" 2>"$work/err" >/dev/null
is "nothing is no list" 1 $?

done_testing
