#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Makes an archive of every format that the archive plugin opens, and a table
of what has to come out: FOLDER/NAME, and FOLDER.json with, for each NAME,
the children (name: SHA-256, null for one that is only named) and facts.

    archives.py FOLDER            all cases; those of 7-Zip when 7zz is there
    archives.py odd FOLDER        such as no honest program makes
    archives.py cut FILE FOLDER   FILE ended at each sixteenth
    archives.py change FILE FOLDER COUNT    COUNT changed copies of FILE, the same in each run
"""
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import zlib

TEXT = ("見積書の本文。\n" * 40).encode()
PROGRAM = b"MZ" + bytes(62) + bytes(range(256)) * 8
SMALL = b"short\n"
NAMES = {"a.txt": TEXT, "dir/b.bin": PROGRAM, "dir/見積書.txt": SMALL}


def sha(data):
    return hashlib.sha256(data).hexdigest()


def digests(members):
    return {name: sha(data) for name, data in members.items()}


# ---- tar, cpio, ar ----

def tar(form=tarfile.PAX_FORMAT, members=NAMES):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        folder = tarfile.TarInfo("dir")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = 1700000000
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, "../../etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def v7(members):
    """As tar was before ustar: no magic, only the sum."""
    out = b""
    for name, data in members.items():
        head = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2
        head += b"%011o\0" % len(data) + b"%011o\0" % 1700000000 + b" " * 8 + b"0" + bytes(100)
        head = head.ljust(512, b"\0")
        head = head[:148] + b"%06o\0 " % sum(head) + head[156:]
        out += head + data + bytes(-len(data) % 512)
    return out + bytes(1024)


def cpio(members, mode=0o100644):
    out = b""
    for i, (name, data) in enumerate([*members.items(), ("TRAILER!!!", b"")]):
        raw = name.encode() + b"\0"
        fields = (i + 1, mode, 0, 0, 1, 1700000000, len(data), 0, 0, 0, 0, len(raw), 0)
        out += b"070701" + b"".join(b"%08X" % f for f in fields) + raw
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out + bytes(-len(out) % 512)


def ar(members):
    out = b"!<arch>\n"
    for name, data in members.items():
        out += b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name.encode() + b"/", 1700000000, 0, 0, 0o644, len(data))
        out += data + b"\n" * (len(data) % 2)
    return out


# ---- compressed files ----

def lzip(data):
    body = lzma.compress(data, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])[13:]
    return b"LZIP\1\x10" + body + struct.pack("<IQQ", zlib.crc32(data), len(data), 6 + len(body) + 20)


def zstd(data):
    head = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data))
    return head + (len(data) << 3 | 1).to_bytes(3, "little") + data


def lz4_legacy(data):
    rest = len(data) - 15
    block = b"\xf0" + b"\xff" * (rest // 255) + bytes([rest % 255]) + data
    return struct.pack("<II", 0x184C2102, len(block)) + block


def compress(data):
    assert len(data) < 250
    bits = sum(byte << 9 * i for i, byte in enumerate(data))
    return b"\x1f\x9d\x90" + bits.to_bytes((9 * len(data) + 7) // 8, "little")


def gz(data, name=None, comment=None):
    flags = (8 if name else 0) | (16 if comment else 0)
    head = b"\x1f\x8b\x08" + bytes([flags]) + struct.pack("<I", 1700000000) + b"\0\3"
    head += name + b"\0" if name else b""
    head += comment + b"\0" if comment else b""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return head + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


# ---- LHA, CAB, xar ----

def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def lha(members, charset="cp932"):
    """Stored, headers of level 0, names as DOS had them."""
    out = b""
    for name, data in members.items():
        raw = name.replace("/", "\\").encode(charset)
        body = b"-lh0-" + struct.pack("<IIIBBB", len(data), len(data), 0x57657000, 0x20, 0, len(raw)) + raw
        body += struct.pack("<H", crc16(data))
        out += bytes([len(body), sum(body) & 0xFF]) + body + data
    return out + b"\0"


def cab(members, packed=True, charset="utf-8"):
    """One folder, MSZIP or stored."""
    content = b"".join(members.values())
    files, offset = b"", 0
    for name, data in members.items():
        attributes = 0x20 | (0x80 if charset == "utf-8" else 0)
        files += struct.pack("<IIHHHH", len(data), offset, 0, 0x5765, 0x7000, attributes)
        files += name.replace("/", "\\").encode(charset) + b"\0"
        offset += len(data)
    blocks, count = b"", 0
    for start in range(0, len(content), 32768):
        part = content[start:start + 32768]
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = b"CK" + packer.compress(part) + packer.flush() if packed else part
        blocks += struct.pack("<IHH", 0, len(body), len(part)) + body
        count += 1
    first = 36 + 8
    place = first + len(files)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, place + len(blocks), 0, first, 0, 3, 1, 1, len(members), 0, 7, 0)
    return head + struct.pack("<IHH", place, count, 1 if packed else 0) + files + blocks


def xar(members, kind="<type>file</type>", start='<?xml version="1.0" encoding="UTF-8"?>', charset="utf-8"):
    heap, files = b"", ""
    for number, (name, data) in enumerate(members.items(), 1):
        packed = zlib.compress(data)
        files += (f'<file id="{number}"><data><length>{len(packed)}</length><offset>{len(heap)}</offset>'
                  f'<size>{len(data)}</size><encoding style="application/x-gzip"/></data>{kind}'
                  f"<name>{name}</name></file>")
        heap += packed
    toc = f"{start}<xar><toc>{files}</toc></xar>".encode(charset)
    packed = zlib.compress(toc)
    return struct.pack(">4sHHQQI", b"xar!", 28, 1, len(packed), len(toc), 0) + packed + heap


# ---- RAR 5, stored ----

def vint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def block(kind, body, data=None, extra=b""):
    flags = (1 if extra else 0) | (2 if data is not None else 0)
    head = vint(kind) + vint(flags)
    head += vint(len(extra)) if extra else b""
    head += vint(len(data)) if data is not None else b""
    head += body + extra
    sized = vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized + (data or b"")


def rar_file(name, data, kind=2, extra=b"", crc=None):
    raw = name.encode()
    body = vint(4) + vint(len(data)) + vint(0x20)
    body += struct.pack("<I", zlib.crc32(data) if crc is None else crc)
    body += vint(0) + vint(0) + vint(len(raw)) + raw
    return block(kind, body, data, extra)


def rar_stream(name, data):
    record = vint(7) + name.encode()
    return rar_file("STM", data, kind=3, extra=vint(len(record)) + record)


def rar(*blocks, main=0):
    return b"Rar!\x1a\x07\x01\0" + block(1, vint(main)) + b"".join(blocks) + block(5, vint(0))


# ---- 7z ----

def number(value):
    """7z's NUMBER, of less than 2^14."""
    return bytes([value]) if value < 0x80 else bytes([0x80 | value >> 8, value & 0xFF])


def seven(members):
    """Stored, a folder for each member, and attributes: 0x8000 and above 16 bits, Unix' mode."""
    def prop(kind, data):
        return bytes([kind]) + number(len(data)) + data
    content = b"".join(data for data, _ in members.values())
    sizes = b"".join(number(len(data)) for data, _ in members.values())
    n = number(len(members))
    names = b"".join((name + "\0").encode("utf-16le") for name in members)
    attributes = b"".join(struct.pack("<I", attribute) for _, attribute in members.values())
    header = b"\1\4\6\0" + n + b"\x09" + sizes + b"\0\7\x0b" + n + b"\0" + b"\1\1\0" * len(members) + b"\x0c" + sizes
    header += b"\0\x08\x0a\1" + b"".join(struct.pack("<I", zlib.crc32(data)) for data, _ in members.values())
    header += b"\0\0\5" + n + prop(0x11, b"\0" + names) + prop(0x15, b"\1\0" + attributes) + b"\0\0"
    start = struct.pack("<QQI", len(content), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + content + header


# ---- programs ----

def program():
    """A PE with one section, to the end of it."""
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 224, 0x102) + struct.pack("<H", 0x10B).ljust(224, b"\0")
    head += struct.pack("<8sIIIIIIHHI", b".text", 512, 4096, 512, 512, 0, 0, 0, 0, 0x60000020)
    return head.ljust(512, b"\0") + b"\xc3".ljust(512, b"\x90")


# ---- all of them ----

def cases():
    """name, bytes, children, facts"""
    all_names = digests(NAMES)
    plain = {"a.txt": TEXT, "b.bin": PROGRAM}
    for form, word in ((tarfile.USTAR_FORMAT, "ustar"), (tarfile.GNU_FORMAT, "gnu"), (tarfile.PAX_FORMAT, "pax")):
        yield f"{word}.tar", tar(form), all_names, {"archive.format": "tar", "archive.members": 5, "archive.filters": None}
    yield "v7.tar", v7(plain), digests(plain), {"archive.format": "tar"}
    yield "x.tar.gz", gzip.compress(tar()), all_names, {"archive.format": "tar", "archive.filters": "gzip"}
    yield "x.tar.bz2", bz2.compress(tar()), all_names, {"archive.filters": "bzip2"}
    yield "x.tar.xz", lzma.compress(tar()), all_names, {"archive.filters": "xz", "archive.trailing-bytes": None}
    yield "x.tar.lzma", lzma.compress(tar(), lzma.FORMAT_ALONE), all_names, {"archive.filters": "lzma"}
    yield "x.tar.lz", lzip(tar()), all_names, {"archive.filters": "lzip"}
    yield "x.tar.zst", zstd(tar()), all_names, {"archive.filters": "zstd"}
    yield "x.cpio.lz4", lz4_legacy(cpio(plain)), digests(plain), {"archive.format": "cpio", "archive.filters": "lz4"}
    yield "x.cpio", cpio(plain), digests(plain), {"archive.format": "cpio", "archive.members": 2}
    yield "pipe.cpio", cpio(plain, 0o010644), digests(plain), {"archive.members": 2}
    yield "modes.7z", seven({"folder.exe": (PROGRAM, 0x10), "pipe.exe": (PROGRAM, 0x11A48000), "link": (b"a.txt", 0xA1FF8000)}), {
        "folder.exe": sha(PROGRAM), "pipe.exe": sha(PROGRAM)}, {"archive.members": 3}
    yield "x.ar", ar(plain), digests(plain), {"archive.format": "ar"}
    yield "x.xar", xar(plain), digests(plain), {"archive.format": "xar"}
    yield "self.xar", xar(plain, '<type link="2">hardlink</type>'), digests(plain), {"archive.format": "xar"}
    # two links are a loop to libarchive, wherever they hide
    knot = '<type link="original">hardlink</type>' * 2
    refused = {"archive.format": "xar", "archive.members": None}
    yield "knot.xar", xar(plain, knot), {}, refused
    yield "knot-late.xar", xar(plain, ("<a>" + " " * (1 << 20) + "</a>") * 33 + knot), {}, refused
    yield "knot-attribute.xar", xar(plain, '<type link="original" x:link="original" xmlns:x="x">hardlink</type>'), {}, refused
    yield "knot-latin.xar", xar(plain, "<a>é</a>" + knot, '<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1"), {}, refused
    yield "knot-utf7.xar", xar(plain, "+ADw-type link='original'+AD4-h+ADw-/type+AD4-" * 2, '<?xml version="1.0" encoding="UTF-7"?>'), {}, refused
    yield "knot-doctype.xar", xar(plain, knot, "<!DOCTYPE xar [<!-- < -->]>"), {}, refused
    # one file
    yield "named.gz", gz(TEXT, "報告.txt".encode("cp932"), b"made by hand"), {"報告.txt": sha(TEXT)}, {"archive.comment": "made by hand"}
    yield "plain.txt.gz", gz(TEXT), {"plain.txt": sha(TEXT)}, {"archive.format": "gzip", "archive.trailing-bytes": None}
    yield "two.txt.gz", gz(TEXT) + gz(SMALL), {"two.txt": sha(TEXT + SMALL)}, {"archive.trailing-bytes": None}
    yield "padded.txt.gz", gz(TEXT) + bytes(700), {"padded.txt": sha(TEXT)}, {"archive.trailing-bytes": None}
    yield "doc.txt.Z", compress(SMALL), {"doc.txt": sha(SMALL)}, {"archive.format": "compress"}
    for name, packed in (("tail.txt.gz", gz(TEXT)), ("tail.txt.bz2", bz2.compress(TEXT)), ("tail.txt.xz", lzma.compress(TEXT)),
                         ("tail.txt.zst", zstd(TEXT))):
        yield name, packed + PROGRAM, {"tail.txt": sha(TEXT), "trailing": sha(PROGRAM)}, {"archive.trailing-bytes": len(PROGRAM)}
    yield "glued.tar", tar() + PROGRAM, {**all_names, "trailing": sha(PROGRAM)}, {"archive.trailing-bytes": len(PROGRAM)}
    yield "glued.tar.gz", gzip.compress(tar() + PROGRAM), {**all_names, "trailing": sha(PROGRAM)}, {"archive.trailing-bytes": len(PROGRAM)}
    # LHA and CAB
    yield "cp932.lzh", lha({"見積/表ソ能.txt": TEXT, "b.bin": PROGRAM}), {"見積/表ソ能.txt": sha(TEXT), "b.bin": sha(PROGRAM)}, {"archive.format": "LHA"}
    yield "x.cab", cab(NAMES), all_names, {"archive.format": "CAB", "archive.trailing-bytes": None}
    yield "stored.cab", cab({"能.txt": TEXT}, False, "cp932") + PROGRAM, {"能.txt": sha(TEXT), "trailing": sha(PROGRAM)}, {"archive.trailing-bytes": len(PROGRAM)}
    # RAR
    yield "x.rar", rar(rar_file("a.txt", TEXT), rar_file("dir/見積書.txt", SMALL)), {"a.txt": sha(TEXT), "dir/見積書.txt": sha(SMALL)}, {
        "archive.format": "RAR 5", "archive.members": 2, "archive.stream-escapes": None, "archive.solid": None}
    yield "comment.rar", rar(rar_file("a.txt", TEXT), rar_file("CMT", "ご確認ください\0".encode(), kind=3), main=4), {"a.txt": sha(TEXT)}, {
        "archive.comment": "ご確認ください", "archive.solid": True}
    yield "zone.rar", rar(rar_file("a.txt", TEXT), rar_stream(":Zone.Identifier", SMALL)), {
        "a.txt": sha(TEXT), "a.txt:Zone.Identifier": sha(SMALL)}, {"archive.streams": ":Zone.Identifier", "archive.stream-escapes": None}
    yield "escape.rar", rar(rar_file("a.txt", TEXT), rar_stream(":..\\..\\Startup\\x.exe", PROGRAM)), {
        "a.txt": sha(TEXT), "a.txt:..\\..\\Startup\\x.exe": sha(PROGRAM)}, {"archive.stream-escapes": 1}
    yield "twin.rar", rar(rar_file("a.pdf ", b"%PDF-1.4\n"), rar_file("a.pdf /a.pdf .cmd", b"@echo off\r\n")), {
        "a.pdf ": sha(b"%PDF-1.4\n"), "a.pdf /a.pdf .cmd": sha(b"@echo off\r\n")}, {"archive.members": 2}
    yield "sum.rar", rar(rar_file("a.txt", TEXT, crc=1)), {"a.txt": sha(TEXT)}, {"archive.members": 1}
    # behind a program
    yield "rar-sfx.exe", program() + b";!settings" + rar(rar_file("a.txt", TEXT)), {"a.txt": sha(TEXT)}, {"archive.offset": 1034, "archive.format": "RAR 5"}
    yield "cab-sfx.exe", program() + cab(NAMES), all_names, {"archive.offset": 1024, "archive.format": "CAB"}
    yield "no-sfx.exe", program() + b"Rar!\x1a\x07\x01\0 is what RAR begins with, MSCF\0\0\0\0 a cabinet", {}, {"archive.offset": None, "archive.format": None}
    # recognised
    yield "x.ace", bytes(7) + b"**ACE**" + bytes(40), {}, {"archive.format": "ACE"}
    yield "x.alz", b"ALZ\1" + bytes(40), {}, {"archive.format": "ALZ"}
    yield "x.7z.002", b"\xa5" * 1000, {}, {"archive.volume": True}
    yield "x.tar.txt", b"\xa5" * 1000, {}, {"archive.format": None, "archive.volume": None}


def odd():
    """name, bytes"""
    yield "link.7z", seven({"a.exe": (PROGRAM, 0xA1FF8000)})
    yield "link.cpio", cpio({"a.exe": PROGRAM}, 0o120777)
    yield "path.7z", seven({"a": (b"b", 0xA1FF8000)})
    yield "path.cpio", cpio({"a": b"b"}, 0o120777)


def sevenzip(folder):
    """7-Zip's own writers."""
    if shutil.which("7zz") is None:
        return
    source = os.path.join(folder + ".tmp", "in")
    for name, data in NAMES.items():
        os.makedirs(os.path.dirname(os.path.join(source, name)), exist_ok=True)
        with open(os.path.join(source, name), "wb") as file:
            file.write(data)
    for word, options in (("lzma2", ["-m0=lzma2"]), ("ppmd", ["-m0=ppmd", "-ms=on"]), ("copy", ["-m0=copy"]),
                          ("bzip2", ["-m0=bzip2"]), ("bcj2", ["-mf=bcj2"]), ("header", ["-mhc=off"])):
        path = os.path.abspath(os.path.join(folder + ".tmp", word + ".7z"))
        subprocess.run(["7zz", "a", "-bso0", "-bsp0", *options, path, "."], cwd=source, check=True)
        with open(path, "rb") as file:
            data = file.read()
        yield word + ".7z", data, digests(NAMES), {"archive.format": "7z", "archive.trailing-bytes": None}
        if word == "lzma2":
            yield "7z-sfx.exe", program() + data, digests(NAMES), {"archive.format": "7z", "archive.offset": 1024}
            yield "tail.7z", data + PROGRAM, {**digests(NAMES), "trailing": sha(PROGRAM)}, {"archive.trailing-bytes": len(PROGRAM)}
    shutil.rmtree(folder + ".tmp")


def make(folder):
    table = {}
    os.makedirs(folder)
    for name, data, children, facts in (*cases(), *sevenzip(folder)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        table[name] = {"children": children, "facts": facts}
    with open(folder + ".json", "w", encoding="utf-8") as file:
        json.dump(table, file, ensure_ascii=False)


def write_odd(folder):
    os.makedirs(folder)
    for name, data in odd():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


def write_all(folder, path, variants):
    os.makedirs(folder, exist_ok=True)
    for number, data in enumerate(variants):
        with open(os.path.join(folder, f"{number:04}-{os.path.basename(path)}"), "wb") as file:
            file.write(data)


def changed(data, count):
    dice = random.Random(len(data))
    for _ in range(count):
        copy = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 4, 16))):
            copy[dice.randrange(min(len(copy), dice.choice((64, 512, len(copy)))))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        yield bytes(copy)


def main():
    if len(sys.argv) == 2:
        make(sys.argv[1])
        return
    if sys.argv[1] == "odd":
        write_odd(sys.argv[2])
        return
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    if sys.argv[1] == "cut":
        write_all(sys.argv[3], sys.argv[2], (data[:len(data) * i // 16] for i in range(1, 16)))
    else:
        write_all(sys.argv[3], sys.argv[2], changed(data, int(sys.argv[4])))


if __name__ == "__main__":
    main()
