#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Sigma rules on the command line: check, list, explain, and a strict start.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

mkdir -p "$work/mix/deep" "$work/good"
cat >"$work/mix/a.yar" <<'END'
rule good_yara { condition: false }
END
cat >"$work/mix/deep/good.yml" <<'END'
title: Curl from a document
title_ja: 文書から起動された curl
name: test.curl.document
id: 6e29ba46-4e6a-4a3f-9c7e-000000000001
description: A document starts a program that loads more.
description_ja: 文書がダウンロード用のプログラムを起動しています。
falsepositives: [Templates that fetch a logo]
falsepositives_ja: [ロゴを取得するテンプレート]
tags: [attack.t1105, sekisho.fl-99]
logsource: {product: windows, category: process_creation}
detection:
  sel:
    Image|endswith: ['\curl.exe', '\wget.exe']
    ParentImage|endswith: '\winword.exe'
  filter:
    CommandLine|contains: logo
  condition: sel and not filter
level: high
END
cat >"$work/mix/two.yaml" <<'END'
title: Whole
name: test.two.whole
logsource: {product: windows, service: security}
detection:
  sel: {EventID: 4720}
  condition: sel
---
title: Broken
name: test.two.broken
logsource: {product: windows, service: security}
detection:
  sel:
    Image|telepathy: x
  condition: sel
END
cat >"$work/mix/wave.yml" <<'END'
title: Account made
name: test.wave.account
logsource: {product: windows, service: security}
detection:
  sel: {EventID: 4720}
  condition: sel
---
title: Many accounts made
title_ja: 多数のアカウント作成
name: test.wave.accounts
correlation:
  type: value_count
  rules: [test.wave.account]
  group-by: [SubjectUserName]
  timespan: 10m
  condition: {gte: 5, field: TargetUserName}
level: critical
---
title: Made of nothing
name: test.wave.nothing
correlation:
  type: event_count
  rules: [test.wave.nobody]
  timespan: 1h
  condition: {gte: 2}
END
# Samples are no rules.
printf 'tests: [{hits: [{fields: {}}]}]\n' >"$work/mix/two.test.yml"
cp "$work/mix/deep/good.yml" "$work/good/"
rules() { "$SEKISHO" rules "$@" >"$work/out" 2>"$work/err"; }

rules check "$work/mix"
is "a folder with both languages: status" 2 $?
like "an unknown modifier is named with its line" \
  "^left out: $work/mix/two.yaml:1[0-9]: .*telepathy" "$(cat "$work/out")"
like "a correlation without its rule is named" "^left out: $work/mix/wave.yml:1[0-9]+?: .*test.wave.nobody" \
  "$(cat "$work/out")"
like "the rest is usable and counted" '^usable: 5 rules from 4 files and [0-9]+ lists; left out: 2$' \
  "$(cat "$work/out")"
unlike "samples are no rules" 'test\.yml' "$(cat "$work/out")"
is "the order is that of names" "$(sort "$work/out")" "$(cat "$work/out" | sort)"
rules check "$work/good/good.yml"
is "a rule file: status" 0 $?
like "a rule file: counted" '^usable: 1 rules from 1 files' "$(cat "$work/out")"
rules check "$work/good" "$work/mix/a.yar"
is "a folder and a file of the other language: status" 0 $?
like "a folder and a file of the other language: counted" '^usable: 2 rules from 2 files' "$(cat "$work/out")"

mkdir "$work/empty"
rules check "$work/empty"
is "a folder without rules: status" 2 $?
like "a folder without rules: named" "$work/empty: found no file in it, .*\.yar.*\.yml" "$(cat "$work/err")"
rules check "$work/none.yml"
is "a missing file: status" 2 $?
like "a missing file: named" 'none\.yml' "$(cat "$work/err")"
printf 'title: x\n\tbad: [\n' >"$work/broken.yml"
rules check "$work/broken.yml"
is "no YAML: status" 2 $?
like "no YAML: named with its line" "^left out: $work/broken.yml:[12]: " "$(cat "$work/out")"
like "no YAML: nothing is usable" '^usable: 0 rules' "$(cat "$work/out")"

# A rule for records that nobody makes is no mistake, but it is said.
rules check --set 'plugins.load=[identify, hash, yara]' "$work/good/good.yml"
is "idle: status" 0 $?
like "idle: named with its cause" "^idle: $work/good/good.yml:1: test.curl.document: " "$(cat "$work/out")"
like "idle: counted" '; idle: 1$' "$(cat "$work/out")"

# A mistake in a table.
printf 'sources:\n  - logsource: {product: x}\n    kinds: log.json\n' >"$work/table.yml"
rules check --set "rules.logsources=[$work/table.yml]" "$work/good/good.yml"
is "a broken table: status" 2 $?
like "a broken table: file, line, column" "$work/table.yml:3: sigma: column 5: unknown key \"kinds\"" \
  "$(cat "$work/out" "$work/err")"

rules list --sigma "$work/mix"
is "list: status" 0 $?
like "list: a rule" "^test\.curl\.document	high	Curl from a document	FL-99	$work/mix/deep/good.yml:1\$" \
  "$(cat "$work/out")"
like "list: a correlation" "^test\.wave\.accounts	critical	Many accounts made	-	$work/mix/wave.yml:[89]\$" \
  "$(cat "$work/out")"
unlike "list: nothing that was left out" 'broken|nothing' "$(cat "$work/out")"
rules list --sigma "$work/mix" --lang ja
like "list: in Japanese" '文書から起動された curl' "$(cat "$work/out")"

explain() { "$SEKISHO" explain --sigma "$work/mix" "$@" 2>&1; }
out=$(explain test.curl.document)
for words in 'Looks at: product windows, category process_creation' 'all of these:' \
  'Image ends with any of: “.curl\.exe”, “.wget\.exe”' 'ParentImage ends with: “.winword\.exe”' \
  'none of this:' 'CommandLine contains: “logo”' 'Templates that fetch a logo' 'T1105' \
  'filter: \{rules: \["test.curl.document"\]' 'who: NAME, why: TEXT'; do
  like "explain: $words" "$words" "$out"
done
out=$(explain --lang ja test.curl.document)
for words in '文書がダウンロード' '製品 windows, カテゴリ process_creation' 'Image の末尾 \(いずれか\): 「' \
  '次に当てはまらない:' 'CommandLine に含む: 「logo」' 'ロゴを取得する'; do
  like "explain in Japanese: $words" "$words" "$out"
done
out=$(explain test.wave.accounts)
for words in 'test\.wave\.account  Account made' 'Within: 10 min' 'for each: SubjectUserName' \
  'different values of TargetUserName ≥ 5'; do
  like "explain a correlation: $words" "$words" "$out"
done
like "explain a correlation in Japanese" 'TargetUserName の異なる値の数 ≥ 5' "$(explain --lang ja test.wave.accounts)"
like "explain: a rule that cannot match here says so" 'Never matches here: ' \
  "$(explain --set 'plugins.load=[identify, hash, yara]' test.curl.document)"
unlike "explain: else it does not" 'Never matches here' "$(explain test.curl.document)"

printf '{}\n' >"$work/event.json"
"$SEKISHO" scan --no-progress --strict --sigma "$work/mix" "$work/event.json" >"$work/out" 2>"$work/err"
is "strict: no start with a rule that is left out" 2 $?
like "strict: the rule is named" "$work/mix/two.yaml:1[0-9]: .*telepathy" "$(cat "$work/err")"
"$SEKISHO" scan --no-progress --sigma "$work/mix" "$work/event.json" >"$work/out" 2>"$work/err"
is "else the start goes on" 0 $?
"$SEKISHO" scan --no-progress --strict --sigma "$work/good" "$work/event.json" >"$work/out" 2>"$work/err"
is "strict: and with none left out" 0 $?

# Slips of the pen that leave a rule usable.
mkdir "$work/slips"
cat >"$work/slips/rule.yml" <<'END'
title: Misspelt
name: test.slip.source
logsource: {product: linux, service: audti}
detection: {sel: {a: b}, condition: sel}
END
printf 'sources:\n  - {logsource: {product: mine}, kind: log.nosuch}\n' >"$work/table.yml"
rules check --set "rules.logsources=[built-in, $work/table.yml]" "$work/slips/rule.yml"
is "a logsource that no table names is usable" 0 $?
like "and told" 'unnamed: .*/rule\.yml:1: test\.slip\.source: no table names product linux, service audti' "$(cat "$work/out")"
like "so is a kind that nobody makes" 'unmade: .*/table\.yml:2: .*log\.nosuch' "$(cat "$work/out")"
rules check "$work/good"
unlike "nothing of that where all is right" 'unnamed|unmade' "$(cat "$work/out")"
sed 's/a: b/a|telepathy: b/' "$work/slips/rule.yml" >"$work/slips/rule.yml.new"
mv "$work/slips/rule.yml.new" "$work/slips/rule.yml"
"$SEKISHO" scan --no-progress --sigma "$work/slips" "$work/event.json" >"$work/out" 2>"$work/err"
is "no Sigma rule left of those given: no scan" 2 $?
like "with the reason" 'no usable Sigma rule in what was given' "$(cat "$work/err")"
out=$("$SEKISHO" plugins log)
like "plugins tells kinds of records" '^  records log\.web: ' "$out"
like "and their fields" '^    cs-uri-stem \(string\): ' "$out"
done_testing
