#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The cache of compiled rules: used by the second start, never when somebody
# else could have written it or it is not what was written.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
cache=$work/cache
printf 'BAD BYTES' >"$work/file"
start() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --rules "$work/test.yar" --cache-dir "$cache" \
    --format json "$work/file" >"$work/out" 2>"$work/err"
  is "$1: the rule works" "1 test.bad" "$? $(listed | cut -f 1)"
}
stamp() { stat -c '%n %i %Y %s' "$cache"/* 2>/dev/null; }
digest() { cat "$cache"/* | sha256sum; }

start "first start"
is "first start: one file is made, for this user alone" "1 600" \
  "$(find "$cache" -type f | wc -l) $(stat -c %a "$cache"/*)"
is "first start: no half-written file is left" "" "$(find "$cache" -type f ! -name '*.cache')"
before=$(stamp)
kept=$(digest)
start "second start"
is "second start: the file is used as it is" "$before" "$(stamp)"

# What the second start opens.
if command -v strace >/dev/null 2>&1 && strace -f -o "$work/trace" true 2>/dev/null; then
  strace -f -e trace=openat -o "$work/trace" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --rules "$work/test.yar" --cache-dir "$cache" "$work/file" >/dev/null 2>&1
  like "second start: the file is opened for reading" '"[^"]*\.cache", O_RDONLY' "$(cat "$work/trace")"
  unlike "second start: nothing is written" "\"${cache}[^\"]*\", O_(WRONLY|RDWR)" "$(cat "$work/trace")"
else
  skip "second start: what is opened" "strace is not at hand"
fi

# One bit.
file=$(find "$cache" -type f)
python3 - "$file" <<'END'
import sys
with open(sys.argv[1], "r+b") as stream:
    data = bytearray(stream.read())
    data[len(data) // 2] ^= 1
    stream.seek(0)
    stream.write(data)
END
start "one bit changed"
is "one bit changed: it was made anew" "$kept" "$(digest)"
truncate -s 100 "$file"
start "cut short"
is "cut short: it was made anew" "$kept" "$(digest)"
: >"$file"
start "empty"
is "empty: it was made anew" "$kept" "$(digest)"

# Other rules: other content, other file; the old one stays.
printf '\n// one more line\n' >>"$work/test.yar"
start "a changed rule"
is "a changed rule: a second file" 2 "$(find "$cache" -type f | wc -l)"

# Where others can write.
rm -rf "$cache"
mkdir "$cache"
chmod 777 "$cache"
start "a folder that others can write"
is "a folder that others can write: not used" "" "$(ls -A "$cache")"
like "a folder that others can write: said" "$cache.*writ" "$(cat "$work/err")"
chmod 700 "$cache"
start "and once they cannot"
is "and once they cannot: used" 1 "$(find "$cache" -type f | wc -l)"
chmod 666 "$cache"/*
start "a file that others can write"
is "a file that others can write: made anew" 600 "$(stat -c %a "$cache"/*)"
if is_root; then
  chown 65534 "$cache"/*
  start "a file of somebody else"
  is "a file of somebody else: made anew" 0 "$(stat -c %u "$cache"/*)"
  chown 65534 "$cache"
  before=$(stamp)
  start "a folder of somebody else"
  is "a folder of somebody else: left alone" "$before" "$(stamp)"
else
  skip "files of somebody else" "only root can give files away"
fi
rm -rf "$cache"
printf 'x' >"$cache"
start "a file in the folder's place"
like "a file in the folder's place: said" "$cache" "$(cat "$work/err")"
done_testing
