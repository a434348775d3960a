# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Disk images for the tests of plugin media, made without mounting anything.

    images.py KIND FOLDER    writes FOLDER/KIND.img (or another extension) and FOLDER/KIND.tsv: of each
                             file its path, SHA-256, attributes and stream; tab-separated
    images.py list           the kinds

Exit 77, with a line that tells why: a program that makes this kind is not installed.

Each image holds three levels of folders, a long Japanese name, a file in many pieces, one without
content, and, where the file system has them, an alternate stream and attributes.
"""
import ctypes
import ctypes.util
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid

LONG = "資料/2026年度/第一工場/とても長い日本語の名前の見積書_第三四半期_改訂版_最終確認済み.txt"
SECTOR = 512


def noise(seed, size):
    """The same bytes on every machine."""
    out = bytearray()
    block = hashlib.sha256(seed.encode()).digest()
    while len(out) < size:
        block = hashlib.sha256(block).digest()
        out += block
    return bytes(out[:size])


def tree():
    return {
        "readme.txt": b"read me first\n",
        "資料/一覧.csv": "番号,品名\n1,継電器\n".encode("cp932"),
        "資料/2026年度/pieces.bin": noise("pieces", 150000),
        LONG: "見積書の本文です。\n".encode() * 40,
        "Tools/Setup Files/driver.dat": noise("driver", 5000),
        "empty.txt": b"",
    }


class Missing(Exception):
    pass


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Missing(f"no {program}")


def run(*command, **more):
    # Some of them write into the working folder or ask; nobody answers.
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **more)
    if result.returncode != 0:
        sys.exit(f"{command[0]}: {result.stderr.decode(errors='replace')}{result.stdout.decode(errors='replace')}")
    return result.stdout


def say(folder, kind, files, attributes=None, streams=None):
    """The list that the tests compare with."""
    attributes = attributes or {}
    with open(os.path.join(folder, f"{kind}.tsv"), "w", encoding="utf-8") as out:
        for path, data in sorted(files.items()):
            out.write(f"{path}\t{hashlib.sha256(data).hexdigest()}\t{attributes.get(path, '-')}\t-\n")
        for (path, stream), data in sorted((streams or {}).items()):
            digest = hashlib.sha256(data).hexdigest()
            out.write(f"{path}:{stream}\t{digest}\t{attributes.get(path, '-')}\t{stream}\n")


def write_tree(folder, files):
    for path, data in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as out:
            out.write(data)


# ---- optical discs ----

def iso(folder, kind, *options):
    need("genisoimage")
    files = tree()
    with tempfile.TemporaryDirectory() as work:
        write_tree(work, files)
        run("genisoimage", "-quiet", "-input-charset", "utf-8", "-V", "TESTDISC", *options,
            "-o", os.path.join(folder, f"{kind}.img"), work)
    return files


def iso_rock(folder, kind):
    say(folder, kind, iso(folder, kind, "-R"))


def iso_joliet(folder, kind):
    say(folder, kind, iso(folder, kind, "-J", "-joliet-long"))


def iso_both(folder, kind):
    say(folder, kind, iso(folder, kind, "-J", "-joliet-long", "-R"))


def iso_udf(folder, kind):
    say(folder, kind, iso(folder, kind, "-udf", "-J", "-joliet-long"))


def iso_hidden(folder, kind):
    """Files that only one of the trees shows, and a hidden one."""
    files = iso(folder, kind, "-R", "-J", "-joliet-long", "-hide", "readme.txt", "-hide-joliet", "driver.dat")
    say(folder, kind, files)


def iso_xorriso(folder, kind):
    need("xorriso")
    files = tree()
    with tempfile.TemporaryDirectory() as work:
        write_tree(work, files)
        run("xorriso", "-as", "mkisofs", "-quiet", "-V", "TESTDISC", "-J", "-joliet-long", "-R", "-o",
            os.path.join(folder, f"{kind}.img"), work)
    say(folder, kind, files)


# ---- FAT ----

def mtools(image, command, *arguments):
    # mtools reads the names of its arguments in the locale's charset.
    return run(command, "-i", image, *arguments,
               env={**os.environ, "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1"})


def free_bytes(image):
    text = mtools(image, "mdir", "-b", "::/")  # fails early when the image is not one
    del text
    last = mtools(image, "mdir", "::/").decode(errors="replace").strip().splitlines()[-1]
    return int("".join(c for c in last if c.isdigit()))


def in_pieces(image, work, data, target, block):
    """Small files, then one that fills the volume; every other small one is deleted: what is copied then has
    only their places."""
    count = 2 * (len(data) // block + 8)
    small = []
    for i in range(count):
        small.append(os.path.join(work, f"s{i}"))
        with open(small[-1], "wb") as out:
            out.write(b"x" * block)
    mtools(image, "mmd", "::/small")
    mtools(image, "mcopy", *small, "::/small")
    filler = os.path.join(work, "filler")
    with open(filler, "wb") as out:
        out.truncate(free_bytes(image))
    mtools(image, "mcopy", filler, "::/filler")
    mtools(image, "mdel", *[f"::/small/s{i}" for i in range(0, count, 2)])
    source = os.path.join(work, "target")
    with open(source, "wb") as out:
        out.write(data)
    mtools(image, "mcopy", source, "::/" + target)
    mtools(image, "mdel", "::/filler", *[f"::/small/s{i}" for i in range(1, count, 2)])
    mtools(image, "mrd", "::/small")
    if mtools(image, "mshowfat", "::/" + target).count(b"<") < 3:
        sys.exit(f"{target} is in one piece")


def make_fat(image, bits, sectors, per_cluster):
    need("mkfs.fat", "mcopy", "mmd", "mattrib", "mshowfat")
    files = tree()
    with open(image, "wb") as out:
        out.truncate(sectors * SECTOR)
    run("mkfs.fat", "-F", str(bits), "-s", str(per_cluster), "-n", "TESTDISK", "-i", "12345678", image)
    folders = sorted({"/".join(path.split("/")[:i]) for path in files for i in range(1, path.count("/") + 1)})
    with tempfile.TemporaryDirectory() as work:
        for path in folders:
            mtools(image, "mmd", "::/" + path)
        pieces = "資料/2026年度/pieces.bin"
        in_pieces(image, work, files[pieces], pieces, per_cluster * SECTOR)
        for path, data in files.items():
            if path == pieces:
                continue
            source = os.path.join(work, "one")
            with open(source, "wb") as out:
                out.write(data)
            mtools(image, "mcopy", source, "::/" + path)
    mtools(image, "mattrib", "+h", "+s", "::/Tools/Setup Files/driver.dat")
    mtools(image, "mattrib", "+r", "::/readme.txt")
    return files, {"Tools/Setup Files/driver.dat": "hidden,system", "readme.txt": "readonly"}


def fat(bits, sectors, per_cluster):
    def make(folder, kind):
        files, attributes = make_fat(os.path.join(folder, f"{kind}.img"), bits, sectors, per_cluster)
        say(folder, kind, files, attributes)
    return make


KINDS = {
    "iso-rock": iso_rock,
    "iso-joliet": iso_joliet,
    "iso-both": iso_both,
    "iso-udf": iso_udf,
    "iso-hidden": iso_hidden,
    "iso-xorriso": iso_xorriso,
    "fat12": fat(12, 2880, 1),
    "fat16": fat(16, 20480, 1),
    "fat32": fat(32, 70000, 1),
}


def main():
    if sys.argv[1:] == ["list"]:
        print("\n".join(KINDS))
        return 0
    kind, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    try:
        KINDS[kind](folder, kind)
    except Missing as reason:
        print(reason)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
