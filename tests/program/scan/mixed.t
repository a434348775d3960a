#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A tree with something of everything, on which workers die: the bytes of each
# format are the same with any number of workers, and every JSON line is what
# the shipped schema says.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

mkdir -p "$work/plugins" "$work/tree/sub/deep" "$work/tree/empty"
cp "$abs_top_builddir/tests/plugins/.libs/bad.so" "$work/plugins/bad.so"
cp "$abs_top_builddir/plugins/.libs/identify.so" "$abs_top_builddir/plugins/.libs/hash.so" \
  "$abs_top_builddir/plugins/.libs/yara.so" "$work/plugins/"
chmod 755 "$work/plugins" "$work/plugins/"*
python3 - "$work/tree" <<'END'
import os, sys
os.chdir(sys.argv[1])
def put(name, data):
    with open(name, "wb") as stream: stream.write(data)
for i in range(150):
    put(f"sub/{i * 7919 % 1000:03d}-{i}", b"BAD BYTES" if i % 9 == 0 else b"x" * (i * 331))
for word in (b"read-null", b"abort", b"exit", b"socket", b"smash-stack", b"allocate-at-once"):
    for phase in b"ioj":
        put(b"sub/deep/%c-%s" % (phase, word), b"BAD %c %s\nBAD BYTES" % (phase, word))
put("large", b"BAD BYTES" + b"\0" * 3000000 + b"BAD BYTES")
put("empty-file", b"")
put("請求書\n\u202e.pdf".encode(), b"BAD BYTES")
put(b"\xff]\"\\", b"BAD BYTES")
# The box holds children of its own, one of them deadly.
box = b"BOX\n"
for child in (b"BAD BYTES", b"harmless", b"BAD j abort\nBAD BYTES", b"BAD BYTES again"):
    box += b"%d\n%s" % (len(child), child)
put("box", box)
os.symlink("large", "link")
os.mkfifo("fifo")
END
cp "$abs_top_srcdir/tests/samples/eicar.com" "$work/tree/"

run() { # FORMAT JOBS [ARGUMENT]…
  format=$1 jobs=$2
  shift 2
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --plugin-path "$work/plugins" \
    --set 'plugins.load=[identify, hash, bad, yara]' --rules "$work/test.yar" --rules built-in \
    --exclude '*/000-*' --set alert.max-size=65536 \
    --format "$format" --jobs "$jobs" "$@" "$work/tree" "$work/nowhere" >"$work/$format.$jobs" 2>"$work/err"
  status=$?
}

for format in json rfc5424 tree; do
  for jobs in 1 2 7; do
    run $format $jobs
    # The path that does not exist makes it an error, whatever was found.
    is "$format, $jobs workers: status" 2 "$status"
    alerts plain $format "$work/$format.$jobs" >"$work/$format.$jobs.plain"
    if [ $jobs -ne 1 ]; then
      ok "$format: $jobs workers give the bytes of one" cmp "$work/$format.1.plain" "$work/$format.$jobs.plain"
    fi
  done
done

cp "$work/json.7" "$work/out"
like "workers died" 'not-inspected.crash' "$(listed)"
is "each that a plugin died on is told, once" 18 \
  "$(listed | awk -F '\t' '$1 ~ /not-inspected.(crash|memory)/ { print $3 }' | grep -c '/deep/')"
is "and judged by the others" 18 \
  "$(listed | awk -F '\t' '$1 == "test.bad" { print $3 }' | grep -c '/deep/')"
is "a box and its children, the deadly one too" 4 "$(grep '"test.bad"' "$work/out" | grep -c '"root":"[^"]*/box"')"
is "passed over: counted" "1 1 1 1" "$(counted special links missing excluded)"
is "the three formats tell the same" "$(listed)" "$(alerts list rfc5424 "$work/rfc5424.7")"
ok "the tree holds nothing that a terminal obeys" alerts quiet "$work/tree.7"

alerts schema "$work/json.7" "$abs_top_srcdir/doc/alert.schema.json" >"$work/why" 2>&1
case $? in
  0) pass "every JSON line is what the schema says, though workers died" ;;
  77) skip "schema" "python3-jsonschema is not installed" ;;
  *) fail "every JSON line is what the schema says, though workers died" "$(cat "$work/why")" ;;
esac

# The id of an alert is that of object and rule: the same in the next run, and no two are equal.
ids() { sed -n 's/.*"event":{[^}]*"id":"\([0-9a-f]*\)".*/\1/p' "$1"; }
is "ids are the same in each run" "$(ids "$work/json.1")" "$(ids "$work/json.2")"
is "no two alerts have one id" "" "$(ids "$work/json.1" | sort | uniq -d)"
done_testing
