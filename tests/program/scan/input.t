#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# Of an input that is longer than limits.input-bytes the head is judged; the rest
# is told, and no digest is given out as if it were that of the whole.
. "$abs_top_srcdir/tests/lib/tap.sh"
cat >"$work/rule.yar" <<'END'
rule bad {
  meta: sekisho_id = "test.bad" level = "high" description = "Test rule"
  strings: $a = "BAD BYTES"
  condition: $a
}
END
scan() {
  "$SEKISHO" scan --cache-dir none --rules "$work/rule.yar" --format json --jobs 1 \
    --set limits.input-bytes=1MiB "$1" >"$work/out" 2>"$work/err"
}
limited() { grep -c '"id":"not-inspected.limit"' "$work/out"; }
digests() { grep -c '"sha256"' "$work/out"; }

printf 'BAD BYTES' >"$work/file"
truncate -s 1048576 "$work/file"
digest=$(sha256sum "$work/file" | cut -d ' ' -f 1)
scan "$work/file"
is "exactly as long as the limit: inspected in full" "1 0" "$? $(limited)"
like "exactly as long as the limit: its digest" "\"sha256\":\"$digest\"" "$(cat "$work/out")"

truncate -s 1048577 "$work/file"
scan "$work/file"
is "a byte longer: what is in the head is found" "1 1" "$? $(grep -c '"id":"test.bad"' "$work/out")"
is "a byte longer: it is told" 1 "$(limited)"
like "a byte longer: which limit, how much is missing" \
  'input-bytes: longer than 1048576 bytes; the last 1 were not looked at' "$(cat "$work/out")"
is "a byte longer: no digest" 0 "$(digests)"
like "a byte longer: the size is that of the file" '"size":1048577' "$(cat "$work/out")"

if truncate -s 1T "$work/file" 2>/dev/null; then
  scan "$work/file"
  is "a terabyte: found, told, no digest" "1 1 0" "$? $(limited) $(digests)"
  like "a terabyte: how much is missing" 'the last 1099510579200 were not looked at' "$(cat "$work/out")"
else
  skip "a terabyte" "the file system takes no such file"
fi
done_testing
