# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Makes small, well-formed and harmless Windows programs (PE32+) with chosen traits.

The code is a single `ret`. Nothing of it does anything; what matters is the
shape: sections, imports, exports, version data, certificate table, overlay.
"""
import struct

ALIGN_FILE, ALIGN_MEMORY = 0x200, 0x1000
CODE = 0x60000020  # code, execute, read
DATA = 0xC0000040  # initialised data, read, write
READ = 0x40000040  # initialised data, read
WRITE = 0x80000000


def _up(value, to):
    return (value + to - 1) // to * to


def _imports(rva, modules):
    """The import table for {module: [function, …]}, to stand at `rva`."""
    size = 20 * (len(modules) + 1)
    thunks, names, descriptors = b"", b"", b""
    thunk_at = rva + size
    total_thunks = sum(8 * (len(functions) + 1) for functions in modules.values())
    names_at = thunk_at + total_thunks
    for module, functions in modules.items():
        first = thunk_at + len(thunks)
        for function in functions:
            thunks += struct.pack("<Q", names_at + len(names))
            entry = struct.pack("<H", 0) + function.encode() + b"\0"
            names += entry + b"\0" * (len(entry) % 2)
        thunks += struct.pack("<Q", 0)
        descriptors += struct.pack("<IIIII", first, 0, 0, names_at + len(names), first)
        entry = module.encode() + b"\0"
        names += entry + b"\0" * (len(entry) % 2)
    return descriptors + b"\0" * 20 + thunks + names


def _exports(rva, module, functions, target):
    count = len(functions)
    head = 40
    addresses = rva + head
    pointers = addresses + 4 * count
    ordinals = pointers + 4 * count
    names_at = ordinals + 2 * count
    names = module.encode() + b"\0"
    offsets = []
    for function in functions:
        offsets.append(names_at + len(names))
        names += function.encode() + b"\0"
    table = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, names_at, 1, count, count, addresses, pointers, ordinals)
    table += struct.pack("<%dI" % count, *[target] * count) + struct.pack("<%dI" % count, *offsets)
    return table + struct.pack("<%dH" % count, *range(count)) + names


def _version_block(key, value, children=b"", text=False):
    name = key.encode("utf-16le") + b"\0\0"
    body = name + b"\0" * (-(6 + len(name)) % 4)
    length_value = 0
    if value:
        body += value
        length_value = len(value) // 2 if text else len(value)
    body += b"\0" * (-(6 + len(body)) % 4) + children
    return struct.pack("<HHH", 6 + len(body), length_value, 1 if text else 0) + body


def _version(strings):
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, 1, 0, 1, 0, 0x3F, 0, 4, 1, 0, 0, 0)
    rows = b""
    for key, value in strings.items():
        block = _version_block(key, value.encode("utf-16le") + b"\0\0", text=True)
        rows += block + b"\0" * (-len(block) % 4)
    table = _version_block("040904b0", b"", rows, text=True)
    info = _version_block("StringFileInfo", b"", table, text=True)
    return _version_block("VS_VERSION_INFO", fixed, info)


def _resources(rva, version):
    """A resource tree with the one leaf RT_VERSION."""
    def directory(identifier, offset):
        return struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, identifier, offset)
    tree = directory(16, 0x80000018) + directory(1, 0x80000030) + directory(0x409, 0x48)
    return tree + struct.pack("<IIII", rva + 0x58, len(version), 0, 0) + version


def build(sections=None, imports=None, exports=None, version=None, time=0x66000000, entry=None,
          overlay=b"", signed=False, library=False):
    """Bytes of a program.

    sections: [(name, bytes, flags)], the first is the code; entry: section
    number where the entry point stands (None: 0); exports: [name].
    """
    parts = [list(s) for s in (sections or [(".text", b"\xC3" + b"\x90" * 511, CODE)])]
    rva, directories, base = ALIGN_MEMORY, {}, []
    for part in parts:
        base.append(rva)
        rva += _up(max(len(part[1]), 1), ALIGN_MEMORY)
    for index, name, make in (
            (1, ".idata", imports and (lambda at: _imports(at, imports))),
            (0, ".edata", exports and (lambda at: _exports(at, "sample.dll", exports, base[0]))),
            (2, ".rsrc", version and (lambda at: _resources(at, _version(version))))):
        if make:
            data = make(rva)
            parts.append([name, data, READ])
            base.append(rva)
            directories[index] = (rva, len(data))
            rva += _up(len(data), ALIGN_MEMORY)
    entry_rva = base[entry or 0]
    head_size = _up(0x80 + 4 + 20 + 240 + 40 * len(parts), ALIGN_FILE)
    raw, table, offset = b"", b"", head_size
    for (name, data, flags), at in zip(parts, base):
        size = _up(len(data), ALIGN_FILE)
        table += struct.pack("<8sIIIIIIHHI", name.encode(), len(data), at, size, offset, 0, 0, 0, 0, flags)
        raw += data + b"\0" * (size - len(data))
        offset += size
    certificate = b""
    if signed:
        certificate = struct.pack("<IHH", 24, 0x200, 2) + b"\x30\x0E" + b"\0" * 14
        directories[4] = (offset + len(overlay), len(certificate))
    dos = b"MZ" + b"\0" * 58 + struct.pack("<I", 0x80) + b"\0" * 64
    characteristics = 0x2022 if library else 0x22
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(parts), time, 0, 0, 240, characteristics)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0x200, 0x200, 0, entry_rva,
                           base[0], 0x140000000, ALIGN_MEMORY, ALIGN_FILE, 6, 0, 0, 0, 6, 0, 0, rva,
                           head_size, 0, 3, 0x8160, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    for index in range(16):
        optional += struct.pack("<II", *directories.get(index, (0, 0)))
    head = dos + coff + optional + table
    return head + b"\0" * (head_size - len(head)) + raw + overlay + certificate
