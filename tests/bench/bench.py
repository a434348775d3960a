#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Measures `sekisho scan` against its peers on the same files with the same rules.

    bench.py [--rounds N] [--files N] [--bytes N] [--rules N] [TREE…]

Prints CPU seconds and wall time (medians of interleaved rounds, after one that
warms the cache) and the ratios between them. Nothing is judged: a machine's
seconds are its own, the ratios carry over. Run it by `make bench`.
"""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ["abs_top_srcdir"]
BUILD = os.environ["abs_top_builddir"]
SEKISHO = os.path.join(BUILD, "bin-wrappers", "sekisho")
CORES = len(os.sched_getaffinity(0))


def measure(command, expect=(0, 1)):
    """CPU seconds of the command and all that it waited for, and wall seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in expect:
        sys.exit("%s: exit %d: %s" % (" ".join(command)[:200], done.returncode, done.stderr.decode()[-500:]))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def interleave(commands, rounds):
    """{name: (cpu, wall)}, medians."""
    figures = {name: [] for name in commands}
    for name, command in commands.items():
        measure(command)
    for _ in range(rounds):
        for name, command in commands.items():
            figures[name].append(measure(command))
    return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in figures.items()}


def choose_files(trees, most_files, most_bytes):
    """Regular files, evenly over the trees' sorted list, until a bound."""
    paths = []
    for tree in trees:
        for folder, folders, names in os.walk(tree):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if not os.path.islink(path) and os.path.isfile(path) and "\n" not in path:
                    paths.append(path)
    step = max(1, len(paths) // most_files)
    chosen, total = [], 0
    for path in paths[::step]:
        size = os.path.getsize(path)
        if total + size > most_bytes or len(chosen) >= most_files:
            continue
        chosen.append(path)
        total += size
    return chosen, total


def link_tree(paths, folder):
    """A folder with the files as hard links or copies, so that all peers walk the same."""
    for number, path in enumerate(paths):
        place = os.path.join(folder, "%03d" % (number // 500))
        os.makedirs(place, exist_ok=True)
        target = os.path.join(place, "%05d-%s" % (number, os.path.basename(path).replace(":", "_")[:200]))  # FAT has no colons
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)


def show(title, figures, base):
    print("\n%s\n" % title)
    print("| | CPU s | wall s | CPU ratio | wall ratio |\n|---|---|---|---|---|")
    for name, (cpu, wall) in figures.items():
        print("| %s | %.2f | %.2f | %.2f | %.2f |" % (name, cpu, wall, cpu / figures[base][0], wall / figures[base][1]))
    sys.stdout.flush()


def rules(work, count, *options):
    path = os.path.join(work, "rules-%d%s.yar" % (count, "".join(options)))
    subprocess.run([sys.executable, os.path.join(SOURCE, "tests/bench/make-rules.py"), str(count), path, *options], check=True)
    return path


def scan(work, tree, rule_file, *options):
    return [SEKISHO, "scan", "--no-progress", "--format", "rfc5424", "--config", os.path.join(work, "sekisho.yaml"), "--jobs", str(CORES),
            "--cache-dir", os.path.join(work, "cache"), "--rules", rule_file, *options, tree]


def bench_scan(work, tree, file_list, args):
    path = rules(work, args.rules)
    commands = {
        "bare libyara loop": [os.path.join(BUILD, "tests/bench/bare-yara"), path, file_list, str(CORES)],
        "sekisho scan (all plugins, shipped Sigma rules)": scan(work, tree, path),
        "the same without the literal filter": scan(work, tree, path, "--set", "plugins.yara.prefilter=false"),
    }
    if shutil.which("yara"):
        commands["yara -r -p %d" % CORES] = ["yara", "-w", "-r", "-p", str(CORES), path, tree]
    show("Files with %d rules" % args.rules, interleave(commands, args.rounds), "bare libyara loop")


def bench_clamscan(work, tree, args):
    if not shutil.which("clamscan"):
        print("\nclamscan is not installed: not compared")
        return
    path = rules(work, args.rules, "--strings-only")
    figures = interleave({
        "sekisho scan": scan(work, tree, path),
        "clamscan (the same rules, no signatures)": ["clamscan", "-r", "-i", "--no-summary", "-d", path, "--max-filesize=2000M", "--max-scansize=2000M", tree],
    }, 1)
    show("Against clamscan, strings-only rules", figures, "sekisho scan")


def bench_start(work):
    path, empty = rules(work, 3000), os.path.join(work, "empty")
    os.makedirs(empty, exist_ok=True)
    first, second = [], []
    for _ in range(5):
        shutil.rmtree(os.path.join(work, "cache"), ignore_errors=True)
        first.append(measure(scan(work, empty, path))[1])
        second.append(measure(scan(work, empty, path))[1])
    one, two = statistics.median(first), statistics.median(second)
    print("\nStart with 3000 rules: first %.3f s, second %.3f s, ratio %.2f" % (one, two, two / one))


def sigma_rules(work, count):
    path = os.path.join(work, "sigma-%d.yml" % count)
    subprocess.run([sys.executable, os.path.join(SOURCE, "tests/bench/make-sigma.py"), str(count), path], check=True)
    return path


def judge(work, events, rule_file, plugins="[identify, log]"):
    """Reads, parses and judges records; what else a scan does to a file (digest, YARA) is not asked for."""
    return [SEKISHO, "scan", "--no-progress", "--format", "rfc5424", "--config", os.path.join(work, "sekisho.yaml"), "--jobs", str(CORES),
            "--cache-dir", os.path.join(work, "cache"), "--set", "plugins.load=" + plugins, "--set", "rules.yara=[]", "--set", "rules.sigma=[%s]" % rule_file, events]


def bench_records(work, args):
    yajl = os.path.join(BUILD, "tests/bench/bare-yajl")
    for kind, title in (("mix", "a mix of event types"), ("process", "process creations alone")):
        events = os.path.join(work, kind + ".jsonl")
        made = subprocess.run([sys.executable, os.path.join(SOURCE, "tests/bench/make-events.py"), kind, str(args.bytes // 2), events], check=True, stdout=subprocess.PIPE, text=True)
        commands = {"bare yajl SAX pass": [yajl, events],
                    "the log plugin's reader alone": [os.path.join(BUILD, "tests/bench/bare-log-json"), events]}
        for count in (300, 3000):
            commands["sekisho scan (identify, log), %d Sigma rules" % count] = judge(work, events, sigma_rules(work, count))
        commands["sekisho scan (all plugins), 3000 Sigma rules"] = judge(work, events, sigma_rules(work, 3000), "[identify, name, hash, autorun, zip, archive, media, log, yara]")
        figures = interleave(commands, args.rounds)
        show("Records: %s, %s" % (title, made.stdout.strip()), figures, "bare yajl SAX pass")
        few, many = (figures["sekisho scan (identify, log), %d Sigma rules" % count][0] for count in (300, 3000))
        print("\nGrowth from 300 to 3000 rules: %.2f" % (many / few))
        os.unlink(events)


def bench_guess(work, count=200):
    """CPU of one wrong password of a locked archive, beside OpenSSL hashing as many bytes."""
    import hashlib

    def clock(function):
        start = time.process_time()
        function()
        return time.process_time() - start

    tests = os.path.join(BUILD, "plugins", "archive", "tests")
    content = os.path.join(work, "content")
    with open(content, "wb") as file:
        file.write(bytes(range(256)))
    words = ["wrong%04d" % number for number in range(count)]
    wide = 2 * len(words[0])
    piece = bytes(1 << 16)

    def digest(name, size):
        state = hashlib.new(name)
        for _ in range(size // len(piece)):
            state.update(piece)

    bare = {
        "7z": lambda: digest("sha256", (wide + 8) << 19),
        "rar5": lambda: hashlib.pbkdf2_hmac("sha256", b"wrong0000", bytes(16), 1 << 15),
        "rar4": lambda: digest("sha1", (wide + 11) << 18),
    }
    print("\nOne wrong password\n\n| archive | ms | OpenSSL alone, ms | ratio |\n|---|---|---|---|")
    for kind in ("7z", "7z-hidden", "rar5", "rar5-hidden", "rar4", "rar4-hidden"):
        path = os.path.join(work, kind)
        with open(path, "wb") as file:
            subprocess.run([os.path.join(tests, "locked-make"), kind, "right", content], stdout=file, check=True)
        nothing = measure([os.path.join(tests, "locked-list"), path])[0]
        cost = (measure([os.path.join(tests, "locked-list"), path, *words])[0] - nothing) / count
        least = statistics.median(clock(bare[kind.split("-", maxsplit=1)[0]]) for _ in range(9))
        print("| %s | %.2f | %.2f | %.2f |" % (kind, cost * 1e3, least * 1e3, cost / least))
    sys.stdout.flush()


def pack(work, tree):
    """{what: (archive, the peer that opens it)}, of the kinds whose programs are there."""
    def path(name):
        return os.path.join(work, "packed." + name)

    def image():
        blocks = 3 * sum(os.path.getsize(os.path.join(folder, name)) + 8192 for folder, _, names in os.walk(tree) for name in names) // 2048
        return ["sh", "-c", "mkfs.fat -C -F 32 %s %d && LC_ALL=C.UTF-8 mcopy -Q -s -i %s %s ::/" % (path("fat"), blocks, path("fat"), tree)]

    makers = {
        "zip": ["7zz", "a", "-bso0", "-bsp0", "-tzip", "-mx=3", path("zip"), tree],
        "zip, stored": ["7zz", "a", "-bso0", "-bsp0", "-tzip", "-mx=0", path("stored.zip"), tree],
        "7z": ["7zz", "a", "-bso0", "-bsp0", "-mx=3", path("7z"), tree],
        "tar.zst": ["bsdtar", "-c", "--zstd", "-f", path("tar.zst"), "-C", work, os.path.basename(tree)],
        "tar.xz": ["bsdtar", "-c", "--xz", "--options", "compression-level=2", "-f", path("tar.xz"), "-C", work, os.path.basename(tree)],
        "ISO 9660": ["genisoimage", "-quiet", "-R", "-J", "-joliet-long", "-o", path("iso"), tree],
        "FAT32": image(),
    }
    for (what, maker), name in zip(makers.items(), ("zip", "stored.zip", "7z", "tar.zst", "tar.xz", "iso", "fat")):
        try:
            subprocess.run(maker, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print("%s: not compared (%s)" % (what, error))
            continue
        # libarchive reads no FAT.
        opener = ["7zz", "x", "-so", "-bsp0"] if what == "FAT32" else ["bsdtar", "-xOf"]
        yield what, path(name), " ".join([*opener, path(name)])


def bench_containers(work, tree, file_list, total, args):
    """Archives of the tree against a bare opener and the bare libyara loop over what it holds."""
    path = rules(work, args.rules)
    print("\nContainers of %.0f MB with %d rules, one processor\n" % (total / 1e6, args.rules))
    print("| | opener, CPU s | libyara, CPU s | sekisho, CPU s | MB/s | ratio |\n|---|---|---|---|---|---|")
    yara = [os.path.join(BUILD, "tests/bench/bare-yara"), path, file_list, "1"]
    for what, archive, opener in pack(work, tree):
        command = scan(work, archive, path)
        command[command.index("--jobs") + 1] = "1"
        figures = interleave({"opener": ["sh", "-c", opener + " >/dev/null"], "yara": yara, "sekisho": command}, args.rounds)
        bare, loop, own = (figures[name][0] for name in ("opener", "yara", "sekisho"))
        print("| %s | %.2f | %.2f | %.2f | %.0f | %.2f |" % (what, bare, loop, own, total / own / 1e6, own / (bare + loop)))
        sys.stdout.flush()
        os.unlink(archive)


def bench_ciphers(work, args, size=200 << 20):
    """What a cipher adds to a stored zip, here and in libarchive."""
    secret, content, words = "secret", os.path.join(work, "contents"), os.path.join(work, "words")
    os.makedirs(content)
    for number in range(size >> 20):
        with open(os.path.join(content, str(number)), "wb") as file:
            file.write(os.urandom(1 << 20))
    with open(os.open(words, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secret + "\n")
    print("\nA stored zip of %d MB in members of 1 MiB; what the cipher adds\n" % (size / 1e6))
    print("| | libarchive, CPU s | sekisho (identify, zip), CPU s | ratio |\n|---|---|---|---|")
    commands = {}
    for method in ("none", "ZipCrypto", "AES128", "AES256"):
        archive = os.path.join(work, method + ".zip")
        locked = [] if method == "none" else ["-p" + secret, "-mem=" + method]
        subprocess.run(["7zz", "a", "-bso0", "-bsp0", "-tzip", "-mx=0", *locked, archive, content], check=True)
        commands["bsdtar " + method] = ["bsdtar", "--passphrase", secret, "-xOf", archive]
        commands["sekisho " + method] = [SEKISHO, "scan", "--no-progress", "--format", "rfc5424", "--config", os.path.join(work, "sekisho.yaml"),
                                         "--cache-dir", os.path.join(work, "cache"), "--set", "plugins.load=[identify, zip]", "--set", "rules.yara=[]",
                                         "--set", "rules.sigma=[%s]" % sigma_rules(work, 300), "--password-file", words, archive]
    figures = interleave(commands, args.rounds)
    for method in ("ZipCrypto", "AES128", "AES256"):
        theirs, own = (figures[name + method][0] - figures[name + "none"][0] for name in ("bsdtar ", "sekisho "))
        print("| %s | %.2f | %.2f | %.2f |" % (method, theirs, own, own / theirs))
    sys.stdout.flush()


def bench_memory(work):
    """What bombs and very many members take."""
    generator = os.path.join(SOURCE, "tests/generators/zip-hostile.py")
    huge, many, peak = (os.path.join(work, name) for name in ("huge", "many.zip", "peak"))
    subprocess.run([sys.executable, generator, "huge", huge], check=True)
    subprocess.run([sys.executable, generator, "many", many, "1000000"], check=True)
    print("\nMemory\n\n| | worker, MiB | supervisor, MiB |\n|---|---|---|")
    for path in (*(os.path.join(huge, name) for name in sorted(os.listdir(huge))), many):
        command = [SEKISHO, "scan", "--no-progress", "--format", "rfc5424", "--config", os.path.join(work, "sekisho.yaml"), "--cache-dir", "none", path]
        measure([sys.executable, os.path.join(SOURCE, "tests/lib/peak.py"), peak, *command], (0, 1, 3))
        with open(peak, encoding="ascii") as file:
            supervisor, worker = (int(word) / 1024 for word in file.read().split())
        print("| %s | %.0f | %.0f |" % (os.path.basename(path), worker, supervisor))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=60000)
    parser.add_argument("--bytes", type=int, default=1600 << 20)
    parser.add_argument("--rules", type=int, default=300)
    parser.add_argument("--only", choices=["scan", "clamscan", "start", "records", "guess", "containers", "ciphers", "memory"])
    parser.add_argument("trees", nargs="*", default=["/usr/share", "/usr/lib"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as work:
        with open(os.path.join(work, "sekisho.yaml"), "w", encoding="ascii") as file:
            file.write("# the defaults\n")
        if args.only in (None, "records"):
            bench_records(work, args)
        if args.only in (None, "guess"):
            bench_guess(work)
        if args.only in (None, "ciphers"):
            bench_ciphers(work, args)
        if args.only in (None, "memory"):
            bench_memory(work)
        if args.only in ("records", "guess", "ciphers", "memory"):
            return
        if args.only == "containers":
            # Packing and unpacking a gigabyte seven times tells no more.
            args.files, args.bytes = min(args.files, 4000), min(args.bytes, 200 << 20)
        paths, total = choose_files(args.trees, args.files, args.bytes)
        tree, file_list = os.path.join(work, "tree"), os.path.join(work, "list")
        link_tree(paths, tree)
        with open(file_list, "w", encoding="utf-8", errors="surrogateescape") as file:
            for folder, folders, names in os.walk(tree):
                folders.sort()
                file.writelines(os.path.join(folder, name) + "\n" for name in sorted(names))
        print("%d files, %.2f GB, %d processors" % (len(paths), total / 1e9, CORES))
        if args.only in (None, "containers"):
            bench_containers(work, tree, file_list, total, args)
        if args.only in (None, "scan"):
            bench_scan(work, tree, file_list, args)
        if args.only in (None, "clamscan"):
            bench_clamscan(work, tree, args)
        if args.only in (None, "start"):
            bench_start(work)


main()
