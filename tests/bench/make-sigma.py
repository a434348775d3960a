#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes generated Sigma rules in the shape of public collections.

    make-sigma.py COUNT FILE

Logsources, fields, modifiers, numbers of values and conditions are drawn as a count over a public
collection found them: nearly half are process creations, which ask for an image by its tail and for
words of the command line; most conditions are `selection` or `all of selection_*`, some with filters.
None matches what make-events.py writes: every rule asks for at least one invented word. Same
arguments, same bytes.
"""
import random
import sys
import uuid

SOURCES = [("windows", "process_creation", None, 46), ("windows", "registry_set", None, 8), ("windows", "file_event", None, 7), ("windows", None, "security", 6), ("windows", "ps_script", None, 6), ("linux", "process_creation", None, 5), ("windows", "image_load", None, 4), ("windows", None, "system", 3), ("macos", "process_creation", None, 3), ("aws", None, "cloudtrail", 2), ("linux", None, "auditd", 2), ("windows", "network_connection", None, 2), ("windows", "ps_module", None, 2), ("okta", None, "okta", 1), (None, "proxy", None, 1), ("windows", "dns_query", None, 1), ("windows", "process_access", None, 1)]
FIELDS = {
    "process_creation": ([("CommandLine|contains", 49), ("Image|endswith", 48), ("OriginalFileName", 29), ("CommandLine|contains|all", 26), ("ParentImage|endswith", 11), ("Image|contains", 5), ("CommandLine|contains|windash", 5), ("CommandLine|endswith", 4), ("Description", 3), ("Product", 2), ("ParentCommandLine|contains", 2), ("CommandLine|re", 2), ("Image|startswith", 2), ("Hashes|contains", 1), ("IntegrityLevel", 1)]),
    "registry_set": [("TargetObject|contains", 6), ("TargetObject|endswith", 4), ("Details", 3), ("Image|endswith", 1)],
    "file_event": [("TargetFilename|endswith", 6), ("TargetFilename|contains", 5), ("Image|endswith", 4)],
    "image_load": [("ImageLoaded|endswith", 6), ("Image|endswith", 4), ("ImageLoaded|startswith", 1)],
    "network_connection": [("DestinationHostname|endswith", 4), ("Image|endswith", 5), ("DestinationPort", 2)],
    "ps_script": [("ScriptBlockText|contains", 7), ("ScriptBlockText|contains|all", 4)],
    "ps_module": [("Payload|contains", 5), ("ContextInfo|contains", 2)],
    "dns_query": [("QueryName|contains", 3), ("QueryName|endswith", 3)],
    "process_access": [("TargetImage|endswith", 3), ("CallTrace|contains", 3)],
    "proxy": [("c-uri|contains", 4), ("c-useragent|contains", 3)],
    "security": [("ObjectName|endswith", 3), ("ProcessName|endswith", 3), ("ServiceName|contains", 2), ("TargetUserName|startswith", 1)],
    "system": [("ServiceName", 3), ("ImagePath|contains", 4)],
    "auditd": [("a0", 4), ("a1|contains", 3), ("name|startswith", 2)],
    "cloudtrail": [("eventName", 4), ("eventSource", 3)],
    "okta": [("eventtype", 4), ("displaymessage|contains", 2)],
}
EVENT_IDS = {"security": [4624, 4625, 4663, 4688, 4698, 4720, 5140, 5145], "system": [7036, 7045, 104, 16]}
IMAGES = ["powershell.exe", "pwsh.exe", "cmd.exe", "rundll32.exe", "regsvr32.exe", "mshta.exe", "wscript.exe", "cscript.exe", "certutil.exe", "bitsadmin.exe", "schtasks.exe", "sc.exe", "net.exe", "net1.exe", "reg.exe", "wmic.exe", "msiexec.exe", "svchost.exe", "explorer.exe", "winword.exe", "excel.exe", "outlook.exe"]
WORDS = ["invoke", "download", "shadow", "token", "bypass", "inject", "dump", "pivot", "relay", "beacon", "loader", "stager", "tunnel", "hollow", "spray", "keylog", "unhook", "persist", "exfil", "spoof"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def word(self):
        return "%s%s%d" % (self.r.choice(WORDS), self.r.choice(["", "-", "_", "."]) + self.r.choice(WORDS), self.r.randrange(1000))

    def value(self, field):
        name, *modifiers = field.split("|")
        word = self.word()
        if "re" in modifiers:
            return self.r.choice([r"(?i)%s\s+-[a-z]{2,4}\s", r"%s[0-9]{1,5}\.(?:dll|exe)", r"\b%s=.{4,40}="]) % word.replace(".", r"\.")
        if name in ("Image", "ParentImage", "TargetImage", "ProcessName") and "endswith" in modifiers:
            return "\\%s.exe" % word
        if name == "Hashes":
            return "IMPHASH=%032X" % self.r.getrandbits(128)
        if name in ("OriginalFileName",):
            return word + ".exe"
        if name == "DestinationPort":
            return self.r.randrange(1025, 65535)
        if name in ("TargetObject",):
            return "\\%s\\%s" % (self.r.choice(["CurrentVersion\\Run", "Services", "Policies\\System", "Shell\\Open"]), word)
        if name in ("TargetFilename", "ImageLoaded"):
            return self.r.choice(["\\AppData\\Local\\Temp\\%s", "\\%s.dll", "\\%s.ps1", "%s.tmp.exe"]) % word
        if "windash" in modifiers:
            return " -%s " % word
        return self.r.choice(["%s", " /%s", " %s ", "\\%s\\", "%s*%%TEMP%%", "--%s="]) % word if name.endswith("CommandLine") else word

    def values(self, field):
        count = min(60, int(self.r.paretovariate(1.1))) if self.r.random() < 0.55 else 1
        return [self.value(field) for _ in range(max(2 if "|all" in field else 1, count))]

    def selection(self, fields, tail):
        """One or two fields; the tail of an image may be one that honest events have, the rest is invented."""
        chosen = []
        for field, _ in self.r.choices(fields, [weight for _, weight in fields], k=self.r.choice([1, 1, 2])):
            if field not in dict(chosen):
                chosen.append((field, self.values(field)))
        if tail and self.r.random() < 0.6:
            chosen = [(field, values) for field, values in chosen if not field.startswith("Image")]
            chosen.append(("Image|endswith", ["\\" + image for image in self.r.sample(IMAGES, self.r.choice([1, 1, 2, 4]))]))
            if len(chosen) == 1:
                chosen.append(("CommandLine|contains", self.values("CommandLine|contains")))
        return chosen


def write_value(value):
    return str(value) if isinstance(value, int) else "'%s'" % value.replace("'", "''")


def write_selection(out, name, chosen):
    out.append("    %s:" % name)
    for field, values in chosen:
        if len(values) == 1:
            out.append("        %s: %s" % (field, write_value(values[0])))
        else:
            out.append("        %s:" % field)
            out.extend("            - %s" % write_value(value) for value in values)


def write_rule(maker, number):
    r = maker.r
    product, category, service, _ = r.choices(SOURCES, [source[3] for source in SOURCES])[0]
    fields = FIELDS[category or service]
    out = ["title: Generated Rule %d" % number, "id: %s" % uuid.UUID(int=r.getrandbits(128), version=4), "status: test", "level: medium", "tags:", "    - attack.t1059.001", "logsource:"]
    out += ["    %s: %s" % (key, value) for key, value in (("product", product), ("category", category), ("service", service)) if value]
    out.append("detection:")
    shape = r.random()
    tail = category == "process_creation"
    event_id = [("EventID", [r.choice(EVENT_IDS[service])])] if service in EVENT_IDS else []
    if shape < 0.55:
        write_selection(out, "selection", event_id + maker.selection(fields, tail))
        condition = "selection"
    else:
        write_selection(out, "selection_img", event_id + maker.selection(fields, tail))
        write_selection(out, "selection_cli", maker.selection(fields, False))
        condition = "all of selection_*" if shape < 0.92 else "selection_img and selection_cli"
    if shape > 0.35 and shape < 0.55 or shape > 0.85:
        write_selection(out, "filter_main_known", maker.selection(fields, False))
        condition += " and not 1 of filter_main_*"
    out.append("    condition: %s" % condition)
    return "\n".join(out) + "\n"


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    maker = Maker(3780)
    with open(path, "w", encoding="utf-8") as out:
        out.write("---\n".join(write_rule(maker, number) for number in range(count)))


if __name__ == "__main__":
    main()
