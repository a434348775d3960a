# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Reads what a scan printed, for program tests. Strict: a record that is not well formed is an error.

    alerts.py list FORMAT FILE       one line an alert: rule, level, root, name; tab-separated,
                                     with the names as the file system has them, in Python's escapes
    alerts.py count FORMAT FILE KEY… numbers of the summary: files, high, excluded, rules.files,
                                     not-inspected.limit … (0 when it stands nowhere)
    alerts.py plain FORMAT FILE      the output with times, durations and process ids taken out
    alerts.py schema FILE SCHEMA     every JSON line is what the schema says; 77: no jsonschema
    alerts.py quiet FILE             no control, bidirectional or invisible character, valid UTF-8

FORMAT is json or rfc5424; of `plain` also tree. The escapes of names are those that
doc/alert-format.md tells.
"""
import json
import re
import sys

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
                    "\U000e0000-\U000e007f]")
HEAD = re.compile(r"<(0|[1-9]\d?|1[0-8]\d|19[01])>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) "
                  r"([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ")
NAME = r'[!#-<>-\\^-~]{1,32}'
ELEMENT = re.compile(r"\[(" + NAME + r")")
PARAMETER = re.compile(r" (" + NAME + r')="((?:[^"\\\]]|\\["\\\]])*)"')


def text_lines(path):
    with open(path, "rb") as stream:
        data = stream.read()
    if data and not data.endswith(b"\n"):
        sys.exit(f"{path}: the last line is torn")
    return data.decode("utf-8").split("\n")[:-1]


def unescape(text):
    """Undoes the replacement of control and invisible characters."""
    plain = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(?:u\{([0-9A-F]+)\}|([\\nrt]))",
                  lambda m: chr(int(m[1], 16)) if m[1] else plain[m[2]], text)


def parse_5424(line):
    """{element: {parameter: value}} with MSGID and text, or an error."""
    head = HEAD.match(line)
    if head is None:
        sys.exit(f"not a head: {line[:200]!r}")
    found = {"": {"pri": int(head[1]), "msgid": head[6]}}
    at = head.end()
    if line[at] != "[":
        sys.exit(f"no structured data: {line[:200]!r}")
    while line[at] == "[":
        element = ELEMENT.match(line, at)
        name = element[1].split("@")[0]
        if name in found:
            sys.exit(f"element {name} stands twice: {line!r}")
        found[name] = {}
        at = element.end()
        while parameter := PARAMETER.match(line, at):
            found[name][parameter[1]] = re.sub(r'\\(["\\\]])', r"\1", parameter[2])
            at = parameter.end()
        if line[at] != "]":
            sys.exit(f"malformed element at {at}: {line!r}")
        at += 1
        if at == len(line):
            return found
    if not line.startswith(" \ufeff", at):
        sys.exit(f"no BOM before the text at {at}: {line!r}")
    if UNSAFE.search(line, 0, at) or UNSAFE.search(line, at + 2):
        sys.exit(f"unsafe character: {line!r}")
    found[""]["text"] = line[at + 2:]
    return found


def read(form, path):
    """(alerts, summaries)"""
    alerts, summaries = [], []
    for line in text_lines(path):
        if form == "json":
            record = json.loads(line)
            is_summary = record["event"]["dataset"] == "sekisho.summary"
        else:
            record = parse_5424(line)
            is_summary = record[""]["msgid"] == "scan.summary"
        (summaries if is_summary else alerts).append(record)
    return alerts, summaries


def show(text):
    return text.encode("unicode_escape").decode("ascii")


def list_alerts(form, path):
    for record in read(form, path)[0]:
        if form == "json":
            root, name = record["sekisho"]["root"], record["file"]["name"]
            parts = record["rule"]["id"], record["sekisho"]["level"], root, name
        else:
            sekisho, thing = record["sekisho"], record["object"]
            parts = (sekisho["rule"], sekisho["level"], unescape(thing["root"]),
                     unescape(thing["name"]))
        print("\t".join(show(part) for part in parts))


def flat(tree):
    """All members; those of `rules` and `notinspected` with a name before theirs: `rules.files`."""
    groups = {"rules": "rules.", "not_inspected": "not-inspected.", "notinspected": "not-inspected."}
    for key, value in tree.items():
        if isinstance(value, dict):
            before = groups.get(key, "")
            yield from ((before + name, inner) for name, inner in flat(value))
        else:
            yield key.replace("_", "-"), value


def count(form, path, *keys):
    summaries = read(form, path)[1]
    if len(summaries) != 1:
        sys.exit(f"{len(summaries)} summaries")
    tree = summaries[0]["sekisho"]["summary"] if form == "json" else summaries[0]
    members = list(flat(tree))
    numbers = []
    for key in keys:
        values = [value for name, value in members if name == key]
        if len(values) > 1:
            sys.exit(f"{key} stands {len(values)} times")
        value = values[0] if values else 0
        numbers.append({True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))
    print(" ".join(numbers))


def plain(form, path):
    with open(path, "rb") as stream:
        data = stream.read().decode("utf-8")
    if form == "json":
        data = re.sub(r'("@timestamp":|"seconds":|"age_seconds":)("[^"]*"|[0-9.]+)', r"\1T", data)
    elif form == "rfc5424":
        data = re.sub(r"(?m)^(<\d+>1) \S+ (\S+) sekisho \d+ ", r"\1 TIME \2 sekisho PID ", data)
        data = re.sub(r' seconds="[0-9.]+"', "", data)
    sys.stdout.write(data)


def schema(path, schema_path):
    try:
        import jsonschema
    except ImportError:
        sys.exit(77)
    with open(schema_path, encoding="utf-8") as stream:
        validator = jsonschema.Draft202012Validator(json.load(stream))
    lines = text_lines(path)
    if not lines:
        sys.exit("no line")
    for line in lines:
        for error in validator.iter_errors(json.loads(line)):
            sys.exit(f"{error.message[:400]} in {line[:400]}")


def quiet(path):
    for line in text_lines(path):
        if found := UNSAFE.search(line):
            sys.exit(f"unsafe character {found[0]!r}: {line!r}")


if __name__ == "__main__":
    {"list": list_alerts, "count": count, "plain": plain, "schema": schema,
     "quiet": quiet}[sys.argv[1]](*sys.argv[2:])
