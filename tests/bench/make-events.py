#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
"""Writes JSON lines of about 1.2 KB that look like a day of honest Windows events.

    make-events.py mix|process BYTES FILE

`mix`: Sysmon, Security, PowerShell and System events of a dozen types; `process`: Sysmon's process
creations alone. 20,000 different lines, repeated until the size is reached. No rule of make-sigma.py
matches one, though many share an image's name or a word with one. Same arguments, same bytes.
"""
import json
import random
import sys

USERS = ["sato", "suzuki", "takahashi", "tanaka", "ito", "watanabe", "yamamoto", "nakamura", "kobayashi", "kato"]
HOSTS = ["PC%04d.honsha.example.co.jp" % n for n in range(200)]
SYSTEM = ["svchost.exe", "conhost.exe", "taskhostw.exe", "RuntimeBroker.exe", "SearchIndexer.exe", "dllhost.exe", "WmiPrvSE.exe", "lsass.exe", "services.exe", "rundll32.exe", "cmd.exe", "sc.exe", "net.exe", "reg.exe", "schtasks.exe", "tasklist.exe", "wevtutil.exe", "msiexec.exe", "regsvr32.exe"]
PROGRAMS = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft Office\\root\\Office16\\EXCEL.EXE", "Microsoft Office\\root\\Office16\\OUTLOOK.EXE", "Microsoft Office\\root\\Office16\\WINWORD.EXE", "7-Zip\\7zFM.exe", "Git\\cmd\\git.exe", "AutoCAD LT\\acadlt.exe", "SAP\\FrontEnd\\SAPgui\\saplogon.exe", "WindowsPowerShell\\v1.0\\powershell.exe", "Mitsubishi\\GX Works3\\GXW3.exe", "Adobe\\Acrobat\\Acrobat.exe"]
FOLDERS = ["見積書", "設計図面", "2026年度", "Projects", "backup", "共有", "Downloads", "temp", "data", "会議資料"]
ARGUMENTS = ["-k netsvcs -p -s Schedule", "--type=renderer --lang=ja --device-scale-factor=1", "/automation -Embedding", "-NoProfile -File C:\\Scripts\\inventory.ps1 -Site Nagoya", "/c dir /b \\\\fs01\\share\\", "status --porcelain", "query state= all", "0xffffffff -ForceV1", "/n /dde", "-Embedding", "/qn /norestart /log", "--monitor-self-annotation=ptype=crashpad-handler"]
PACKED = {"separators": (",", ":"), "ensure_ascii": False}


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.record = 100000

    def image(self):
        if self.r.random() < 0.6:
            return "C:\\Windows\\%s\\%s" % (self.r.choice(["System32", "SysWOW64"]), self.r.choice(SYSTEM))
        return "C:\\Program Files%s\\%s" % (self.r.choice(["", " (x86)"]), self.r.choice(PROGRAMS))

    def file(self, extension):
        return "C:\\Users\\%s\\Documents\\%s\\%s_%04d.%s" % (self.r.choice(USERS), self.r.choice(FOLDERS), self.r.choice(FOLDERS), self.r.randrange(10000), extension)

    def guid(self):
        return "%08X-%04X-%04X-%04X-%012X" % tuple(self.r.getrandbits(n) for n in (32, 16, 16, 16, 48))

    def time(self):
        return "2026-11-%02dT%02d:%02d:%02d.%06dZ" % (self.r.randint(1, 25), self.r.randrange(24), self.r.randrange(60), self.r.randrange(60), self.r.randrange(1000000))

    def hashes(self):
        return ",".join("%s=%0*X" % (name, size, self.r.getrandbits(4 * size)) for name, size in (("MD5", 32), ("SHA256", 64)))

    def command(self, image):
        text = '"%s" %s' % (image, self.r.choice(ARGUMENTS))
        return text + (' "%s"' % self.file("xlsx") if self.r.random() < 0.2 else " " + self.guid()[:8])

    def event(self, provider, channel, number, data):
        self.record += 1
        return {"Event": {"System": {
            "Provider": {"#attributes": {"Name": provider}}, "EventID": number, "Version": 5, "Level": 4, "Task": number, "Opcode": 0,
            "Keywords": "0x8000000000000000", "TimeCreated": {"#attributes": {"SystemTime": self.time()}}, "EventRecordID": self.record,
            "Execution": {"#attributes": {"ProcessID": self.r.randrange(20000), "ThreadID": self.r.randrange(20000)}}, "Channel": channel,
            "Computer": self.r.choice(HOSTS), "Security": {"#attributes": {"UserID": "S-1-5-18"}}}, "EventData": data}}

    def sysmon(self, number, data):
        head = {"RuleName": "-", "UtcTime": self.time()[:-4].replace("T", " "), "ProcessGuid": self.guid(), "ProcessId": self.r.randrange(20000)}
        return self.event("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", number, {**head, **data})

    def process(self):
        image, parent, user = self.image(), self.image(), "HONSHA\\" + self.r.choice(USERS)
        name = image.rsplit("\\", 1)[1]
        return self.sysmon(1, {
            "Image": image, "FileVersion": "10.0.19041.%d" % self.r.randrange(4000), "Description": "%s host" % name[:-4], "Product": "Microsoft® Windows® Operating System",
            "Company": "Microsoft Corporation", "OriginalFileName": name, "CommandLine": self.command(image), "CurrentDirectory": "C:\\Users\\%s\\" % user[7:], "User": user,
            "LogonId": self.r.randrange(1 << 24), "IntegrityLevel": self.r.choice(["Medium", "High", "System"]),
            "Hashes": self.hashes(), "ParentProcessId": self.r.randrange(20000), "ParentImage": parent, "ParentCommandLine": self.command(parent), "ParentUser": user})

    def image_load(self):
        return self.sysmon(7, {"Image": self.image(), "ImageLoaded": "C:\\Windows\\System32\\%s%d.dll" % (self.r.choice(["ker", "api-ms-", "wow", "msvc"]), self.r.randrange(90)), "FileVersion": "10.0.19041.1", "Description": "API Set Layout", "Product": "Microsoft® Windows® Operating System", "Company": "Microsoft Corporation", "OriginalFileName": "apisetstub", "Hashes": self.hashes(), "Signed": "true", "Signature": "Microsoft Windows", "SignatureStatus": "Valid", "User": "HONSHA\\" + self.r.choice(USERS)})

    def file_event(self):
        return self.sysmon(11, {"Image": self.image(), "TargetFilename": self.file(self.r.choice(["xlsx", "dwg", "tmp", "docx", "pdf"])), "CreationUtcTime": self.time(), "User": "HONSHA\\" + self.r.choice(USERS), "Note": "図面の保存 " * self.r.randint(6, 12) + self.hashes()})

    def registry(self):
        return self.sysmon(13, {"EventType": "SetValue", "Image": self.image(), "TargetObject": "HKU\\S-1-5-21-%d\\Software\\Microsoft\\Office\\16.0\\Excel\\File MRU\\Item %d" % (self.r.getrandbits(31), self.r.randint(1, 50)), "Details": "[F00000000][T01D9]%s" % self.file("xlsx"), "User": "HONSHA\\" + self.r.choice(USERS), "More": self.hashes()})

    def network(self):
        return self.sysmon(3, {"Image": self.image(), "User": "HONSHA\\" + self.r.choice(USERS), "Protocol": "tcp", "Initiated": "true", "SourceIsIpv6": "false", "SourceIp": "10.20.%d.%d" % (self.r.randrange(256), self.r.randrange(256)), "SourceHostname": self.r.choice(HOSTS), "SourcePort": self.r.randrange(49152, 65536), "SourcePortName": "-", "DestinationIsIpv6": "false", "DestinationIp": "192.0.2.%d" % self.r.randrange(256), "DestinationHostname": self.r.choice(["fs01.honsha.example.co.jp", "proxy.example.co.jp"]), "DestinationPort": self.r.choice([443, 445, 8080]), "DestinationPortName": "https", "More": self.hashes()})

    def security(self, number, extra):
        who = self.r.choice(USERS)
        return self.event("Microsoft-Windows-Security-Auditing", "Security", number, {"SubjectUserSid": "S-1-5-21-%d-%d" % (self.r.getrandbits(31), self.r.getrandbits(20)), "SubjectUserName": who, "SubjectDomainName": "HONSHA", "SubjectLogonId": hex(self.r.getrandbits(24)), **extra, "More": self.hashes()})

    def logon(self):
        return self.security(4624, {"TargetUserName": self.r.choice(USERS), "TargetDomainName": "HONSHA", "LogonType": self.r.choice([2, 3, 5, 7]), "LogonProcessName": "Kerberos", "AuthenticationPackageName": "Kerberos", "WorkstationName": "-", "LogonGuid": self.guid(), "IpAddress": "10.20.1.%d" % self.r.randrange(256), "IpPort": self.r.randrange(65536), "ProcessName": self.image()})

    def object_access(self):
        return self.security(4663, {"ObjectServer": "Security", "ObjectType": "File", "ObjectName": self.file("dwg"), "HandleId": hex(self.r.getrandbits(12)), "AccessList": "%%4416\r\n\t\t\t\t", "AccessMask": "0x1", "ProcessId": hex(self.r.getrandbits(14)), "ProcessName": self.image(), "ResourceAttributes": "-"})

    def script(self):
        return self.event("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational", 4104, {"MessageNumber": 1, "MessageTotal": 1, "ScriptBlockText": "function Get-Inventory {\r\n  param([string]$Site)\r\n  $rows = Get-ChildItem -Path \"\\\\fs01\\share\\$Site\" | Where-Object { $_.Length -gt 0 }\r\n  foreach ($row in $rows) { Write-Output (\"{0},{1}\" -f $row.Name, $row.Length) }\r\n}\r\n# " + self.hashes(), "ScriptBlockId": self.guid(), "Path": "C:\\Scripts\\inventory.ps1"})

    def service(self):
        return self.event("Service Control Manager", "System", 7036, {"param1": "Windows Update", "param2": self.r.choice(["running", "stopped"]), "Binary": self.hashes() * 2, "Note": "定期保守"})


MIX = [("process", 30), ("image_load", 14), ("file_event", 12), ("registry", 12), ("network", 10), ("logon", 8), ("object_access", 6), ("script", 4), ("service", 4)]


def main():
    kind, size, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    maker = Maker(20261125)
    names, weights = zip(*MIX) if kind == "mix" else (("process",), (1,))
    lines = [json.dumps(getattr(maker, name)(), **PACKED).encode() + b"\n" for name in maker.r.choices(names, weights, k=20000)]
    block = b"".join(lines)
    with open(path, "wb") as out:
        for _ in range(max(1, size // len(block))):
            out.write(block)
    print("%d lines, %d bytes each on average" % (20000 * max(1, size // len(block)), len(block) // 20000))


if __name__ == "__main__":
    main()
