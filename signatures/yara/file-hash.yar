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
    description = "The hash of the content stands in a list of this installation whose entries have not expired. The fact hash.deny-list names the source, hash.deny-reason what it says of the file."
    description_ja = "内容のハッシュ値が、有効期限内の拒否リストに載っています。事実 hash.deny-list が出所を、hash.deny-reason が理由を示します。"
    falsepositives = "A careless feed. Ask its source, and allow the file by its hash until the feed is right."
    falsepositives_ja = "誤りのあるフィード。出所に確認し、直るまでハッシュで許可してください。"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  condition:
    hash_deny_list != ""
}
