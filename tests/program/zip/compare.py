#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Compares what a scan's records and alerts tell of generated containers with
what their generator says; TAP, a case a line. A child's digest may be a list,
where several children have its name; the fact `told` is of rules that hit.

    compare.py TABLE RECORDS SUFFIX [ALERTS]
"""
import json
import os
import sys


def read(records, alerts=os.devnull):
    """For each root: its children, a list of (name, sha256 or None), and its facts."""
    children, facts = {}, {}
    told = {}
    for line in open(alerts, encoding="utf-8"):
        rule, _, root = line.rstrip("\n").split("\t")[:3]
        told.setdefault(os.path.basename(root), set()).add(rule)
    for line in open(records, encoding="utf-8"):
        record = json.loads(line)
        head, fields = record["sekisho"], record["fields"]
        root = os.path.basename(head["root"])
        if head["kind"] == "object" and head["object"] == "":
            facts[root] = fields
        elif head["kind"] == "object" and head["object"].count("/") == 1:
            name = fields["object.path"].split(" » ", 1)[1]
            children.setdefault(root, []).append((name, fields.get("hash.sha256")))
    for root in told:
        facts.setdefault(root, {})["told"] = sorted(told[root])
    return children, facts


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def problems(case, expected, children, facts):
    found = dict(children)
    for name, digest in expected["children"].items():
        if name not in found:
            yield f"{name} is not there"
        elif not all(d in [f for n, f in children if n == name] for d in (digest if isinstance(digest, list) else [digest])):
            yield f"{name} has {found[name]}, not {digest}"
    for name in found:
        if name not in expected["children"]:
            yield f"{name} should not be there"
    for fact, value in expected["facts"].items():
        if value is None and fact in facts:
            yield f"{fact} is {facts[fact]}, should be absent"
        elif value is not None and value not in as_list(facts.get(fact)):
            yield f"{fact} is {facts.get(fact)}, not {value}"


def main():
    table, (children, facts) = json.load(open(sys.argv[1], encoding="utf-8")), read(sys.argv[2], *sys.argv[4:])
    failed = 0
    for number, (case, expected) in enumerate(sorted(table.items()), 1):
        root = case + sys.argv[3]
        wrong = list(problems(case, expected, children.get(root, []), facts.get(root, {})))
        failed += bool(wrong)
        print(f"{'not ' if wrong else ''}ok {number} - {case}")
        for text in wrong[:5]:
            print(f"#   {text}")
    print(f"1..{len(table)}")
    return 1 if failed else 0


sys.exit(main())
