#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Damages zip archives, and makes some that nobody would make.

    zip-hostile.py cut ZIPS FOLDER            each archive, cut at each sixteenth
    zip-hostile.py mutate ZIPS FOLDER COUNT   seeded changes of them, COUNT in all
    zip-hostile.py bombs FOLDER               nested, overlapping, of absurd sizes and names
    zip-hostile.py zeros FILE COUNT           one member with so many MiB of zeros
    zip-hostile.py many FILE COUNT            one archive with so many members
"""
import os
import random
import struct
import sys
import zlib


def read_all(folder):
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        if len(data) < 100000:
            yield name[:-4], data


def write(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def cut(zips, folder):
    for name, data in read_all(zips):
        for part in range(1, 16):
            write(folder, f"{name}-{part}.zip", data[:len(data) * part // 16])


MARKS = [b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08", b"\xff" * 4, bytes(4), b"\x63\0", b"\x01\x99"]


def mutate(zips, folder, count):
    samples = list(read_all(zips))
    for number in range(count):
        source = random.Random(number)
        name, data = samples[number % len(samples)]
        data = bytearray(data)
        for _ in range(source.choice((1, 1, 2, 5, 20))):
            at = source.randrange(len(data))
            kind = source.randrange(5)
            if kind == 0:
                data[at] ^= 1 << source.randrange(8)
            elif kind == 1:
                data[at] = source.randrange(256)
            elif kind == 2:
                mark = source.choice(MARKS)
                data[at:at + len(mark)] = mark
            elif kind == 3:
                del data[at:at + source.randrange(1, 40)]
                data = data or bytearray(b"P")
            else:
                start = source.randrange(len(data))
                data[at:at] = data[start:start + source.randrange(1, 200)]
        write(folder, f"{number:05}-{name}.zip", bytes(data))


def local(name, packed, crc, size, method=8, extra=b""):
    return b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0x5B79, crc, packed, size, len(name), len(extra)) + name + extra


def central(name, packed, crc, size, place, method=8, extra=b""):
    return (b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, method, 0, 0x5B79, crc, packed, size, len(name),
                                   len(extra), 0, 0, 0, 0, place) + name + extra)


def end(count, size, place):
    return b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, size, place, 0)


def single(name, data, method=0):
    crc, packed = zlib.crc32(data), data
    if method == 8:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
    head = local(name, len(packed), crc, len(data), method) + packed
    directory = central(name, len(packed), crc, len(data), 0, method)
    return head + directory + end(1, len(directory), len(head))


def quoted(count, kernel_size):
    """Each member's data quotes the next one's header in a stored block and goes on with its data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = bytes(range(256)) * (kernel_size // 256)
    out = packer.compress(plain) + packer.flush()
    heads = []
    for number in reversed(range(count)):
        name = b"%05d" % number
        if heads:
            quote = heads[-1][1]
            out = struct.pack("<BHH", 0, len(quote), len(quote) ^ 0xFFFF) + out
            plain = quote + plain
        head = local(name, len(out), zlib.crc32(plain), len(plain))
        heads.append((name, head, len(out), zlib.crc32(plain), len(plain)))
        out = head + out
    directory, place = b"", 0
    for name, head, packed, crc, size in reversed(heads):
        directory += central(name, packed, crc, size, place)
        place += len(head) + 5
    return out + directory + end(count, len(directory), len(out))


def bombs(folder):
    data = b"the end"
    for _ in range(200):
        data = single(b"next.zip", data)
    write(folder, "nested.zip", data)
    write(folder, "quoted.zip", quoted(1000, 1 << 20))
    head = local(b"a", 30 << 10, zlib.crc32(bytes(30 << 10)), 30 << 10, 0) + bytes(30 << 10)
    directory = b"".join(central(b"%d" % i, 30 << 10, zlib.crc32(bytes(30 << 10)), 30 << 10, 0, 0) for i in range(60000))
    write(folder, "same.zip", head + directory + end(60000, len(directory), len(head)))
    wide = struct.pack("<HHQQQ", 1, 24, (1 << 63) + 5, (1 << 64) - 9, (1 << 64) - 70)
    head = local(b"a", 0xFFFFFFFF, 0, 0xFFFFFFFF, 8, wide[:20]) + b"x"
    directory = central(b"a", 0xFFFFFFFF, 0, 0xFFFFFFFF, 0xFFFFFFFF, 8, wide)
    write(folder, "absurd.zip", head + directory + end(1, len(directory), len(head)))
    write(folder, "long-name.zip", single(b"n" * 4092 + b".exe", b"x"))
    write(folder, "longest-name.zip", single(b"d/" * 32767, b"x"))
    write(folder, "marks.zip", b"PK\3\4" * 200000 + single(b"a", b"x"))
    streamed = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 8, 0, 0, 0x5B79, 0, 0, 0, 1, 0) + b"a"
    write(folder, "streamed.zip", streamed * 20000 + b"PK\7\x08" * 200000 + single(b"a", b"x"))


def zeros(path, count):
    """So many MiB of zeros in one member: each MiB packs into the same kilobyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed, size, crc = piece * count + packer.flush(), count << 20, 0
    for _ in range(count):
        crc = zlib.crc32(bytes(1 << 20), crc)
    with open(path, "wb") as file:
        file.write(local(b"zeros.csv", len(packed), crc, size, 8) + packed)
        place = file.tell()
        entry = central(b"zeros.csv", len(packed), crc, size, 0, 8)
        file.write(entry + end(1, len(entry), place))


def many(path, count):
    with open(path, "wb") as file:
        for number in range(count):
            file.write(local(b"%07d.txt" % number, 0, 0, 0, 0))
        place, size = 41 * count, 0
        for number in range(count):
            entry = central(b"%07d.txt" % number, 0, 0, 0, 41 * number, 0)
            size += file.write(entry)
        file.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, place))
        file.write(struct.pack("<IIQI", 0x07064B50, 0, place + size, 1))
        file.write(end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "cut":
        cut(*rest)
    elif what == "mutate":
        mutate(rest[0], rest[1], int(rest[2]))
    elif what == "bombs":
        bombs(rest[0])
    elif what == "zeros":
        zeros(rest[0], int(rest[1]))
    else:
        many(rest[0], int(rest[1]))


if __name__ == "__main__":
    main()
