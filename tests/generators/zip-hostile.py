#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Damages zip archives, and makes some that nobody would make.

    zip-hostile.py cut ZIPS FOLDER            each archive, cut at each sixteenth
    zip-hostile.py mutate ZIPS FOLDER COUNT   seeded changes of them, COUNT in all
    zip-hostile.py bombs FOLDER               nested, overlapping, of absurd sizes and names
    zip-hostile.py zeros FILE COUNT           one member with so many MiB of zeros
    zip-hostile.py many FILE COUNT            one archive with so many members
    zip-hostile.py huge FOLDER                members of 10 GiB: zeros, and text
    zip-hostile.py quine FILE                 an archive whose only member is the archive itself
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


def zstd_zeros(mebibytes):
    """A frame whose window is the largest that is allowed, 128 MiB; each block is 128 KiB of one byte."""
    block = struct.pack("<I", 128 << 10 << 3 | 1 << 1)[:3] + b"\0"
    last = struct.pack("<I", 1 << 3 | 1 << 1 | 1)[:3] + b"\0"
    return b"\x28\xb5\x2f\xfd\0\x88" + 8 * mebibytes * block + last


def windows(levels):
    """On each level what takes much memory to unpack, and the next level."""
    size = (128 << 20) + 1
    packed, crc = zstd_zeros(128), zlib.crc32(bytes(size))
    inner = b"the end"
    for _ in range(levels):
        sums = [(b"zeros", len(packed), crc, size, 93), (b"next.zip", len(inner), zlib.crc32(inner), len(inner), 0)]
        out, directory = b"", b""
        for (name, n_packed, of, n_plain, method), data in zip(sums, (packed, inner)):
            directory += central(name, n_packed, of, n_plain, len(out), method)
            out += local(name, n_packed, of, n_plain, method) + data
        inner = out + directory + end(2, len(directory), len(out))
    return inner


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
    write(folder, "windows.zip", windows(4))
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


def huge(folder):
    """Deflate's zeros are the bomb that everybody knows. Text of 4 KiB again and again is a match of 128 KiB, 4 KiB
    back, in each block of Zstandard; zip64 tells the sizes."""
    size = 10 << 30
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    zeros = chunk * (size >> 20) + b"\3\0"
    text = "".join(f"{number:04}: この行は爆弾の中身です。\r\n" for number in range(200)).encode()[:4096]
    head = b"\x28\xb5\x2f\xfd\0\x38" + struct.pack("<I", 4096 << 3)[:3] + text
    match = struct.pack("<BBBBBBI", 0, 1, 0x54, 0, 12, 52, 1 << 28 | 3 << 16 | (128 << 10) - 65539)
    block = struct.pack("<I", len(match) << 3 | 2 << 1)[:3] + match
    lines = head + (size >> 17) * block + struct.pack("<I", 1)[:3]
    for name, data, method, made in (("zeros", zeros, 8, size), ("text", lines, 93, size + 4096)):
        wide = struct.pack("<HHQ", 1, 8, made)
        out = local(name.encode(), len(data), 0, 0xFFFFFFFF, method, wide) + data
        directory = central(name.encode(), len(data), 0, 0xFFFFFFFF, 0, method, wide)
        write(folder, f"{name}.zip", out + directory + end(1, len(directory), len(out)))


UNIT = 10


def bits(fields):
    """Deflate's order: from the lowest bit on."""
    value = place = 0
    for number, count in fields:
        value |= number << place
        place += count
    return value, place


def padded(fields, last=0):
    """A stored block of nothing brings it to a border of bytes; empty blocks before it to ten bytes."""
    empty = [(0, 1), (1, 2), (0, 7)]
    while bits(fields)[1] < 8 * (UNIT - 4) - 10:
        fields = fields + empty
    value, count = bits(fields + [(last, 1), (0, 2)])
    assert 8 * (UNIT - 5) < count <= 8 * (UNIT - 4)
    return value.to_bytes(UNIT - 4, "little")


def literal(size):
    """The next so many bytes as they are."""
    return padded([]) + struct.pack("<HH", size, size ^ 0xFFFF)


def reversed_bits(number, count):
    return int(f"{number:0{count}b}"[::-1], 2)


def repeat(size, last=0):
    """The last so many bytes once more: one match, as long as it is far."""
    lengths = [(11, 265, 1), (19, 269, 2), (35, 273, 3), (67, 277, 4), (131, 281, 5), (259, 0, 0)]
    distances = [(5, 4, 1), (9, 6, 2), (17, 8, 3), (33, 10, 4), (65, 12, 5), (129, 14, 6), (257, 16, 7)]
    at = max(i for i, row in enumerate(lengths) if row[0] <= size)
    step, extra = divmod(size - lengths[at][0], 1 << lengths[at][2])
    code = lengths[at][1] + step - 256
    far = max(i for i, row in enumerate(distances) if row[0] <= size)
    far_step, far_extra = divmod(size - distances[far][0], 1 << distances[far][2])
    assert code < 24 and size < 257
    return padded([(0, 1), (1, 2), (reversed_bits(code, 7), 7), (extra, lengths[at][2]),
                   (reversed_bits(distances[far][1] + far_step, 5), 5), (far_extra, distances[far][2]), (0, 7)],
                  last) + struct.pack("<HH", 0, 0xFFFF)


def itself(before, behind):
    """What unpacks to `before`, itself and `behind`. All orders are ten bytes long. To write X, then the order to
    repeat it, writes X twice: so what was written stays as far as what was ordered, and is in the end ahead of it."""
    start, four, close = len(before) + UNIT, 4 * UNIT, len(behind) + UNIT
    nothing = literal(0)
    out = literal(start) + before + literal(start) + repeat(start)
    out += 2 * nothing
    out += literal(four) + repeat(start) + 2 * nothing + literal(four) + repeat(four)
    out += literal(four) + 2 * (repeat(four) + literal(four)) + repeat(four)
    out += literal(four) + repeat(four) + 2 * nothing + literal(close) + repeat(four)
    return out + 2 * nothing + literal(close) + repeat(close, 1) + behind + repeat(close, 1)


def quine(path):
    """The sum of a file that holds its own sum: each bit of it changes the sum by a fixed pattern, so 32 equations
    tell it."""
    name = b"quine.zip"

    def made(crc):
        size = 30 + len(name), 46 + len(name) + 22
        packed = len(itself(bytes(size[0]), bytes(size[1])))
        total = size[0] + packed + size[1]
        before = local(name, packed, crc, total)
        behind = central(name, packed, crc, total, 0) + end(1, 46 + len(name), size[0] + packed)
        return before + itself(before, behind) + behind

    base = zlib.crc32(made(0))
    rows = {}
    for bit in range(32):
        value, mark = zlib.crc32(made(1 << bit)) ^ base ^ 1 << bit, 1 << bit
        for high, (other, bits_of) in sorted(rows.items(), reverse=True):
            if value >> high & 1:
                value, mark = value ^ other, mark ^ bits_of
        assert value, "no sum is its own; another name has one"
        rows[value.bit_length() - 1] = value, mark
    crc, left = 0, base
    for high, (other, bits_of) in sorted(rows.items(), reverse=True):
        if left >> high & 1:
            left, crc = left ^ other, crc ^ bits_of
    data = made(crc)
    assert zlib.crc32(data) == crc
    write(os.path.dirname(path), os.path.basename(path), data)


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "cut":
        cut(*rest)
    elif what == "mutate":
        mutate(rest[0], rest[1], int(rest[2]))
    elif what == "bombs":
        bombs(rest[0])
    elif what == "huge":
        huge(rest[0])
    elif what == "quine":
        quine(rest[0])
    elif what == "zeros":
        zeros(rest[0], int(rest[1]))
    else:
        many(rest[0], int(rest[1]))


if __name__ == "__main__":
    main()
