# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Reads the file that `scan --records` wrote, for program tests.

    read.py list FILE KIND FIELD…    one line a record of the kind: the fields' values, separated by
                                     blanks; a list joined by commas, `-` for an absent one
    read.py schema FILE SCHEMA       every line is what the schema says, and near misses are not; 77: no
                                     jsonschema
"""
import copy
import json
import sys


def records(path):
    with open(path, encoding="utf-8", newline="\n") as stream:
        text = stream.read()
    if text and not text.endswith("\n"):
        sys.exit("the last line is torn")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def show(value):
    if isinstance(value, list):
        return ",".join(show(one) for one in value)
    return "-" if value is None else str(value)


def list_fields(path, kind, *fields):
    for record in records(path):
        if record["sekisho"]["kind"] == kind:
            print(" ".join(show(record["fields"].get(field)) for field in fields))


def changed(record, path, value):
    record = copy.deepcopy(record)
    inner = record
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return record


def schema(path, schema_path):
    try:
        import jsonschema
    except ImportError:
        sys.exit(77)
    with open(schema_path, encoding="utf-8") as stream:
        document = json.load(stream)
    jsonschema.Draft202012Validator.check_schema(document)
    validator = jsonschema.Draft202012Validator(document)
    lines = records(path)
    if not lines:
        sys.exit("no line")
    for record in lines:
        for error in validator.iter_errors(record):
            sys.exit(f"{error.message[:400]} in {json.dumps(record)[:400]}")
    one = lines[0]
    wrong = [{}, changed(one, ["sekisho"], None), changed(one, ["fields"], None),
             changed(one, ["surprise"], 1), changed(one, ["@timestamp"], "2026-11-25"),
             changed(one, ["sekisho", "schema"], 2), changed(one, ["sekisho", "kind"], ""),
             changed(one, ["sekisho", "object"], "x"), changed(one, ["sekisho", "position"], -1),
             changed(one, ["fields", "x"], 1.5), changed(one, ["fields", "x"], ["one"]),
             changed(one, ["fields", "x"], {"a": 1})]
    for record in wrong:
        if validator.is_valid(record):
            sys.exit(f"accepted: {json.dumps(record)[:400]}")


if __name__ == "__main__":
    {"list": list_fields, "schema": schema}[sys.argv[1]](*sys.argv[2:])
