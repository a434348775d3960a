#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes COUNT YARA rules in the shape of public ones, the same for the same COUNT.

    make-rules.py COUNT FILE [--strings-only]

What "the shape" means was counted in three public collections: nine strings a
rule, two thirds text (half of it with fullword, a third wide, a tenth nocase),
a quarter hex with jumps and wildcards, a twelfth expressions; four conditions
of ten ask for "MZ" first, most bound the file size, one of ten uses the pe
module and one of fifty math. Words are invented, but one string of twelve is
taken from a list of those that such rules share with honest files
("http://", "cmd.exe", "User-Agent"), because that is what makes scanning hard.
Such a rule asks for several strings, as its authors do to keep it quiet.
--strings-only leaves out modules and modifiers that other scanners do not know.
"""
import random
import sys

COMMON = [
    "http://", "https://", "cmd.exe", "/bin/sh", "User-Agent", "kernel32.dll", "GetProcAddress",
    "VirtualAlloc", "LoadLibraryA", "CreateProcess", "powershell", "base64", "password", "socket",
    "connect", "/etc/passwd", "eval(", "exec(", "Content-Type", "Mozilla/5.0", "Software\\\\",
    "explorer.exe", "WriteFile", "<script>", "document.write", "import os", "subprocess", "libcrypto",
    "GET /", "POST /", "system(", "getenv", "ptrace", "/tmp/", "/proc/self", "WScript.Shell",
    "CreateObject", "shellcode", "mutex", "%s\\\\%s", "chmod", "README", "unknown error",
]
SYLLABLES = ["ka", "ro", "mi", "ten", "shu", "lok", "var", "zed", "qu", "ix", "on", "der", "bra", "pol",
             "win", "sys", "net", "cry", "dro", "gat", "hex", "jin", "yo", "ef", "ub", "wra", "spy"]


class Rules:
    def __init__(self, seed, strings_only):
        self.random = random.Random(seed)
        self.strings_only = strings_only

    def word(self, least, most):
        word = "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(least, most)))
        return word.capitalize() if self.random.random() < 0.3 else word

    def text(self):
        r = self.random
        if r.random() < 1 / 12:
            return r.choice(COMMON)
        kind = r.random()
        if kind < 0.3:
            return f"{self.word(2, 3)}{r.choice(['.exe', '.dll', '.tmp', '.dat', '.pdb', '.php'])}"
        if kind < 0.55:
            return f"{self.word(1, 2)} {self.word(1, 3)} {self.word(2, 3)}: %{r.choice('sdxu')}"
        if kind < 0.75:
            return f"C:\\\\{self.word(2, 3)}\\\\{self.word(2, 4)}\\\\"
        if kind < 0.9:
            return self.word(3, 5)
        return f"{r.choice(['Global', 'Local'])}\\\\{self.word(3, 4)}{r.randint(10, 9999)}"

    def hex(self):
        r = self.random
        if self.strings_only:
            return "{ " + " ".join(f"{r.randint(0, 255):02X}" for _ in range(r.randint(8, 24))) + " }"
        parts = [f"{r.choice([0x55, 0x8b, 0x48, 0xe8, 0x83, 0x0f, 0x6a, 0xff, 0x33, 0xc7]):02X}"]
        for _ in range(r.randint(6, 22)):
            kind = r.random()
            if kind < 0.1:
                parts.append("??")
            elif kind < 0.14:
                parts.append(f"[{r.randint(1, 3)}-{r.randint(4, 10)}]")
            elif kind < 0.17:
                parts.append(f"{r.randint(0, 15):X}?")
            elif kind < 0.19:
                parts.append(f"({r.randint(0, 255):02X} | {r.randint(0, 255):02X})")
            else:
                parts.append(f"{r.randint(0, 255):02X}")
        return "{ " + " ".join(parts + [f"{r.randint(0, 255):02X}", f"{r.randint(0, 255):02X}"]) + " }"

    def expression(self):
        r = self.random
        word = self.word(2, 3)
        return r.choice([
            rf"/{word}[0-9a-f]{{4,8}}\.{r.choice(['exe', 'dll', 'tmp'])}/",
            rf"/https?:\/\/[a-z0-9.\-]{{4,40}}\/{word}\.php/ nocase",
            rf"/({word}|{self.word(2, 3)})_[A-Z]{{3}}\d{{2,4}}/",
            rf"/{word}\s*=\s*['\"][A-Za-z0-9+\/]{{20,60}}/",
            rf"/\$[a-z]{{3,8}}\s?=\s?{word}\(/ nocase",
        ])

    def string(self, index):
        r = self.random
        kind = r.random()
        if kind < 0.006 and not self.strings_only:
            return "s", f"$s{index} = \"{self.word(3, 5)}\" {r.choice(['xor', 'base64'])}"
        if kind > 0.9997 and not self.strings_only:
            return "h", f"$h{index} = {{ E8 ?? ?? ?? ?? {r.randint(0, 255):02X} {r.randint(0, 15):X}? 5? }}"
        if kind < 0.67:
            modifiers = ""
            if r.random() < 0.5:
                modifiers += " fullword"
            wide = r.random()
            modifiers += " wide" if wide < 0.2 else " ascii wide" if wide < 0.33 else " ascii"
            if r.random() < 0.1:
                modifiers += " nocase"
            return "s", f"$s{index} = \"{self.text()}\"{modifiers}"
        if kind < 0.92:
            return "h", f"$h{index} = {self.hex()}"
        return "r", f"$r{index} = {self.expression()}"

    def condition(self, kinds, is_common):
        r = self.random
        most = max(1, len(kinds) * 2 // 3)
        matches = r.choice(["all of them", f"{most} of them"] if is_common else
                           ["all of them", f"{min(3, len(kinds))} of them", f"{most} of them",
                            "any of them"])
        if "s" in kinds and len(set(kinds)) > 1 and not is_common and r.random() < 0.5:
            other = next(kind for kind in kinds if kind != "s")
            matches = f"( 1 of ($s*) and 1 of (${other}*) ) or {matches}"
        terms = []
        if r.random() < 0.4:
            terms.append("uint16(0) == 0x5a4d")
        elif r.random() < 0.1:
            terms.append("uint32(0) == 0x464c457f")
        if r.random() < 0.75:
            terms.append(f"filesize < {r.choice([50, 100, 200, 500, 1000, 3000, 8000])}KB")
        terms.append(f"( {matches} )")
        if not self.strings_only:
            if r.random() < 0.1:
                terms.append(r.choice([
                    "pe.number_of_sections > 3", "pe.exports(\"ServiceMain\")",
                    f"pe.imphash() == \"{r.getrandbits(128):032x}\"", "pe.is_dll()",
                    "for any i in (0..pe.number_of_sections - 1) : ( pe.sections[i].name == \".upx\" )",
                ]))
            if r.random() < 0.02:
                terms.append("math.entropy(0, filesize) > 7.2")
            if r.random() < 0.01:
                return f"( {' and '.join(terms)} ) or pe.imphash() == \"{r.getrandbits(128):032x}\""
        return " and ".join(terms)

    def rule(self, number):
        r = self.random
        strings = [self.string(i) for i in range(int(r.expovariate(1 / 8)) % 24 + 2)]
        kinds = [kind for kind, _ in strings]
        is_common = any(f'"{common}"' in text for common in COMMON for _, text in strings)
        lines = [f"rule Bench_{self.word(2, 3)}_{number}", "{", "  meta:",
                 f"    description = \"Detects {self.word(2, 4)}\"",
                 f"    score = {r.choice([50, 60, 65, 70, 75, 80, 85])}",
                 f"    reference = \"https://example.com/{number}\"", "  strings:"]
        lines += [f"    {text}" for _, text in strings]
        lines += ["  condition:", f"    {self.condition(kinds, is_common)}", "}", ""]
        return "\n".join(lines)


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    strings_only = "--strings-only" in sys.argv[3:]
    rules = Rules(count, strings_only)
    with open(path, "w", encoding="ascii") as file:
        if not strings_only:
            file.write("import \"pe\"\nimport \"math\"\n\n")
        for number in range(count):
            file.write(rules.rule(number) + "\n")


if __name__ == "__main__":
    main()
