/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The two standard test signatures, so that an administrator can try the way
 * from a file to the syslog without anything dangerous. Sources: eicar.org
 * (the file begins with the 68 characters, and has at most 128) and the GTUBE
 * string of the SpamAssassin project. Both are written in hexadecimal, so that
 * this file does not match itself.
 */

rule eicar_test_file
{
  meta:
    sekisho_id = "file.test.eicar"
    level = "high"
    title = "EICAR anti-malware test file"
    title_ja = "EICAR テストファイル"
    description = "The harmless file with which anti-malware products are tried. If nobody is testing, ask who put it here."
    description_ja = "対策ソフトの動作確認に使う無害なファイルです。誰も試験をしていないなら、誰が置いたのかを確認してください。"
    falsepositives = "Tests of scanners; documentation that ships the file."
    falsepositives_ja = "スキャナーの動作確認、テスト用に同梱されたファイル。"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $eicar = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24
               45 49 43 41 52 2D 53 54 41 4E 44 41 52 44 2D 41 4E 54 49 56 49 52 55 53 2D
               54 45 53 54 2D 46 49 4C 45 21 24 48 2B 48 2A }
  condition:
    $eicar at 0 and filesize <= 128
}

rule gtube_test_mail
{
  meta:
    sekisho_id = "mail.test.gtube"
    level = "medium"
    title = "GTUBE unsolicited-mail test string"
    title_ja = "GTUBE 迷惑メールテスト文字列"
    description = "The harmless line with which mail filters are tried."
    description_ja = "迷惑メールフィルターの動作確認に使う無害な文字列です。"
    falsepositives = "Tests of mail filters; documentation that quotes the line."
    falsepositives_ja = "メールフィルターの動作確認、引用した文書。"
    reference = "https://spamassassin.apache.org/gtube/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $gtube = { 58 4A 53 2A 43 34 4A 44 42 51 41 44 4E 31 2E 4E 53 42 4E 33 2A 32 49 44 4E 45 4E 2A
               47 54 55 42 45 2D 53 54 41 4E 44 41 52 44 2D 41 4E 54 49 2D 55 42 45 2D 54 45 53 54 2D
               45 4D 41 49 4C 2A 43 2E 33 34 58 }
  condition:
    $gtube
}
