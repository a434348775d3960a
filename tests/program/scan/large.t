#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Much of it: a folder with 100,000 files, files that are larger than what can
# be looked into. Time and memory stay bounded, and what was left out is said.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

if is_quick; then
  skip "large folders and files" "takes a minute"
  done_testing
fi
if is_sanitized; then sanitized=yes; else sanitized=no; fi
bounded() { # WHAT MOST KIB
  if [ "$sanitized" = yes ]; then
    skip "$1" "built with sanitizers"
  else
    ok "$1: $3 KiB" test "$3" -gt 0 -a "$3" -lt "$2"
  fi
}
measured() {
  python3 "$abs_top_srcdir/tests/lib/peak.py" "$work/peak" "$SEKISHO" scan \
    --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" --format json "$@" \
    >"$work/out" 2>"$work/err"
  status=$?
  read -r supervisor anonymous <"$work/peak"
}

# ---- a folder with 100,000 files ----
mkdir "$work/many"
python3 - "$work/many" <<'END'
import os, sys
folder = os.open(sys.argv[1], os.O_RDONLY)
for i in range(100000):
    fd = os.open(f"a name as long as many are, number {i:06d}.txt", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=folder)
    if i % 10000 == 7:
        os.write(fd, b"BAD BYTES")
    os.close(fd)
END
mkdir "$work/few"
printf 'BAD BYTES' >"$work/few/one"
measured "$work/few"
few=$supervisor
measured "$work/many"
is "100,000 files: status" 1 "$status"
is "100,000 files: all were inspected" "100000 100000 90 10" "$(counted files objects bytes high)"
is "100,000 files: each finding in its order" \
  "$(for i in 0 1 2 3 4 5 6 7 8 9; do echo "a name as long as many are, number 0${i}0007.txt"; done)" "$(listed | cut -f 4)"
bounded "100,000 files: memory of the supervisor beyond that of a small scan, below 64 MiB" 65536 \
  $((supervisor > few ? supervisor - few : 1))
bounded "100,000 files: memory of a worker below 300 MiB" 307200 "$anonymous"
rm -rf "$work/many"

# ---- a terabyte that takes no room ----
mkdir "$work/huge"
if truncate -s 1T "$work/huge/terabyte" 2>/dev/null; then
  printf 'BAD BYTES' | dd of="$work/huge/terabyte" conv=notrunc status=none
  printf 'BAD BYTES' >"$work/huge/zz"
  start=$(date +%s)
  measured --jobs 1 "$work/huge"
  took=$(($(date +%s) - start))
  is "a sparse terabyte: status" 1 "$status"
  is "a sparse terabyte: its head is judged, so is what follows" "test.bad terabyte
test.bad zz" "$(listed | awk -F '\t' '$1 == "test.bad" { print $1, $4 }')"
  like "a sparse terabyte: what was left out is said" \
    'input-bytes: longer than 17179869184 bytes; the last 1082331758592 were not looked at' "$(cat "$work/out")"
  is "a sparse terabyte: no digest" 0 "$(grep '"name":"terabyte"' "$work/out" | grep -c '"sha256"')"
  like "a sparse terabyte: what no rule saw is said" 'rules saw the first [0-9]+ bytes only' "$(cat "$work/out")"
  is "a sparse terabyte: counted once, complete: no" "1" "$(counted not-inspected.limit)"
  is "a sparse terabyte: none of its alerts calls it complete" 0 \
    "$(grep '"name":"terabyte"' "$work/out" | grep -c '"complete":true')"
  # Some seconds alone; half an hour if it were read to its end.
  ok "a sparse terabyte: ends within two minutes ($took s)" test "$took" -lt 120
  bounded "a sparse terabyte: memory of a worker below 300 MiB" 307200 "$anonymous"
  rm "$work/huge/terabyte"
else
  skip "a sparse terabyte" "the file system takes no such file"
fi

# ---- 4 GiB, read to the end ----
truncate -s 4G "$work/huge/sparse"
printf 'BAD BYTES' | dd of="$work/huge/sparse" bs=1M seek=4095 conv=notrunc status=none
measured --jobs 1 "$work/huge/sparse"
is "4 GiB: inspected to the end" "1 0 4294967296" "$(hits test.bad) $(counted not-inspected.limit bytes)"
bounded "4 GiB: memory of a worker beyond the mapped input below 300 MiB" 307200 "$anonymous"
done_testing
