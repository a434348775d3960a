#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes zip archives of every dialect and trick, byte by byte, from what APPNOTE
6.3.10 and WinZip's note on AES say, so that each field can be wrong by itself.

    zips.py FOLDER

makes FOLDER/<case>.zip and FOLDER.json: for each case the children that a scan
has to show, `name → SHA-256` (null: locked or without bytes; a list: several of
that name), and the facts of the archive that a case is about; `told` are rules. Passwords are `ひみつ#7` and `secret`.
"""
import bz2
import hashlib
import hmac
import json
import lzma
import os
import struct
import sys
import zlib

STORED, DEFLATE, BZIP2, LZMA, XZ = 0, 8, 12, 14, 95
ENCRYPTED, MARKER, STREAMED, STRONG, UTF8 = 1, 2, 8, 0x40, 0x800
TEXT = "納品書の控え。\n".encode() * 40


def deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def lzma_alone(data):
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 65536, "lc": 3, "lp": 0, "pb": 2}]
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    return struct.pack("<BBHBI", 9, 20, 5, 0x5D, 65536) + raw


PACKERS = {STORED: lambda d: d, DEFLATE: deflate, BZIP2: bz2.compress, LZMA: lzma_alone, XZ: lzma.compress}

# ---- encryption ----

CRC_TABLE = [0] * 256
for i in range(256):
    c = i
    for _ in range(8):
        c = c >> 1 ^ (0xEDB88320 if c & 1 else 0)
    CRC_TABLE[i] = c


class ZipCrypto:
    """PKWARE's cipher."""

    def __init__(self, password):
        self.keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self.update(byte)

    def update(self, byte):
        k = self.keys
        k[0] = k[0] >> 8 ^ CRC_TABLE[(k[0] ^ byte) & 255]
        k[1] = ((k[1] + (k[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        k[2] = k[2] >> 8 ^ CRC_TABLE[(k[2] ^ k[1] >> 24) & 255]

    def encrypt(self, data):
        out = bytearray()
        for byte in data:
            t = (self.keys[2] | 2) & 0xFFFF
            out.append(byte ^ (t * (t ^ 1) >> 8 & 255))
            self.update(byte)
        return bytes(out)


def zipcrypto(data, password, check, salt):
    head = salt.to_bytes(2, "little") + bytes(range(2, 11)) + bytes([check])
    return ZipCrypto(password).encrypt(head + data)


SBOX = None


def make_sbox():
    global SBOX
    p = q = 1
    SBOX = [0] * 256
    while True:
        p ^= (p << 1 ^ (0x1B if p & 0x80 else 0)) & 0xFF
        q ^= q << 1 & 0xFF
        q ^= q << 2 & 0xFF
        q ^= q << 4 & 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q ^ (q << 1 | q >> 7) & 255 ^ (q << 2 | q >> 6) & 255 ^ (q << 3 | q >> 5) & 255 ^ (q << 4 | q >> 4) & 255
        SBOX[p] = x ^ 0x63
        if p == 1:
            break
    SBOX[0] = 0x63


def expand(key):
    n, words = len(key) // 4, [list(key[i:i + 4]) for i in range(0, len(key), 4)]
    rcon = 1
    for i in range(n, 4 * (n + 7)):
        word = list(words[-1])
        if i % n == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= rcon
            rcon = rcon << 1 ^ (0x11B if rcon & 0x80 else 0)
        elif n > 6 and i % n == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - n], word)])
    return [sum(words[i:i + 4], []) for i in range(0, len(words), 4)]


def times2(a):
    return (a << 1 ^ (0x1B if a & 0x80 else 0)) & 255


def aes_block(keys, block):
    """FIPS 197, 5.1."""
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < len(keys) - 1:
            mixed = []
            for i in range(0, 16, 4):
                a, b, c, d = state[i:i + 4]
                t = a ^ b ^ c ^ d
                mixed += [a ^ t ^ times2(a ^ b), b ^ t ^ times2(b ^ c), c ^ t ^ times2(c ^ d), d ^ t ^ times2(d ^ a)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def winzip_aes(data, password, strength):
    make_sbox() if SBOX is None else None
    size = {1: 16, 2: 24, 3: 32}[strength]
    salt = bytes(range(1, size // 2 + 1))
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * size + 2)
    schedule, out = expand(keys[:size]), bytearray()
    for number, i in enumerate(range(0, len(data), 16), 1):
        stream = aes_block(schedule, number.to_bytes(16, "little"))
        out += bytes(a ^ b for a, b in zip(data[i:i + 16], stream))
    mac = hmac.new(keys[size:2 * size], bytes(out), "sha1").digest()[:10]
    return salt + keys[2 * size:] + bytes(out) + mac


# ---- headers ----


class Member:
    """One member; `local` and `central` override fields of one header alone."""

    def __init__(self, name, data=TEXT, method=DEFLATE, **fields):
        self.raw = name if isinstance(name, bytes) else name.encode()
        self.data, self.method = data, method
        self.flags = fields.pop("flags", 0 if isinstance(name, bytes) or name.isascii() else UTF8)
        self.local, self.central = fields.pop("local", {}), fields.pop("central", {})
        self.extra, self.host, self.external = fields.pop("extra", b""), fields.pop("host", 0), fields.pop("external", 0)
        self.password, self.aes, self.version = fields.pop("password", None), fields.pop("aes", 0), fields.pop("version", 2)
        self.packed = fields.pop("packed", None)
        self.in_directory, self.comment = fields.pop("in_directory", True), fields.pop("comment", b"")
        self.behind, self.salt = fields.pop("behind", b""), fields.pop("salt", 256)
        assert not fields, fields
        self.build()

    def build(self):
        crc = zlib.crc32(self.data)
        self.flags |= MARKER if self.method == LZMA else 0
        packed = self.packed if self.packed is not None else PACKERS[self.method](self.data)
        method, time = self.method, 0x6B21
        if self.aes:
            packed = winzip_aes(packed, self.password, self.aes)
            self.extra += struct.pack("<HHHHBH", 0x9901, 7, self.version, 0x4541, self.aes, method)
            method, crc, self.flags = 99, 0 if self.version == 2 else crc, self.flags | ENCRYPTED
        elif self.password is not None:
            check = time >> 8 if self.flags & STREAMED else crc >> 24
            packed, self.flags = zipcrypto(packed, self.password, check, self.salt), self.flags | ENCRYPTED
        self.content = packed
        self.values = {"needed": 20, "flags": self.flags, "method": method, "time": time, "date": 0x5B79, "crc": crc,
                       "packed": len(packed), "size": len(self.data), "name": self.raw, "extra": self.extra}

    def common(self, v):
        return struct.pack("<HHHHHIIIHH", v["needed"], v["flags"], v["method"], v["time"], v["date"], v["crc"],
                           v["packed"], v["size"], len(v["name"]), len(v["extra"]))

    def local_part(self):
        v, tail = dict(self.values), b""
        if self.flags & STREAMED:
            tail = struct.pack("<IIII", 0x08074B50, v["crc"], v["packed"], v["size"])
            v.update(crc=0, packed=0, size=0)
        v.update(self.local)
        return b"PK\3\4" + self.common(v) + v["name"] + v["extra"] + self.content + tail + self.behind

    def central_part(self, place):
        v = dict(self.values)
        v.update(self.central)
        place = v.get("place", place)
        return (b"PK\1\2" + struct.pack("<BB", 20, self.host) + self.common(v)
                + struct.pack("<HHHII", len(self.comment), 0, 0, self.external, place)
                + v["name"] + v["extra"] + self.comment)


def archive(members, start=0, comment=b"", end=True, **fields):
    """A whole archive; places count from `start` bytes before it."""
    out, directory, count = b"", b"", 0
    for member in members:
        if member.in_directory:
            directory += member.central_part(start + len(out))
            count += 1
        out += member.local_part()
    place = fields.pop("place", start + len(out))
    count, size = fields.pop("count", count), fields.pop("size", len(directory))
    tail = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, size & 0xFFFFFFFF,
                                   place & 0xFFFFFFFF, len(comment)) + comment
    return out + directory + (tail if end else b"")


def zip64(members):
    """Sizes and places in zip64 fields, an end record full of ones."""
    out = directory = b""
    for m in members:
        place, n = len(out), len(m.content)
        wide = struct.pack("<HHQQ", 1, 16, len(m.data), n)
        m.local = dict(m.local, packed=0xFFFFFFFF, size=0xFFFFFFFF, extra=wide)
        m.central = dict(m.central, packed=0xFFFFFFFF, size=0xFFFFFFFF, place=0xFFFFFFFF,
                         extra=struct.pack("<HHQQQ", 1, 24, len(m.data), n, place))
        directory += m.central_part(place)
        out += m.local_part()
    record = len(out) + len(directory)
    tail = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, len(members), len(members), len(directory), len(out))
    tail += struct.pack("<IIQI", 0x07064B50, 0, record, 1)
    tail += b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return out + directory + tail


# ---- cases ----

JP = "ひみつ#7"


def unicode_path(raw, name):
    data = struct.pack("<BI", 1, zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


def passing(make, password):
    """The first member that a wrong password of ZipCrypto seems to open."""
    for number in range(10000):
        member = make(number)
        cipher = ZipCrypto(password)
        for byte in member.content[:12]:
            last = byte ^ ((cipher.keys[2] | 2) & 0xFFFF) * ((cipher.keys[2] | 2) & 0xFFFF ^ 1) >> 8 & 255
            cipher.update(last)
        if last == zlib.crc32(member.data) >> 24:
            return member
    raise ValueError(password)


def cases():
    """Yields (case, bytes, children, facts); a child is a name, its data, and None where it is locked."""
    plain = {"a.txt": TEXT}
    for method, word in ((STORED, "stored"), (DEFLATE, "deflate"), (BZIP2, "bzip2"), (LZMA, "lzma"), (XZ, "xz")):
        yield "method-" + word, archive([Member("a.txt", method=method)]), plain, {"zip.methods": word}
    yield "method-98", archive([Member("a.txt", method=98, packed=b"xx")]), {"a.txt": None}, {"zip.methods": "ppmd"}
    yield "method-77", archive([Member("a.txt", method=77, packed=b"xx")]), {"a.txt": None}, {"zip.methods": "77"}
    yield "empty", archive([]), {}, {"zip.members": 0}
    yield "empty-member", archive([Member("leer.txt", b"", STORED)]), {"leer.txt": b""}, {}
    yield "streamed", archive([Member("a.txt", flags=STREAMED), Member("b.txt", b"b" * 99, flags=STREAMED)]), \
        {"a.txt": TEXT, "b.txt": b"b" * 99}, {"zip.differs": None, "zip.gap-bytes": None}
    yield "zip64", zip64([Member("a.txt"), Member("b.txt", b"b" * 99)]), {"a.txt": TEXT, "b.txt": b"b" * 99}, {}
    # names
    name = "見積/請求書 表能予.xlsx"
    yield "name-utf8", archive([Member(name)]), {name: TEXT}, {}
    yield "name-utf8-unflagged", archive([Member(name.encode(), flags=0)]), {name: TEXT}, {}
    yield "name-cp932", archive([Member(name.encode("cp932"))]), {name: TEXT}, {}
    yield "name-cp932-halfwidth", archive([Member("ﾐﾂﾓﾘ.txt".encode("cp932"))]), {"ﾐﾂﾓﾘ.txt": TEXT}, {}
    yield "name-cp437", archive([Member(b"caf\x82.\xff.txt")]), {"café.\u00a0.txt": TEXT}, {}
    raw = name.encode("cp932")
    yield "name-unicode-path", archive([Member(raw, extra=unicode_path(raw, "別名.xlsx"))]), {"別名.xlsx": TEXT}, {}
    yield "name-unicode-path-stale", archive([Member(raw, extra=unicode_path(b"other", "別名.xlsx"))]), {name: TEXT}, {}
    yield "name-unicode-path-twice", archive([Member(raw, extra=unicode_path(raw, "別名.xlsx") + unicode_path(raw, "他.xlsx"))]), \
        {"別名.xlsx": TEXT}, {}
    raw = b"1.#U898b#U7a4d"
    yield "name-unicode-path-escaped", archive([Member(raw, extra=unicode_path(raw, "1.見積"))]), {"1.見積": TEXT}, \
        {"zip.differs": None}
    yield "name-nul", archive([Member(b"a.txt\0.exe")]), {"a.txt\ufffd.exe": TEXT}, {}
    # locked
    secret = b"secret"
    for word, password in (("ascii", secret), ("utf8", JP.encode()), ("cp932", JP.encode("cp932"))):
        yield f"locked-zipcrypto-{word}", archive([Member("秘密.txt", password=password)]), {"秘密.txt": TEXT}, \
            {"zip.ciphers": "zipcrypto", "zip.encrypted": 1}
    yield "locked-zipcrypto-streamed", archive([Member("a.txt", flags=STREAMED, password=secret)]), plain, {}
    yield "locked-zipcrypto-stored", archive([Member("a.txt", method=STORED, password=secret)]), plain, {}
    yield "locked-zipcrypto-lzma", archive([Member("a.txt", method=LZMA, password=secret)]), plain, {}
    for strength, bits in ((1, 128), (2, 192), (3, 256)):
        yield f"locked-aes-{bits}", archive([Member("a.txt", password=secret, aes=strength)]), plain, \
            {"zip.ciphers": f"aes-{bits}"}
    yield "locked-aes-ae1", archive([Member("a.txt", password=JP.encode(), aes=3, version=1)]), plain, {}
    yield "locked-aes-cp932", archive([Member("a.txt", password=JP.encode("cp932"), aes=3)]), plain, {}
    yield "locked-other", archive([Member("秘密.exe", password=b"another"), Member("a.txt")]), \
        {"秘密.exe": None, "a.txt": TEXT}, {"zip.encrypted": 1}
    yield "locked-other-aes", archive([Member("秘密.exe", password=b"another", aes=3)]), {"秘密.exe": None}, {}
    yield "locked-mixed", archive([Member("a", b"1" * 50, password=secret), Member("b", b"2" * 50, password=JP.encode()),
                                   Member("c", b"3" * 50, password=secret, aes=3)]), \
        {"a": b"1" * 50, "b": b"2" * 50, "c": b"3" * 50}, {"zip.encrypted": 3}
    yield "locked-strong", archive([Member("a.txt", packed=b"\x57" * 90, flags=ENCRYPTED | STRONG)]), {"a.txt": None}, \
        {"zip.ciphers": "pkware-strong"}
    yield "locked-bare-99", archive([Member("a.txt", method=99, packed=b"\x57" * 90, flags=ENCRYPTED)]), {"a.txt": None}, \
        {"zip.ciphers": "unknown"}
    strong = struct.pack("<HHHHHH", 0x17, 8, 2, 0x6610, 256, 1)
    yield "locked-strong-field", archive([Member("a.txt", password=secret, extra=strong)]), plain, {"zip.ciphers": "zipcrypto"}
    aes = struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 3, STORED)
    stray = passing(lambda n: Member("a.bin", b"stored" * 20, STORED, password=secret, extra=aes, salt=n), b"wrong")
    yield "locked-stray-aes", archive([stray]), {"a.bin": stray.data}, {"told": None}
    twice = Member("a.txt", password=secret, aes=3)
    twice.values["extra"] += struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 1, STORED)
    yield "locked-aes-twice", archive([twice]), plain, {"told": None}
    # two programs see two contents
    one, two = archive([Member("one.txt", b"1" * 99)]), archive([Member("two.txt", b"2" * 99)])
    both = {"one.txt": b"1" * 99, "two.txt": b"2" * 99}
    yield "glued", one + two, both, {"zip.end-records": 2}
    yield "glued-shifted", one + archive([Member("two.txt", b"2" * 99)], start=len(one)), both, {"zip.end-records": 2}
    yield "in-comment", archive([Member("one.txt", b"1" * 99)], comment=two), both, {"zip.end-records": 2}
    yield "prefix", b"MZ" + b"\x90" * 500 + archive([Member("a.txt")]), plain, {"zip.prefix-bytes": 502}
    yield "prefix-shifted", b"MZ" + b"\x90" * 500 + archive([Member("a.txt")], start=502), plain, {"zip.prefix-bytes": 502}
    yield "trailing", archive([Member("a.txt")]) + b"x" * 70000, plain, {"zip.trailing-bytes": 70000}
    yield "comment", archive([Member("a.txt")], comment="注記".encode("cp932") + b"." * 60000), plain, {}
    hid = Member("hid.exe", b"h" * 300).local_part()
    yield "hidden-between", archive([Member("a.txt"), Member("hid.exe", b"h" * 300, in_directory=False), Member("b.txt")]), \
        {"a.txt": TEXT, "b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "hidden-before", archive([Member("hid.exe", b"h" * 300, in_directory=False), Member("b.txt")]), \
        {"b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "hidden-streamed", archive([Member("hid.exe", b"h" * 300, flags=STREAMED, in_directory=False), Member("b.txt")]), \
        {"b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "hidden-streamed-stored", archive([Member("hid.exe", b"h" * 300, STORED, flags=STREAMED, in_directory=False),
                                             Member("b.txt")]), {"b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    # A header of which everything is wrong but the stream; behind it a mark, nothing, or any bytes.
    wrong = {"crc": 7, "size": 99, "packed": 40}
    broken = Member("hid.exe", b"h" * 300, local=wrong).local_part()
    plus = {"a.txt": TEXT, "hid.exe": b"h" * 300}
    yield "hidden-wrong-front", broken + archive([Member("a.txt")], start=len(broken)), plus, {"zip.hidden-members": 1}
    yield "hidden-wrong-next", archive([Member("a.txt", behind=broken)]), plus, {"zip.hidden-members": 1}
    yield "hidden-wrong-marked", archive([Member("a.txt", behind=b"gap" + broken)]), plus, {"zip.hidden-members": 1}
    crc = {"crc": 7}
    yield "hidden-wrong-crc", archive([Member("a.txt", behind=b"gap" + Member("hid.exe", b"h" * 300, local=crc).local_part()
                                              + b"gap")]), plus, {"zip.hidden-members": 1}
    yield "hidden-odd", archive([Member("a.txt", behind=Member("hid\t.exe", b"h" * 300, extra=b"\0").local_part())]), \
        {"a.txt": TEXT, "hid\t.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "hidden-empty-directory", broken + b"gap" + archive([]), {"hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    code = b"code" + Member("no.exe", b"h" * 300, local=wrong).local_part()[:45] + b"code"
    locked = Member("no.exe", method=99, packed=b"\x57" * 90, flags=ENCRYPTED).local_part()
    yield "hidden-not", b"MZ" + code + locked[:60] + b"." * 99 + archive([Member("a.txt")]), plain, \
        {"zip.hidden-members": None, "zip.methods": "deflate", "told": None}
    packed = deflate(b"w" * 5000)
    sizes = {"size": 5000}
    yield "hidden-impossible", archive([Member("a.txt", behind=b"gap" + Member("w.docx", packed, STORED, local=sizes).local_part()
                                               + b"gap")]), {"a.txt": TEXT, "w.docx": [packed, b"w" * 5000]}, {"zip.impossible": 1}
    slack = Member("in.txt", packed=deflate(TEXT) + Member("hid.exe", b"h" * 300).local_part() + b"gap").local_part()
    yield "hidden-slack", archive([Member("a.txt", behind=slack)]), {"a.txt": TEXT, "in.txt": TEXT, "hid.exe": b"h" * 300}, \
        {"zip.hidden-members": 2}
    # No directory, and data that does not tell its own end.
    follow = Member("b.txt").local_part()
    after = Member("a.bin", b"x" * 99, flags=STREAMED, password=secret)
    yield "no-directory-locked", after.local_part() + follow, {"a.bin": b"x" * 99, "b.txt": TEXT}, {"zip.hidden-members": 2}
    after = Member("a.bin", b"x" * 99, STORED, flags=STREAMED, password=secret)
    yield "no-directory-locked-stored", after.local_part() + follow, {"a.bin": b"x" * 99, "b.txt": TEXT}, {}
    bare = {"crc": 0, "packed": 0, "size": 0, "flags": STREAMED}
    yield "no-directory-stored", Member("a.bin", b"x" * 99, STORED, local=bare).local_part() + follow, \
        {"a.bin": b"x" * 99, "b.txt": TEXT}, {}
    yield "no-directory-method", Member("a.bin", b"x" * 99, method=98, packed=b"\x57" * 90, local=bare).local_part() + follow, \
        {"a.bin": None, "b.txt": TEXT}, {}
    yield "no-directory-cut", Member("a.bin", local={"packed": 0xFFFFFFF0}).local_part() + follow, \
        {"a.bin": TEXT, "b.txt": TEXT}, {"told": "not-inspected.truncated"}
    hidden = Member("hid.exe", b"h" * 99, STORED, flags=STREAMED, password=secret).local_part()
    yield "hidden-locked-streamed", archive([Member("a.txt", behind=hidden)]), {"a.txt": TEXT, "hid.exe": b"h" * 99}, \
        {"zip.hidden-members": 1}
    yield "gap", archive([Member("a.txt", behind=b"\x55" * 40), Member("b.txt")]), {"a.txt": TEXT, "b.txt": TEXT}, \
        {"zip.gap-bytes": 40}
    yield "no-end", archive([Member("a.txt"), Member("b.txt")], end=False), {"a.txt": TEXT, "b.txt": TEXT}, {"zip.no-end": True}
    yield "no-directory", b"".join(Member(n).local_part() for n in ("a.txt", "b.txt")), \
        {"a.txt": TEXT, "b.txt": TEXT}, {"zip.no-end": True, "zip.hidden-members": 2}
    yield "local-name", archive([Member("a.txt", local={"name": b"a.exe"})]), plain, {"zip.differs": "name"}
    yield "local-method", archive([Member("a.txt", method=STORED, local={"method": DEFLATE}, data=deflate(TEXT))]), \
        {"a.txt": deflate(TEXT)}, {"zip.differs": "method"}
    yield "local-masked", archive([Member("a.txt", method=STORED, data=deflate(TEXT), flags=0x2000, local={"method": DEFLATE})]), \
        {"a.txt": [deflate(TEXT), TEXT]}, {"zip.differs": "method"}
    yield "local-packed", archive([Member("a.bin", b"x" * 64, STORED, local={"packed": 32, "size": 32,
                                          "crc": zlib.crc32(b"x" * 32)})]), {"a.bin": b"x" * 64}, {"zip.differs": "packed-size"}
    yield "false-encryption", archive([Member("a.txt", flags=ENCRYPTED), Member("b.bin", b"b" * 70, STORED, flags=ENCRYPTED)]), \
        {"a.txt": TEXT, "b.bin": b"b" * 70}, {"zip.differs": "encryption"}
    yield "false-encryption-strong", archive([Member("a.txt", flags=ENCRYPTED | STRONG)]), plain, {"zip.differs": "encryption"}
    yield "false-encryption-central", archive([Member("a.txt", central={"flags": ENCRYPTED})]), plain, {"zip.differs": "encryption"}
    yield "slack", archive([Member("a.txt", packed=deflate(TEXT) + Member("hid.exe", b"h" * 300).local_part())]), \
        {"a.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "filler", archive([Member("a.txt"), Member("", b"", STORED, extra=bytes(40), in_directory=False), Member("b.txt")]), \
        {"a.txt": TEXT, "b.txt": TEXT}, {"zip.gap-bytes": None, "zip.hidden-members": None}
    yield "filler-with-data", archive([Member("a.txt"), Member("", b"", packed=hid, in_directory=False), Member("b.txt")]), \
        {"a.txt": TEXT, "b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "filler-with-field", archive([Member("a.txt"), Member("", b"", STORED, extra=hid, in_directory=False), Member("b.txt")]), \
        {"a.txt": TEXT, "b.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    front = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, 7, 1 << 60) + hid
    whole = archive([Member("a.txt")], start=len(front))
    yield "record-in-front", front + whole[:-22] + struct.pack("<IIQI", 0x07064B50, 0, 0, 1) + whole[-22:], \
        {"a.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    block = struct.pack("<Q", 40) + b"s" * 16 + struct.pack("<Q", 40) + b"APK Sig Block 42"
    members = [Member("AndroidManifest.xml"), Member("classes.dex", flags=STREAMED)]
    body = b"".join(m.local_part() for m in members)
    directory = members[0].central_part(0) + members[1].central_part(len(members[0].local_part()))
    yield "apk-signed", body + block + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory),
                                                                          len(body + block), 0), \
        {"AndroidManifest.xml": TEXT, "classes.dex": TEXT}, {"zip.signing-block": True, "zip.gap-bytes": None}
    wide = struct.pack("<Q", 24 + len(hid)) + hid + struct.pack("<Q", 24 + len(hid)) + b"APK Sig Block 42"
    yield "apk-signed-hidden", body + wide + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory),
                                                                                len(body + wide), 0), \
        {"AndroidManifest.xml": TEXT, "classes.dex": TEXT, "hid.exe": b"h" * 300}, {"zip.hidden-members": 1}
    yield "far-end", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\0\0\1\0\0\0\1\x08\2\0\0\0" + b"\x90" * 99 \
        + archive([Member("a.txt")], start=128 + 4) + b"." * 9000, plain, {"zip.trailing-bytes": 9000}
    yield "local-crc", archive([Member("a.txt", local={"crc": 7})]), plain, {"zip.differs": "crc"}
    yield "missing", archive([Member("a.txt"), Member("b.txt", central={"place": 1 << 30})]), \
        {"a.txt": TEXT, "b.txt": None}, {"zip.missing-members": 1}
    yield "count", archive([Member("a.txt")], count=9), plain, {"zip.differs": "count"}
    packed = deflate(b"w" * 5000)
    yield "impossible", archive([Member("w.docx", packed, STORED, local={"size": 5000}, central={"size": 5000})]), \
        {"w.docx": packed}, {"zip.impossible": 1}
    first = Member("c.bin", b"x" * 50 + b"P", STORED)
    second = Member("a.txt", packed=deflate(TEXT) + hid)
    lapping = first.local_part()[:-1] + second.local_part()
    directory = first.central_part(0) + second.central_part(len(first.local_part()) - 1)
    yield "overlap-slack", lapping + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory), len(lapping), 0), \
        {"c.bin": first.data, "a.txt": TEXT, "hid.exe": b"h" * 300}, {"zip.overlaps": 1, "zip.hidden-members": 1}
    yield "bad-crc", archive([Member("a.txt", local={"crc": 7}, central={"crc": 7})]), plain, {}
    # kinds
    yield "tree", archive([Member("図面/", b"", STORED, external=0x10), Member("図面/a.txt"), Member("link", "図面/a.txt".encode(), STORED,
                          host=3, external=0o120777 << 16), Member("hidden.ini", b"i", STORED, external=6)]), \
        {"図面/a.txt": TEXT, "hidden.ini": b"i"}, {}
    yield "link-script", archive([Member("run.bat", b"@echo off & calc.exe", STORED, host=3, external=0o120777 << 16)]), \
        {"run.bat": b"@echo off & calc.exe"}, {}
    yield "link-deflated", archive([Member("run.exe", TEXT, host=3, external=0o120777 << 16)]), {"run.exe": TEXT}, {}
    yield "directory-with-data", archive([Member("folder/", b"MZ...", STORED)]), {"folder": b"MZ..."}, {}
    nothing = {"size": 0, "crc": 0}
    yield "directory-deflated", archive([Member("folder/", local=nothing, central=nothing),
                                         Member("run.exe", local=nothing, central=nothing, external=0x10)]), \
        {"folder": TEXT, "run.exe": TEXT}, {}
    yield "directory-deflated-empty", archive([Member("folder/", b"", external=0x10)]), {}, {"told": None}
    yield "directory-locked", archive([Member("folder/", password=secret, local=nothing, central=nothing)]), \
        {"folder": None}, {"zip.encrypted": 1}
    yield "escape", archive([Member("../../x.txt"), Member("C:\\x.txt"), Member("/abs.txt")]), \
        {"../../x.txt": TEXT, "C:\\x.txt": TEXT, "/abs.txt": TEXT}, {}
    zeros = bytes(20 << 20)
    yield "hollow", archive([Member("big.doc", b"MZ" + zeros)]), {"big.doc": b"MZ" + zeros}, {}
    same = Member("bomb.bin", bytes(range(256)) * 40)
    part, out, directory = same.local_part(), same.local_part(), b""
    for i in range(50):
        directory += Member("same%02d" % i, same.data).central_part(0)
    out += directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 50, 50, len(directory), len(part), 0)
    yield "overlap", out, {"same%02d" % i: same.data for i in range(50)}, {"zip.overlaps": 49}


def digest(content):
    if isinstance(content, list):
        return [digest(one) for one in content]
    return None if content is None else hashlib.sha256(content).hexdigest()


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    table = {}
    for case, data, children, facts in cases():
        with open(f"{folder}/{case}.zip", "wb") as file:
            file.write(data)
        table[case] = {"children": {name: digest(content)
                                    for name, content in children.items()}, "facts": facts}
    with open(folder + ".json", "w", encoding="utf-8") as file:
        json.dump(table, file, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
