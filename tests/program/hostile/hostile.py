# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Scans of trees in which some objects make a plugin misbehave.

hostile.py GROUP WORK prints TAP. For each behaviour of the test plugin "bad"
a tree is made with harmless files and EICAR files around it: the scan must
end in time, find every EICAR file, say of each bad object which plugin failed
and why, say nothing of the harmless ones, and leave no process, no file and
no descriptor behind.
"""

import json
import os
import resource
import subprocess
import sys
import time
import uuid

BUILD = os.environ["abs_top_builddir"]
SOURCE = os.environ["abs_top_srcdir"]
SEKISHO = os.environ.get("SEKISHO", BUILD + "/bin-wrappers/sekisho")
QUICK = os.environ.get("SEKISHO_QUICK") == "1"
# What the machine is loaded with beside us is not what is tested.
PATIENCE = 180

with open(SOURCE + "/tests/samples/eicar.com", "rb") as sample:
    EICAR = sample.read()
with open(BUILD + "/config.h") as header:
    SANITIZERS = "#define SK_SANITIZERS" in header.read()

N_GOOD = 40
count = 0
failed = False


def tap(good, what, *why):
    global count, failed
    count += 1
    print(("ok" if good else "not ok"), count, "-", what)
    if not good:
        failed = True
        for text in why:
            for line in str(text).splitlines()[:40]:
                print("#  ", line[:500])
    sys.stdout.flush()
    return good


def skip(what, why):
    global count
    count += 1
    print("ok", count, "-", what, "# SKIP", why)


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(content)


def bad(word, phase="o"):
    return ("BAD %s %s\n" % (phase, word)).encode() + b"and some more to look at\n" * 8


def box(entries):
    return b"BOX\n" + b"".join(b"%d\n" % len(e) + e for e in entries)


# ---- one scan ----


def session_of(pid):
    """(session, state) as /proc says, or (0, "")."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as stat:
            fields = stat.read().rsplit(b")", 1)[1].split()
        return int(fields[3]), fields[0].decode()
    except (OSError, IndexError):
        return 0, ""


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def carries(pid, token):
    try:
        with open("/proc/%d/environ" % pid, "rb") as environ:
            return token.encode() in environ.read()
    except OSError:
        return False


class Scan:
    """A finished scan: status, seconds, alerts, summary, what was left behind."""

    def __init__(self, work, paths, plugins=("bad",), sets=(), options=(), program=(), watch=None,
                 prepare=None):
        self.token = "SEKISHO_TEST_RUN=" + uuid.uuid4().hex
        self.temporary = work + "/temporary"
        os.makedirs(self.temporary, exist_ok=True)
        command = list(program) + [
            SEKISHO, "scan", "--no-progress", "--format", "json", "--config", work + "/none.yaml",
            "--plugin-path", BUILD + "/plugins/.libs", "--plugin-path", BUILD + "/tests/plugins/.libs",
            "--set", "plugins.load=[identify, hash, %s, yara]" % ", ".join(plugins),
            "--set", "rules.cache-dir=none", "--set", "scan.temporary=" + self.temporary]
        write(work + "/none.yaml", b"{}\n")
        if not any(option == "--jobs" for option in options):
            command += ["--jobs", "4"]
        for value in sets:
            command += ["--set", value]
        self.run(command + list(options) + ["--"] + list(paths), work, watch, prepare)

    def run(self, command, work, watch, prepare):
        name, value = self.token.split("=")
        environ = dict(os.environ, TMPDIR=self.temporary, LC_ALL="C.UTF-8")
        environ[name] = value
        before = time.monotonic()
        with open(work + "/out", "wb") as out, open(work + "/err", "wb") as err:
            process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                       env=environ, start_new_session=True, preexec_fn=prepare)
            self.status = None
            while self.status is None and time.monotonic() - before < PATIENCE:
                if watch is not None:
                    watch(process.pid)
                try:
                    self.status = process.wait(0.05)
                except subprocess.TimeoutExpired:
                    pass
            self.seconds = time.monotonic() - before
            self.left = self.left_behind(process.pid)
            if self.status is None:
                for pid in processes():
                    if session_of(pid)[0] == process.pid:
                        os.kill(pid, 9)
                process.wait()
        self.read(work)
        self.files_left = os.listdir(self.temporary)

    def left_behind(self, session):
        """Processes of the run that still live; the kernel may need a moment to end a killed one."""
        left = []
        for _ in range(100):
            left = [pid for pid in processes() if pid != os.getpid()
                    and (session_of(pid)[0] == session or carries(pid, self.token))
                    and session_of(pid)[1] not in ("Z", "X", "")]
            if not left or self.status is None:
                break
            time.sleep(0.02)
        return left

    def read(self, work):
        with open(work + "/out", "rb") as out:
            lines = [json.loads(line) for line in out.read().splitlines()]
        with open(work + "/err", "rb") as err:
            self.err = err.read().decode(errors="replace")
        self.alerts = [a for a in lines if a["event"]["dataset"] == "sekisho.alert"]
        summaries = [a for a in lines if a["event"]["dataset"] == "sekisho.summary"]
        self.summary = summaries[0]["sekisho"]["summary"] if len(summaries) == 1 else {}

    def about(self, root, rule=None):
        return [a for a in self.alerts if a["sekisho"]["root"] == root
                and (rule is None or a["rule"]["id"] == rule)]


# ---- what must hold of every scan ----


def check_end(scan, what):
    if not tap(scan.status is not None and scan.status in (0, 1, 3), what + ": the run ends well",
               "status %s" % scan.status, "after %.1f s" % scan.seconds, scan.err):
        return False
    # %CPU of others decides how long; the figure is for those who read the log.
    print("# %s: %.1f s" % (what, scan.seconds))
    tap(not scan.left, what + ": no process is left", scan.left)
    tap(not scan.files_left, what + ": no file is left", scan.files_left)
    return True


def check_found(scan, what, eicars):
    missing = [root for root in eicars if not scan.about(root, "file.test.eicar")]
    tap(not missing, what + ": every EICAR file is found", missing)


def check_said(scan, what, roots, reasons, plugin="bad"):
    """Each root has a finding that names plugin and reason."""
    wrong = []
    for root in roots:
        said = [(a["rule"]["id"], a["sekisho"].get("plugin")) for a in scan.about(root)]
        if not any(("not-inspected." + reason, plugin) in said for reason in reasons):
            wrong.append("%s: %s" % (root, said))
    tap(not wrong, "%s: %s is said of each, and of whom" % (what, " or ".join(reasons)), *wrong)


def check_quiet(scan, what, roots):
    loud = ["%s: %s" % (root, [a["rule"]["id"] for a in scan.about(root)]) for root in roots
            if scan.about(root)]
    tap(not loud, what + ": nothing is said of the harmless ones", *loud)


# ---- trees ----


class Tree:
    """Harmless files with EICAR among them, in two folders around the bad objects."""

    def __init__(self, root):
        self.root = root
        self.good = [root + "/many/%02d.txt" % i for i in range(N_GOOD)]
        self.eicars = [root + "/many/%s.com" % name for name in ("00", "19x", "20x", "99")]
        self.eicars.append(root + "/three/4.com")
        for i, path in enumerate(self.good):
            write(path, b"a harmless text, number %d\n" % i * (i + 1))
        for path in self.eicars:
            write(path, EICAR)

    def put(self, content):
        """One bad object between two EICAR files, and three before one."""
        self.bad = [self.root + "/many/20"] + [self.root + "/three/%d" % i for i in (1, 2, 3)]
        for path in self.bad:
            write(path, content)

    def put_box(self, content):
        self.box = self.root + "/box"
        write(self.box, box([content] * 3 + [EICAR]))


def check_box(scan, what, tree, reasons, plugin="bad"):
    wrong = []
    for i in range(3):
        said = [a["rule"]["id"] for a in scan.about(tree.box)
                if "entry-%d" % i in a["sekisho"]["path"] and a["sekisho"].get("plugin") == plugin]
        if not any("not-inspected." + reason in said for reason in reasons):
            wrong.append("entry-%d: %s" % (i, said))
    names = [a["sekisho"]["path"] for a in scan.about(tree.box, "file.test.eicar")]
    tap(not wrong, what + ": three in one container are each said", *wrong)
    tap(names == [["box", "entry-3"]], what + ": and do not hide the fourth", names,
        [(a["rule"]["id"], a["sekisho"]["path"], a["sekisho"].get("plugin")) for a in scan.about(tree.box)])


def run_case(work, word, reasons, phase="o", sets=(), boxed=True, plugin="bad", plugins=("bad",)):
    """No reasons: it need not be noticed. `plugin` None: the engine or the supervisor says it.
    `boxed`: it can be done by an object in an object, and what it uses up is no budget of all."""
    what = word if phase == "o" else "%s in %s" % (word, {"i": "identify", "j": "judge"}[phase])
    folder = work + "/" + word + "-" + phase
    tree = Tree(folder + "/tree")
    tree.put(bad(word, phase))
    if boxed:
        tree.put_box(bad(word, phase))
    scan = Scan(folder, [tree.root], plugins=plugins,
                sets=["limits.backstop=2", "limits.worker-memory=64MiB"] + list(sets))
    if not check_end(scan, what):
        return
    check_found(scan, what, tree.eicars)
    if reasons:
        check_said(scan, what, tree.bad, reasons, plugin)
    check_quiet(scan, what, tree.good)
    if boxed and reasons:
        check_box(scan, what, tree, reasons, plugin)


def run_cases(work, cases, quick):
    for case in cases:
        word, reasons = case[0], case[1]
        if QUICK and word not in quick:
            continue
        run_case(work, word, reasons.split(), **(case[2] if len(case) > 2 else {}))


# ---- groups ----

CRASHES = [
    ("read-null", "crash"),
    ("read-null", "crash", {"phase": "i"}),
    ("read-null", "crash", {"phase": "j"}),
    ("write-null", "crash"),
    ("read-past", "crash"),
    ("write-constant", "crash"),
    ("free-wild", "crash"),
    ("smash-stack", "crash"),
    ("recurse", "crash"),
    ("exit", "crash"),
    ("exit-now", "crash"),
    ("abort", "crash"),
    # A SIGKILL that we did not send is what the kernel does when memory is out.
    ("kill-self", "memory"),
    ("socket", "crash"),
    ("execve", "crash"),
    ("fork", "crash"),
    ("thread", "crash"),
    ("make-executable", "crash"),
    ("map-executable", "crash"),
    ("map-shared", "crash"),
    ("ptrace", "crash"),
    ("other-table", "crash"),
]


def group_crash(work):
    run_cases(work, CRASHES, ("read-null", "exit-now", "socket"))


LOOPS = [
    ("loop", "timeout"),
    ("sleep", "timeout", {"phase": "j"}),
    ("stop-self", "timeout"),
    ("catch-and-loop", "timeout"),
    ("work-deaf", "timeout", {"sets": ["limits.work=200000"]}),
    ("work-for-nothing", "timeout"),
    ("append-deaf", "timeout", {"sets": ["limits.object-bytes=16MiB"]}),
    ("rewrite", "timeout", {"sets": ["limits.work=200000"]}),
    ("begin-deaf", "timeout", {"sets": ["limits.objects=1000"]}),
    ("slices-deaf", "timeout", {"sets": ["limits.objects=1000"]}),
    ("defer-deaf", "timeout", {"sets": ["limits.windows=100"], "boxed": False}),
    ("facts-deaf", "timeout", {"sets": ["limits.worker-memory=256MiB"]}),
]
MEMORY = [
    ("allocate", "memory"),
    ("allocate-small", "memory"),
    ("allocate-at-once", "memory"),
    ("allocate-politely", "failed"),
]


def endless_progress(work):
    """A worker that is no longer ours tells of progress for ever: 60 backstops are all it gets."""
    bad_one = work + "/tree/a"
    write(bad_one, bad("page-progress"))
    write(work + "/tree/b.com", EICAR)
    scan = Scan(work, [work + "/tree"], sets=["limits.backstop=1"], options=["--jobs", "1"])
    if check_end(scan, "progress without end"):
        check_found(scan, "progress without end", [work + "/tree/b.com"])
        check_said(scan, "progress without end", [bad_one], ["timeout"])


def group_endless(work):
    run_cases(work, LOOPS, ("loop", "work-deaf"))
    if QUICK:
        skip("progress without end", "it takes a minute")
    else:
        endless_progress(work + "/progress")
    if SANITIZERS:
        skip("allocation without end", "sanitizers cannot live with a limit of memory")
    else:
        run_cases(work, MEMORY, ("allocate",))


TALK = [
    ("close-all", "crash"),
    # Nothing of the object is lost by it: only the worker's next batch is.
    ("fill-descriptors", ""),
    ("write-garbage", "crash"),
    ("huge-frame", "crash"),
    ("half-frame", "timeout"),
    ("unknown-frame", "crash"),
    ("promised-descriptors", "crash"),
    ("wrong-frame", "crash"),
    ("zygote-frame", "crash"),
    ("broken-reply", "crash"),
    ("second-hello", "crash"),
    ("foreign-lend", "crash"),
    ("foreign-record", "crash"),
    ("flood", "crash"),
    ("steal", "timeout"),
    # The kernel bounds how many descriptors are on their way: it may refuse all of them.
    ("give-descriptors", ""),
    # Seen as what a file does that shrinks under the reader: nobody is named.
    ("shrink-lent", "changed", {"plugin": None, "boxed": False}),
    ("grow-lent", "timeout"),
    ("page-garbage", "memory"),
    ("page-denial", "memory"),
]


def group_talk(work):
    run_cases(work, TALK, ("close-all", "write-garbage", "huge-frame"))


REQUESTS = [
    ("work-politely", "limit", {"sets": ["limits.work=200000"], "boxed": False}),
    ("append", "limit", {"sets": ["limits.object-bytes=64MiB", "limits.ratio=100000"]}),
    ("write-far", "limit"),
    ("nest", "limit"),
    ("nest-wide", "limit", {"sets": ["limits.objects=2000"], "boxed": False}),
    ("park-large", "limit", {"boxed": False}),
    ("unfinished", "failed"),
    ("defer-politely", "limit", {"sets": ["limits.windows=100"], "boxed": False}),
    ("defer-itself", "limit", {"boxed": False}),
    ("defer-contexts", "limit", {"sets": ["limits.worker-memory=1GiB", "limits.backstop=20"],
                                 "boxed": False}),
    ("defer-outside", "malformed", {"boxed": False}),
    ("facts-many", "limit"),
    ("not-inspected-many", "unsupported"),
    ("not-inspected-each", "unsupported", {"boxed": False}),
    ("not-inspected-unknown", "failed"),
    ("secrets-many", "limit", {"boxed": False}),
    ("secret-huge", "limit", {"boxed": False}),
    ("park-for-ever", "encrypted"),
    ("types-many", "limit"),
    ("wrong-handles", "failed"),
    ("long-texts", "unsupported"),
    ("unknown-result", "failed"),
]


def group_requests(work):
    run_cases(work, REQUESTS, ("append", "defer-politely", "unfinished"))


def group_start(work):
    """What goes wrong in `configure`: no scan, status 2, a reason, nothing left."""
    for how in ("crash", "exit", "unknown-result", "fail-silently", "write"):
        folder = work + "/" + how
        tree = Tree(folder + "/tree")
        scan = Scan(folder, [tree.root], sets=["plugins.bad.start=" + how])
        tap(scan.status == 2, how + " at the start: status 2", scan.status, scan.err)
        tap("sekisho: the zygote ended" in scan.err or "sekisho: " in scan.err and "bad" in scan.err, how + " at the start: a reason", scan.err)
        tap(not scan.alerts, how + " at the start: nothing is judged", len(scan.alerts))
        tap(not scan.left and not scan.files_left, how + " at the start: nothing is left",
            scan.left, scan.files_left)
    # Both plugins are named, where both die on the same object.
    folder = work + "/both"
    tree = Tree(folder + "/tree")
    tree.put(bad("read-null"))
    scan = Scan(folder, [tree.root], plugins=("bad", "bad-too"), sets=["limits.backstop=2"])
    if check_end(scan, "two bad plugins"):
        check_found(scan, "two bad plugins", tree.eicars)
        for plugin in ("bad", "bad-too"):
            check_said(scan, "two bad plugins, " + plugin, tree.bad, ["crash"], plugin)


def group_leak(work):
    """A supervisor with few descriptors outlives many dead workers."""
    number = 60 if QUICK else 500
    tree = Tree(work + "/tree")
    words = ["read-null", "close-all", "give-descriptors", "broken-reply", "exit-now", "flood"]
    tree.bad = [tree.root + "/many/50-%03d" % i for i in range(number)]
    for i, path in enumerate(tree.bad):
        write(path, bad(words[i % len(words)]))
    counts = []

    def watch(pid):
        try:
            counts.append(len(os.listdir("/proc/%d/fd" % pid)))
        except OSError:
            pass

    def prepare():
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

    scan = Scan(work, [tree.root], options=["--jobs", "2"], watch=watch, prepare=prepare)
    if not check_end(scan, "%d dead workers" % number):
        return
    check_found(scan, "dead workers", tree.eicars)
    check_said(scan, "dead workers", [path for i, path in enumerate(tree.bad)
                                      if words[i % len(words)] != "give-descriptors"], ["crash"])
    check_quiet(scan, "dead workers", tree.good)
    # Until the workers are there it is low, and says nothing.
    begun = next((i for i, count in enumerate(counts) if count > 20), len(counts))
    counts = counts[begun:]
    half = len(counts) // 2
    if half >= 10:
        # Not the last: by then all is being closed. Batches in flight make it go up and down.
        tap(max(counts[half:-1]) <= max(counts[2:half]) + 40, "descriptors do not add up", counts)
    tap(max(counts, default=0) < 128, "and stay below the limit", counts)


def main():
    group, work = sys.argv[1], sys.argv[2]
    globals()["group_" + group](work)
    print("1..%d" % count)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
