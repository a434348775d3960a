/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Packages that run a worm when they are installed (FL-41). Names and places of
 * its files are for sigma/file-worm.yml. Only in manifests of packages: reports
 * and scanners quote all of these words.
 */
rule package_runs_worm
{
  meta:
    sekisho_id = "file.worm.install-script"
    level = "critical"
    det = "FL-41"
    attack = "T1195.001 T1204.005"
    title = "Package whose installation runs a known worm"
    title_ja = "導入時に既知のワームを実行するパッケージ"
    description = "The manifest of a package names an install script, or a package, that is known from worms of package registries. Installing it steals tokens and publishes more of it."
    description_ja = "パッケージの定義ファイルが、レジストリのワームとして知られるスクリプトまたはパッケージを指しています。導入するとトークンが盗まれ、さらに拡散します。"
    falsepositives = "Copies kept by those who study such worms."
    falsepositives_ja = "研究のために保管された検体。"
    reference = "https://attack.mitre.org/techniques/T1195/001/"
    author = "The Sekisho authors"
    date = "2026-11-25"
  strings:
    $bun = /"(pre|post)?install"\s{0,8}:\s{0,8}"node\s{1,4}(\.\/)?(setup_bun|bun_environment)\.js/
    $router = /"(pre|post)?install"\s{0,8}:\s{0,8}"node\s{1,4}(\.\/)?router_init\.js/
    $crypto = /"plain-crypto-js"\s{0,8}:\s{0,8}"/
    $axios = /"name"\s{0,8}:\s{0,8}"axios"/
    $bad_axios = /"version"\s{0,8}:\s{0,8}"(1\.14\.1|0\.30\.4)"/
  condition:
    hash_allow_list == "" and filesize < 1MB and filename iendswith "package.json"
    and ($bun or $router or $crypto or ($axios and $bad_axios))
}
