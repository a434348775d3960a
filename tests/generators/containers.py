#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Packs what the shipped rules look for into containers, and near misses.

    containers.py FOLDER

makes FOLDER/<case>, each a container, and FOLDER.tsv with a line `case TAB ids`: the ids of the rules that
hit it or anything in it, sorted and joined by commas, `-` for none; `!reason` where a program that makes
the case is not installed. What is not inspected is not among the ids.
"""
import importlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile

import archives
import images
import zips

trees = importlib.import_module("name-trees")
samples = importlib.import_module("rule-samples")
PROGRAM = trees.PROGRAM
LINK = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".ljust(200, b"\0")
DOUBLE, ESCAPE, ABSOLUTE = "file.name.double-extension", "file.container.escape", "file.container.absolute"
PAIR, IN_IMAGE, INSTALLER = "file.media.shortcut-pair", "file.media.program", "file.media.installer"
TWO, GAP, STREAM = "file.zip.two-contents", "file.zip.gap", "file.name.stream"


# ---- packers ----

def packed(files, hidden=()):
    """A zip; names as bytes are neither UTF-8 nor said to be."""
    members = []
    for name, data in files.items():
        external = 2 if name in hidden else 0
        if data is None:
            members.append(zips.Member(name + "/", b"", zips.STORED, external=external | 0x10))
        else:
            members.append(zips.Member(name, data, external=external))
    return zips.archive(members)


def tar(*members):
    """Each a name and its bytes, or a name, None and where the link leads."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data, *target in members:
            info = tarfile.TarInfo(name)
            if target:
                info.type, info.linkname = tarfile.SYMTYPE, target[0]
            else:
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data or b""))
    return out.getvalue()


def disc(files, *options):
    images.need("genisoimage")
    with tempfile.TemporaryDirectory() as work:
        image = os.path.join(work, "image")
        images.write_tree(os.path.join(work, "in"), files)
        images.run("genisoimage", "-quiet", "-input-charset", "utf-8", "-J", "-joliet-long", *options, "-o", image,
                   os.path.join(work, "in"))
        with open(image, "rb") as stream:
            return stream.read()


def made(make, *more):
    """What a generator of images makes."""
    with tempfile.TemporaryDirectory() as work:
        make(work, "image", *more)
        with open(os.path.join(work, "image.img"), "rb") as stream:
            return stream.read()


def ntfs(files, streams):
    images.need("mkntfs")
    with tempfile.TemporaryDirectory() as work:
        image = os.path.join(work, "image")
        with open(image, "wb") as out:
            out.truncate(4 << 20)
        images.run("mkntfs", "-F", "-Q", "-q", image)
        volume = images.Ntfs(image)
        for path, data in files.items():
            volume.create(path, images.Ntfs.FILE)
            volume.write(path, [(0, data)])
        for (path, stream), data in streams.items():
            volume.write(path, [(0, data)], stream)
        volume.close()
        with open(image, "rb") as stream:
            return stream.read()


def stick(hidden):
    """A FAT volume with a folder, and a shortcut of its name."""
    folder = images.fat_entry(b"PHOTO      ", 0x12 if hidden else 0x10, 2, 0)
    return bytes(images.fat_disk([folder, images.fat_entry(b"PHOTO   LNK", 0x20, 3, 5)], {2: 0xfff, 3: 0xfff}))


def sevenzip(files, *options):
    if images.shutil.which("7zz") is None:
        raise images.Missing("7zz is not there")
    with tempfile.TemporaryDirectory() as work:
        images.write_tree(os.path.join(work, "in"), files)
        subprocess.run(["7zz", "a", "-bso0", "-bsp0", *options, "../out.7z", "."], cwd=os.path.join(work, "in"), check=True)
        with open(os.path.join(work, "out.7z"), "rb") as stream:
            return stream.read()


# ---- cases: a name, what makes it, the ids ----

def from_names():
    """A name of a member, each in a zip."""
    for number, (name, ids) in enumerate(trees.HITS + [(name, "-") for name in trees.MISSES]):
        yield f"name-{number:03}.zip", lambda name=name: packed({name: b"x"}), ids


def from_trees():
    """With the folders themselves, as most programs write them."""
    # Of a walked folder, how the name ends is no fact.
    other = {"blank": "file.name.trailing,file.usb.blank-folder"}
    for tree, files, ids in trees.trees():
        every = {**{folder: None for folder in images.folders_of(files)}, **files}
        yield f"{tree}.zip", lambda files=every: packed(files), other.get(tree, ids)
    notes = {f"{folder}\\Restore-My-Files.txt": b"x" for folder in ("経理", "設計", "設計\\図面")}
    yield "note-backslash.zip", lambda: packed(notes), "file.ransom.notes"


def from_samples():
    """What is found in a file is found in it as a member."""
    for path, data, ids in samples.cases():
        yield path.replace("/", "-") + ".zip", lambda path=path, data=data: packed({path.split("/", 1)[1]: data}), ids


def from_zips():
    hits = {
        "glued": TWO, "glued-shifted": TWO, "in-comment": TWO, "hidden-between": f"{GAP},{TWO}", "hidden-before": TWO,
        "hidden-streamed": TWO, "slack": f"{GAP},{TWO}", "local-name": TWO, "local-method": TWO, "false-encryption": TWO,
        "false-encryption-central": TWO, "gap": GAP, "impossible": "file.zip.impossible",
        "overlap": f"file.zip.overlaps,{TWO}", "escape": f"{ABSOLUTE},{ESCAPE}",
    }
    misses = ["method-stored", "method-lzma", "streamed", "zip64", "name-utf8", "name-cp932", "name-unicode-path",
              "name-unicode-path-escaped", "prefix", "prefix-shifted", "trailing", "comment", "filler", "apk-signed",
              "locked-zipcrypto-stored", "locked-aes-256", "tree"]
    every = {case: data for case, data, _, _ in zips.cases()}
    for case in [*hits, *misses]:
        yield f"zip-{case}.zip", lambda case=case: every[case], hits.get(case, "-")
    yield "zip-gap-15.zip", lambda: zips.archive([zips.Member("a.txt", behind=b"\x55" * 15), zips.Member("b.txt")]), "-"
    yield "zip-gap-blank.zip", lambda: zips.archive([zips.Member("a.txt", behind=bytes(99)), zips.Member("b.txt")]), "-"


def from_archives():
    text, script = "納品書の控え。\n".encode(), b"@echo off\r\n"
    folder, twin = "file.archive.document-folder", "file.archive.twin"
    rar, file, stream = archives.rar, archives.rar_file, archives.rar_stream
    yield "stream-escape.rar", lambda: rar(file("案内.txt", text), stream(":..\\..\\Startup\\更新.exe", PROGRAM)), \
        f"file.archive.stream-escape,{STREAM}"
    yield "stream-zone.rar", lambda: rar(file("案内.txt", text), stream(":Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")), "-"
    yield "twin.rar", lambda: rar(file("請求書.pdf ", b"%PDF-1.4\n"), file("請求書.pdf /請求書.pdf .cmd", script)), \
        f"{folder},{twin},{DOUBLE},file.name.trailing"
    yield "twin.zip", lambda: packed({"資料/一覧.xlsx": b"x", "資料/一覧.xlsx/読む.txt": text}), twin
    yield "twin-elsewhere.zip", lambda: packed({"甲/一覧.xlsx": b"x", "乙/一覧.xlsx/読む.txt": text}), "-"
    yield "document-folder.zip", lambda: packed({"報告.docx /実行.vbs": script}), folder
    yield "document-folder-text.zip", lambda: packed({"報告.docx /本文.txt": text}), "-"
    yield "document-folder-plain.zip", lambda: packed({"報告.docx/実行.vbs": script}), "-"
    yield "names-hidden.7z", lambda: sevenzip({"図面.txt": text}, "-pひみつ", "-mhe=on"), "file.archive.names-hidden"
    yield "names-plain.7z", lambda: sevenzip({"図面.txt": text}, "-pひみつ"), "-"


def nested(levels):
    data = packed({"本文.txt": b"x"})
    for _ in range(levels):
        data = packed({"次.zip": data})
    return data


def from_containers():
    yield "bomb-ratio.zip", lambda: packed({"一覧.csv": bytes(range(256)) * (80 << 12)}), "file.container.bomb"
    yield "bomb-depth.zip", lambda: nested(20), "file.container.bomb"
    # Much smaller than its content, and yet as logs are.
    yield "even.zip", lambda: packed({"ログ.csv": b"".join(b"%d,%d,OK\n" % (i, i * i) for i in range(900000))}), "-"
    yield "deep.zip", lambda: nested(5), "-"
    yield "escape.zip", lambda: packed({"図面/../../更新.txt": b"x"}), ESCAPE
    yield "escape-unc.zip", lambda: packed({"\\\\192.0.2.9\\share\\a.txt": b"x"}), ESCAPE
    yield "inside.zip", lambda: packed({"図面/../更新.txt": b"x", "図面/..控え/a.txt": b"x", "図面/a..b.txt": b"x"}), "-"
    yield "spaced.rar", lambda: archives.rar(archives.rar_file("図面/.. /.. /更新.txt", b"x")), "file.container.spaced-escape"
    yield "spaced-honest.zip", lambda: packed({"図面 ./a .. b.txt": b"x"}), "-"
    yield "absolute.tar", lambda: tar(("/etc/cron.d/x", b"x")), ABSOLUTE
    yield "device.zip", lambda: packed({"図面/CON/a.txt": b"x"}), "file.container.device"
    yield "device-near.zip", lambda: packed({"図面/CONTROL/a.txt": b"x"}), "-"
    yield "drive.zip", lambda: packed({"C:\\ProgramData\\a.txt": b"x"}), ABSOLUTE
    yield "link.tar", lambda: tar(("図面/外", None, "../../etc/passwd")), "file.container.link"
    yield "link-inside.tar", lambda: tar(("図面/a.txt", b"x"), ("図面/控え/中", None, "../a.txt")), "-"


def from_media():
    yield "pair.iso", lambda: disc({"請求書.lnk": LINK, "部品/更新.dll": b"MZ" + bytes(100)}), f"{PAIR},{IN_IMAGE}"
    yield "pair-alone.iso", lambda: disc({"請求書.lnk": LINK, "本文.txt": b"x"}), "-"
    yield "program.iso", lambda: disc({"見積.exe": PROGRAM}), IN_IMAGE
    yield "program-many.iso", lambda: disc({"見積.exe": PROGRAM, **{f"{i}.txt": b"x" for i in range(40)}}), INSTALLER
    autorun = trees.autorun(["open=見積.exe"])
    yield "installer.iso", lambda: disc({"autorun.inf": autorun, "見積.exe": PROGRAM}), \
        f"file.autorun.command,file.autorun.present,{INSTALLER}"
    yield "documents.iso", lambda: disc({"2026年度/見積書.txt": b"x", "2026年度/一覧.csv": b"a,b\r\n"}, "-R"), "-"
    yield "trees.iso", lambda: made(images.iso_hidden), "file.media.trees"
    yield "stream.img", lambda: ntfs({"案内.txt": b"x"}, {("案内.txt", "隠し"): PROGRAM}), \
        f"{IN_IMAGE},file.media.stream-program"
    yield "stream-zone.img", lambda: ntfs({"案内.txt": b"x"}, {("案内.txt", "Zone.Identifier"): b"[ZoneTransfer]\r\nZoneId=3\r\n"}), "-"
    yield "stick.img", lambda: stick(True), "file.usb.folder-shortcut"
    yield "stick-seen.img", lambda: stick(False), "-"
    yield "hidden.zip", lambda: packed({"写真": None, "写真.lnk": LINK}, hidden=["写真"]), "file.usb.folder-shortcut"
    yield "hidden-not.zip", lambda: packed({"写真": None, "写真.lnk": LINK}), "-"


def from_worms():
    loader, place = "setup_" + "bun.js", "repo/.github/workflows/"
    tree = "file.worm.source-tree"
    yield "worm-loader.zip", lambda: packed({"package/" + loader: b"x"}), tree
    yield "worm-workflow.tar", lambda: tar((place + "shai-" + "hulud-workflow.yml", b"on: push\n")), tree
    yield "worm-root.zip", lambda: packed({place[5:] + "shai-" + "hulud.yaml": b"on: push\n"}), tree
    yield "worm-runtime.zip", lambda: packed({".claude/" + "router_" + "runtime.js": b"x"}), tree
    yield "worm-router.tar", lambda: tar(("@tanstack/a/" + "router_" + "init.js", b"x")), tree
    yield "worm-crypto.zip", lambda: packed({"node_modules/plain-" + "crypto-js/package.json": b"{}"}), tree
    yield "worm-workflow-other.tar", lambda: tar((place + "build.yml", b"on: push\n")), "-"
    yield "worm-notes.zip", lambda: packed({"notes/shai-" + "hulud.yml": b"x"}), "-"


def main():
    folder = sys.argv[1]
    os.makedirs(folder)
    with open(folder.rstrip("/") + ".tsv", "w", encoding="utf-8") as table:
        for cases in (from_names, from_trees, from_samples, from_zips, from_archives, from_containers, from_media, from_worms):
            for case, make, ids in cases():
                try:
                    data = make()
                except images.Missing as reason:
                    table.write(f"{case}\t!{reason}\n")
                    continue
                with open(os.path.join(folder, case), "wb") as file:
                    file.write(data)
                table.write(f"{case}\t{','.join(sorted(ids.split(',')))}\n")


if __name__ == "__main__":
    main()
