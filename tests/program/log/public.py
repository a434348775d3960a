# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""What public data says of itself, against what the program made of it.

    public.py pairs SIGMA ALERTS            each event of SIGMA/regression_data hit its rule, where SIGMA/rules has it
    public.py plain LOGS FOLDER             the logs of LOGS, whose comments are labels, without them
    public.py sources LOGS RECORDS          no failed login has another address than its label says
    public.py read FOLDER RECORDS ALERTS    of what looks like a log, each line is a record or counted as none
    public.py above ALERTS                  the findings above low: rule and group

Reads YAML no further than one expression goes: only identifiers are wanted.
"""
import collections
import json
import os
import pathlib
import re
import sys

ID = re.compile(r"(?m)^(?:    - )?id:\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# Of sshd 6.3 and before, which added to such lines; to name the last address is right for what came later.
OLD_SSHD = re.compile(rb"(ssh1: ruser.* from \S+|ssh2: from 10\.10\.1\.2 port 55555 ssh2)$")
FORMS = [rb"(<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ ", rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \S+ \S+: ", rb"<\d+>1 ",
         rb"\{.*\}\s*$", rb'\S+ \S+ \S+ \[\d\d/\w+/\d{4}:[^\]]*\] "']


def events(path, summaries=False):
    with open(path, encoding="utf-8") as stream:
        for text in stream:
            event = json.loads(text)
            if summaries or event.get("event", {}).get("dataset") != "sekisho.summary":
                yield event


def files(folder):
    return (path for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file())


def pairs(sigma, alerts):
    rules = set()
    for path in files(f"{sigma}/rules"):
        text = path.read_text(encoding="utf-8")
        rules.update(found[1] for found in ID.finditer(text) if found[0].startswith("id:"))
    hits = {(event["file"]["path"], event["rule"]["id"]) for event in events(alerts)}
    count = missed = 0
    for path in files(f"{sigma}/regression_data"):
        if path.name != "info.yml":
            continue
        text = path.read_text(encoding="utf-8")
        rule = ID.search(text, text.index("rule_metadata:"))[1]
        for event in path.parent.glob("*.json") if rule in rules else []:
            count += 1
            if (str(event), "sigma." + rule) not in hits:
                missed += 1
                print(f"not hit: {event}")
    print(f"{count} pairs")
    return missed > 0 or count == 0


def labelled(path):
    """(line, label or None) of what is not a comment."""
    label = None
    for line in path.read_bytes().splitlines():
        if found := re.match(rb"#+\s*failJSON:\s*(\{.*\})", line):
            label = json.loads(found[1])
        elif line.strip() and not line.startswith(b"#"):
            yield line, label
            label = None


def plain(logs, folder):
    for number, path in enumerate(files(logs)):
        with open(f"{folder}/{number:03}-{path.name}", "wb") as stream:
            stream.writelines(line + b"\n" for line, _ in labelled(path))


def by_line(records):
    made = collections.defaultdict(dict)
    for record in events(records):
        if record["sekisho"]["kind"].startswith("log."):
            made[record["sekisho"]["root"]][record["fields"]["log.line"]] = record["fields"]
    return made


def sources(logs, records):
    made = {os.path.basename(root)[4:]: lines for root, lines in by_line(records).items()}
    right = wrong = 0
    for path in files(logs):
        for number, (line, label) in enumerate(labelled(path), 1):
            fields = made.get(path.name, {}).get(number, {})
            if fields.get("event.outcome") != "failure" or not label or "host" not in label or "source.ip" not in fields:
                continue
            if fields["source.ip"] == label["host"]:
                right += 1
            elif not OLD_SSHD.search(line):
                wrong += 1
                print(f"{path.name}: {fields['source.ip']}, should be {label['host']}: {line!r}")
    print(f"{right} addresses")
    return wrong > 0 or right < 50


def read(folder, records, alerts):
    told = {}
    for event in events(alerts):
        if found := re.match(r"(\d+) of \d+ lines not understood", event["sekisho"].get("evidence", "")):
            told[event["file"]["path"]] = int(found[1])
    made, looked, wrong = by_line(records), 0, 0
    for path in files(folder):
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
        if path.suffix != ".log" or not any(sum(bool(re.match(form, line)) for line in lines) * 2 > len(lines) for form in FORMS):
            continue
        looked += 1
        if len(made[str(path)]) + told.get(str(path), 0) != len(lines):
            wrong += 1
            print(f"{path}: {len(lines)} lines, {len(made[str(path)])} records, {told.get(str(path), 0)} told of")
    print(f"{looked} logs")
    return wrong > 0 or looked == 0


def above(alerts):
    found = set()
    for event in events(alerts):
        if event["sekisho"]["level"] not in ("low", "informational"):
            group = re.search(r"in group (\S+),", event["message"])
            found.add(f"{event['rule']['id']} {group[1] if group else event['file']['path']}")
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    sys.exit({"pairs": pairs, "plain": plain, "sources": sources, "read": read, "above": above}[sys.argv[1]](*sys.argv[2:]))
