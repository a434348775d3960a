/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scripts that live off the land (FL-07): words with which intruders use what
 * Windows brings. One word is daily life; two different ones, or one that only
 * destroys, are not. Looked for in scripts only: documents and libraries quote
 * them all.
 */

private rule windows_script
{
  strings:
    $echo = /^\s{0,64}@?echo\s+off/ nocase
    $rem = /^\s{0,64}(@?rem|::)\s/ nocase
  condition:
    filesize < 4MB and (
      extension == ".bat" or extension == ".cmd" or extension == ".ps1" or extension == ".psm1"
      or extension == ".vbs" or extension == ".vbe" or extension == ".js" or extension == ".jse"
      or extension == ".wsf" or extension == ".wsh" or extension == ".hta" or extension == ".reg"
      or (($echo in (0..256) or $rem in (0..256)) and extension != ".txt" and extension != ".yar"))
}

rule script_living_off_the_land
{
  meta:
    sekisho_id = "file.script.lolbas"
    level = "high"
    det = "FL-07"
    attack = "T1059 T1218"
    title = "Script that uses system tools as intruders do"
    title_ja = "システム付属ツールを悪用するスクリプト"
    description = "At least two different marks of download, hidden execution, persistence or weakening of protection in one Windows script."
    description_ja = "ダウンロード、隠れた実行、常駐、保護機能の無効化のうち、異なる二つ以上の特徴が一つの Windows スクリプトにあります。"
    falsepositives = "Maintenance batches of machine vendors and administrators: allow by hash after reading them."
    falsepositives_ja = "装置メーカーや管理者の保守用バッチ。内容を確認しハッシュで許可してください。"
    reference = "https://lolbas-project.github.io/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $certutil = /certutil(\.exe)?\s[^\n]{0,80}[-\/](decode|urlcache|encode)/ nocase
    $bitsadmin = /bitsadmin(\.exe)?\s[^\n]{0,80}\/(transfer|addfile)/ nocase
    $download = ".DownloadString(" nocase
    $download_file = ".DownloadFile(" nocase
    $invoke = /\b(IEX|Invoke-Expression)[\s(]/ nocase
    $from_base64 = "FromBase64String" nocase
    $encoded = /powershell(\.exe)?\s[^\n]{0,200}-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/]{16}/ nocase
    $hidden = /powershell(\.exe)?\s[^\n]{0,200}-w(indowstyle)?\s+(hidden|1)/ nocase
    $exclusion = /Add-MpPreference\s[^\n]{0,80}-Exclusion/ nocase
    $disable = /Set-MpPreference\s[^\n]{0,80}-Disable/ nocase
    $task = /schtasks(\.exe)?\s[^\n]{0,80}\/create/ nocase
    $run_key = /reg(\.exe)?\s+add\s[^\n]{0,120}\\CurrentVersion\\Run/ nocase
    $user = /net1?(\.exe)?\s+user\s[^\n]{0,80}\/add/ nocase
    $wmic = /wmic(\.exe)?\s[^\n]{0,80}process\s+call\s+create/ nocase
    $mshta = /mshta(\.exe)?\s+["']?(https?:|javascript:|vbscript:)/ nocase
    $rundll = /rundll32(\.exe)?\s+["']?javascript:/ nocase
    $builder = /(msbuild|installutil|regasm)(\.exe)?["']?\s[^\n]{0,120}(\\temp\\|%temp%|\$env:temp)/ nocase
    $regsvr = /regsvr32(\.exe)?\s[^\n]{0,80}\/i:https?:/ nocase
  condition:
    hash_allow_list == "" and windows_script and 2 of them
}

rule script_destroys_recovery
{
  meta:
    sekisho_id = "file.script.destroys-recovery"
    level = "high"
    det = "FL-07"
    attack = "T1490 T1070"
    title = "Script that destroys backups or logs"
    title_ja = "復旧手段やログを消すスクリプト"
    description = "Deleting shadow copies or backup catalogues, switching recovery off or clearing event logs is what ransomware does before it encrypts."
    description_ja = "シャドウコピーやバックアップカタログの削除、回復機能の停止、イベントログの消去は、ランサムウェアが暗号化の前に行う操作です。"
    falsepositives = "Disk clean-up batches that delete old shadow copies: allow by hash."
    falsepositives_ja = "古いシャドウコピーを消す整理用バッチ。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1490/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $shadows = /vssadmin(\.exe)?\s+delete\s+shadows/ nocase
    $wmic_shadow = /wmic(\.exe)?\s+shadowcopy\s+delete/ nocase
    $wbadmin = /wbadmin(\.exe)?\s+delete\s+(catalog|systemstatebackup|backup)/ nocase
    $bcdedit = /bcdedit(\.exe)?\s[^\n]{0,80}recoveryenabled\s+no/ nocase
    $wevtutil = /wevtutil(\.exe)?\s+(cl|clear-log)\s/ nocase
  condition:
    hash_allow_list == "" and windows_script and any of them
}
