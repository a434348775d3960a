# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Disk images for the tests of plugin media, made without mounting anything.

    images.py KIND FOLDER    writes FOLDER/KIND.img (or another extension) and FOLDER/KIND.tsv: of each
                             file its path, SHA-256, attributes and stream; tab-separated
    images.py list           the kinds
    images.py hostile FOLDER hostile and strange disks, and hostile.tsv: what a scan tells of each, a file
                             that it shows, and words of its finding
    images.py carrier FOLDER FOLDER/carrier.img, as malware is mailed
    images.py small KIND FOLDER
                             FOLDER/KIND.img of a seed's kind
    images.py cut IMAGE FOLDER
                             the image, ended at each sixteenth
    images.py seeds FOLDER   the seeds of the fuzz target

Exit 77, with a line that tells why: a program that makes this kind is not installed.

Each image holds three levels of folders, a long Japanese name, a file in many pieces, one without
content, and, where the file system has them, an alternate stream and attributes.
"""
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid
import zlib

from images_udf import Udf
from images_volumes import ExFat, Missing, Ntfs, folders_of

LONG = "資料/2026年度/第一工場/とても長い日本語の名前の見積書_第三四半期_改訂版_最終確認済み.txt"
SECTOR = 512
PIECES = 150000
STREAM = ("Tools/Setup Files/driver.dat", "隠し.exe")


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
        "資料/2026年度/pieces.bin": noise("pieces", PIECES),
        LONG: "見積書の本文です。\n".encode() * 40,
        "Tools/Setup Files/driver.dat": noise("driver", 5000),
        "empty.txt": b"",
    }


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


# ---- UDF, which no tool of Debian fills without mounting ----

def udf(volume, block=2048, extended=False):
    def make(folder, kind):
        files = tree()
        name = "Tools/Setup Files/driver.dat"
        streams = {STREAM: noise("stream", 3000)} if extended else {}
        with open(os.path.join(folder, f"{kind}.img"), "wb") as out:
            out.write(Udf(volume, block, extended).build(files, {name}, "資料/2026年度/pieces.bin", streams))
        say(folder, kind, files, {name: "hidden"}, streams)
    return make


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
    with tempfile.TemporaryDirectory() as work:
        for path in folders_of(files):
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


# ---- NTFS ----

def make_ntfs(image, sectors=16384, compressed=False):
    need("mkntfs")
    files = tree()
    files["sparse.bin"] = b"a" * 4096 + bytes(300000) + b"z" * 5000
    with open(image, "wb") as out:
        out.truncate(sectors * SECTOR)
    run("mkntfs", "-F", "-Q", "-q", "-L", "TESTDISK", *(["-C"] if compressed else []), image)
    volume = Ntfs(image)
    for path in folders_of(files):
        volume.create(path, Ntfs.FOLDER)
    pieces = "資料/2026年度/pieces.bin"
    volume.create("between", Ntfs.FILE)
    for path, data in files.items():
        volume.create(path, Ntfs.FILE)
        if path == "sparse.bin":
            volume.write(path, [(0, data[:4096]), (304096, data[304096:])])
        elif path != pieces:
            volume.write(path, [(0, data)])
    # Two files that grow in turns have pieces between each other's.
    data = files[pieces]
    for i in range(0, len(data), 16384):
        volume.write(pieces, [(i, data[i:i + 16384])])
        volume.write("between", [(i, b"b" * 16384)])
    files["between"] = b"b" * (len(range(0, len(data), 16384)) * 16384)
    streams = {STREAM: noise("stream", 3000), ("readme.txt", "Zone.Identifier"): b"[ZoneTransfer]\r\nZoneId=3\r\n"}
    for (path, stream), data in streams.items():
        volume.write(path, [(0, data)], stream)
    volume.create("deleted.txt", Ntfs.FILE)
    volume.delete("deleted.txt")
    volume.attributes("Tools/Setup Files/driver.dat", 6)
    volume.attributes("readme.txt", 1)
    volume.close()
    return files, {"Tools/Setup Files/driver.dat": "hidden,system", "readme.txt": "readonly"}, streams


def ntfs(folder, kind):
    say(folder, kind, *make_ntfs(os.path.join(folder, f"{kind}.img")))


def ntfs_compressed(folder, kind):
    say(folder, kind, *make_ntfs(os.path.join(folder, f"{kind}.img"), compressed=True))


# ---- exFAT ----

def make_exfat(image):
    need("mkfs.exfat", "fsck.exfat")
    files = tree()
    with open(image, "wb") as out:
        out.truncate(8 << 20)
    run("mkfs.exfat", "-c", "4096", "-L", "TESTDISK", image)
    volume = ExFat(image)
    volume.build(files, {"Tools/Setup Files/driver.dat": 0x26, "readme.txt": 0x21}, "資料/2026年度/pieces.bin")
    with open(image, "wb") as out:
        out.write(volume.data)
    run("fsck.exfat", "-n", image)
    return files, {"Tools/Setup Files/driver.dat": "hidden,system", "readme.txt": "readonly"}


def exfat(folder, kind):
    say(folder, kind, *make_exfat(os.path.join(folder, f"{kind}.img")))


# ---- partitions ----

def entry_mbr(kind, first, count, active=False):
    return struct.pack("<B3sB3sII", 0x80 if active else 0, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", first, count)


def table_mbr(*entries):
    return (bytes(440) + b"TEST\0\0" + b"".join(entries)).ljust(510, b"\0") + b"\x55\xaa"


def place_in(out, sector, image):
    with open(image, "rb") as stream:
        data = stream.read()
    out[sector * SECTOR:sector * SECTOR + len(data)] = data
    return len(data) // SECTOR


def volumes(work):
    """A FAT and an NTFS volume, and what is in both; the paths of the second are all below a folder."""
    first, second = os.path.join(work, "a"), os.path.join(work, "b")
    files, attributes = make_fat(first, 16, 20480, 1)
    more, also, streams = make_ntfs(second)
    more = dict(more)
    return first, second, [(files, attributes, {}), (more, also, streams)]


def say_both(folder, kind, contents):
    """Two volumes with equal paths: the lines of both."""
    lines = []
    for i, (files, attributes, streams) in enumerate(contents):
        say(folder, f"{kind}-{i}", files, attributes, streams)
        name = os.path.join(folder, f"{kind}-{i}.tsv")
        with open(name, encoding="utf-8") as stream:
            lines += stream.readlines()
        os.unlink(name)
    with open(os.path.join(folder, f"{kind}.tsv"), "w", encoding="utf-8") as out:
        out.writelines(lines)


def disk_mbr(folder, kind):
    """A primary and, in an extended partition, a logical one."""
    with tempfile.TemporaryDirectory() as work:
        first, second, contents = volumes(work)
        out = bytearray((2048 + 20480 + 2048 + 16384 + 2048) * SECTOR)
        a = place_in(out, 2048, first)
        extended = 2048 + a
        b = place_in(out, extended + 2048, second)
        out[:SECTOR] = table_mbr(entry_mbr(0x0e, 2048, a, True), entry_mbr(0x0f, extended, 2048 + b))
        out[extended * SECTOR:(extended + 1) * SECTOR] = table_mbr(entry_mbr(0x07, 2048, b))
    with open(os.path.join(folder, f"{kind}.img"), "wb") as stream:
        stream.write(out)
    say_both(folder, kind, contents)


def make_gpt(first, second, sector=SECTOR):
    def guid(text):
        return uuid.UUID(text).bytes_le

    out = bytearray((2048 + 20480 + 16384 + 2048) * SECTOR)
    start = 1048576 // sector
    a = place_in(out, 2048, first) * SECTOR // sector
    b = place_in(out, 2048 + 20480, second) * SECTOR // sector
    data = guid("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")
    reserved = guid("E3C9E316-0B5C-4DB8-817D-F92DF00215AE")
    entries = b"".join(struct.pack("<16s16sQQQ72s", kind, guid(str(uuid.uuid5(uuid.NAMESPACE_DNS, str(i)))), at,
                                   at + count - 1, 0, f"part{i}".encode("utf-16-le"))
                       for i, (kind, at, count) in enumerate(
                           ((reserved, start - 16, 8), (data, start, a), (data, start + a, b))))
    entries = entries.ljust(128 * 128, b"\0")
    total = len(out) // sector
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, total - 1, 34, total - 34,
                                   guid(str(uuid.uuid5(uuid.NAMESPACE_DNS, "disk"))), 2, 128, 128,
                                   zlib.crc32(entries)))
    struct.pack_into("<I", header, 16, zlib.crc32(header))
    out[:SECTOR] = table_mbr(entry_mbr(0xee, 1, total - 1))
    out[sector:sector + len(header)] = header
    out[2 * sector:2 * sector + len(entries)] = entries
    return out


def disk_gpt(folder, kind, sector=SECTOR):
    with tempfile.TemporaryDirectory() as work:
        first, second, contents = volumes(work)
        with open(os.path.join(folder, f"{kind}.img"), "wb") as stream:
            stream.write(make_gpt(first, second, sector))
    say_both(folder, kind, contents)


def disk_gpt_4k(folder, kind):
    disk_gpt(folder, kind, 4096)


# ---- virtual disks ----

def virtual(extension, kind_of, *options):
    def make(folder, kind):
        need("qemu-img")
        with tempfile.TemporaryDirectory() as work:
            first, second, contents = volumes(work)
            raw = os.path.join(work, "raw")
            with open(raw, "wb") as stream:
                stream.write(make_gpt(first, second))
            run("qemu-img", "convert", "-f", "raw", "-O", kind_of, *options, raw,
                os.path.join(folder, f"{kind}.{extension}"))
        say_both(folder, kind, contents)
    return make


KINDS = {
    "iso-rock": iso_rock,
    "iso-joliet": iso_joliet,
    "iso-both": iso_both,
    "iso-udf": iso_udf,
    "iso-hidden": iso_hidden,
    "iso-xorriso": iso_xorriso,
    "udf": udf("plain"),
    "udf-512": udf("plain", 512, True),
    "udf-streams": udf("plain", 2048, True),
    "udf-metadata": udf("metadata", 2048, True),
    "udf-virtual": udf("virtual"),
    "udf-virtual-2": udf("virtual", 2048, True),
    "udf-sparable": udf("sparable"),
    "fat12": fat(12, 2880, 1),
    "fat16": fat(16, 20480, 1),
    "fat32": fat(32, 70000, 1),
    "ntfs": ntfs,
    "ntfs-compressed": ntfs_compressed,
    "exfat": exfat,
    "mbr": disk_mbr,
    "gpt": disk_gpt,
    "gpt-4k": disk_gpt_4k,
    "vhd-fixed": virtual("vhd", "vpc", "-o", "subformat=fixed,force_size=on"),
    "vhd-dynamic": virtual("vhd", "vpc", "-o", "subformat=dynamic"),
    "vhdx": virtual("vhdx", "vhdx"),
    "vmdk": virtual("vmdk", "vmdk"),
    "vmdk-stream": virtual("vmdk", "vmdk", "-o", "subformat=streamOptimized"),
}


# ---- seeds of the fuzz target: small disks, without the zeros ----

def small_disk(folder, kind):
    """Two FAT volumes, one of them logical."""
    with tempfile.TemporaryDirectory() as work:
        volume = os.path.join(work, "a")
        files, attributes = make_fat(volume, 12, 240, 1)
        out = bytearray(64 * SECTOR + 600 * SECTOR)
        out[:SECTOR] = table_mbr(entry_mbr(0x01, 8, 240), entry_mbr(0x05, 260, 260))
        place_in(out, 8, volume)
        out[260 * SECTOR:261 * SECTOR] = table_mbr(entry_mbr(0x01, 8, 240))
        place_in(out, 268, volume)
    with open(os.path.join(folder, f"{kind}.img"), "wb") as stream:
        stream.write(out)
    say_both(folder, kind, [(files, attributes, {})] * 2)


def small_virtual(kind_of, *options):
    def make(folder, kind):
        need("qemu-img")
        small_disk(folder, "raw")
        run("qemu-img", "convert", "-f", "raw", "-O", kind_of, *options, os.path.join(folder, "raw.img"),
            os.path.join(folder, f"{kind}.img"))
    return make


SEEDS = {
    "iso": iso_both,
    "iso-udf": iso_udf,
    "udf": udf("plain", 512),
    "udf-metadata": udf("metadata", 512, True),
    "udf-virtual": udf("virtual", 512),
    "udf-sparable": udf("sparable", 512),
    "fat12": fat(12, 240, 1),
    "exfat": exfat,
    "mbr": small_disk,
    "vhd": small_virtual("vpc", "-o", "subformat=dynamic"),
    "vhdx": small_virtual("vhdx", "-o", "log_size=1048576,block_size=1048576"),
    "vmdk": small_virtual("vmdk"),
}


def pack(image):
    """As plugins/media/tests/fuzz-media.c reads it."""
    with open(image, "rb") as stream:
        data = stream.read()
    out, at, blocks = struct.pack("<H", min(len(data) // SECTOR, 65535)), 0, len(data) // SECTOR
    empty = bytes(SECTOR)
    while at < min(blocks, 65535):
        end = at
        while end < blocks and end - at < 100 and data[end * SECTOR:(end + 1) * SECTOR] != empty:
            end += 1
        if end > at:
            piece = data[at * SECTOR:end * SECTOR].rstrip(b"\0")
            out += struct.pack("<HH", at, len(piece)) + piece
        at = max(end, at + 1)
    return out


def write_seeds(folder):
    global PIECES
    PIECES = 3000
    os.makedirs(folder, exist_ok=True)
    for kind, make in SEEDS.items():
        with tempfile.TemporaryDirectory() as work:
            make(work, kind)
            with open(os.path.join(folder, kind), "wb") as out:
                out.write(pack(os.path.join(work, f"{kind}.img")))


# ---- hostile disks ----

def patched(data, *changes):
    data = bytearray(data)
    for at, new in changes:
        data[at:at + len(new)] = new
    return bytes(data)


def made(kind, make, *more):
    with tempfile.TemporaryDirectory() as work:
        make(work, kind, *more)
        with open(os.path.join(work, f"{kind}.img"), "rb") as stream:
            return stream.read()


def small_fat(sectors=64):
    """FAT12 by hand: sector 1 the table, 2 the root, 3 cluster 2."""
    boot = struct.pack("<3s8sHBHBHHBHHHII", b"\xeb\x3c\x90", b"MSDOS5.0", SECTOR, 1, 1, 1, 16, sectors, 0xf8, 1, 32, 2, 0, 0)
    boot += struct.pack("<BBBI11s8s", 0x80, 0, 0x29, 1, b"HOSTILE    ", b"FAT12   ")
    out = bytearray(sectors * SECTOR)
    out[:len(boot)] = boot
    out[510:512] = b"\x55\xaa"
    out[512:515] = b"\xf8\xff\xff"
    return out


def fat_entry(name, attributes, cluster, size):
    return struct.pack("<11sBBBHHHHHHHI", name, attributes, 0, 0, 0, 0, 0, 0, 0, 0x5b59, cluster, size)


def fat_table(out, entries):
    """Entries of 12 bits."""
    for cluster, value in entries.items():
        at, old = SECTOR + cluster + cluster // 2, 0
        old = struct.unpack_from("<H", out, at)[0]
        new = (old & 0x000f) | value << 4 if cluster % 2 else (old & 0xf000) | value
        struct.pack_into("<H", out, at, new)


def fat_disk(entries, table, *changes):
    out = small_fat()
    out[2 * SECTOR:2 * SECTOR + 32 * len(entries)] = b"".join(entries)
    fat_table(out, table)
    return patched(out, *changes)


def long_part(number, text, total):
    units = text.encode("utf-16-le") + b"\0\0"
    units = units.ljust(26, b"\xff")[:26]
    return struct.pack("<B10sBBB12sH4s", number, units[:10], 0x0f, 0, total, units[10:22], 0, units[22:])


def iso_record(data, name):
    """Where the record of that name begins."""
    at = data.index(name)
    while data[at - 1] != len(name) or data[at - 33] < 33 + len(name):
        at = data.index(name, at + 1)
    return at - 33


def iso_loop():
    """The folder "Tools/Setup Files" says to be the folder above it."""
    data = bytearray(made("iso-joliet", iso_joliet))
    for outer, inner in ((b"TOOLS", b"SETUP_FI"), ("Tools".encode("utf-16-be"), "Setup Files".encode("utf-16-be"))):
        above, below = iso_record(data, outer), iso_record(data, inner)
        data[below + 2:below + 18] = data[above + 2:above + 18]
    return bytes(data)


def iso_long_names():
    """Rock Ridge names that go on in areas beyond the record, and on."""
    data = bytearray(made("iso-rock", iso_rock))
    at = data.index(b"readme.txt") - 5
    area = len(data)
    data += (b"NM\xff\1\1" + b"a" * 250) * 18 + bytes(2048)
    data[at:at + 28] = b"CE\x1c\1" + struct.pack("<I4xI4xI4x", area // 2048, area % 2048, 255 * 18)
    return bytes(data)


def udf_loop():
    data = bytearray(made("udf", udf("plain")))
    # The identifier of a folder leads to the root.
    name = b"\x08Setup Files"
    at = data.index(name) - 38
    root = 1
    body = bytearray(data[at + 16:at + 16 + struct.unpack_from("<H", data, at + 10)[0]])
    struct.pack_into("<I", body, 8, root)
    data[at:at + 16 + len(body)] = Udf().tagged(257, 0, bytes(body))
    return bytes(data)


def udf_pieces_loop():
    """Further allocation descriptors that lead to themselves."""
    volume = Udf("plain")
    data = bytearray(volume.build({"a.bin": noise("a", 60000)}, (), "a.bin"))
    for number, block in volume.blocks.items():
        if struct.unpack_from("<H", block)[0] == 258:
            where = number - Udf.START
            body = struct.pack("<II", 0, 8) + struct.pack("<II", 3 << 30 | 2048, where)
            data[number * 2048:number * 2048 + 16 + len(body)] = volume.tagged(258, where, body)
    return bytes(data)


def udf_long_stream():
    """A file whose path is as long as one may be, and its stream."""
    path = "/".join(["a" * 250] * 16 + ["file.bin"])
    return Udf("plain", 2048, True).build({path: b"content", "b.bin": b""}, (), "", {(path, "s" * 100): b"stream"})


def ntfs_runs():
    """A file's runs claim 2^54 blocks."""
    data = bytearray(made("ntfs", ntfs))
    for record in range(0, len(data) - 1024, 1024):
        if data[record:record + 4] == b"FILE" and "pieces.bin".encode("utf-16-le") in data[record:record + 1024]:
            break
    attribute = record + struct.unpack_from("<H", data, record + 20)[0]
    while struct.unpack_from("<I", data, attribute)[0] < 0x80:
        attribute += struct.unpack_from("<I", data, attribute + 4)[0]
    runs = attribute + struct.unpack_from("<H", data, attribute + 32)[0]
    data[runs:runs + 9] = b"\x17" + b"\xff" * 6 + b"\x3f\x10"
    return bytes(data)


def ntfs_names(count, record=None):
    """A folder with many names of one file, or of another record."""
    with tempfile.TemporaryDirectory() as work:
        image = os.path.join(work, "a")
        with open(image, "wb") as out:
            out.truncate((4 << 20) + 300 * count)
        run("mkntfs", "-F", "-Q", "-q", image)
        volume = Ntfs(image)
        volume.create("one.bin", Ntfs.FILE)
        volume.create("many", Ntfs.FOLDER)
        volume.names("many", (f"f{i:07}.bin" for i in range(count)), record or volume.record("one.bin"))
        volume.close()
        with open(image, "rb") as stream:
            return stream.read()


def ntfs_torn_index():
    """Of the blocks of a folder's names one is not whole."""
    data = bytearray(ntfs_names(200))
    block = data.index("f0000100.bin".encode("utf-16-le")) & ~4095
    data[block + 1022] ^= 0xff
    return bytes(data)


def vhd_differencing():
    global PIECES
    PIECES = 3000
    data = bytearray(made("vhd", small_virtual("vpc", "-o", "subformat=dynamic")))
    for at in (0, len(data) - SECTOR):
        footer = bytearray(data[at:at + SECTOR])
        struct.pack_into(">I", footer, 60, 4)
        struct.pack_into(">I", footer, 64, 0)
        struct.pack_into(">I", footer, 64, ~sum(footer) & 0xffffffff)
        data[at:at + SECTOR] = footer
    return bytes(data)


def hostile():
    """Name, the bytes, ids that a scan tells, a name of a file that is shown, words of what was not inspected."""
    file = fat_entry(b"A       BIN", 0x20, 2, 4000)
    folder = fat_entry(b"SUB        ", 0x10, 2, 0)
    short = fat_entry(b"SETUP   EXE", 0x20, 2, 5)
    read = {2: 0xfff}
    disk = fat_disk([short], read, (3 * SECTOR, b"hello"))
    ext = patched(bytes(1 << 20), (1080, b"\x53\xef"))
    boot = patched(bytes(SECTOR), (0, b"\xfa\x33\xc0"), (510, b"\x55\xaa"))
    mbr = lambda *entries, size=4096: patched(bytes(size * SECTOR), (0, table_mbr(*entries)))
    yield "fat-chain", fat_disk([file], {2: 3, 3: 2}), "malformed,truncated", "a.bin", "chain of clusters loops"
    yield "fat-nowhere", fat_disk([file], {2: 0x7f0}), "malformed,truncated", "a.bin", "leads nowhere"
    yield "fat-folders", fat_disk([folder], read, (3 * SECTOR, folder)), "malformed", "-", "folders loop"
    yield "fat-other-name", fat_disk([long_part(0x41, "readme.txt", 0), short], read), "-", "setup.exe", "-"
    total = 0
    for byte in b"SETUP   EXE":
        total = ((total & 1) << 7 | total >> 1) + byte & 0xff
    yield "fat-long-name", fat_disk([long_part(0x41, "readme.txt", total), short], read), "-", "readme.txt", "-"
    japanese = fat_entry("見積".encode("cp932").ljust(8) + b"EXE", 0x20, 2, 5)
    yield "fat-japanese", fat_disk([japanese], read), "-", "見積.exe", "-"
    yield "fat-lead-byte", fat_disk([fat_entry("表A能 ".encode("cp932").ljust(8) + b"TXT", 0x20, 2, 5)], read), "-", \
        "表a能.txt", "-"
    yield "fat-unmarked", patched(disk, (510, b"\0\0")), "-", "setup.exe", "-"
    yield "iso-loop", iso_loop(), "malformed", "readme.txt", "folders loop"
    yield "iso-long-names", iso_long_names(), "limit", "一覧.csv", "a path of more than"
    yield "udf-loop", udf_loop(), "malformed", "readme.txt", "folders loop"
    yield "udf-pieces", udf_pieces_loop(), "malformed,truncated", "a.bin", "cannot be followed"
    yield "udf-long-stream", udf_long_stream(), "limit", "file.bin", "a path of more than"
    yield "ntfs-runs", ntfs_runs(), "malformed", "readme.txt", "-"
    yield "ntfs-torn-index", ntfs_torn_index(), "malformed", "f0000000.bin", "a part of its names"
    yield "ntfs-torn-index-end", ntfs_torn_index(), "malformed", "f0000199.bin", "folder many"
    yield "ntfs-many", ntfs_names(20000), "-", "f0019999.bin", "-"
    yield "ntfs-other-file", ntfs_names(1, 64 | 7 << 48), "malformed", "one.bin", "f0000000.bin: its record is broken"
    yield "mbr-loop", mbr(entry_mbr(5, 0, 4000)), "malformed", "-", "partitions"
    loop = mbr(entry_mbr(5, 8, 4000))
    yield "mbr-chain", patched(loop, (8 * SECTOR, table_mbr(entry_mbr(5, 8, 100))),
                               (16 * SECTOR, table_mbr(entry_mbr(5, 8, 100)))), "malformed", "-", "loop"
    yield "mbr-behind", mbr(entry_mbr(7, 100000, 4000)), "truncated", "-", "behind the end"
    yield "mbr-unknown", mbr(entry_mbr(0x83, 64, 4000)), "unsupported", "-", "type 0x83"
    inner = patched(mbr(entry_mbr(0x83, 64, 4000)), (64 * SECTOR, ext[:16 * SECTOR]))
    yield "mbr-ext", inner, "unsupported", "-", "ext2"
    yield "mbr-mixed", patched(mbr(entry_mbr(1, 64, 64), entry_mbr(0x83, 200, 400)), (64 * SECTOR, disk)), \
        "unsupported", "setup.exe", "type 0x83"
    # A disc, a volume and a partition in one: each system shows another file.
    disc = made("iso-joliet", iso_joliet)
    own = fat_disk([fat_entry(b"VOLUME  EXE", 0x20, 2, 5)], read)
    yield "polyglot", patched(disc.ljust(2048 * SECTOR, b"\0"), (0, own[:3 * SECTOR]),
                              (446, entry_mbr(1, 1600, 64) + b"\0" * 48), (1600 * SECTOR, disk)), "-", \
        "setup.exe", "-"
    yield "polyglot-volume", patched(disc, (0, own[:3 * SECTOR])), "-", "volume.exe", "-"
    yield "polyglot-disc", patched(disc, (0, own[:3 * SECTOR])), "-", "一覧.csv", "-"
    apple = struct.pack(">2sHIII32s32s", b"PM", 0, 1, 64, 100, b"disk", b"Apple_HFS")
    yield "apple", patched(bytes(1 << 20), (0, b"ER\2\0"), (SECTOR, apple)), "unsupported", "-", "Apple_HFS"
    yield "bitlocker", patched(bytes(1 << 20), (0, b"\xeb\x58\x90-FVE-FS-"), (510, b"\x55\xaa")), "encrypted", "-", \
        "BitLocker"
    yield "luks", patched(bytes(1 << 20), (0, b"LUKS\xba\xbe\0\2")), "encrypted", "-", "LUKS"
    yield "ext", ext, "unsupported", "-", "ext2"
    yield "wim", patched(bytes(4096), (0, b"MSWIM\0\0\0\xd0")), "unsupported", "-", "WIM"
    yield "vdi", patched(bytes(4096), (0, b"<<< Oracle VM VirtualBox Disk Image >>>"), (64, b"\x7f\x10\xda\xbe")), \
        "unsupported", "-", "VDI"
    yield "qcow", patched(bytes(4096), (0, b"QFI\xfb\0\0\0\3")), "unsupported", "-", "QCOW"
    yield "dmg", patched(bytes(4096), (0, b"\x78\xda\x63"), (4096 - 512, b"koly\0\0\0\4")), "unsupported", "-", "DMG"
    yield "dmg-locked", patched(bytes(4096), (0, b"encrcdsa")), "encrypted", "-", "DMG"
    yield "squashfs", patched(bytes(4096), (0, b"hsqs")), "unsupported", "-", "squashfs"
    yield "vmdk-text", b"# Disk DescriptorFile\nversion=1\nRW 2048 FLAT \"disk-flat.vmdk\" 0\n", "unsupported", "-", \
        "other files"
    yield "boot-alone", boot, "-", "-", "-"
    yield "boot-table-alone", patched(boot, (446, entry_mbr(7, 2048, 4000))), "-", "-", "-"
    if shutil.which("qemu-img"):
        yield "vhd-differencing", vhd_differencing(), "unsupported", "-", "differs from another"
    yield "vhdx-torn", patched(bytes(1 << 20), (0, b"vhdxfile")), "malformed", "-", "tables cannot be read"


def write_hostile(folder):
    need("genisoimage", "mkntfs", "mkfs.fat", "mcopy")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "hostile.tsv"), "w", encoding="utf-8") as out:
        for name, data, ids, shown, words in hostile():
            with open(os.path.join(folder, f"{name}.img"), "wb") as stream:
                stream.write(data)
            out.write(f"{name}\t{ids}\t{shown}\t{words}\n")


def carrier(folder, kind):
    """As malware is mailed: a shortcut that is seen, and what it starts."""
    need("genisoimage")
    link = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".ljust(200, b"\0")
    with tempfile.TemporaryDirectory() as work:
        write_tree(work, {"請求書.pdf.lnk": link, "data/version.dll": b"MZ" + bytes(100)})
        run("genisoimage", "-quiet", "-input-charset", "utf-8", "-J", "-o", os.path.join(folder, f"{kind}.img"), work)


def cut(image, folder):
    """The image, ended at each sixteenth."""
    os.makedirs(folder, exist_ok=True)
    with open(image, "rb") as stream:
        data = stream.read()
    for i in range(1, 16):
        with open(os.path.join(folder, f"{i:02}.img"), "wb") as out:
            out.write(data[:len(data) * i // 16])


def small(kind, folder):
    os.makedirs(folder, exist_ok=True)
    try:
        SEEDS[kind](folder, kind)
    except Missing as reason:
        print(reason)
        return 77
    return 0


def main():
    global PIECES
    if sys.argv[1:] == ["list"]:
        print("\n".join(KINDS))
        return 0
    if sys.argv[1:2] == ["seeds"]:
        write_seeds(sys.argv[2])
        return 0
    if sys.argv[1:2] == ["small"]:
        PIECES = 3000
        return small(*sys.argv[2:])
    if sys.argv[1:2] == ["cut"]:
        cut(*sys.argv[2:])
        return 0
    kind, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    try:
        if kind == "hostile":
            write_hostile(folder)
        elif kind == "carrier":
            carrier(folder, kind)
        else:
            KINDS[kind](folder, kind)
    except Missing as reason:
        print(reason)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
