/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ransom notes by their text (FL-16): an address in the Tor or Tox network, the
 * reader told that his files are encrypted or stolen, and what he is to do. Texts
 * about ransomware speak of others, or of addresses that are none. Names of notes
 * are for signatures/sigma/file-ransom.yml.
 */

private rule hidden_address
{
  strings:
    $onion = /[a-z2-7]{56}\.onion/ ascii wide
    $onion_old = /[^a-z0-9.][a-z2-7]{16}\.onion/ ascii wide
    // The word comes first: 76 digits alone would be looked for at every byte of every file.
    $tox = /[^a-z]tox[^a-z](.|\r|\n){0,120}[0-9A-F]{76}/ ascii nocase
    $example = /(x{8}|a{8}|1{8})[a-z2-7]*\.onion/ ascii wide nocase
  condition:
    filesize < 64KB and ($onion or $onion_old or $tox) and not $example
}

rule ransom_note
{
  meta:
    sekisho_id = "file.ransom.note-text"
    level = "high"
    det = "FL-16"
    attack = "T1486"
    title = "Text of a ransom note"
    title_ja = "身代金要求メモの文面"
    description = "A short text tells its reader that files were encrypted or stolen, names an address in a hidden network, and what to do. If it is not a sample, files near it were encrypted: disconnect the device, keep it switched on."
    description_ja = "ファイルの暗号化や窃取を告げ、秘匿ネットワークの連絡先と対応を指示する短い文書です。検体でなければ、周囲のファイルが暗号化されています。電源を入れたままネットワークから切り離してください。"
    falsepositives = "Notes quoted in full by research and training; texts about ransomware that quote no note are not meant."
    falsepositives_ja = "研究や訓練の資料に全文引用された身代金要求メモ。"
    reference = "https://attack.mitre.org/techniques/T1486/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $told = /\byour\s[^.\n]{0,60}\b(have been|has been|were|was|are|is)\s(\w{1,12}\s){0,2}(encrypted|stolen|locked|exfiltrated|downloaded|leaked|compromised)/ ascii wide nocase
    $told_we = /\bwe (have )?(encrypted|stolen|stole|downloaded|exfiltrated|copied|hacked|penetrated)[^.\n]{0,60}\byour\b/ ascii wide nocase
    $decrypt = /decrypt/ ascii wide nocase
    $money = /(\bransom\b|bitcoin|monero|\bBTC\b|\bXMR\b|pay us|payment)/ ascii wide nocase
    $leak = /(publish|leak|sell|disclose)[^.\n]{0,60}(data|files|information|documents)/ ascii wide nocase
    $leaked = /(data|files|information|documents)[^.\n]{0,60}\b(published|leaked|sold|disclosed)\b/ ascii wide nocase
    $warning = /\b(do not|don.?t|never)\s[^.\n]{0,60}\b(rename|modify|edit|delete|shut ?down|third.party|police|law enforcement|recovery compan)/ ascii wide nocase
    $ja_you1 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE } // あなたの, UTF-8
    $ja_you2 = { 82 A0 82 C8 82 BD 82 CC } // あなたの, CP932
    $ja_you3 = { 42 30 6A 30 5F 30 6E 30 } // あなたの, UTF-16
    $ja_you4 = { E8 B2 B4 E7 A4 BE } // 貴社, UTF-8
    $ja_you5 = { 8B 4D 8E D0 } // 貴社, CP932
    $ja_you6 = { B4 8C 3E 79 } // 貴社, UTF-16
    $ja_you7 = { E5 BE A1 E7 A4 BE } // 御社, UTF-8
    $ja_you8 = { 8C E4 8E D0 } // 御社, CP932
    $ja_you9 = { A1 5F 3E 79 } // 御社, UTF-16
    $ja_told1 = { E6 9A 97 E5 8F B7 E5 8C 96 } // 暗号化, UTF-8
    $ja_told2 = { 88 C3 8D 86 89 BB } // 暗号化, CP932
    $ja_told3 = { 97 66 F7 53 16 53 } // 暗号化, UTF-16
    $ja_told4 = { E7 9B 97 E3 81 BF } // 盗み, UTF-8
    $ja_told5 = { 93 90 82 DD } // 盗み, CP932
    $ja_told6 = { D7 76 7F 30 } // 盗み, UTF-16
    $ja_told7 = { E7 AA 83 E5 8F 96 } // 窃取, UTF-8
    $ja_told8 = { 90 DE 8E E6 } // 窃取, CP932
    $ja_told9 = { 83 7A D6 53 } // 窃取, UTF-16
    $ja_what1 = { E5 BE A9 E5 8F B7 } // 復号, UTF-8
    $ja_what2 = { 95 9C 8D 86 } // 復号, CP932
    $ja_what3 = { A9 5F F7 53 } // 復号, UTF-16
    $ja_what4 = { E8 BA AB E4 BB A3 E9 87 91 } // 身代金, UTF-8
    $ja_what5 = { 90 67 91 E3 8B E0 } // 身代金, CP932
    $ja_what6 = { AB 8E E3 4E D1 91 } // 身代金, UTF-16
    $ja_what7 = { E6 94 AF E6 89 95 } // 支払, UTF-8
    $ja_what8 = { 8E 78 95 A5 } // 支払, CP932
    $ja_what9 = { 2F 65 55 62 } // 支払, UTF-16
    $ja_what10 = { E5 85 AC E9 96 8B E3 81 97 } // 公開し, UTF-8
    $ja_what11 = { 8C F6 8A 4A 82 B5 } // 公開し, CP932
    $ja_what12 = { 6C 51 8B 95 57 30 } // 公開し, UTF-16
  condition:
    hash_allow_list == "" and hidden_address and extension != ".yar" and extension != ".yara"
    and ((any of ($told*) and (2 of ($decrypt, $money, $warning) or (any of ($decrypt, $money, $warning) and any of ($leak*))))
      or (any of ($ja_you*) and any of ($ja_told*) and any of ($ja_what*)))
}
