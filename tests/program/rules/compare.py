#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Compares the alerts of a scan (JSON lines on standard input) with a table
`path TAB ids`; prints a TAP line for each file.

    compare.py FOLDER TABLE <alerts
"""
import collections
import json
import os
import sys


def main():
    folder, table = sys.argv[1:]
    found = collections.defaultdict(set)
    for line in sys.stdin:
        alert = json.loads(line)
        if "rule" in alert and "file" in alert:
            found[os.path.relpath(alert["file"]["path"], folder)].add(alert["rule"]["id"])
    count = 0
    for count, line in enumerate(open(table, encoding="utf-8"), 1):
        path, ids = line.rstrip("\n").split("\t")
        expected = set() if ids == "-" else set(ids.split(","))
        got = found.pop(path, set())
        print("%sok %d - %s: %s" % ("" if got == expected else "not ", count, path, ids))
        if got != expected:
            print("#   got: %s" % (",".join(sorted(got)) or "-"))
    print("%sok %d - nothing else was found" % ("" if not found else "not ", count + 1))
    for path, ids in found.items():
        print("#   %s: %s" % (path, ",".join(sorted(ids))))
    print("1..%d" % (count + 1))


main()
