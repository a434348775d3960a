/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Windows programs: packed (FL-08), under a false vendor's name (FL-09), with
 * a program where data belongs (FL-10). Each trait alone is found in honest
 * installers, so the private rules say nothing by themselves: they are counted.
 */
import "pe"
import "math"

private rule pe_trait_random_code
{
  condition:
    pe.is_pe and for any section in pe.sections : (
      section.characteristics & pe.SECTION_MEM_EXECUTE != 0 and section.raw_data_size >= 1024
      and section.raw_data_offset + section.raw_data_size <= filesize
      and math.entropy (section.raw_data_offset, section.raw_data_size) > 7.2)
}

private rule pe_trait_packer_name
{
  condition:
    pe.is_pe and for any section in pe.sections : (
      section.name == "UPX0" or section.name == "UPX1" or section.name == ".vmp0"
      or section.name == ".vmp1" or section.name == ".themida" or section.name == ".winlice"
      or section.name == ".aspack" or section.name == ".adata" or section.name == ".petite"
      or section.name == ".MPRESS1" or section.name == ".MPRESS2" or section.name == "nsp0"
      or section.name == "nsp1" or section.name == ".enigma1" or section.name == ".enigma2"
      or section.name == "PEC2")
}

private rule pe_trait_writable_code
{
  condition:
    pe.is_pe and for any section in pe.sections : (
      section.characteristics & pe.SECTION_MEM_EXECUTE != 0
      and section.characteristics & pe.SECTION_MEM_WRITE != 0)
}

/* The entry point is not in the first section, where compilers put it, but in the last one. */
private rule pe_trait_late_entry
{
  condition:
    pe.is_pe and pe.number_of_sections > 1 and pe.entry_point != 0
    and pe.entry_point >= pe.sections[pe.number_of_sections - 1].raw_data_offset
    and pe.entry_point < pe.sections[pe.number_of_sections - 1].raw_data_offset + pe.sections[pe.number_of_sections - 1].raw_data_size
}

private rule pe_trait_few_imports
{
  condition:
    pe.is_pe and pe.number_of_imports > 0 and pe.number_of_imports < 8
    and pe.imports ("KERNEL32.DLL", "LoadLibraryA") and pe.imports ("KERNEL32.DLL", "GetProcAddress")
    and not pe.imports ("KERNEL32.DLL", "GetCommandLineA")
    and not pe.imports ("KERNEL32.DLL", "SetUnhandledExceptionFilter")
}

/* A time stamp after 2038 is no linker's; zero means a reproducible build and counts nothing. */
private rule pe_trait_false_time
{
  condition:
    pe.is_pe and pe.timestamp > 0x7FFFFFFF
}

private rule pe_trait_much_overlay
{
  condition:
    pe.is_pe and pe.overlay.size > 0
    and (pe.overlay.size > 10MB or (pe.overlay.size > 65536 and pe.overlay.size > filesize \ 2))
}

rule packed_program
{
  meta:
    sekisho_id = "file.pe.packed"
    level = "medium"
    det = "FL-08"
    attack = "T1027.002"
    title = "Packed Windows program"
    title_ja = "パックされた実行ファイル"
    description = "At least three marks of a packer: a code section that looks random, section names of packers, a section both writable and executable, an entry point in the last section, hardly any imports, an impossible time stamp, more data behind the program than in it."
    description_ja = "パッカーの特徴が三つ以上あります。乱数のようなコード、パッカー固有のセクション名、書き込みと実行の両方が可能なセクション、最後のセクションにある開始点、極端に少ないインポート、ありえない作成時刻、本体より大きい付加データなどです。"
    falsepositives = "Licence dongles, installers and copy-protected tools are packed by their makers: allow by hash."
    falsepositives_ja = "ライセンスドングルやインストーラー。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_allow_list == "" and pe.is_pe and 3 of (pe_trait_*)
}

private rule pe_of_an_installer
{
  strings:
    $nsis = "NullsoftInst"
    $nsis_manifest = "Nullsoft.NSIS.exehead"
    $inno = "Inno Setup"
    $seven = ";!@Install@!UTF-8!"
    $seven_name = "7z Setup SFX" wide
    $rar = "WinRAR SFX" wide ascii
    $distlib = "Launcher" wide ascii
  condition:
    pe.is_pe and any of them
}

rule false_vendor_program
{
  meta:
    sekisho_id = "file.pe.false-vendor"
    level = "high"
    det = "FL-09"
    attack = "T1036.005"
    title = "Program that calls itself Microsoft's or Adobe's but is not signed"
    title_ja = "Microsoft・Adobe を名乗る署名のない実行ファイル"
    description = "These makers sign what they ship; a program with their name in its version data and no certificate table was made or changed by somebody else."
    description_ja = "これらのメーカーは出荷するファイルに署名します。バージョン情報にその名を持ち、証明書テーブルのないファイルは、別の者が作ったか改変したものです。"
    falsepositives = "Tools of Windows XP's time, .NET satellite libraries (resources only) and Wine's libraries are left out as far as they can be told; sample programs built from the makers' source code are not."
    falsepositives_ja = "Windows XP 時代のツール、公開ソースから作ったプログラム。ハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1036/005/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $wine_builtin = "Wine builtin DLL"
    $wine_placeholder = "Wine placeholder DLL"
  condition:
    hash_allow_list == "" and pe.is_pe
    and (pe.version_info["CompanyName"] icontains "Microsoft Corp"
         or pe.version_info["CompanyName"] icontains "Adobe Inc"
         or pe.version_info["CompanyName"] icontains "Adobe Systems")
    and pe.data_directories[pe.IMAGE_DIRECTORY_ENTRY_SECURITY].size == 0
    and pe.entry_point_raw != 0
    and (pe.timestamp == 0 or pe.timestamp >= 1262304000)
    and not $wine_builtin at 64 and not $wine_placeholder at 64
    and not filename iendswith ".resources.dll"
}

rule program_behind_program
{
  meta:
    sekisho_id = "file.pe.hidden-code"
    level = "medium"
    det = "FL-10"
    attack = "T1027.009"
    title = "Program hidden behind or inside another one"
    title_ja = "実行ファイルの後ろに隠されたプログラム"
    description = "Behind the end of a Windows program stands another program, or an archive or script together with a section that is writable and executable."
    description_ja = "実行ファイルの末尾の後ろに別の実行ファイルがあるか、書き込み・実行の両方が可能なセクションとともに書庫やスクリプトがあります。"
    falsepositives = "Installers carry archives; those of NSIS, Inno Setup, 7-Zip and WinRAR are left out."
    falsepositives_ja = "インストーラー。既知のもの（NSIS、Inno Setup、7-Zip、WinRAR）は除外済み。"
    reference = "https://attack.mitre.org/techniques/T1027/009/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $script = /<script|powershell|wscript\.shell|cmd\.exe \/c/ nocase
  condition:
    hash_allow_list == "" and pe.is_pe and pe.overlay.size > 64 and not pe_of_an_installer and
    (
      (uint16 (pe.overlay.offset) == 0x5A4D
       and uint32 (pe.overlay.offset + uint32 (pe.overlay.offset + 0x3C)) == 0x00004550)
      or (pe_trait_writable_code and (
        uint32 (pe.overlay.offset) == 0x04034B50 or uint32 (pe.overlay.offset) == 0xAFBC7A37
        or uint32 (pe.overlay.offset) == 0x21726152
        or $script in (pe.overlay.offset..filesize)))
    )
}
