#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Compares what a scan finds in zip files that others made with what Info-ZIP
and 7-Zip list: names, sizes and sums. Where they differ the table has to say
why; what it has and does not differ any more is wrong, too.

    public.py find FOLDER                    files that begin or end as a zip file does
    public.py compare FOLDER LIST RECORDS TABLE
"""
import collections
import json
import os
import re
import subprocess
import sys

MARKS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08", b"PK00")


def find(folder):
    for directory, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                head = file.read(4)
                file.seek(max(0, os.path.getsize(path) - 22 - 65535))
                if head in MARKS or b"PK\5\6" in file.read():
                    print(os.path.relpath(path, folder))


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def member(name, size, crc):
    """Folders end in a slash or not; what is empty or has a better sum has none or zeros."""
    return name.rstrip("/"), int(size or 0), crc.lower().replace("00000000", "")


def info_zip(path):
    """Length, method, size, ratio, date, time, sum, name; None when it opens nothing."""
    text = run("unzip", "-v", path)
    if "--------" not in text:
        return None
    row = re.compile(r" *(\d+)  +\S+ +\d+ +-?\d+% +\S+ +\S+ +([0-9a-f]{8}) [ ^](.*)")
    found = [row.fullmatch(line) for line in text.split("--------", 1)[1].splitlines()]
    return collections.Counter(member(line[3], line[1], line[2]) for line in found if line)


def seven_zip(path):
    head, _, body = run("7zz", "l", "-slt", "-p-", path).partition("\n----------\n")
    if "\nType = zip\n" not in head:
        return None
    found = collections.Counter()
    for block in body.split("\n\n"):
        fields = dict(line.split(" = ", 1) for line in block.splitlines() if " = " in line)
        if fields.get("Path"):
            found[member(fields["Path"], fields.get("Size"), fields.get("CRC", ""))] += 1
    return found


def scanned(records):
    """By path of the file; a link's content is where it leads."""
    found = collections.defaultdict(collections.Counter)
    for line in open(records, encoding="utf-8"):
        record = json.loads(line)
        head, fields = record["sekisho"], record["fields"]
        if head["kind"] == "file" and re.fullmatch("/zip:[0-9]+", head["object"]):
            name, size = fields["file.path"].split(" » ", 1)[1], fields.get("file.size", 0)
            if fields["file.type"] == "link":
                size = len(fields["file.target-path"].encode())
            found[head["root"]][member(name, size, fields.get("zip.crc32", ""))] += 1
    return found


def differences(ours, theirs, who):
    """Those that only one of the two has."""
    if theirs is None:
        theirs = collections.Counter()
    for only, holder in ((theirs - ours, who), (ours - theirs, "the scan")):
        for name, size, crc in sorted(only.elements())[:3]:
            yield f"only {holder}: {name}, {size} bytes, {crc or 'no sum'}"


def reasons(table):
    """Files stand indented below the reason that they have."""
    known, reason = {}, ""
    for line in open(table, encoding="utf-8").read().splitlines():
        if line.startswith("  "):
            known[line.strip()] = reason
        elif line and not line.startswith("#"):
            reason = line
    return known


def compare(folder, listed, records, table):
    found, known = scanned(records), reasons(table)
    count = failed = 0
    for path in open(listed, encoding="utf-8").read().splitlines():
        whole = os.path.join(folder, path)
        ours = found[whole]
        wrong = list(differences(ours, info_zip(whole), "unzip")) + list(differences(ours, seven_zip(whole), "7-Zip"))
        reason, count = known.pop(path, None), count + 1
        bad = bool(wrong) != bool(reason)
        failed += bad
        text = "differs, as is known" if reason else f"{ours.total()} members"
        print(f"{'not ' if bad else ''}ok {count} - {path}: {text}")
        for text in (wrong or ["it agrees, and the table says that it differs"]) if bad else ():
            print(f"#   {text}")
    print(f"1..{count + bool(known)}")
    if known:
        print(f"not ok {count + 1} - not there: {', '.join(sorted(known))}")
    return 1 if failed or known or not any(found.values()) else 0


def main():
    if sys.argv[1] == "find":
        find(sys.argv[2])
        return 0
    return compare(*sys.argv[2:])


sys.exit(main())
