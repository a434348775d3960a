# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Sends hostile names through a sink and compares what comes out at the end.

    check.py names                           how many alerts `send` makes
    check.py send EMIT SINK FORMAT PATH      sends them and a summary
    check.py json FILE                       JSON lines hold the names
    check.py schema FILE SCHEMA              JSON lines are what the schema says, near misses are not
    check.py parsed5424 FILE                 rsyslog's view of RFC 5424 holds names and fields
    check.py parsed3164 FILE                 rsyslog's view of RFC 3164 holds them in the text
    check.py journal FILE                    journalctl's JSON holds them as fields

Exit status 77: a module is missing.
"""
import copy
import json
import re
import subprocess
import sys

NAMES = [
    "plain.exe",
    "請求書.pdf.exe",
    "new\nline",
    "\r\n<13>1 2026-01-01T00:00:00Z evil sekisho - - - clean",
    "\x1b]0;title\x07\x1b[2J",
    "\u202efdp.exe",
    '"] [sekisho@32473 level="low"]',
    "back\\slash \\\" \\] \\n \\u{41} \\",
    "\u2028\u2029\x85\x9b31m\x7f",
    "zero\u200bwidth\ufeff",
    "\U000e0001\U000e0041",
    "a » b",
    "#011 %msg% $!x",
]
SIZE = "8000"


def send(emit, sink, form, path):
    subprocess.run([emit, sink, form, path, SIZE, *[n.encode() for n in NAMES]], check=True)


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as stream:
        text = stream.read()
    assert text.endswith("\n"), "torn last line"
    return text[:-1].split("\n")


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: expected {wanted!r}, got {got!r}")


def unescape(text):
    """Undoes the replacement of control and invisible characters."""
    plain = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(?:u\{([0-9A-F]+)\}|([\\nrt]))",
                  lambda m: chr(int(m[1], 16)) if m[1] else plain[m[2]], text)


def elements(data):
    """RFC 5424 section 6.3: {element: {parameter: value}}; the rest behind it."""
    found = {}
    position = 0
    while position < len(data) and data[position] == "[":
        head = re.compile(r"\[([!-~]+?)@32473").match(data, position)
        position = head.end()
        found[head[1]] = {}
        parameter = re.compile(r' ([!-<>-~]+)="((?:[^"\\\]]|\\["\\\]])*)"')
        while match := parameter.match(data, position):
            found[head[1]][match[1]] = re.sub(r'\\(["\\\]])', r"\1", match[2])
            position = match.end()
        expect("end of an element", data[position], "]")
        position += 1
    return found, data[position:]


def check_alert(name, found, text):
    expect("level", found["sekisho"]["level"], "high")
    expect("rule", found["sekisho"]["rule"], "file.name.disguised")
    expect("sha256", len(found["object"]["sha256"]), 64)
    expect("size", found["object"]["size"], "4096")
    expect("name", unescape(found["object"]["name"]), name)
    expect("evidence", unescape(found["sekisho"]["evidence"]), name)
    expect("root", unescape(found["object"]["root"]), "/media/usb/" + name)
    parts = [unescape(part) for part in found["object"]["path"].split(" » ")]
    expect("path", parts, [name, "請求書.zip", name])
    expect("text", text.startswith("high: Program under a document's name: /media/usb/"), True)
    expect("harmless text", re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\ufeff\U000e0000-\U000e007f]", text),
           None)


def parsed5424(path):
    records = [json.loads(line) for line in lines(path)]
    expect("records", len(records), len(NAMES) + 1)
    for name, record in zip(NAMES, records):
        found, rest = elements(record["data"])
        expect("behind the data", rest, "")
        check_alert(name, found, record["message"].strip().removeprefix("\ufeff"))
        expect("severity", record["severity"], "3")
        expect("msgid", record["msgid"], "file.name.disguised")
    for record in records:
        expect("app", record["app"], "sekisho")
        expect("host", record["host"], "gate.example.jp")
        expect("facility", record["facility"], "16")
        expect("time", record["@timestamp"], "2026-11-25T01:02:03.456789Z")
        expect("procid", record["procid"].isdigit(), True)
    expect("msgid", records[-1]["msgid"], "scan.summary")
    expect("files", elements(records[-1]["data"])[0]["summary"]["files"], "1234")


def parsed3164(path):
    records = [json.loads(line) for line in lines(path)]
    expect("records", len(records), len(NAMES) + 1)
    for name, record in zip(NAMES, records):
        found, text = elements(record["message"].strip())
        check_alert(name, found, text.strip())
        expect("severity", record["severity"], "3")
    for record in records:
        expect("app", record["app"], "sekisho")
        expect("facility", record["facility"], "16")
        expect("procid", record["procid"].isdigit(), True)
    expect("files", elements(records[-1]["message"].strip())[0]["summary"]["files"], "1234")


def check_json(path):
    records = [json.loads(line) for line in lines(path)]
    expect("records", len(records), len(NAMES) + 1)
    for name, record in zip(NAMES, records):
        expect("file.name", record["file"]["name"], name)
        expect("file.path", record["file"]["path"], f"/media/usb/{name} » 請求書.zip » {name}")
        expect("sekisho.path", record["sekisho"]["path"], [name, "請求書.zip", name])
        expect("sekisho.evidence", record["sekisho"]["evidence"], name)
        expect("technique", record["threat"]["technique"]["id"], ["T1036.007", "T1204.002"])
    expect("summary", records[-1]["sekisho"]["summary"]["files"], 1234)


def journal(path):
    records = [json.loads(line) for line in lines(path)]
    expect("records", len(records), len(NAMES) + 1)
    for name, record in zip(NAMES, records):
        expect("name", unescape(record["SEKISHO_OBJECT_NAME"]), name)
        expect("root", unescape(record["SEKISHO_OBJECT_ROOT"]), "/media/usb/" + name)
        expect("level", record["SEKISHO_LEVEL"], "high")
        expect("rule", record["SEKISHO_RULE"], "file.name.disguised")
        expect("priority", record["PRIORITY"], "3")
        expect("identifier", record["SYSLOG_IDENTIFIER"], "sekisho")
    expect("files", records[-1]["SEKISHO_SUMMARY_FILES"], "1234")


def change(record, path, value):
    """A copy with the member at `path` set, or removed when `value` is None."""
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
    records = [json.loads(line) for line in lines(path)]
    for record in records:
        for error in validator.iter_errors(record):
            sys.exit(f"{error.message[:400]} in {json.dumps(record)[:400]}")
    alert, summary = records[0], records[-1]
    wrong = [
        {},
        change(alert, ["event", "id"], None),
        change(alert, ["event", "id"], "0123"),
        change(alert, ["event", "severity"], 50),
        change(alert, ["sekisho", "level"], "grave"),
        change(alert, ["sekisho", "surprise"], 1),
        change(alert, ["surprise"], 1),
        change(alert, ["rule"], None),
        change(alert, ["file", "size"], "4096"),
        change(alert, ["@timestamp"], "2026-11-25"),
        change(alert, ["sekisho", "schema"], "2.0"),
        change(summary, ["sekisho", "summary", "files"], -1),
        change(summary, ["sekisho", "summary", "not_inspected", "bored"], 1),
        change(summary, ["sekisho", "summary", "findings", "high"], None),
        change(summary, ["sekisho", "summary", "sandbox"], None),
    ]
    for record in wrong:
        if validator.is_valid(record):
            sys.exit(f"accepted: {json.dumps(record)[:400]}")


if __name__ == "__main__":
    actions = {"send": send, "json": check_json, "schema": schema, "parsed5424": parsed5424,
               "parsed3164": parsed3164, "journal": journal,
               "names": lambda: print(len(NAMES) + 1)}
    actions[sys.argv[1]](*sys.argv[2:])
