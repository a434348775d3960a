#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Files that vanish or become something else after the folder was listed, and
# files that shrink while they are read: each is told, the rest is inspected.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

# ---- between listing and opening ----
# The output is a pipe that nobody reads after its first line, so the scan stands still, with far
# fewer files opened than there are; then the last ones are changed.
mkdir "$work/many"
cat >"$work/vanish.py" <<'END'
import os, subprocess, sys
folder, out = sys.argv[1:3]
names = [f"{folder}/{i:04d}" for i in range(4000)]
for name in names:
    with open(name, "w") as stream:
        stream.write("BAD BYTES")
os.mkdir(folder + "/elsewhere")
with open(out, "wb") as stream, \
        subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE, bufsize=0) as scan:
    first = b""
    while not first.endswith(b"\n"):
        first += scan.stdout.read(1)
    stream.write(first)
    for name in names[3000:3900]:
        os.unlink(name)
    for name in names[3900:]:
        os.unlink(name)
    os.mkfifo(names[3900])
    os.mkdir(names[3901])
    os.symlink("0000", names[3902])
    os.symlink(names[3903], names[3903])
    os.unlink(names[2999])
    with open(names[2999], "w") as other:
        other.write("harmless")
    while piece := scan.stdout.read(65536):
        stream.write(piece)
sys.exit(scan.returncode)
END
python3 "$work/vanish.py" "$work/many" "$work/out" "$SEKISHO" scan --config "$work/sekisho.yaml" \
  --cache-dir none --rules "$work/test.yar" --format json --jobs 2 "$work/many" 2>"$work/err"
is "vanished: status is that of what was found" 1 $?
is "vanished: the others were inspected" "3000 2999" "$(counted files) $(hits test.bad)"
is "vanished: each is a finding" 999 "$(hits not-inspected.changed)"
is "vanished: and counted" "999 999" "$(counted vanished not-inspected.changed)"
is "vanished: of its level" "not-inspected.changed	medium	$work/many/3904	3904" "$(listed | tail -n 96 | head -n 1)"
is "replaced by a FIFO: it is one, and the scan does not hang" "1 1" \
  "$(counted special) $(grep -c "not opened .*/3900 (FIFO)" "$work/err")"
rm -rf "$work/many"

# ---- while it is read ----
# Large enough to be mapped; it is cut as soon as a worker has it.
cat >"$work/shrink.py" <<'END'
import glob, os, signal, subprocess, sys, time
path = sys.argv[1]
with open(path, "r+b") as stream:
    scan = subprocess.Popen(sys.argv[2:])
    end = time.monotonic() + 30
    worker = None
    while worker is None and scan.poll() is None and time.monotonic() < end:
        for maps in glob.glob("/proc/[0-9]*/maps"):
            try:
                with open(maps) as lines:
                    if any(line.rstrip("\n").endswith(" " + path) for line in lines):
                        worker = int(maps.split("/")[2])
            except OSError:
                pass
    if worker is None:
        scan.kill()
        sys.exit("no worker has mapped the file")
    os.kill(worker, signal.SIGSTOP)
    stream.truncate(4096)
    os.kill(worker, signal.SIGCONT)
sys.exit(scan.wait())
END
mkdir "$work/shrink"
printf 'BAD BYTES' >"$work/shrink/a"
truncate -s 256M "$work/shrink/big"
printf 'BAD BYTES' >"$work/shrink/z"
python3 "$work/shrink.py" "$work/shrink/big" "$SEKISHO" scan --config "$work/sekisho.yaml" \
  --cache-dir none --rules "$work/test.yar" --format json --jobs 1 "$work/shrink" \
  >"$work/out" 2>"$work/err"
is "shrunk: status" 1 $?
is "shrunk: told, and the rest of the folder is inspected" "test.bad a
not-inspected.changed big
test.bad z" "$(listed | awk -F '\t' '{ print $1, $4 }')"
is "shrunk: medium, and counted" "medium 1" \
  "$(listed | awk -F '\t' '$4 == "big" { print $2 }') $(counted not-inspected.changed)"

truncate -s 256M "$work/shrink/big"
rm "$work/shrink/a" "$work/shrink/z"
python3 "$work/shrink.py" "$work/shrink/big" "$SEKISHO" scan --config "$work/sekisho.yaml" \
  --cache-dir none --rules "$work/test.yar" --format json --jobs 1 "$work/shrink" \
  >"$work/out" 2>"$work/err"
is "shrunk alone: never clean" 3 $?
scan "$work/shrink"
is "the same file at rest: clean" 0 "$status"
done_testing
