# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Disks on which one system shows files that a hasty reader does not see; for tests/program/media/hidden.t.

    images_hidden.py FOLDER    FOLDER/NAME.img of each, and hidden.tsv: name, what a scan tells, files that it
                               shows (comma-separated), words of a finding; tab-separated

Exit 77, with a line that tells why: a program that makes them is not installed.
"""
import os
import struct
import sys
import zlib

import images
from images import SECTOR, entry_mbr, fat_disk, fat_entry, made, patched, table_mbr
from images_volumes import Missing

FAT = 64  # sectors of fat_disk
DATA = bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7")
RESERVED = bytes.fromhex("16e3c9e35c0bb84d817df92df00215ae")


def volume(name="SETUP   EXE"):
    return fat_disk([fat_entry(name.encode(), 0x20, 2, 5)], {2: 0xfff}, (3 * SECTOR, b"hello"))


def disk(size, *pieces):
    """Of that many sectors; pieces of (sector, bytes)."""
    return patched(bytes(size * SECTOR), *((at * SECTOR, data) for at, data in pieces))


def gpt(size, where, table, entries, count=128, good=True):
    """Header and table, as pieces of a disk. Entries of (kind, first, last)."""
    data = b"".join(struct.pack("<16s16sQQQ72s", kind, b"g" * 16, first, last, 0, b"")
                    for kind, first, last in entries).ljust(min(count, 128) * 128, b"\0")
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, where, size - where, 34,
                                   size - 34, b"d" * 16, table, count, 128, zlib.crc32(data)))
    struct.pack_into("<I", header, 16, zlib.crc32(header) ^ (not good))
    return (where, bytes(header)), (table, data)


def protective(size):
    return 0, table_mbr(entry_mbr(0xee, 1, size - 1))


def volumes():
    fat = volume()
    exfat = struct.pack("<QQIIIIIIHHBBBB", 0, 64, 8, 8, 16, 40, 2, 0, 0x100, 0, 9, 0, 1, 0x80)
    yield "fat-named-exfat", patched(fat, (3, b"EXFAT   "), (64, exfat)), "malformed", "setup.exe", "-"
    yield "fat-named-ntfs", patched(fat, (3, b"NTFS    "), (48, struct.pack("<QQ", 4, 8))), "malformed", "setup.exe", \
        "first records"
    mark = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    yield "fat-to-go", patched(fat, (424, mark)), "encrypted", "setup.exe", "BitLocker To Go"
    yield "fat-no-jump", patched(fat, (0, b"\0\0\0")), "-", "setup.exe", "-"


def partitions():
    fat, other = volume(), volume("OTHER   EXE")
    size = 1024
    backup = gpt(size, size - 1, size - 33, [(DATA, 100, 163)])
    yield "gpt-decoy", disk(size, protective(size), *gpt(size, 1, 2, [], good=False), *backup, (100, fat)), \
        "malformed", "setup.exe", "check sum"
    yield "gpt-two", disk(size, protective(size), *gpt(size, 1, 2, [(DATA, 200, 263)]), *backup, (100, fat),
                          (200, other)), "-", "setup.exe,other.exe", "-"
    yield "gpt-table-changed", disk(size, protective(size), *gpt(size, 1, 2, [(DATA, 200, 263)])[:1],
                                    *gpt(size, 3, 2, [(DATA, 300, 363)])[1:], *backup, (100, fat)), \
        "malformed", "setup.exe", "check sum"
    yield "gpt-gap", disk(size, (0, table_mbr(entry_mbr(1, 100, FAT))), (4, b"EFI PART"), (100, fat)), "malformed", \
        "setup.exe", "check sum"
    yield "gpt-absent", disk(size, protective(size)), "malformed", "-", "protects a GPT"
    far = [(DATA, 1 << 60, (1 << 60) + 9), (DATA, 9, 8), (DATA, 100, 163)]
    yield "gpt-absurd", disk(size, protective(size), *gpt(size, 1, 2, far), (100, fat)), "malformed", "setup.exe", \
        "ends before it begins"
    yield "gpt-reserved", disk(size, protective(size), *gpt(size, 1, 2, [(RESERVED, 100, 163), (RESERVED, 200, 220)]),
                               (100, fat)), "-", "setup.exe", "-"
    yield "gpt-many", disk(size, protective(size), *gpt(size, 1, 2, [(DATA, 400, 463)], 4000), (400, fat)), \
        "limit,malformed", "setup.exe", "more than 1024 entries"
    yield "mbr-same-first", disk(size, (0, table_mbr(entry_mbr(1, 100, 3), entry_mbr(1, 100, FAT))), (100, fat)), \
        "truncated", "setup.exe,setup.exe", "-"
    apple = [struct.pack(">2sHIII32s32s", b"PM", 0, 2, first, count, b"disk", kind)
             for kind, first, count in ((b"Apple_partition_map", 1, 63), (b"DOS_FAT_32", 100, FAT))]
    yield "apple-fat", disk(size, (0, b"ER\2\0"), (1, apple[0]), (2, apple[1]), (100, fat)), "-", "setup.exe", "-"


def discs():
    disc = made("iso-joliet", images.iso_joliet)
    # A file of one byte where a partition begins.
    records = [images.iso_record(disc, name) for name in (b"PIECES.BIN;1", "pieces.bin".encode("utf-16-be"))]
    place = struct.unpack_from("<I", disc, records[0] + 2)[0]
    short = [(at + 10, struct.pack("<I", 1)) for at in records]
    yield "disc-short-file", patched(disc, (0, table_mbr(entry_mbr(1, place * 4, FAT))), (place * 2048, volume()),
                                     *short), "-", "setup.exe", "-"
    files = len(disc) // SECTOR
    inner = made("iso-rock", images.iso_rock)
    yield "disc-in-partition", patched(disc.ljust(len(disc) + len(inner), b"\0"), (len(disc), inner),
                                       (0, table_mbr(entry_mbr(0x17, files, len(inner) // SECTOR)))), "-", \
        "readme.txt,readme.txt", "-"
    # Two discs whose trees differ, in two partitions: equal places in each.
    hidden = made("iso-hidden", images.iso_hidden)
    count = len(hidden) // SECTOR
    yield "discs-in-partitions", disk(64 + 2 * count, (0, table_mbr(entry_mbr(0x17, 64, count),
                                                                    entry_mbr(0x17, 64 + count, count))),
                                      (64, hidden), (64 + count, hidden)), "-", \
        "readme.txt,readme.txt,driver.dat,driver.dat", "-"


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    try:
        images.need("genisoimage", "mkntfs", "mkfs.fat", "mcopy")
        with open(os.path.join(folder, "hidden.tsv"), "w", encoding="utf-8") as out:
            for part in (volumes, partitions, discs):
                for name, data, told, shown, words in part():
                    with open(os.path.join(folder, f"{name}.img"), "wb") as stream:
                        stream.write(data)
                    out.write(f"{name}\t{told}\t{shown}\t{words}\n")
    except Missing as reason:
        print(reason)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
