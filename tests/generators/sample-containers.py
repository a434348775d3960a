#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes the containers among tests/samples, always the same bytes.

    sample-containers.py FOLDER

makes FOLDER/図面.zip, as Windows makes one in Japan (names in code page 932
without a flag), with a harmless program behind two extensions; and
FOLDER/請求書.zip, locked by WinZip AES with the password of README.md.
"""
import sys

import pe
from zips import DEFLATE, Member, archive

PASSWORD = "Sekisho#2026"
LETTER = "いつもお世話になっております。図面をお送りします。\r\n".encode("cp932")
INVOICE = "請求書\r\n　　配管部品 一式　　　　　120,000円\r\n".encode()


def drawings():
    program = pe.build(imports={"KERNEL32.dll": ["GetCommandLineA", "ExitProcess"]})
    return archive([Member(name.encode("cp932"), data, DEFLATE)
                    for name, data in (("図面/はじめに.txt", LETTER), ("図面/配管図.pdf.exe", program))])


def invoice():
    return archive([Member("請求書.txt", INVOICE, password=PASSWORD.encode(), aes=3)])


def main():
    for name, data in (("図面.zip", drawings()), ("請求書.zip", invoice())):
        with open(f"{sys.argv[1]}/{name}", "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
