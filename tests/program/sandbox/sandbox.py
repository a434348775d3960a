# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""The walls around a worker, tried from inside real scans, and their absence.

sandbox.py GROUP WORK prints TAP. `inside`: the test plugin "walls" makes one
attempt for each object and tells its errno; what must end the process leaves a
crash instead. `missing`: the scan runs under a filter that takes a wall away.
"""

import os
import socket
import sys

sys.path.insert(0, os.environ["abs_top_srcdir"] + "/tests/program/hostile")
import hostile  # noqa: E402
from hostile import BUILD, EICAR, Scan, skip, tap, write  # noqa: E402

KILLED = "killed"


class Attempts:
    """One object for each attempt, and what must come of it."""

    def __init__(self, root):
        self.root = root
        self.expected = {}

    def add(self, name, word, argument, *expected):
        path = "%s/%s" % (self.root, name)
        write(path, ("WALL %s %s\n" % (word, argument)).encode())
        self.expected[path] = (word, expected)

    def check(self, scan):
        for path, (word, expected) in self.expected.items():
            said = [a["sekisho"]["evidence"] for a in scan.about(path, "walls.told")]
            died = [a for a in scan.about(path, "not-inspected.crash")
                    if a["sekisho"].get("plugin") == "walls"]
            if expected == (KILLED,):
                good = died and not said
            else:
                good = not died and said in [["%s: %s" % (word, e)] for e in expected]
            tap(good, "%s: %s" % (os.path.basename(path), " or ".join(expected)), said, len(died))


def fill(attempts, secret, folder, listening):
    refused = "EACCES"
    for name, path in (("user", secret), ("passwd", "/etc/passwd"), ("proc", "/proc/self/maps"),
                       ("root", "/"), ("device", "/dev/null")):
        attempts.add("open-" + name, "open-read", path, refused)
        attempts.add("stat-" + name, "stat", path, refused)
    for word, *expected in (("open-write", refused), ("open-path", refused), ("truncate", refused),
                            ("statx", refused), ("access", refused), ("unlink", refused),
                            ("rename", refused), ("chmod", refused), ("readlink", refused),
                            ("openat2", "ENOSYS"), ("setxattr", "ENOSYS"), ("execve", KILLED)):
        attempts.add(word, word, secret, *expected)
    for word in ("create", "mkdir", "symlink"):
        attempts.add(word, word, folder + "/new-" + word, refused)
    attempts.add("create-temporary", "create-temporary", folder, refused)
    attempts.add("read-folder", "read-folder", folder, refused)
    attempts.add("bind", "bind", folder + "/socket", KILLED)
    attempts.add("sendmsg", "sendmsg", listening, "EISCONN", "EOPNOTSUPP", "EPIPE")
    for word, *expected in (("connect", KILLED), ("socket", KILLED), ("socketpair", KILLED),
                            ("unknown-call", "ENOSYS"), ("kill-parent", "ENOSYS"),
                            ("kill-all", "ENOSYS"), ("read-parent", KILLED), ("setuid", "ENOSYS"),
                            ("raise-limit", "ENOSYS"), ("dumpable", "ENOSYS"),
                            ("memory-file", "ENOSYS"), ("pipe", refused),
                            ("write-held", "EINVAL", "EBADF", "EPERM",
                             *(["done"] if hostile.SANITIZERS else [])), ("reopen-held", refused)):
        attempts.add(word, word, "-", *expected)


def check_held(scan, root, large):
    """A worker holds its socket, three ends of nothing, and the inputs of its batch, read-only."""
    numbers = {os.stat(os.path.join(folder, name)).st_ino
               for folder, _, names in os.walk(root) for name in names}
    for path in (root + "/held", large):
        said = [a["sekisho"]["evidence"] for a in scan.about(path, "walls.told")]
        head, _, files = (said[0] if said else "").partition(" files")
        tap(head == "held: standard 3 sockets 1 others 0 writable 0",
            os.path.basename(path) + ": what is held", said)
        held = {int(number) for number in files.split()}
        tap(held and held <= numbers, os.path.basename(path) + ": only inputs are held", held)
        if path == large:
            tap(held == {os.stat(large).st_ino},
                "one that is alone is the only input: nothing of another job is there", held)


def group_inside(work):
    secret, folder = work + "/home/secret", work + "/home"
    write(secret, b"a user's file")
    root = work + "/tree"
    attempts = Attempts(root)
    listening = folder + "/listening"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(listening)
    server.setblocking(False)
    fill(attempts, secret, folder, listening)
    write(root + "/held", b"WALL held -\n")
    large = root + "/large"
    write(large, b"WALL held -\n" + b"x" * (2 << 20))
    write(root + "/zz.com", EICAR)
    before = {path: open(path, "rb").read() for path in list(attempts.expected) + [secret, large]}
    listing = sorted(os.listdir(folder))
    scan = Scan(work, [root], plugins=("walls",))
    if not hostile.check_end(scan, "attempts"):
        return
    attempts.check(scan)
    check_held(scan, root, large)
    hostile.check_found(scan, "attempts", [root + "/zz.com"])
    tap(all(open(path, "rb").read() == content for path, content in before.items()),
        "no file has changed")
    tap(sorted(os.listdir(folder)) == listing, "no file was made or removed", os.listdir(folder))
    try:
        tap(False, "nothing was sent to a named socket", server.recv(100))
    except BlockingIOError:
        tap(True, "nothing was sent to a named socket")


# ---- missing walls ----

MODES = [
    (("landlock",), ("Landlock",), (0, True)),
    (("landlock-off",), ("Landlock",), (0, True)),
    (("seccomp",), ("seccomp",), (None, False)),
    (("landlock", "seccomp"), ("Landlock", "seccomp"), (0, False)),
]


def check_missing(work, walls, names, state):
    what = "without " + " and ".join(walls)
    program = [BUILD + "/tests/program/sandbox/no-walls"] + list(walls) + ["--"]
    root = work + "/tree"
    secret = work + "/secret"
    write(secret, b"a user's file")
    write(root + "/a.txt", b"harmless")
    write(root + "/b.com", EICAR)
    write(root + "/c", ("WALL open-read %s\n" % secret).encode())
    scan = Scan(work, [root], plugins=("walls",), program=program)
    if not hostile.check_end(scan, what):
        return
    hostile.check_found(scan, what, [root + "/b.com"])
    sandbox = scan.summary.get("sandbox", {})
    said = sandbox.get("note", "")
    tap(all(name + " is missing" in said for name in names), what + ": the summary names it", said)
    tap((state[0] is None or sandbox.get("landlock") == state[0])
        and sandbox.get("seccomp") == state[1], what + ": and tells the state", sandbox)
    before_summary = scan.err.split("Scanned:")[0]
    tap(all(name + " is missing" in before_summary for name in names),
        what + ": it is said at the start", scan.err)
    tap(all(name + " is missing" in scan.err.split("Scanned:")[-1] for name in names),
        what + ": and at the end, for people", scan.err)
    if len(walls) == 1:
        said = [a["sekisho"]["evidence"] for a in scan.about(root + "/c", "walls.told")]
        tap(said == ["open-read: EACCES"], what + ": the other one still stands", said)
    check_required(work, what, root, program, names)


def check_required(work, what, root, program, names):
    scan = Scan(work, [root], plugins=("walls",), program=program, sets=["sandbox=require"])
    tap(scan.status == 2, what + ", required: status 2", scan.status, scan.err)
    tap(all(name + " is missing" in scan.err for name in names) and "required" in scan.err,
        what + ", required: the reason", scan.err)
    tap(not scan.alerts, what + ", required: nothing is scanned", len(scan.alerts))
    tap(not scan.left and not scan.files_left, what + ", required: nothing is left", scan.left)


def group_missing(work):
    for walls, names, state in MODES:
        check_missing(work + "/" + "-".join(walls), walls, names, state)
    folder = work + "/all"
    write(folder + "/tree/b.com", EICAR)
    scan = Scan(folder, [folder + "/tree"], plugins=("walls",), sets=["sandbox=require"])
    if "sandbox" in scan.summary and scan.summary["sandbox"].get("landlock", 0) > 0:
        tap(scan.status == 1 and "is missing" not in scan.err, "with all walls, require starts",
            scan.status, scan.err)
    else:
        skip("with all walls, require starts", "this kernel lacks one: " + scan.err.strip())


def main():
    group, work = sys.argv[1], sys.argv[2]
    globals()["group_" + group](work)
    print("1..%d" % hostile.count)
    return 1 if hostile.failed else 0


if __name__ == "__main__":
    sys.exit(main())
