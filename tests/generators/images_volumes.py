# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writers of NTFS and exFAT into images that mkntfs and mkfs.exfat made; for images.py."""
import ctypes
import ctypes.util
import struct
import sys


class Missing(Exception):
    pass


def folders_of(files):
    return sorted({"/".join(path.split("/")[:i]) for path in files for i in range(1, path.count("/") + 1)})


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
                ("ntfs_index_add_filename", ctypes.c_int, [pointer, pointer, ctypes.c_uint64]),
                ("ntfs_delete", ctypes.c_int, [pointer, text, pointer, pointer, pointer, ctypes.c_uint8]),
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

    def record(self, path):
        """The file's number, with its sequence, as its name's entry begins with."""
        node = self.open(path)
        number = struct.unpack_from("<Q", ctypes.string_at(node, 8))[0]
        self.lib.ntfs_inode_close(node)
        return number | 1 << 48

    def delete(self, path):
        folder, _, name = path.rpartition("/")
        units = name.encode("utf-16-le")
        if self.lib.ntfs_delete(self.volume, None, self.open(path), self.open(folder), units, len(units) // 2) != 0:
            sys.exit(f"ntfs: {path}: errno {ctypes.get_errno()}")

    def names(self, folder, names, record):
        """Names in the folder that all lead to one record."""
        node = self.open(folder)
        for name in names:
            units = name.encode("utf-16-le")
            one = struct.pack("<Q4Q16xIIBB", 5 << 48 | 5, *[0x1dd5c0000000000] * 4, 0x20, 0, len(units) // 2, 1) + units
            if self.lib.ntfs_index_add_filename(node, one, record) != 0:
                sys.exit(f"ntfs: {name}: errno {ctypes.get_errno()}")
        self.lib.ntfs_inode_close(node)

    def close(self):
        self.lib.ntfs_umount(self.volume, 0)


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
