#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# What `make install` puts in place is a whole: program, plugins, rules, man
# pages, headers; the installed program scans with the installed parts.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

if is_quick; then
  skip "an installed program" "takes half a minute"
  done_testing
fi
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR SEKISHO_PLUGIN_PATH SEKISHO_SIGNATURES SEKISHO_CACHE_DIR
prefix=$work/prefix
make -s -C "$abs_top_builddir" DESTDIR="$prefix" install >"$work/log" 2>&1
is "make install" 0 $?
installed() { find "$prefix" -path "*$1" \( -type f -o -type l \); }

program=$(installed /bin/sekisho)
plugins=$(dirname "$(installed /sekisho/plugins/identify.so)")
rules=$(dirname "$(installed /signatures/yara/test-signatures.yar)")
ok "the program" test -x "$program"
is "the plugins, and nothing that tests load" "archive.so autorun.so hash.so identify.so log.so media.so name.so yara.so zip.so" \
  "$(find "$plugins" -name '*.so' -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"
is "the rules, all that are in the tree" "$(ls "$abs_top_srcdir/signatures/yara")" "$(ls "$rules")"
sigma=$(dirname "$(installed /signatures/sigma/log-web.yml)")
is "the Sigma rules, all that are in the tree" "$(ls "$abs_top_srcdir/signatures/sigma")" "$(ls "$sigma")"
is "the lists, all that are in the tree" "$(ls "$abs_top_srcdir/signatures/sigma/lists")" "$(ls "$sigma/lists")"
is "the tables of logsources, all that are in the tree" "$(ls "$abs_top_srcdir/signatures/sigma/logsources")" \
  "$(ls "$(dirname "$(installed /signatures/sigma/logsources/windows.yml)")")"
is "the headers, all that plugins may include" "$(cd "$abs_top_srcdir/core/api/sekisho" && ls ./*.h)" \
  "$(cd "$(dirname "$(installed /include/sekisho/sekisho.h)")" && ls ./*.h)"
for page in sekisho.1 sekisho-scan.1 sekisho-rules.1 sekisho-explain.1 sekisho-allow.1 sekisho-config.1 \
  sekisho-plugins.1 sekisho-sigma.5 sekisho.yaml.5; do
  ok "the man page $page" test -s "$(installed "/man?/$page")"
done
pc=$(installed /pkgconfig/sekisho.pc)
config() { PKG_CONFIG_PATH=$(dirname "$pc") PKG_CONFIG_SYSROOT_DIR=$prefix pkg-config "$@" sekisho; }
like "pkg-config: where the headers are" "-I$prefix.*/include" "$(config --cflags)"
is "pkg-config: the version is the program's" "$("$SEKISHO" --version)" "Sekisho $(config --modversion)"
is "pkg-config: where plugins go" "${plugins#"$prefix"}" "$(config --variable=plugindir | sed "s#^$prefix##")"

# Moved to another place, the program is told where its parts are, as for any other folder.
chmod -R go-w "$prefix"
cp -r "$abs_top_srcdir/tests/samples" "$work/samples"
printf 'plugins: {path: ["%s"]}\nrules: {yara: ["%s"], sigma: ["%s"], logsources: ["%s"], sigma-lists: ["%s"], cache-dir: none}\nsilences: []\n' \
  "$plugins" "$rules" "$sigma" "$sigma/logsources" "$sigma/lists" \
  >"$work/installed.yaml"
"$SEKISHO" scan --set 'silences=[]' --cache-dir none --format json "$work/samples" >"$work/out" 2>"$work/err"
built=$(listed)
"$program" scan --config "$work/installed.yaml" --format json "$work/samples" >"$work/out" 2>"$work/err"
is "the installed program finds what is in the samples" 1 $?
like "EICAR is among it" '^file.test.eicar	high	' "$(listed)"
is "it says what the built one says" "$built" "$(listed)"
like "all walls stand" 'Landlock and seccomp in force' "$(cat "$work/err")"
like "its plugins are the installed ones" "file: $plugins/hash.so" \
  "$("$program" plugins --config "$work/installed.yaml" hash)"
list=$("$program" rules list --config "$work/installed.yaml" | grep -v '^not-inspected')
is "its rules are the installed ones, all" "" "$(printf '%s\n' "$list" | grep -v "	$rules/\|	$sigma/")"

# The folders that it looks into by itself are those of its prefix, not of the build.
shown=$("$program" config show --set 'silences=[]')
like "its own folder of plugins" "${plugins#"$prefix"}" "$shown"
like "its own folder of rules" "${rules#"$prefix"}" "$shown"
unlike "nothing of the build" "$abs_top_builddir" "$shown"

make -s -C "$abs_top_builddir" DESTDIR="$prefix" uninstall >"$work/log" 2>&1
is "make uninstall" 0 $?
is "make uninstall leaves no file" "" "$(find "$prefix" \( -type f -o -type l \))"
done_testing
