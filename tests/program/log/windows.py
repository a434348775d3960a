# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes a big log, or checks the records that were made of it.

    windows.py write lines|documents|wrapped MEGABYTES LOG      one event after another, 20 KB of blanks in each
    windows.py check COUNT RECORDS LOG       each event once, in order, at its place and on its line

The text of each event tells its number, so that the check needs no other reader of the log.
"""
import json
import sys

FILL = " " * 20000


def events(kind, size):
    number = done = 0
    while done < size:
        event = {"n": number, "time": 1700000000 + number}
        text = json.dumps(event, indent=None if kind == "lines" else 1)[:-1] + FILL + "}\n"
        number += 1
        done += len(text)
        yield text


def write(kind, megabytes, path):
    with open(path, "w", encoding="ascii") as stream:
        if kind == "wrapped":
            stream.write('{"count": 1,\n"Records": [\n')
        for index, text in enumerate(events(kind, int(megabytes) << 20)):
            stream.write(("," if kind == "wrapped" and index else "") + text)
        if kind == "wrapped":
            stream.write("]}\n")
        print(index + 1)


def check(count, path, log):
    with open(log, "rb") as stream:
        data = stream.read()
    wanted = line = at = 0
    with open(path, encoding="utf-8") as stream:
        for text in stream:
            record = json.loads(text)
            if record["sekisho"]["kind"] != "log.json":
                continue
            place, fields = record["sekisho"]["position"], record["fields"]
            line += data.count(b"\n", at, place)
            at = place
            if fields["n"] != wanted or data[place:place + 1] != b"{" or fields["log.line"] != line + 1:
                print(f"record {wanted}: {fields['n']} at {place}, line {fields['log.line']}, counted {line + 1}")
                return 1
            wanted += 1
    print(f"{wanted} events")
    return 0 if wanted == int(count) else 1


if sys.argv[1] == "write":
    write(*sys.argv[2:])
else:
    sys.exit(check(*sys.argv[2:]))
