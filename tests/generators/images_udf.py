# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""A writer of UDF, which no tool of Debian fills without mounting; for images.py."""
import binascii
import struct

from images_volumes import folders_of


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
        return binascii.crc_hqx(data, 0)

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
