# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Files inside an image, as `scan --records` saw them, against the generator's list.

    compare.py RECORDS LIST    fails with the lines that are only in one of them
"""
import collections
import json
import sys


def value(field):
    return ",".join(field) if isinstance(field, list) else (field or "-")


def seen(path):
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            fields = record["fields"]
            if record["sekisho"]["kind"] == "file" and "file.container" in fields and fields["file.type"] == "file":
                yield (fields["file.relative"], fields.get("hash.sha256", "-"), value(fields.get("file.attributes")),
                       fields.get("media.stream", "-"))


def expected(path):
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            name, *rest = line.rstrip("\n").split("\t")
            # What file.relative is told as.
            yield (name.lower(), *rest)


def main():
    got, want = collections.Counter(seen(sys.argv[1])), collections.Counter(expected(sys.argv[2]))
    for sign, lines in (("missing", want - got), ("not expected", got - want)):
        for line in sorted(lines):
            print(sign, *line)
    return 0 if got == want and want else 1


if __name__ == "__main__":
    sys.exit(main())
