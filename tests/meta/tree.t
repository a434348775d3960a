#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# What holds for every file of the tree.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

cd "$abs_top_srcdir" || exit 1
sources() {
  find core plugins tests contrib signatures doc -type f \
    \( -name '*.[ch]' -o -name '*.t' -o -name '*.sh' -o -name '*.py' -o -name '*.mk' -o -name '*.yar' \) |
    grep -v /seeds/ | sort
}

sources | while IFS= read -r file; do
  head -n 5 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file"
done >"$work/bad"
is "every source names its licence" "" "$(cat "$work/bad")"

sources | xargs grep -nE '\b(TO''DO|FIX''ME|X''XX|HA''CK)\b' >"$work/bad"
is "nothing is left to be done in a comment" "" "$(cat "$work/bad")"

sources | xargs grep -nE '[[:space:]]+$' >"$work/bad"
is "no trailing white space" "" "$(head -n 5 "$work/bad")"

# Functions that cannot be used safely, or that hide an allocation's size.
find core plugins -name '*.[ch]' -not -path '*/tests/*' -print0 |
  xargs -0 grep -nE '(^|[^a-z_])(strcpy|strcat|sprintf|gets|strtok|alloca|system|popen|tmpnam|mktemp|g_alloca|g_newa)[[:space:]]*\(' >"$work/bad"
is "no banned function" "" "$(cat "$work/bad")"

find tests core plugins contrib -name '*.t' | sort | while IFS= read -r file; do
  name=$(basename "$file")
  grep -rqs "$name" --include='local.mk' . || echo "$file"
done >"$work/bad"
is "every program test is listed in a local.mk" "" "$(cat "$work/bad")"

find core plugins -path '*/tests/*' -name '*.c' | sort | while IFS= read -r file; do
  grep -rqs "tests/$(basename "$file")" --include='local.mk' . || echo "$file"
done >"$work/bad"
is "every unit test and fuzz target is listed in a local.mk" "" "$(cat "$work/bad")"

find core plugins -name 'fuzz-*.c' | while IFS= read -r file; do
  seeds=$(sed -n 's/.*sk_fuzz_seeds = "\([^"]*\)".*/\1/p' "$file" | head -n 1)
  [ -n "$(ls -A "$seeds" 2>/dev/null)" ] || echo "$file: no seeds in '$seeds'"
done >"$work/bad"
is "every fuzz target has seeds" "" "$(cat "$work/bad")"
done_testing
