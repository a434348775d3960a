# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Small disks that ask for much memory or time.

    images_costly.py FOLDER   writes them, and costly.tsv: of each its name, what a scan tells, words of its
                              finding, and a file that it shows
"""
import array
import os
import struct
import sys

from images_udf import Udf

SECTOR, BLOCK = 512, 2048


def fat_tails():
    """FAT32: folders within folders. All chains soon run through the same half a million clusters of
    which no two are neighbours."""
    levels, entries = 120, 1 << 20
    sectors = entries * 4 // SECTOR
    boot = struct.pack("<3s8sHBHBHHBHHHIIIHHIHH", b"\xeb\x58\x90", b"MSDOS5.0", SECTOR, 1, 1, 1, 0, 0, 0xf8, 0, 32, 2, 0,
                       1 + sectors + entries, sectors, 0, 0, 2, 1, 6)
    out = bytearray(boot.ljust(SECTOR - 2, b"\0") + b"\x55\xaa")
    table = array.array("I", range(2, entries + 2))
    for level in range(levels):
        table[2 + level] = 1000
    table[entries - 2] = table[entries - 1] = 0x0fffffff
    out += table.tobytes()
    for level in range(levels):
        out += struct.pack("<11sBBBHHHHHHHI", b"D          ", 0x10, 0, 0, 0, 0, 0, 0, 0, 0x5b59, 3 + level, 0) \
            .ljust(SECTOR, b"\0")
    return bytes(out) + bytes(SECTOR)


class Hostile(Udf):
    """A volume by hand: `put_entry` and `finish`."""

    def put_entry(self, where, kind, size, pieces):
        """Pieces of (kind, length, block); what the block of the entry does not hold goes on elsewhere."""
        raw = [struct.pack("<II", kind << 30 | length, block) for kind, length, block in pieces]
        here = 200
        body = self.head(where, kind, size, raw[:here], here < len(raw))
        if here < len(raw):
            body += struct.pack("<II", 3 << 30 | self.block, self.next)
        self.put(self.START + self.meta_place(where), self.tagged(261, where, body))
        most = (self.block - 24) // 8 - 1
        for at in range(here, len(raw), most):
            own, self.next = self.next, self.next + 1
            part = b"".join(raw[at:at + most])
            if at + most < len(raw):
                part += struct.pack("<II", 3 << 30 | self.block, self.next)
            self.put(self.START + own, self.tagged(258, own, struct.pack("<II", 0, len(part)) + part))

    def head(self, where, kind, size, raw, more):
        icb = struct.pack("<IHHHBBIHH", 0, 4, 0, 1, 0, kind, 0, 0, 0)
        body = icb + struct.pack("<IIIHBBIQQ", 0, 0, 0x14a5, 1, 0, 0, 0, size, 0) + self.STAMP * 3
        body += struct.pack("<I", 1) + bytes(16) + b"\0*Sekisho test".ljust(32, b"\0")
        return body + struct.pack("<QII", where, 0, 8 * (len(raw) + more)) + b"".join(raw)

    def put_data(self, data):
        """Content in one piece of each 64 MiB; its pieces."""
        first = self.next
        self.put(self.START + first, data)
        self.next += -(-len(data) // self.block)
        return [(0, min(1 << 26, len(data) - at), first + at // self.block) for at in range(0, len(data), 1 << 26)]

    def names(self, count, where, bits=0):
        return self.identifier("x", where, bits) * count

    def finish(self, root, where=None):
        self.set = where or self.next
        self.next += 1
        body = self.STAMP + bytes(400 - 28) + self.long(self.block, root, self.meta_map) + bytes(512 - 416)
        self.put(self.START + self.meta_place(self.set), self.tagged(256, self.set, body))
        self.descriptors(self.next + 40)
        self.put(256, self.tagged(2, 256, struct.pack("<IIII", 4 * self.block, 260, 4 * self.block, 260)
                                  .ljust(496, b"\0")))
        out = bytearray((self.START + self.next + 40) * self.block)
        for number, data in self.blocks.items():
            out[number * self.block:(number + 1) * self.block] = data
        for i, name in enumerate((b"BEA01", b"NSR02", b"TEA01")):
            out[32768 + 2048 * i:32768 + 2048 * i + 7] = b"\0" + name + b"\1"
        return bytes(out)


HOLE = 16 << 20


def udf_hollow_folders():
    """Folders within folders, each of 16 MiB of which all but one block is nowhere."""
    volume, levels = Hostile(), 120
    volume.next = levels + 1
    for level in range(levels):
        piece = volume.put_data(volume.names(1, level + 1, 2).ljust(BLOCK, b"\0"))
        volume.put_entry(level, 4, HOLE, piece + [(1, HOLE - BLOCK, 0)])
    volume.put_entry(levels, 5, 0, [])
    return volume.finish(0)


def udf_hollow_links():
    """Links of 16 MiB that are nowhere."""
    volume = Hostile()
    volume.next = 2
    data = volume.names(50000, 1)
    volume.put_entry(0, 4, len(data), volume.put_data(data))
    volume.put_entry(1, 12, HOLE, [(1, HOLE, 0)])
    return volume.finish(0)


def udf_pieces():
    """Files, all of them one, in 20,000 pieces."""
    volume = Hostile()
    volume.next = 2
    data = volume.names(5000, 1)
    volume.put_entry(0, 4, len(data), volume.put_data(data))
    volume.put_entry(1, 5, 20000, [(0, 1, i % 2 * 2) for i in range(20000)])
    return volume.finish(0)


def udf_more_pieces():
    """A file in more pieces than are kept."""
    volume = Hostile()
    volume.next = 2
    data = volume.names(1, 1)
    volume.put_entry(0, 4, len(data), volume.put_data(data))
    volume.put_entry(1, 5, 2000001, [(0, 1, i % 2 * 2) for i in range(2000001)])
    return volume.finish(0)


class Metadata(Hostile):
    """Near two million pieces of its metadata file, and a last one in which all lies."""

    COUNT, FIRST = 1999000, 8

    def meta_place(self, logical):
        return logical - self.COUNT + self.FIRST if logical >= self.COUNT else logical

    def maps(self):
        self.kind = "metadata"
        return super().maps()


def udf_metadata():
    volume = Metadata()
    volume.meta_map = 1
    data = volume.names(60000, volume.COUNT + 1)
    blocks = 2 + -(-len(data) // BLOCK)
    volume.next = volume.FIRST + blocks + 1
    volume.put_entry(0, 250, 0, [(0, BLOCK, 4 + i % 2 * 2) for i in range(volume.COUNT)]
                     + [(0, (blocks + 1) * BLOCK, volume.FIRST)])
    volume.put(volume.START + volume.FIRST + 2, data)
    volume.put_entry(volume.COUNT, 4, len(data), [(0, len(data), volume.COUNT + 2)])
    volume.put_entry(volume.COUNT + 1, 5, 0, [])
    return volume.finish(volume.COUNT, volume.COUNT + blocks)


def iso_record(name, block, size, flags):
    length = 33 + len(name) + (len(name) % 2 == 0)
    return (struct.pack("<BB", length, 0) + struct.pack("<I", block) + struct.pack(">I", block) + struct.pack("<I", size)
            + struct.pack(">I", size) + struct.pack("<7B", 126, 11, 25, 9, 0, 0, 36) + struct.pack("<BBBHHB", flags, 0, 0, 1, 1 << 8, len(name))
            + name).ljust(length, b"\0")


def iso_deep():
    """60 descriptors of one root; 18 folders with long names within each other, and 200,000 files in the last."""
    out = bytearray(16 * BLOCK)
    levels, first = 18, 80
    per_block = BLOCK // 34
    blocks = 200000 // per_block
    for i in range(60):
        kind = 1 if i == 0 else 2
        volume = bytearray(struct.pack("<B5sB", kind, b"CD001", 1).ljust(BLOCK, b"\0"))
        volume[40:72] = b"DEEP".ljust(32)
        volume[128:132] = struct.pack("<H", BLOCK) + struct.pack(">H", BLOCK)
        volume[156:190] = iso_record(b"\0", first, BLOCK + i, 2)
        out += volume
    out += struct.pack("<B5sB", 255, b"CD001", 1).ljust(BLOCK, b"\0")
    out = out.ljust(first * BLOCK, b"\0")
    for level in range(levels):
        size = BLOCK if level < levels - 1 else blocks * BLOCK
        out += iso_record(bytes([65 + level]) * 218, first + 1 + level, size, 2).ljust(BLOCK, b"\0")
    out += (iso_record(b"F", 1, 1, 0) * per_block).ljust(BLOCK, b"\0") * blocks
    return bytes(out)


DISKS = (
    ("fat-tails", fat_tails, "limit", "more than 2097152 bytes", "D/D"),
    ("udf-hollow-folders", udf_hollow_folders, "limit,malformed", "not all of its entries can be read", "x/x"),
    ("udf-hollow-links", udf_hollow_links, "limit", "a link of more than", "x"),
    ("udf-pieces", udf_pieces, "limit", "its members need more than", "x"),
    ("udf-more-pieces", udf_more_pieces, "limit,truncated", "x: more than 2000000 pieces", "x"),
    ("udf-metadata", udf_metadata, "-", "-", "x"),
    ("iso-deep", iso_deep, "limit", "more than 4 trees", "A" * 218),
)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "costly.tsv"), "w", encoding="utf-8") as out:
        for name, make, *expected in DISKS:
            with open(os.path.join(folder, f"{name}.img"), "wb") as stream:
                stream.write(make())
            out.write("\t".join((name, *expected)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
