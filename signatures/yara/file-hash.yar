/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Content that a list of hashes names (FL-19), and drivers that intruders
 * bring along (FL-11). The lists are the operator's own: none is shipped;
 * contrib/lists/vulnerable-drivers makes one of a public feed. The facts come
 * from the hash plugin.
 */
rule vulnerable_driver
{
  meta:
    sekisho_id = "file.driver.vulnerable"
    level = "high"
    det = "FL-11"
    attack = "T1068 T1685"
    title = "Driver with a known hole"
    title_ja = "既知の脆弱性を持つドライバー"
    description = "A list of vulnerable drivers names this file. Intruders bring such signed drivers along to get the rights of the kernel and to switch protection off."
    description_ja = "脆弱なドライバーのリストに載っているファイルです。攻撃者は署名済みの古いドライバーを持ち込み、カーネル権限を得て保護機能を停止させます。"
    falsepositives = "Tuning and measuring tools on old plant computers bring the very same drivers: replace them, or allow them by hash with an expiry."
    falsepositives_ja = "古い設備用 PC の調整・計測ツールに同じドライバーが含まれることがあります。更新するか、期限付きでハッシュを許可してください。"
    reference = "https://www.loldrivers.io/"
    author = "The Sekisho authors"
    date = "2026-11-25"
    evidence = "hash_deny_list hash_deny_reason"
  condition:
    hash_deny_list istartswith "vulnerable drivers"
}

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
    (hash_deny_list != "" or hash_deny_reason != "")
    and not hash_deny_list istartswith "vulnerable drivers"
}
