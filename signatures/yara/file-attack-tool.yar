/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tools that intruders bring (FL-12). Some of them are on the stick of every
 * maintenance engineer, so the level is medium and the answer a question: is
 * it this partner's tool, and does today's work need it? Looked for in
 * programs only, because articles and rule sets quote the names.
 */
import "pe"

private rule program_file
{
  condition:
    uint16 (0) == 0x5A4D or uint32 (0) == 0x464C457F
    or uint32 (0) == 0xFEEDFACF or uint32 (0) == 0xFEEDFACE
}

rule attack_tool_credentials
{
  meta:
    sekisho_id = "file.tool.credentials"
    level = "medium"
    det = "FL-12"
    attack = "T1588.002 T1003"
    title = "Tool that reads passwords from memory"
    title_ja = "メモリーから認証情報を抜き出すツール"
    description = "Strings of mimikatz and its kind in a program."
    description_ja = "mimikatz などに特有の文字列が実行ファイルにあります。"
    falsepositives = "Penetration tests that were agreed."
    falsepositives_ja = "合意済みの侵入テスト。"
    reference = "https://attack.mitre.org/software/S0002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $author = "gentilkiwi" ascii wide nocase
    $name = "mimikatz" ascii wide nocase
    $sekurlsa = "sekurlsa::" ascii wide nocase
    $logon = "logonpasswords" ascii wide nocase
    $lsadump = "lsadump::" ascii wide nocase
    $kerberos = "kerberos::golden" ascii wide nocase
  condition:
    hash_allow_list == "" and program_file and 2 of them
}

rule attack_tool_remote
{
  meta:
    sekisho_id = "file.tool.remote"
    level = "medium"
    det = "FL-12"
    attack = "T1588.002 T1219 T1569.002"
    title = "Tool for remote execution, remote control or tunnels"
    title_ja = "遠隔実行・遠隔操作・トンネル用ツール"
    description = "PsExec, ProcDump, AnyDesk, ngrok, rclone or nmap by the marks that their makers leave."
    description_ja = "PsExec、ProcDump、AnyDesk、ngrok、rclone、nmap を、作成元が残した特徴で識別しました。"
    falsepositives = "Maintenance staff own PsExec, AnyDesk and nmap: allow by hash for this partner."
    falsepositives_ja = "保守員の正規ツール。取引先ごとにハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1219/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $psexec = "PsExec executes a program on a remote system" ascii wide nocase
    $psexesvc = "PSEXESVC" wide
    $sysinternals = "Sysinternals" ascii wide nocase
    $procdump = "ProcDump" ascii wide
    $anydesk = "AnyDesk Software GmbH" ascii wide nocase
    $anydesk_path = "\\AnyDesk\\" ascii wide nocase
    $ngrok = "ngrok.com/config" ascii
    $ngrok_go = "go.ngrok.com/" ascii
    $rclone = "github.com/rclone/rclone/backend/" ascii
    $rclone_cmd = "github.com/rclone/rclone/cmd/" ascii
    $nmap = "Nmap done: %d %s (%d %s up) scanned in" ascii
    $nmap_os = "nmap-os-db" ascii
  condition:
    hash_allow_list == "" and program_file and
    ($psexec or ($psexesvc and $sysinternals) or ($procdump and $sysinternals)
     or ($anydesk and $anydesk_path) or ($ngrok and $ngrok_go) or ($rclone and $rclone_cmd)
     or ($nmap and $nmap_os))
}

rule attack_tool_cobalt_strike_config
{
  meta:
    sekisho_id = "file.tool.beacon-config"
    level = "high"
    det = "FL-12"
    attack = "T1588.002 T1071.001"
    title = "Configuration block of a Cobalt Strike beacon"
    title_ja = "Cobalt Strike ビーコンの設定ブロック"
    description = "The head of the settings table, plain or with the usual one-byte XOR keys."
    description_ja = "設定テーブルの先頭部分が、そのまま、またはよく使われる 1 バイト XOR で見つかりました。"
    falsepositives = "Agreed penetration tests."
    falsepositives_ja = "合意済みの侵入テスト。"
    reference = "https://attack.mitre.org/software/S0154/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $xor_69 = { 69 68 69 68 69 6B ?? ?? 69 6B 69 68 69 6B ?? ?? 69 6A 69 6B 69 6D }
    $xor_2e = { 2E 2F 2E 2F 2E 2C ?? ?? 2E 2C 2E 2F 2E 2C ?? ?? 2E 2D 2E 2C 2E 2A }
    $plain = { 00 01 00 01 00 02 ?? ?? 00 02 00 01 00 02 ?? ?? 00 03 00 02 00 04 }
  condition:
    hash_allow_list == "" and any of them
}
