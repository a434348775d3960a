#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Where alerts go: a file, a syslog socket, and what happens where they cannot.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

mkdir "$work/tree"
python3 - "$work/tree" <<'END'
import sys
for name in (b"plain", b"new\nline", b"\x1b[2J", "\u202efdp.exe".encode(), b"\"] [x@1 y=\"z\"]\\", b"\xff"):
    with open(sys.argv[1].encode() + b"/" + name, "wb") as stream:
        stream.write(b"BAD BYTES")
END
scan "$work/tree"
expected=$(listed)

# A datagram socket in the place of /dev/log: writes each datagram as a line, and whether one held
# a line feed.
cat >"$work/log.py" <<'END'
import os, socket, sys
path, out = sys.argv[1:3]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(path)
receiver.settimeout(20)
open(out + ".ready", "w").close()
with open(out, "wb") as stream:
    while True:
        data = receiver.recv(1 << 20)
        stream.write(data.replace(b"\n", b"<LF>") + b"\n")
        stream.flush()
        if b"scan.summary" in data or b"finished: " in data:
            break
END
receive() { # NAME
  python3 "$work/log.py" "$work/$1.socket" "$work/$1" &
  receiver=$!
  tries=0
  while [ ! -e "$work/$1.ready" ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
}

receive new
cat >>"$work/sekisho.yaml" <<END
sinks:
  - {type: file, path: "$work/alerts.json", format: json}
  - {type: file, path: "$work/alerts.tree", format: tree}
  - {type: syslog, path: "$work/new.socket", rfc5424: true}
END
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" \
  --set alert.max-size=8000 "$work/tree" >"$work/stdout" 2>"$work/err"
is "three sinks: status" 1 $?
wait "$receiver"
is "nothing on standard output, which is no sink" "" "$(cat "$work/stdout")"
is "the file has every alert" "$expected" "$(alerts list json "$work/alerts.json")"
is "the file is for its owner alone" 600 "$(stat -c %a "$work/alerts.json")"
is "the socket got every alert, one a datagram" "$expected" "$(alerts list rfc5424 "$work/new")"
is "no datagram holds a line feed" 0 "$(grep -c '<LF>' "$work/new")"
is "the socket got the summary" 6 "$(alerts count rfc5424 "$work/new" files)"
ok "the tree is safe to print" alerts quiet "$work/alerts.tree"
"$SEKISHO" scan --config "$work/sekisho.yaml" --set "sinks=[{type: file, path: $work/alerts.json, format: json}]" \
  --cache-dir none --rules "$work/test.yar" "$work/tree" >"$work/stdout" 2>"$work/err"
is "a second run appends" 12 "$(grep -c '"test.bad"' "$work/alerts.json")"

# The older head, for a receiver that knows nothing else.
receive old
"$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" \
  --set "sinks=[{type: syslog, path: $work/old.socket}]" --set alert.max-size=8000 \
  "$work/tree" >"$work/stdout" 2>"$work/err"
is "a usual syslog socket: status" 1 $?
wait "$receiver"
is "a usual syslog socket: one well-formed head each" 7 \
  "$(grep -cE '^<[0-9]{1,3}>[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} sekisho\[[0-9]+\]: \[' "$work/old")"
is "a usual syslog socket: no line feed" 0 "$(grep -c '<LF>' "$work/old")"
is "a usual syslog socket: the structured data is in the text" 6 "$(grep -c 'rule="test.bad"' "$work/old")"

# Where there is nobody.
one() { # SINK: a scan with this sink alone
  "$SEKISHO" scan --config "$work/none.yaml" --cache-dir none --rules "$work/test.yar" \
    --set "sinks=[$1]" "$work/tree" >"$work/out" 2>"$work/err"
  status=$?
}
printf 'silences: []\n' >"$work/none.yaml"
one "{type: syslog, path: $work/absent}"
is "no socket: status" 2 "$status"
like "no socket: said at the start" "^sekisho: syslog socket $work/absent: cannot connect: No such file or directory$" "$(cat "$work/err")"
unlike "no socket: nothing was scanned" 'Scanned' "$(cat "$work/err")"
one "{type: syslog, path: $work/new.socket, rfc5424: true}"
is "a socket without a receiver: status" 2 "$status"
like "a socket without a receiver: said at the start" 'cannot connect: Connection refused' "$(cat "$work/err")"
one "{type: file, path: $work/absent/alerts}"
is "a file that cannot be made: status" 2 "$status"
like "a file that cannot be made: named" "$work/absent/alerts: .*No such file" "$(cat "$work/err")"
one "{type: stdout}"
is "standard output needs neither" 1 "$status"

# A receiver that goes away in the middle.
cat >"$work/away.py" <<'END'
import os, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
open(sys.argv[2], "w").close()
receiver.recv(1 << 20)
END
python3 "$work/away.py" "$work/away.socket" "$work/away.ready" &
receiver=$!
tries=0
while [ ! -e "$work/away.ready" ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
mkdir "$work/more"
i=0
while [ $i -lt 600 ]; do printf 'BAD BYTES' >"$work/more/$i"; i=$((i + 1)); done
"$SEKISHO" scan --config "$work/none.yaml" --cache-dir none --rules "$work/test.yar" \
  --set "sinks=[{type: syslog, path: $work/away.socket, rfc5424: true}]" "$work/more" >"$work/out" 2>"$work/err"
is "a receiver that goes away: never a clean end" 2 $?
wait "$receiver"
like "a receiver that goes away: named" "syslog socket $work/away.socket: " "$(cat "$work/err")"

# ---- output that fails ----
"$SEKISHO" scan --config "$work/none.yaml" --cache-dir none --rules "$work/test.yar" --format json "$work/tree" >/dev/full 2>"$work/err"
is "/dev/full: status" 2 $?
like "/dev/full: said" 'standard output: disk full' "$(cat "$work/err")"
like "/dev/full: the summary is there" '^Findings: ' "$(cat "$work/err")"
cat >"$work/inside" <<'END'
mkdir "$work/small" && mount -t tmpfs -o size=64k none "$work/small" || exit 1
"$SEKISHO" scan --config "$work/none.yaml" --cache-dir none --rules "$work/test.yar" --format json \
  --output "$work/small/alerts" "$work/more" 2>"$work/small.err"
echo $? >"$work/small.status"
cp "$work/small/alerts" "$work/small.alerts"
END
export work SEKISHO
if is_root && unshare --mount --propagation private sh "$work/inside" 2>/dev/null; then
  is "a full disk: status" 2 "$(cat "$work/small.status")"
  like "a full disk: the file is named" "$work/small/alerts: " "$(cat "$work/small.err")"
  alerts list json "$work/small.alerts" >"$work/whole" 2>&1
  is "a full disk: what stands there is whole" 0 $?
  ok "a full disk: and is the beginning" test "$(wc -l <"$work/whole")" -gt 10
else
  skip "a full disk" "no right to mount"
fi
{
  "$SEKISHO" scan --config "$work/none.yaml" --cache-dir none --rules "$work/test.yar" --format json \
    "$work/more" 2>"$work/err"
  echo $? >"$work/status"
} | head -n 3 >"$work/head"
is "a closed pipe: status" 2 "$(cat "$work/status")"
like "a closed pipe: said" 'standard output: .*pipe' "$(cat "$work/err")"
is "a closed pipe: what came through was whole" 3 "$(alerts list json "$work/head" | wc -l)"
is "no process is left" "" "$(ps -eo args | grep -F "$work/" | grep -v 'grep\|sinks.t')"
done_testing
