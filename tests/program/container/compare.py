#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Compares what a scan found in containers with what their generator says; TAP, a case a line.

    compare.py TABLE OUTPUT WHERE FIRST

OUTPUT is that of `scan --format json`. A case may lie in other containers: the innermost part of the path
that is a case counts. WHERE ends each case's name, and FIRST is the number of the first case.
"""
import json
import os
import sys


def read(output, cases):
    """{case: ids}; what lies in none of them is told under its own path."""
    found = {}
    with open(output, encoding="utf-8") as stream:
        for line in stream:
            alert = json.loads(line)
            if alert["event"]["dataset"] == "sekisho.summary" or alert["rule"]["id"].startswith("not-inspected."):
                continue
            parts = [os.path.basename(part) for part in alert["sekisho"]["path"]]
            case = next((part for part in reversed(parts) if part in cases), " » ".join(parts))
            found.setdefault(case, set()).add(alert["rule"]["id"])
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        table = dict(line.rstrip("\n").split("\t") for line in stream)
    found = read(sys.argv[2], table)
    number = int(sys.argv[4])
    for case in [*table, *sorted(set(found) - set(table))]:
        expected, got = table.get(case, "-"), ",".join(sorted(found.get(case, []))) or "-"
        if expected.startswith("!"):
            print(f"ok {number} - {case}{sys.argv[3]} # SKIP {expected[1:]}")
        else:
            print(f"{'ok' if got == expected else 'not ok'} {number} - {case}{sys.argv[3]}")
            if got != expected:
                print(f"#   expected: {expected}\n#   got: {got}")
        number += 1
    return number - int(sys.argv[4])


main()
