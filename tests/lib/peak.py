# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Runs a command and measures its memory.

    peak.py FILE COMMAND [ARGUMENT]…

Writes to FILE two numbers of KiB: the peak of the command's own process (VmHWM), and the largest
anonymous memory of a process that it started, sampled fifty times a second. Mapped input is
not in the latter. Exit status is the command's.
"""
import glob
import subprocess
import sys
import time


def status(pid):
    found = {}
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as stream:
            for line in stream:
                name, _, value = line.partition(":")
                if name in ("PPid", "VmHWM", "RssAnon"):
                    found[name] = int(value.split()[0])
    except (OSError, ValueError, IndexError):
        pass
    return found


def descendants(root):
    """The pids below root, with what /proc says of them."""
    every = {int(path[6:]): status(path[6:]) for path in glob.glob("/proc/[0-9]*")}
    inside, grew = {root}, True
    while grew:
        below = {pid for pid, found in every.items() if found.get("PPid") in inside}
        grew = not below <= inside
        inside |= below
    return {pid: every[pid] for pid in inside - {root} if pid in every}


def main(out, command):
    own = anonymous = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            own = max(own, status(process.pid).get("VmHWM", 0))
            for found in descendants(process.pid).values():
                anonymous = max(anonymous, found.get("RssAnon", 0))
            time.sleep(0.02)
    with open(out, "w", encoding="ascii") as stream:
        stream.write(f"{own} {anonymous}\n")
    sys.exit(process.returncode)


main(sys.argv[1], sys.argv[2:])
