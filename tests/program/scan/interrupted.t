#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A signal in mid-scan: what leaves is whole, says of each file what a full scan
# says or that it did not have its turn, and is marked as interrupted; no
# process stays behind.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

mkdir "$work/tree"
python3 - "$work/tree" <<'END'
import sys
for i in range(3000):
    with open(f"{sys.argv[1]}/{i:04d}", "w") as stream:
        stream.write("BAD BYTES")
END
scan "$work/tree"
listed >"$work/full"

# The scan writes into a pipe that is read no further than its first line before the signal, so the
# signal always comes in the middle. Prints the exit status and the processes left of its session.
cat >"$work/interrupt.py" <<'END'
import os, signal, subprocess, sys, time
out, names, *command = sys.argv[1:]
def prepare():
    os.setsid()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        ignored = name == "SIGHUP" and names.startswith("ignored")
        signal.signal(getattr(signal, name), signal.SIG_IGN if ignored else signal.SIG_DFL)
with open(out, "wb") as stream, open(out + ".err", "wb") as err, \
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, bufsize=0, preexec_fn=prepare) as scan:
    first = b""
    while not first.endswith(b"\n"):
        first += scan.stdout.read(1)
    stream.write(first)
    for group in names.removeprefix("ignored ").split():
        for name in group.split("+"):
            os.kill(scan.pid, getattr(signal, name))
            time.sleep(0.02)
        time.sleep(0.2)
    while piece := scan.stdout.read(65536):
        stream.write(piece)
    status = scan.wait()
end = time.monotonic() + 10
while True:
    left = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            if int(fields[3]) == scan.pid and fields[0] != "Z":
                left.append(entry)
        except OSError:
            pass
    if not left or time.monotonic() > end:
        break
    time.sleep(0.05)
print(status, len(left))
END
interrupt() { # SIGNALS
  python3 "$work/interrupt.py" "$work/out" "$1" "$SEKISHO" scan --config "$work/sekisho.yaml" \
    --cache-dir none --rules "$work/test.yar" --format json --jobs 2 "$work/tree"
}

for signal in SIGINT SIGTERM SIGHUP; do
  is "$signal: status is that of what was found, no process is left" "1 0" "$(interrupt $signal)"
  listed >"$work/some"
  grep -v '^not-inspected.cancelled' "$work/some" >"$work/found"
  number=$(wc -l <"$work/found")
  ok "$signal: some was found, not all ($number)" test "$number" -ge 1 -a "$number" -lt 3000
  is "$signal: a full scan says the same of these" "" "$(grep -vxFf "$work/full" "$work/found")"
  # Each file up to the last is told of: what it holds, or that it did not have its turn.
  cut -f 4 "$work/some" >"$work/told"
  cut -f 4 "$work/full" | head -n "$(wc -l <"$work/told")" >"$work/begin"
  ok "$signal: in its order, and no file is passed over" cmp "$work/begin" "$work/told"
  is "$signal: the summary says so" yes "$(counted interrupted)"
  like "$signal: in words, too" '^Interrupted after: ' "$(cat "$work/out.err")"
  is "$signal: what was not inspected is counted as that" "$(grep -c '^not-inspected.cancelled' "$work/some")" \
    "$(counted not-inspected.cancelled)"
done

is "a signal that was ignored from the start is ignored" "1 0" "$(interrupt 'ignored SIGHUP')"
is "and the scan is a full one" "no 3000" "$(counted interrupted files)"
result=$(interrupt 'SIGINT SIGINT')
like "a second signal ends it at once, no process is left" '^(-2|1) 0$' "$result"

# timeout(1) sends its signal to the process and at once to its group.
is "the same signal told twice is one" "1 0" "$(interrupt 'SIGTERM+SIGTERM')"
is "and the summary is there" yes "$(counted interrupted)"

# Nothing found and interrupted is not clean.
printf 'rule never { condition: false }\nrule first { meta: sekisho_id = "test.first" level = "informational" condition: true }\n' \
  >"$work/test.yar"
is "interrupted without a finding that counts: never clean" "3 0" "$(interrupt SIGTERM)"
alerts schema "$work/out" "$abs_top_srcdir/doc/alert.schema.json" >"$work/why" 2>&1
case $? in
  0) pass "every line is what the schema says" ;;
  77) skip "schema" "python3-jsonschema is not installed" ;;
  *) fail "every line is what the schema says" "$(cat "$work/why")" ;;
esac
done_testing
