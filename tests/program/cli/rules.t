#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# sekisho rules, explain and plugins: what they print and how they end.
. "$abs_top_srcdir/tests/lib/tap.sh"
mkdir "$work/rules"
cat >"$work/rules/good.yar" <<'END'
rule good {
  meta: sekisho_id = "test.good" level = "high" title = "A good rule" det = "FL-99"
  condition: false
}
END
printf 'rule broken {\n  condition: nonesuch\n}\n' >"$work/rules/broken.yar"
printf 'rule also_broken {\n  strings: $a = "x"\n  condition: true\n}\n' >"$work/rules/also.yar"
rules() { "$SEKISHO" rules "$@" >"$work/out" 2>"$work/err"; }

rules check "$work/rules/good.yar"
is "a usable file: status" 0 $?
is "a usable file: words" "usable: 1 rules from 1 files and 0 lists; left out: 0" "$(cat "$work/out")"
rules check "$work/rules"
is "a folder with broken ones: status" 2 $?
is "a folder with broken ones: each is named with its line" "left out: $work/rules/also.yar:4:
left out: $work/rules/broken.yar:2:
usable: 1 rules from 1 files and 0 lists; left out: 2" "$(sed 's/ plugin .*//' "$work/out")"
first=$(cat "$work/out")
i=0
while [ $i -lt 100 ]; do
  "$SEKISHO" rules check "$work/rules"
  i=$((i + 1))
done >"$work/all"
i=0
while [ $i -lt 100 ]; do
  printf '%s\n' "$first"
  i=$((i + 1))
done >"$work/expected"
ok "100 runs print the same bytes" cmp "$work/expected" "$work/all"
rules check "$work/none.yar"
is "a missing file: status" 2 $?
like "a missing file: named" 'none\.yar' "$(cat "$work/err")"
rules check
is "the shipped rules are all usable" 0 $?

rules list --rules "$work/rules/good.yar"
is "list: status" 0 $?
like "list: a rule" "^test\.good	high	A good rule	FL-99	$work/rules/good.yar:[0-9]+\$" "$(cat "$work/out")"
like "list: the engine's own" '^not-inspected\.crash	medium	' "$(cat "$work/out")"

rules compile --rules "$work/rules/good.yar" --cache-dir "$work/cache"
is "compile: status" 0 $?
like "compile: a file stands in the cache" '\.cache$' "$(ls "$work/cache")"
rules compile --rules "$work/rules/good.yar" --cache-dir none
is "compile without a cache: status" 2 $?
rules compile --rules "$work/rules" --strict --cache-dir "$work/cache"
is "compile, strict: status" 2 $?
is "compile, strict: all that is wrong is told" 2 "$(grep -c 'broken.yar:2:\|also.yar:4:' "$work/err")"

cat >"$work/posing.yar" <<'END'
rule posing { meta: sekisho_id = "not-inspected.crash" condition: true }
END
rules list --rules "$work/posing.yar"
like "list: nobody else says what the engine says" 'yara\.not-inspected\.crash' "$(cat "$work/out")"

out=$("$SEKISHO" plugins)
like "plugins: one line each" '^identify +.*facts\)$' "$out"
out=$("$SEKISHO" plugins hash)
like "plugins: a fact with type and meaning" '^    hash\.sha256 \(string\): ' "$out"
"$SEKISHO" plugins nonesuch >/dev/null 2>"$work/err"
is "plugins: an unknown one" 2 $?

out=$("$SEKISHO" explain not-inspected.encrypted)
like "explain: the engine's own" 'not-inspected: \{encrypted: informational\}' "$out"

unlike "explain: what could not be read has no hash to silence it by" 'allow add' \
  "$("$SEKISHO" explain not-inspected.unreadable)"

# The completion, as bash calls it.
completed() {
  bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _sekisho
    printf "%s\n" "${COMPREPLY[@]}"' - "$abs_top_srcdir/contrib/completion/sekisho.bash" "$SEKISHO" "$@"
}
is "completion: commands" "scan" "$(completed sc)"
is "completion: second words" "compile" "$(completed rules co)"
is "completion: options" "--fail-on" "$(completed scan --fa)"
is "completion: values" "json" "$(completed scan --format j)"
like "completion: keys" '^limits\.depth=$' "$(completed scan --set limits.d)"
like "completion: ids" '^not-inspected\.crash$' "$(completed explain not-inspected.cr)"
done_testing
