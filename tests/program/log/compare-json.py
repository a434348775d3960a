# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Generates JSON and compares what the reader makes of it with what Python's says.

    compare-json.py DUMP FOLDER lines|mutated|documents COUNT SEED

Names are flattened here once more, from the description in log-json.h. Exit status 1, and the first
differences on standard output, when the two disagree.
"""
import json
import random
import subprocess
import sys

WRAPPERS = ("Records", "records", "Events", "events", "value", "logs", "logEvents")
PLAIN = ["a", "b", "Image", "CommandLine", "user name", "é日本", "x.y", "", "k" * 40, "@id", "#attributes"]
KEYS = PLAIN * 3 + ["#text", "_source", "Records", "value"]
TEXTS = ["", "x", "C:\\Windows\\System32\\cmd.exe", 'say "no"', "日本語 テキスト", "\x01\x1f\t\n", "\u2028", "/",
         "\U0001f600", "0" * 300, "back\\\\slash", "{\"no\":[1]}", "a\\u0041"]


class Bad(Exception):
    pass


# ---- documents ----

def scalar(rng):
    return rng.choice([
        lambda: rng.choice(TEXTS) + rng.choice(["", "x" * rng.randrange(40)]),
        lambda: rng.choice([0, -1, 7, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 10**30, rng.getrandbits(63)]),
        lambda: rng.choice([0.5, -1.25e300, 1e-7, 123456789.125]),
        lambda: rng.choice([True, False, None])])()


class Pairs(list):
    """An object, whose keys may repeat."""


def value(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.6:
        return scalar(rng)
    if kind < 0.8:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return obj(rng, depth - 1)


def obj(rng, depth):
    return Pairs((rng.choice(KEYS), value(rng, depth)) for _ in range(rng.randrange(7)))


def document(rng):
    kind = rng.random()
    if kind < 0.85:
        return obj(rng, rng.randrange(6))
    if kind < 0.93:
        return [obj(rng, 3) for _ in range(rng.randrange(4))]
    return Pairs([(rng.choice(WRAPPERS), [obj(rng, 2) for _ in range(rng.randrange(1, 4))]), ("n", 1)])


def blank(rng, multiline):
    if rng.random() < 0.8:
        return ""
    return rng.choice([" ", "\t", "   ", " " * 9] + (["\n", "\r\n", "\n" + " " * 12] if multiline else []))


def text(rng, found, multiline):
    def gap():
        return blank(rng, multiline)
    if isinstance(found, Pairs):
        members = ",".join(gap() + text(rng, key, multiline) + gap() + ":" + gap() + text(rng, item, multiline) + gap()
                           for key, item in found)
        return "{" + (members or gap()) + "}"
    if isinstance(found, list):
        return "[" + (",".join(gap() + text(rng, item, multiline) + gap() for item in found) or gap()) + "]"
    return json.dumps(found, ensure_ascii=rng.random() < 0.5)


def mutate(rng, line):
    line = bytearray(line)
    for _ in range(rng.randrange(1, 3) if line else 0):
        at = rng.randrange(max(len(line), 1))
        what = rng.randrange(4)
        if what == 0 or at >= len(line):
            del line[at:at + 1]
        elif what == 1:
            line[at] = rng.choice(b'{}[]",:\\u0123456789.eE+-tfn \x01\x7f\xff\xc3')
        elif what == 2:
            line.insert(at, rng.choice(b'{}[]",:\\u01.e-tfn \xff'))
        else:
            del line[at:at + rng.randrange(1, 20)]
    return bytes(byte for byte in line if byte not in (0, 10))


# ---- what Python says ----

def refuse(word):
    raise ValueError(word)


DECODER = json.JSONDecoder(object_pairs_hook=Pairs, parse_float=lambda text: ("text", text),
                           parse_int=lambda text: int(text) if -2**63 <= int(text) < 2**63 else ("text", text),
                           parse_constant=refuse)


def flatten(found, name, prefix, out, root=False):
    """name: of the value itself; prefix: what stands before names below it."""
    if isinstance(found, Pairs):
        for key, item in found:
            if key == "#text" and name:
                flatten(item, name, prefix, out)
                continue
            full = prefix + "." + key if prefix else key
            flatten(item, full, "" if key == "_source" and root else full, out)
    elif isinstance(found, list):
        for item in found:
            flatten(item, name, prefix, out)
    elif found is not None:
        out.append((name, found))


def records(found, frames, out):
    """The events of a value that stands where records stand."""
    if isinstance(found, Pairs):
        wrapped, fields = False, Pairs()
        for key, item in found:
            if (key in WRAPPERS and frames < 3 and isinstance(item, list) and not isinstance(item, Pairs) and item
                    and isinstance(item[0], Pairs)):
                wrapped = True
                for element in item:
                    records(element, frames + 1, out)
            else:
                fields.append((key, item))
        if not wrapped:
            values = []
            flatten(fields, "", "", values, True)
            out.append(values)
    elif isinstance(found, list):
        for element in found:
            records(element, frames, out)


def expected(chunk):
    """Events of a text, and whether all of it was good."""
    source, at, out = chunk.decode("utf-8", "surrogateescape"), 0, []
    while True:
        while at < len(source) and source[at] in " \t\r\n":
            at += 1
        if at == len(source):
            return out, True
        try:
            found, at = DECODER.raw_decode(source, at)
        except (ValueError, RecursionError):
            return out, False
        if not isinstance(found, list):
            return out, False
        records(found, 0, out)


# ---- what the reader says ----

def read_dump(dump, mode, path):
    lines = subprocess.run([dump, mode, path], check=True, capture_output=True).stdout.decode().split("\n")
    events, bad = [], {}
    for line in lines:
        part = line.split(" ")
        if part[0] == "E":
            events.append((int(part[1]), int(part[2]), []))
        elif part[0] == "V":
            name = bytes.fromhex(part[1]).decode("utf-8", "surrogateescape")
            kind, raw = int(part[2]), part[3]
            if kind == 0:
                got = raw == "1"
            elif kind == 1:
                got = int(raw)
            else:
                got = ("raw", bytes.fromhex(raw).decode("utf-8", "surrogateescape"), kind == 3)
            events[-1][2].append((name, got))
        elif "B" in part:
            bad.setdefault(int(part[part.index("B") + 1]), 0)
    return events, bad


def same(want, got):
    if isinstance(want, tuple):
        return isinstance(got, tuple) and got[1] == want[1] and not got[2]
    if isinstance(want, str):
        return (isinstance(got, tuple) and json.loads('"' + got[1] + '"') == want
                and got[2] == ("\\" in got[1]))
    return type(want) is type(got) and want == got


def differences(want, got):
    if len(want) != len(got):
        return f"{len(got)} events instead of {len(want)}"
    for index, (left, right) in enumerate(zip(want, got)):
        if [name for name, _ in left] != [name for name, _ in right]:
            return f"event {index}: names {[n for n, _ in right]!r} instead of {[n for n, _ in left]!r}"
        for (name, a), (_, b) in zip(left, right):
            if not same(a, b):
                return f"event {index}: {name!r} is {b!r} instead of {a!r}"
    return None


# ---- the comparisons ----

def by_line(dump, folder, count, rng, mutated):
    lines = [text(rng, document(rng), False).encode() for _ in range(count)]
    if mutated:
        lines = [mutate(rng, line) if line and rng.random() < 0.9 else line for line in lines]
    path = f"{folder}/lines.json"
    with open(path, "wb") as stream:
        stream.write(b"".join(line + b"\n" for line in lines))
    events, bad = read_dump(dump, "lines", path)
    found = {}
    for number, _, values in events:
        found.setdefault(number, []).append(values)
    failed = broken = 0
    for number, line in enumerate(lines, 1):
        want, good = expected(line)
        broken += not good
        said = None
        if good == (number in bad):
            said = f"broken: {not good} for Python, {number in bad} here"
        elif good:
            said = differences(want, found.get(number, []))
        if said is not None:
            failed += 1
            if failed <= 5:
                print(f"line {number}: {said}: {line!r}")
    print(f"{count} lines, {broken} of them broken, {failed} differences")
    return failed == 0 and (broken > count / 4 if mutated else broken == 0)


def whole(dump, folder, count, rng):
    parts, starts, at = [], [], 0
    for _ in range(count):
        part = text(rng, document(rng), True) + rng.choice(["", "\n", "\r\n", " ", "\n\n"])
        starts.append(at)
        at += len(part.encode())
        parts.append(part)
    path = f"{folder}/documents.json"
    with open(path, "wb") as stream:
        stream.write("".join(parts).encode())
    events, bad = read_dump(dump, "documents", path)
    want, good = expected("".join(parts).encode())
    said = differences(want, [values for _, _, values in events])
    with open(path, "rb") as stream:
        data = stream.read()
    misplaced = [at for number, at, _ in events if data[at:at + 1] != b"{" or data.count(b"\n", 0, at) + 1 != number]
    print(f"{len(events)} events, bad at {sorted(bad)}, misplaced at {misplaced[:5]}: {said}")
    return good and said is None and not bad and not misplaced


def main():
    dump, folder, mode, count, seed = sys.argv[1:]
    rng = random.Random(int(seed))
    if mode == "documents":
        good = whole(dump, folder, int(count), rng)
    else:
        good = by_line(dump, folder, int(count), rng, mode == "mutated")
    sys.exit(0 if good else 1)


main()
