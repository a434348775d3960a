#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes YARA rules in the shape of public rule sets, always the same for a number.

    make-rules.py COUNT FILE [--strings-only]

A third text strings (some nocase or wide), a third hex strings with wild cards
and jumps, the rest expressions; conditions as public ones have them: magic
numbers, file sizes, `any of`, `N of`, and with the modules pe and math for
every fifth rule. --strings-only leaves out modules and externals, for scanners
that know none.
"""
import random
import sys

WORDS = """kernel32 advapi32 CreateRemoteThread VirtualAllocEx WriteProcessMemory Invoke Shadow backup
 stealer loader beacon implant keylog clipboard wallet passwd cookies session token decrypt ransom
 payload stage dropper inject hollow registry RunOnce schtasks mutex pipe socket proxy tunnel""".split()


def text(rng):
    word = rng.choice(WORDS)
    return "%s%s%04x%s" % (rng.choice(["", "\\\\\\\\", "Global\\\\"]), word, rng.getrandbits(16), rng.choice(["", ".dll", ".exe", "()", "=%s"]))


def string(rng, name, kind):
    if kind == 0:
        modifiers = rng.choice(["", "", " ascii", " wide", " nocase", " ascii wide", " fullword"])
        return '    $%s = "%s"%s' % (name, text(rng), modifiers)
    if kind == 1:
        octets = ["%02X" % rng.getrandbits(8) for _ in range(rng.randint(8, 20))]
        octets[4] = rng.choice(["??", "[2-6]", octets[4]])
        octets[-3] = rng.choice(["??", "(%02X | %02X)" % (rng.getrandbits(8), rng.getrandbits(8)), octets[-3]])
        return "    $%s = { %s }" % (name, " ".join(octets))
    return "    $%s = /%s%04x[a-z0-9_]{%d,%d}(\\.php|\\.aspx|=)/%s" % (
        name, rng.choice(WORDS), rng.getrandbits(16), rng.randint(1, 4), rng.randint(5, 12), rng.choice(["", " nocase"]))


def condition(rng, count, strings_only):
    of = rng.choice(["any of them", "all of them", "%d of them" % max(1, count // 2), "any of ($s*)"])
    size = rng.choice(["", " and filesize < %dKB" % rng.choice([100, 500, 2000, 10000])])
    if strings_only:
        return of
    if rng.random() < 0.2:
        return rng.choice([
            "pe.number_of_sections > 2 and %s" % of,
            'pe.is_pe and pe.imports ("KERNEL32.dll", "VirtualAlloc") and %s' % of,
            "uint16 (0) == 0x5A4D and math.entropy (0, filesize) > 7.0 and %s" % of,
            "%s and math.entropy (0, 1024) > 6.5" % of])
    return rng.choice(["", "uint16 (0) == 0x5A4D and ", "uint32 (0) == 0x464C457F and ", ""]) + of + size


def rule(rng, number, strings_only):
    count = rng.randint(2, 8)
    lines = [string(rng, "s%d" % i, rng.randrange(3) if rng.random() < 0.5 else number % 3) for i in range(count)]
    return 'rule bench_%05d\n{\n  meta:\n    description = "Generated rule %d"\n    score = %d\n  strings:\n%s\n  condition:\n    %s\n}\n' % (
        number, number, rng.randint(40, 90), "\n".join(lines), condition(rng, count, strings_only))


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    strings_only = "--strings-only" in sys.argv[3:]
    rng = random.Random(20261125)
    with open(path, "w", encoding="ascii") as file:
        if not strings_only:
            file.write('import "pe"\nimport "math"\n\n')
        for number in range(count):
            file.write(rule(rng, number, strings_only) + "\n")


main()
