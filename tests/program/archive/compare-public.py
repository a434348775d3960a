#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Compares the members that a scan found in public archives with those that
7-Zip lists: name, size and CRC-32. What 7-Zip lists and the scan neither has
nor says that it could not read is a difference, and so is a sum that is not
there and a member that 7-Zip does not list; those that are known stand here
with their reason. PATHS: a line for each archive of which something was not read.

    compare-public.py FOLDER RECORDS PATHS
"""
import collections
import json
import os
import subprocess
import sys

KNOWN = {
    # file: reason
    "github_14_multi.7z": "two members without a name, which is the archive's then: compared is one",
    "test_gcpio_compat_ref.crc": "of a file with two names the content comes with the last",
    "test_gcpio_compat_ref.newc": "of a file with two names the content comes with the last",
    "test_read_format_ar.ar": "7-Zip shows the table of symbols under names of its own",
    "test_compat_solaris_tar_acl.tar": "7-Zip shows lists of rights as files",
    "test_read_format_cab_filename_cp932.cab": "7-Zip takes the names for those of another code page",
    "test_read_format_lha_filename_utf16.lzh": "7-Zip shows the short names",
    "test_read_format_huge_rpm.rpm": "the payload is a child of its own here, with the members below it",
    "test_read_format_tar_empty_with_gnulabel.tar": "the label of a tape is no member",
    "test_read_format_xar_base64_oob.xar": "7-Zip does not decode the name",
    "test_read_format_xar_duplicate_filename_node.xar": "two names, of which 7-Zip shows the first",
}
LINKS = {"dir2/symlink1", "dir2/symlink2"}
MORE = {
    # file: members that 7-Zip does not list, and why
    "test_compat_plexus_archiver_tar.tar": ({"trailing"}, "what stands behind the end, which 7-Zip passes over"),
    "test_read_format_lha_header0.lzh": (LINKS, "7-Zip takes links for folders with their target in the name"),
    "test_read_format_lha_header1.lzh": (LINKS, "the same"),
    "test_read_format_lha_header2.lzh": (LINKS, "the same"),
    "test_read_format_lha_lh0.lzh": (LINKS | {"trailing"}, "the same, and bytes behind the end"),
    "test_read_format_lha_lh6.lzh": (LINKS, "the same"),
    "test_read_format_lha_lh7.lzh": (LINKS, "the same"),
    "test_read_format_lha_withjunk.lzh": (LINKS | {"trailing"}, "the same, and bytes behind the end"),
    "test_read_format_tar_concatenated.tar": ({"trailing"}, "the second of two archives"),
}
FORMATS = {"7z", "Rar", "Rar5", "Cab", "Lzh", "tar", "Cpio", "Xar", "Ar"}


def listed(path):
    """Members by 7-Zip: (name, size, CRC or ""); None when it is no archive of ours or broken."""
    run = subprocess.run(["7zz", "l", "-slt", "-p-", path], capture_output=True, check=False)
    head, _, body = run.stdout.decode("utf-8", "replace").partition("\n----------\n")
    kinds = [line[7:] for line in head.splitlines() if line.startswith("Type = ")]
    if run.returncode != 0 or not kinds or kinds[-1] not in FORMATS or "Errors:" in head or "Warnings:" in head:
        return None
    members = []
    for block in body.split("\n\n"):
        fields = dict(line.split(" = ", 1) for line in block.splitlines() if " = " in line)
        if fields.get("Path") and fields.get("Folder") != "+" and not fields.get("Attributes", "").startswith("D"):
            # Sums of LHA have 16 bits.
            crc = fields.get("CRC", "").lower() if kinds[-1] != "Lzh" else ""
            members.append((fields["Path"], fields.get("Size", ""), crc))
    return members


def scanned(records):
    found = collections.defaultdict(dict)
    for line in open(records, encoding="utf-8"):
        record = json.loads(line)
        fields = record["fields"]
        if record["sekisho"]["kind"] == "file" and " » " in fields.get("file.path", ""):
            container, name = fields["file.path"].split(" » ", 1)
            found[os.path.basename(container)][name] = fields
    return found


def differences(members, found, known):
    for name, size, crc in members:
        fields = found.get(name)
        # 7-Zip's own: not of this charset, or a view of the headers.
        if "\ufffd" in name or name == "[TOC].xml":
            continue
        if fields is None:
            yield f"{name} is not there"
        elif fields.get("file.type") == "file" and size and fields.get("file.size", 0) != int(size):
            yield f"{name} has {fields.get('file.size')} bytes, not {size}"
        # Of a link 7-Zip tells the sum of its target.
        elif crc and fields.get("file.type") == "file" and fields.get("archive.crc32") != crc:
            yield f"{name} has the sum {fields.get('archive.crc32')}, not {crc}"
    # What 7-Zip cannot read, of another charset, stands here under its name.
    names = [member[0] for member in members]
    unread = sum("\ufffd" in name for name in names)
    more = [name for name, fields in found.items()
            if name not in names and " » " not in name and fields.get("file.type") != "directory"]
    if len(set(more) - known) > unread:
        yield from (f"{name} is not listed by 7-Zip" for name in more if name not in known)
    yield from (f"{name} is known as one more, and is not there" for name in known - set(more))


def main():
    folder, found = sys.argv[1], scanned(sys.argv[2])
    partial = set(open(sys.argv[3], encoding="utf-8").read().splitlines())
    count = failed = compared = 0
    for directory, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(directory, name)
            members = listed(path) if name not in KNOWN and path not in partial else None
            if not members:
                continue
            wrong = list(differences(members, found[name], MORE.get(name, (set(), ""))[0]))
            count, compared = count + 1, compared + len(members)
            failed += bool(wrong)
            print(f"{'not ' if wrong else ''}ok {count} - {name}: {len(members)} members")
            for text in wrong[:5]:
                print(f"#   {text}")
    print(f"1..{count}")
    return 1 if failed or compared == 0 else 0


sys.exit(main())
