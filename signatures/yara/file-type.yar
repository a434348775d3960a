/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a file is, against what it says it is (FL-01), and types that are
 * dangerous by themselves when a partner sends them (FL-24). The facts come
 * from the identify plugin.
 */
import "pe"

rule executable_under_document_name
{
  meta:
    sekisho_id = "file.type.mismatch"
    level = "high"
    det = "FL-01"
    attack = "T1036.008"
    title = "Program behind the name of a document"
    title_ja = "文書の拡張子を持つ実行ファイル"
    description = "The content is a program or script, but the extension promises a document, picture, sound or data. A user who trusts the name may run it; a gateway that filters by extension lets it pass."
    description_ja = "中身は実行ファイルまたはスクリプトですが、拡張子は文書・画像・音声・データを示しています。利用者が信じて開くおそれがあり、拡張子だけを見るゲートウェイは通過します。"
    falsepositives = "Self-made update packages that rename programs to .dat or .bin are below this rule; a vendor that ships programs as .txt or .jpg to pass mail filters is not."
    falsepositives_ja = "メールフィルターを避けるために .txt や .jpg に改名した配布物。送付元に確認し、ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1036/008/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_allow_list == "" and identify_mismatch_executable
}

rule compiled_help
{
  meta:
    sekisho_id = "file.type.chm"
    level = "high"
    det = "FL-24"
    attack = "T1218.001"
    title = "Compiled HTML help (CHM)"
    title_ja = "コンパイル済み HTML ヘルプ (CHM)"
    description = "A CHM file can run scripts and programs when it is opened. It is no longer a usual way to send documents."
    description_ja = "CHM は開くだけでスクリプトやプログラムを実行できます。今では文書を送る普通の形式ではありません。"
    falsepositives = "Manuals of old machines and software: allow by hash."
    falsepositives_ja = "古い装置・ソフトのマニュアル。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1218/001/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $itsf = { 49 54 53 46 (02 | 03) 00 00 00 }
  condition:
    hash_allow_list == "" and $itsf at 0
}

rule html_application
{
  meta:
    sekisho_id = "file.type.hta"
    level = "high"
    det = "FL-24"
    attack = "T1218.005"
    title = "HTML application (HTA)"
    title_ja = "HTML アプリケーション (HTA)"
    description = "mshta runs its script with the rights of the user and without a browser's protection."
    description_ja = "mshta が、ブラウザーの保護なしに利用者の権限でスクリプトを実行します。"
    falsepositives = "Old in-house tools: allow by hash."
    falsepositives_ja = "古い社内ツール。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1218/005/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $application = "<HTA:APPLICATION" nocase
    $script = "<script" nocase
  condition:
    hash_allow_list == "" and (
      (extension == ".hta" and ($application or $script))
      or ($application in (0..4096) and $script and extension != ".yar" and extension != ".yara"))
}

rule control_panel_item
{
  meta:
    sekisho_id = "file.type.cpl"
    level = "high"
    det = "FL-24"
    attack = "T1218.002"
    title = "Control panel item (CPL)"
    title_ja = "コントロールパネル項目 (CPL)"
    description = "A program library that Windows runs on a double click."
    description_ja = "ダブルクリックで Windows が読み込んで実行するプログラムライブラリです。"
    falsepositives = "Drivers that bring their own panel: allow by hash."
    falsepositives_ja = "専用パネルを持つドライバー。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1218/002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_allow_list == "" and pe.is_pe and (extension == ".cpl" or pe.exports ("CPlApplet"))
}

rule screen_saver
{
  meta:
    sekisho_id = "file.type.scr"
    level = "high"
    det = "FL-24"
    attack = "T1546.002"
    title = "Screen saver (SCR)"
    title_ja = "スクリーンセーバー (SCR)"
    description = "A program under an extension that few users know as one."
    description_ja = "実行ファイルですが、そうと知られていない拡張子です。"
    falsepositives = "Real screen savers of a company's publicity: allow by hash."
    falsepositives_ja = "販促用スクリーンセーバー。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1546/002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_allow_list == "" and pe.is_pe and extension == ".scr"
}

rule management_console
{
  meta:
    sekisho_id = "file.type.msc"
    level = "high"
    det = "FL-24"
    attack = "T1218.014"
    title = "Management console file (MSC)"
    title_ja = "管理コンソールファイル (MSC)"
    description = "MMC opens it with the user's rights, often elevated; its tasks and web links can run commands."
    description_ja = "MMC が利用者の権限（多くは管理者権限）で開き、タスクや Web リンクからコマンドを実行できます。"
    falsepositives = "Consoles that administrators saved for themselves: allow by hash."
    falsepositives_ja = "管理者が保存したコンソール。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1218/014/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $console = { 3C 4D 4D 43 5F 43 6F 6E 73 6F 6C 65 46 69 6C 65 20 }
  condition:
    hash_allow_list == "" and $console in (0..1024)
}

rule excel_add_in
{
  meta:
    sekisho_id = "file.type.xll"
    level = "high"
    det = "FL-24"
    attack = "T1137.006"
    title = "Native Excel add-in (XLL)"
    title_ja = "Excel ネイティブアドイン (XLL)"
    description = "A program library that Excel loads and runs when the file is opened."
    description_ja = "Excel がファイルを開くときに読み込んで実行するプログラムライブラリです。"
    falsepositives = "Add-ins of banks, laboratories and measuring instruments: allow by hash."
    falsepositives_ja = "銀行・計測器などの業務用アドイン。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1137/006/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_allow_list == "" and pe.is_pe and (extension == ".xll" or pe.exports ("xlAutoOpen"))
}

rule search_link
{
  meta:
    sekisho_id = "file.type.search-ms"
    level = "high"
    det = "FL-24"
    attack = "T1204.002"
    title = "Saved search or library that looks elsewhere"
    title_ja = "外部を参照する検索・ライブラリファイル"
    description = "Explorer shows a folder of somebody else's server as if it were local, and sends the user's credentials there."
    description_ja = "他者のサーバーのフォルダーを手元のもののように表示し、利用者の認証情報をそこへ送ります。"
    falsepositives = "Libraries that name the own file servers."
    falsepositives_ja = "自社ファイルサーバーを指すライブラリ。"
    reference = "https://attack.mitre.org/techniques/T1187/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $library = "<libraryDescription" ascii wide nocase
    $connector = "<searchConnectorDescription" ascii wide nocase
    $saved = "<persistedQuery" ascii wide nocase
    $unc = "<url>\\\\" ascii wide nocase
    $http = /<url>https?:\/\//  ascii wide nocase
    $location = "location:\\\\" ascii wide nocase
    $crumb = "crumb=location:" ascii wide nocase
  condition:
    hash_allow_list == "" and filesize < 1MB and (extension == ".library-ms" or extension == ".searchconnector-ms" or extension == ".search-ms" or $library in (0..2048) or $connector in (0..2048) or $saved in (0..2048))
    and any of ($unc, $http, $location, $crumb)
}
