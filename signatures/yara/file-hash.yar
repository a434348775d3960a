/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Content that a list of hashes names (FL-19). The lists are the operator's
 * own: none is shipped. The facts come from the hash plugin.
 */
rule deny_listed_hash
{
  meta:
    sekisho_id = "file.hash.deny-listed"
    level = "critical"
    det = "FL-19"
    attack = "T1204.002"
    title = "Content that a list of denied hashes names"
    title_ja = "拒否リストに載っているハッシュ値のファイル"
    description = "The hash of the content stands in a list of this installation whose entries have not expired. The evidence names the source, and what it says of the file."
    description_ja = "内容のハッシュ値が、有効期限内の拒否リストに載っています。出所と理由は根拠欄にあります。"
    falsepositives = "A careless feed. Ask its source, and allow the file by its hash until the feed is right."
    falsepositives_ja = "誤りのあるフィード。出所に確認し、直るまでハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
    evidence = "hash_deny_list hash_deny_reason"
  condition:
    hash_deny_list != "" or hash_deny_reason != ""
}
