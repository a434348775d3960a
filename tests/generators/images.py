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
import zlib

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


# ---- UDF, which no tool of Debian fills without mounting ----

class Udf:
    """Writes a volume. `kind`: plain, metadata, virtual or sparable; `extended`: entries of UDF 2.00 on, which
    have streams."""

    START = 320
    RESERVED = 64
    STAMP = struct.pack("<HhBBBBBBBB", 0x1000 | 540, 2026, 11, 25, 9, 0, 0, 0, 0, 0)

    def __init__(self, kind="plain", block=2048, extended=False):
        self.kind, self.block, self.extended = kind, block, extended
        self.blocks = {}
        self.next = self.RESERVED if kind != "plain" else 0
        self.meta = 0
        self.virtual = []
        self.data_map = 0
        self.meta_map = 1 if kind in ("metadata", "virtual") else 0
        # Two pieces of the metadata file, of blocks of the partition.
        self.meta_pieces = [(4, 20), (40, 20)]

    @staticmethod
    def crc(data):
        value = 0
        for byte in data:
            value ^= byte << 8
            for _ in range(8):
                value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xffff
        return value

    def tagged(self, number, where, body):
        head = bytearray(struct.pack("<HHBBHHHI", number, 3 if self.extended else 2, 0, 0, 0, self.crc(body),
                                     len(body), where))
        head[4] = sum(head) & 0xff
        return bytes(head) + body

    @staticmethod
    def text(name):
        try:
            return b"\x08" + name.encode("ascii")
        except UnicodeEncodeError:
            return b"\x10" + name.encode("utf-16-be")

    def field(self, name, size):
        raw = self.text(name)
        return raw.ljust(size - 1, b"\0") + bytes([len(raw)])

    def put(self, physical, data):
        for i in range(0, max(len(data), 1), self.block):
            self.blocks[physical + i // self.block] = data[i:i + self.block].ljust(self.block, b"\0")

    def meta_place(self, logical):
        """Block of the partition that a block of entries lies in."""
        if self.kind == "virtual":
            return self.virtual[logical]
        if self.kind != "metadata":
            return logical
        for first, count in self.meta_pieces:
            if logical < count:
                return first + logical
            logical -= count
        raise ValueError

    def meta_block(self):
        if self.kind == "metadata":
            self.meta += 1
            return self.meta - 1
        self.next += 1
        if self.kind == "virtual":
            self.virtual.append(self.next - 1)
            return len(self.virtual) - 1
        return self.next - 1

    def spread(self, data, step):
        """Stores content; pieces of (block, length)."""
        pieces = []
        for i in range(0, len(data), self.block):
            part = data[i:i + self.block]
            self.put(self.START + self.next, part)
            if pieces and step == 1:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + len(part))
            else:
                pieces.append((self.next, len(part)))
            self.next += step
        return pieces

    def long(self, length, where, number):
        return struct.pack("<IIH6x", length, where, number)

    def entry(self, where, kind, data, step=1, streams=None, inline=False):
        """A file entry in the block `where` of the entries' map, and its content."""
        flags, descriptors = 3, data
        if not inline and data:
            pieces = self.spread(data, step)
            flags = 1 if self.meta_map != self.data_map else 0
            one = (lambda p: self.long(p[1], p[0], self.data_map)) if flags else \
                (lambda p: struct.pack("<II", p[1], p[0]))
            first, rest = pieces[:5], pieces[5:]
            descriptors = b"".join(map(one, first))
            most = (self.block - 24) // 16 - 1
            parts = [b"".join(map(one, rest[i:i + most])) for i in range(0, len(rest), most)]
            places = [self.meta_block() for _ in parts]
            links = [self.long(3 << 30 | self.block, place, self.meta_map)[:16 if flags else 8] for place in places]
            descriptors += links[0] if links else b""
            for part, place, link in zip(parts, places, links[1:] + [b""]):
                body = part + link
                self.put(self.START + self.meta_place(place),
                         self.tagged(258, place, struct.pack("<II", 0, len(body)) + body))
        icb = struct.pack("<IHHHBBIHH", 0, 4, 0, 1, 0, kind, 0, 0, flags)
        body = icb + struct.pack("<IIIHBBIQ", 0, 0, 0x14a5, 1, 0, 0, 0, len(data))
        if self.extended:
            body += struct.pack("<Q", len(data))
        body += struct.pack("<Q", 0) + self.STAMP * (4 if self.extended else 3)
        body += struct.pack("<I", 1) + (bytes(4) if self.extended else b"") + bytes(16)
        if self.extended:
            body += self.long(self.block, streams, self.meta_map) if streams is not None else bytes(16)
        body += b"\0*Sekisho test".ljust(32, b"\0") + struct.pack("<QII", where, 0, len(descriptors)) + descriptors
        self.put(self.START + self.meta_place(where), self.tagged(266 if self.extended else 261, where, body))

    def identifier(self, name, where, bits):
        raw = self.text(name) if name else b""
        body = struct.pack("<HBB", 1, bits, len(raw)) + self.long(self.block, where, self.meta_map) \
            + struct.pack("<H", 0) + raw
        data = self.tagged(257, 0, body)
        return data.ljust(-(-len(data) // 4) * 4, b"\0")

    def folder(self, where, parent, items, kind=4):
        """Items of (name, block, bits)."""
        data = self.identifier("", parent, 10) + b"".join(self.identifier(*item) for item in items)
        self.entry(where, kind, data, inline=len(data) < 1000 and len(items) % 2 == 0)

    def fill(self, path, where, parent, files, hidden, in_pieces, streams):
        items = []
        inside = [p for p in list(files) + folders_of(files) if p.rpartition("/")[0] == path]
        for child in sorted(inside):
            own = self.meta_block()
            name = child.rpartition("/")[2]
            if child not in files:
                self.fill(child, own, where, files, hidden, in_pieces, streams)
                items.append((name, own, 2))
                continue
            stream = None
            for (owner, label), data in streams.items():
                if owner == child:
                    stream, one = self.meta_block(), self.meta_block()
                    self.entry(one, 5, data)
                    self.folder(stream, own, [(label, one, 0)], 13)
            data = files[child]
            self.entry(own, 5, data, 3 if child == in_pieces else 1, stream, len(data) < 100)
            items.append((name, own, 1 if child in hidden else 0))
        items.append(("deleted.txt", where, 4))
        self.folder(where, parent, items)

    def maps(self):
        def named(name, more=b""):
            return (struct.pack("<BBHB23s8sHH", 2, 64, 0, 0, name, bytes(8), 1, 0) + more).ljust(64, b"\0")
        plain = struct.pack("<BBHH", 1, 6, 1, 0)
        if self.kind == "metadata":
            return [plain, named(b"*UDF Metadata Partition", struct.pack("<IIIIHB", 0, 1, 0xffffffff, 32, 1, 0))]
        if self.kind == "virtual":
            return [plain, named(b"*UDF Virtual Partition")]
        if self.kind == "sparable":
            return [named(b"*UDF Sparable Partition", struct.pack("<HBBII", 32, 1, 0, 1024, 300))]
        return [plain]

    def spare(self):
        """Moves a packet that has content elsewhere, and destroys the place."""
        packet = (self.next - 1) // 32 * 32
        for i in range(32):
            self.blocks[2000 + i] = self.blocks.get(self.START + packet + i, bytes(self.block))
            self.blocks[self.START + packet + i] = b"\xff" * self.block
        body = b"\0*UDF Sparing Table".ljust(32, b"\0") + struct.pack("<HHI", 1, 0, 1)
        self.put(300, self.tagged(0, 300, body + struct.pack("<II", packet, 2000)))

    def descriptors(self, length):
        maps = self.maps()
        charset = b"\0OSTA Compressed Unicode".ljust(64, b"\0")
        primary = struct.pack("<II", 1, 0) + self.field("TESTDISC", 32) + bytes(432 + 16)
        partition = struct.pack("<IHH32s128sIII", 2, 1, 0, b"\2+NSR02".ljust(32, b"\0"), bytes(128), 1, self.START,
                                length)
        logical = struct.pack("<I", 3) + charset + self.field("TESTDISC", 128) + struct.pack("<I", self.block) \
            + b"\0*OSTA UDF Compliant".ljust(32, b"\0") + self.long(self.block, self.set, self.meta_map) \
            + struct.pack("<II", sum(map(len, maps)), len(maps)) + bytes(32 + 128 + 8) + b"".join(maps)
        for i, (number, body) in enumerate(((1, primary), (5, partition.ljust(496, b"\0")), (6, logical),
                                            (8, bytes(496)))):
            self.put(260 + i, self.tagged(number, 260 + i, body))

    def build(self, files, hidden=(), in_pieces="", streams=None):
        self.set = self.meta_block()
        root = self.meta_block()
        self.fill("", root, root, files, hidden, in_pieces, streams or {})
        body = self.STAMP + bytes(400 - 28) + self.long(self.block, root, self.meta_map) + bytes(512 - 416)
        self.put(self.START + self.meta_place(self.set), self.tagged(256, self.set, body))
        if self.kind == "metadata":
            self.special(0, 250, self.meta_pieces)
            self.special(1, 251, self.meta_pieces)
        if self.kind == "sparable":
            self.spare()
        size = max(self.START + self.next + 40, 2100 if self.kind == "sparable" else 0)
        if self.kind == "virtual":
            table = struct.pack("<HHI", 152, 0, 0).ljust(152, b"\0") if self.extended else b""
            table += b"".join(struct.pack("<I", b) for b in self.virtual)
            if not self.extended:
                table += b"\0*UDF Virtual Alloc Tbl".ljust(32, b"\0") + struct.pack("<I", 0xffffffff)
            last = size - 1 - self.START
            self.virtual.append(last)
            self.kind, self.data_map, saved = "last", 0, self.meta_map
            self.meta_map = 0
            self.entry(last, 248 if self.extended else 0, table, inline=len(table) < 1500)
            self.kind, self.meta_map = "virtual", saved
        self.descriptors(size - self.START)
        self.put(256, self.tagged(2, 256, struct.pack("<IIII", 4 * self.block, 260, 4 * self.block, 260).ljust(496, b"\0")))
        out = bytearray(size * self.block)
        for number, data in self.blocks.items():
            out[number * self.block:(number + 1) * self.block] = data
        for i, name in enumerate((b"BEA01", b"NSR03" if self.extended else b"NSR02", b"TEA01")):
            out[32768 + 2048 * i:32768 + 2048 * i + 7] = b"\0" + name + b"\1"
        return bytes(out)

    def special(self, where, kind, pieces):
        """The metadata file or its mirror, in a block of the partition itself."""
        descriptors = b"".join(struct.pack("<II", count * self.block, first) for first, count in pieces)
        size = sum(count for _, count in pieces) * self.block
        icb = struct.pack("<IHHHBBIHH", 0, 4, 0, 1, 0, kind, 0, 0, 0)
        body = icb + struct.pack("<IIIHBBIQQQ", 0, 0, 0, 1, 0, 0, 0, size, size, 0) + self.STAMP * 4
        body += struct.pack("<I", 1) + bytes(4 + 16 + 16 + 32 + 8) + struct.pack("<II", 0, len(descriptors)) + descriptors
        self.put(self.START + where, self.tagged(266, where, body))


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

class Ntfs:
    """libntfs-3g, which works on an image without mounting it."""

    DATA = 0x80
    FOLDER, FILE = 0o040000, 0o100000

    def __init__(self, image):
        name = ctypes.util.find_library("ntfs-3g")
        if name is None:
            raise Missing("no libntfs-3g")
        self.lib = ctypes.CDLL(name, use_errno=True)
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int64
        for function, result, arguments in (
                ("ntfs_mount", pointer, [text, ctypes.c_ulong]),
                ("ntfs_umount", ctypes.c_int, [pointer, ctypes.c_int]),
                ("ntfs_pathname_to_inode", pointer, [pointer, pointer, text]),
                ("ntfs_create", pointer, [pointer, ctypes.c_uint32, pointer, ctypes.c_uint8, ctypes.c_uint32]),
                ("ntfs_inode_close", ctypes.c_int, [pointer]),
                ("ntfs_attr_open", pointer, [pointer, ctypes.c_uint32, pointer, ctypes.c_uint32]),
                ("ntfs_attr_add", ctypes.c_int,
                 [pointer, ctypes.c_uint32, pointer, ctypes.c_uint8, pointer, number]),
                ("ntfs_attr_pwrite", number, [pointer, number, number, pointer]),
                ("ntfs_attr_close", None, [pointer]),
                ("ntfs_set_ntfs_attrib", ctypes.c_int, [pointer, text, ctypes.c_size_t, ctypes.c_int])):
            getattr(self.lib, function).restype = result
            getattr(self.lib, function).argtypes = arguments
        self.volume = self.check(self.lib.ntfs_mount(image.encode(), 0), "mount")

    @staticmethod
    def check(result, what):
        if not result:
            sys.exit(f"ntfs: {what}: errno {ctypes.get_errno()}")
        return result

    def open(self, path):
        return self.check(self.lib.ntfs_pathname_to_inode(self.volume, None, ("/" + path).encode()), path)

    def create(self, path, kind):
        folder, _, name = path.rpartition("/")
        parent = self.open(folder)
        units = name.encode("utf-16-le")
        node = self.check(self.lib.ntfs_create(parent, 0, units, len(units) // 2, kind), path)
        self.lib.ntfs_inode_close(node)
        self.lib.ntfs_inode_close(parent)

    def write(self, path, pieces, stream=""):
        """Pieces of (place, bytes) of the content or of a stream."""
        node = self.open(path)
        units = stream.encode("utf-16-le")
        if stream and self.lib.ntfs_attr_add(node, self.DATA, units, len(units) // 2, None, 0) != 0:
            sys.exit(f"ntfs: {path}:{stream}: errno {ctypes.get_errno()}")
        data = self.check(self.lib.ntfs_attr_open(node, self.DATA, units if stream else None,
                                                  len(units) // 2), path)
        for place, piece in pieces:
            if self.lib.ntfs_attr_pwrite(data, place, len(piece), piece) != len(piece):
                sys.exit(f"ntfs: {path}: errno {ctypes.get_errno()}")
        self.lib.ntfs_attr_close(data)
        self.lib.ntfs_inode_close(node)

    def attributes(self, path, bits):
        node = self.open(path)
        self.check(self.lib.ntfs_set_ntfs_attrib(node, struct.pack("<I", bits), 4, 0) == 0, path)
        self.lib.ntfs_inode_close(node)

    def close(self):
        self.lib.ntfs_umount(self.volume, 0)


def folders_of(files):
    return sorted({"/".join(path.split("/")[:i]) for path in files for i in range(1, path.count("/") + 1)})


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
    volume.attributes("Tools/Setup Files/driver.dat", 6)
    volume.attributes("readme.txt", 1)
    volume.close()
    return files, {"Tools/Setup Files/driver.dat": "hidden,system", "readme.txt": "readonly"}, streams


def ntfs(folder, kind):
    say(folder, kind, *make_ntfs(os.path.join(folder, f"{kind}.img")))


def ntfs_compressed(folder, kind):
    say(folder, kind, *make_ntfs(os.path.join(folder, f"{kind}.img"), compressed=True))


# ---- exFAT ----

class ExFat:
    """Writes into what mkfs.exfat made."""

    def __init__(self, image):
        with open(image, "rb") as stream:
            self.data = bytearray(stream.read())
        boot = self.data
        shift = boot[108]
        self.table = struct.unpack_from("<I", boot, 80)[0] << shift
        self.heap = struct.unpack_from("<I", boot, 88)[0] << shift
        self.count = struct.unpack_from("<I", boot, 92)[0]
        self.root = struct.unpack_from("<I", boot, 96)[0]
        self.cluster = 1 << (shift + boot[109])
        at = self.place(self.root)
        while boot[at] != 0x81:
            at += 32
        self.bitmap = self.place(struct.unpack_from("<I", boot, at + 20)[0])
        upcase = at + 32 if boot[at + 32] == 0x82 else at - 32
        where, size = struct.unpack_from("<I", boot, upcase + 20)[0], struct.unpack_from("<Q", boot, upcase + 24)[0]
        self.upcase = self.unpack_upcase(bytes(boot[self.place(where):self.place(where) + size]))

    @staticmethod
    def unpack_upcase(raw):
        table, units, i = list(range(65536)), struct.unpack(f"<{len(raw) // 2}H", raw), 0
        at = 0
        while i < len(units):
            if units[i] == 0xffff and i + 1 < len(units):
                at, i = at + units[i + 1], i + 2
            else:
                table[at] = units[i]
                at, i = at + 1, i + 1
        return table

    def place(self, cluster):
        return self.heap + (cluster - 2) * self.cluster

    def allocate(self, count, step=1):
        """Clusters that are free, every `step`th."""
        found, cluster = [], 2
        while len(found) < count:
            index = cluster - 2
            if not self.data[self.bitmap + index // 8] >> index % 8 & 1:
                self.data[self.bitmap + index // 8] |= 1 << index % 8
                found.append(cluster)
                cluster += step - 1
            cluster += 1
        return found

    def store(self, data, step=1):
        """Where it begins, and whether the clusters follow each other without the table."""
        if not data:
            return 0, True
        clusters = self.allocate(-(-len(data) // self.cluster), step)
        for i, cluster in enumerate(clusters):
            part = data[i * self.cluster:(i + 1) * self.cluster]
            self.data[self.place(cluster):self.place(cluster) + len(part)] = part
        straight = all(b == a + 1 for a, b in zip(clusters, clusters[1:]))
        if not straight:
            for a, b in zip(clusters, clusters[1:] + [0xffffffff]):
                struct.pack_into("<I", self.data, self.table + 4 * a, b)
        return clusters[0], straight

    def entries(self, name, attributes, first, straight, size):
        units = name.encode("utf-16-le")
        hashed = 0
        for byte in b"".join(struct.pack("<H", self.upcase[u])
                             for u in struct.unpack(f"<{len(units) // 2}H", units)):
            hashed = ((hashed << 15 | hashed >> 1) + byte) & 0xffff
        names = [units[i:i + 30] for i in range(0, len(units), 30)]
        stamp = (2026 - 1980) << 25 | 11 << 21 | 25 << 16 | 9 << 11
        out = bytearray(struct.pack("<BBHHHIIIBBBBB7x", 0x85, 1 + len(names), 0, attributes, 0,
                                    stamp, stamp, stamp, 0, 0, 0x80 | 36, 0x80 | 36, 0x80 | 36))
        flags = 3 if straight and first else 1
        out += struct.pack("<BBBBHHQIIQ", 0xc0, flags, 0, len(units) // 2, hashed, 0, size, 0, first, size)
        for part in names:
            out += struct.pack("<BB30s", 0xc1, 0, part)
        total = 0
        for i, byte in enumerate(out):
            if i not in (2, 3):
                total = ((total << 15 | total >> 1) + byte) & 0xffff
        struct.pack_into("<H", out, 2, total)
        return bytes(out)

    def build(self, files, attributes, in_pieces):
        """All folders, the deepest first."""
        made = {}
        for folder in sorted(folders_of(files) + [""], key=lambda path: -path.count("/") if path else 1):
            content = b""
            inside = [p for p in list(files) + folders_of(files) if p.rpartition("/")[0] == folder]
            for path in sorted(inside):
                name = path.rpartition("/")[2]
                if path in files:
                    first, straight = self.store(files[path], 3 if path == in_pieces else 1)
                    content += self.entries(name, attributes.get(path, 0x20), first, straight, len(files[path]))
                else:
                    first, straight, size = made[path]
                    content += self.entries(name, 0x10, first, straight, size)
            if folder:
                size = max(1, -(-len(content) // self.cluster)) * self.cluster
                made[folder] = *self.store(content.ljust(size, b"\0")), size
        at = self.place(self.root)
        while self.data[at] != 0:
            at += 32
        self.data[at:at + len(content)] = content


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
    yield "ntfs-runs", ntfs_runs(), "malformed", "readme.txt", "-"
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
