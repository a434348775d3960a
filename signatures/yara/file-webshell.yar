/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Web shells (FL-18): server scripts that run what a request carries.
 */

rule webshell_php
{
  meta:
    sekisho_id = "file.webshell.php"
    level = "critical"
    det = "FL-18"
    attack = "T1505.003"
    title = "PHP web shell"
    title_ja = "PHP ウェブシェル"
    description = "A PHP script hands a parameter of the request to eval, system and the like, directly or through a decoder."
    description_ja = "リクエストの値を eval や system などに直接、またはデコードして渡す PHP スクリプトです。"
    falsepositives = "Some administration plug-ins do the same on purpose; phpinfo pages do not."
    falsepositives_ja = "管理用プラグイン。"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $open = "<?"
    $direct = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|create_function)\s{0,8}\(\s{0,8}@?\s{0,4}\$_(GET|POST|REQUEST|COOKIE)\s{0,4}[\[{]/ nocase
    $decoded = /\b(eval|assert|system|passthru|shell_exec)\s{0,8}\(\s{0,8}@?(base64_decode|gzinflate|gzuncompress|str_rot13|strrev)\s{0,8}\(\s{0,8}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|strrev)\s{0,8}\(\s{0,8}){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s{0,4}[\[{]/ nocase
    $packed = /\beval\s{0,8}\(\s{0,8}@?(gzinflate|gzuncompress|str_rot13)\s{0,8}\(\s{0,8}@?(base64_decode|str_rot13|strrev)\s{0,8}\(\s{0,8}['"]/ nocase
    $backtick = /`\s{0,4}\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]\n]{1,40}\]\s{0,4}`/ nocase
  condition:
    hash_allow_list == "" and filesize < 4MB and extension != ".yar" and extension != ".yara" and extension != ".md"
    and $open in (0..4096) and any of ($direct, $decoded, $packed, $backtick)
}

rule webshell_jsp
{
  meta:
    sekisho_id = "file.webshell.jsp"
    level = "critical"
    det = "FL-18"
    attack = "T1505.003"
    title = "JSP web shell"
    title_ja = "JSP ウェブシェル"
    description = "A server page starts a program with a parameter of the request."
    description_ja = "リクエストの値でプログラムを起動するサーバーページです。"
    falsepositives = "Administration pages of old application servers."
    falsepositives_ja = "古いアプリケーションサーバーの管理ページ。"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $page = "<%"
    $root = "<jsp:root" nocase
    $exec = /Runtime\s{0,4}\.\s{0,4}getRuntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\s{0,4}\(/
    $builder = /new\s{1,8}ProcessBuilder\s{0,4}\(/
    $parameter = /request\s{0,4}\.\s{0,4}getParameter\s{0,4}\(/
  condition:
    hash_allow_list == "" and filesize < 1MB and ($page in (0..4096) or $root in (0..4096)) and $parameter and ($exec or $builder)
    and extension != ".yar" and extension != ".yara" and extension != ".md"
}

rule webshell_aspx
{
  meta:
    sekisho_id = "file.webshell.aspx"
    level = "critical"
    det = "FL-18"
    attack = "T1505.003"
    title = "ASP.NET web shell"
    title_ja = "ASP.NET ウェブシェル"
    description = "A server page evaluates a parameter of the request, or starts a program with it."
    description_ja = "リクエストの値を評価するか、その値でプログラムを起動するサーバーページです。"
    falsepositives = "None known for the first form; administration pages for the second."
    falsepositives_ja = "管理ページ。"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $page = "<%"
    $eval = /\beval\s{0,4}\(\s{0,4}Request\s{0,4}(\.\s{0,4}(Item|Form|QueryString)\s{0,4})?[\[(][^\n]{1,80}["']unsafe["']/ nocase
    $execute = /\bexecute(global)?\s{0,4}\(?\s{0,4}request\s{0,4}(\.\s{0,4}(form|querystring|item)\s{0,4})?\(/ nocase
    $start = /Process\s{0,4}\.\s{0,4}Start\s{0,4}\(|new\s{1,4}ProcessStartInfo\s{0,4}\(/
    $request = /Request\s{0,4}(\.\s{0,4}(Form|QueryString|Params|Item))?\s{0,4}\[/
  condition:
    hash_allow_list == "" and filesize < 1MB and $page in (0..4096) and ($eval or $execute or ($start and $request))
    and extension != ".yar" and extension != ".yara" and extension != ".md"
}

rule webshell_moveit
{
  meta:
    sekisho_id = "file.webshell.moveit"
    level = "critical"
    det = "FL-18"
    attack = "T1505.003"
    title = "Web shell of the MOVEit intrusions"
    title_ja = "MOVEit 侵害のウェブシェル"
    description = "A page named human2.aspx beside MOVEit's own human.aspx."
    description_ja = "MOVEit の human.aspx に似せた human2.aspx という名前のページです。"
    falsepositives = "None known."
    falsepositives_ja = "知られていません。"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $page = "<%"
  condition:
    hash_allow_list == "" and filename icontains "human2.aspx" and $page in (0..4096)
}
