#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The plugin template is built out of the tree against nothing but what `make
# install` puts in place, is loaded, and its fact makes a rule fire.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR CFLAGS LDFLAGS CPPFLAGS
root=$work/root plugin=$work/linecount

make -s -C "$abs_top_builddir" DESTDIR="$root" install-sekishoincludeHEADERS install-pkgconfigDATA \
  >"$work/log" 2>&1
is "headers and pkg-config file are installed" 0 $?

# As README.md of the template tells.
cp -r "$abs_top_srcdir/contrib/plugin-template" "$plugin"
chmod -R u+w "$plugin"
chmod 755 "$plugin"
mv "$plugin/template.c" "$plugin/linecount.c"
sed -i 's/"template/"linecount/' "$plugin/linecount.c"

pc=$(find "$root" -name sekisho.pc)
PKG_CONFIG_PATH=$(dirname "$pc") PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
(cd "$plugin" && umask 022 && make NAME=linecount CFLAGS='-O2 -Wall -Wextra -Werror') >"$work/log" 2>&1
is "it builds without a warning" 0 $?
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
unlike "it saw no file of the source tree" "$abs_top_srcdir" "$(cat "$work/log")"
is "it exports one symbol" "sekisho_plugin" \
  "$(nm -D --defined-only "$plugin/linecount.so" | awk '{ print $3 }' | grep -v '^_')"

cat >"$work/rules.yar" <<'RULES'
rule many_lines
{
  meta:
    description = "A text of more than a hundred lines"
    severity = "low"
  condition:
    linecount_lines > 100
}
RULES
cat >"$work/sekisho.yaml" <<YAML
plugins:
  path: [built-in, "$plugin"]
  load: [identify, hash, linecount, yara]
rules:
  yara: ["$work/rules.yar"]
  cache-dir: none
YAML
mkdir "$work/input"
seq 101 >"$work/input/many.txt"
seq 100 >"$work/input/few.txt"

like "it is listed with its fact" 'linecount\.lines' \
  "$("$SEKISHO" plugins --config "$work/sekisho.yaml" linecount 2>&1)"
"$SEKISHO" scan --config "$work/sekisho.yaml" --format json "$work/input" >"$work/alerts" 2>"$work/summary"
is "one alert" 1 "$(grep -c '"kind":"alert"' "$work/alerts")"
like "its fact makes the rule fire" 'many_lines.*many\.txt|many\.txt.*many_lines' "$(cat "$work/alerts")"
unlike "the near miss does not" 'few\.txt' "$(cat "$work/alerts")"

chmod o+w "$plugin/linecount.so"
"$SEKISHO" scan --config "$work/sekisho.yaml" "$work/input" >"$work/alerts" 2>"$work/summary"
is "world-writable it refuses the start" 2 $?
like "and says why" 'linecount\.so.*world-writable' "$(cat "$work/summary")"
is "and scans nothing" "" "$(cat "$work/alerts")"
done_testing
