#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Who may include whom: each folder of core only those left of it, a plugin
# only the installed headers, its own files and libraries. So no circle can
# grow, and a plugin builds without the source tree.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

order='base sigma engine process correlate policy alert source run config main'
cd "$abs_top_srcdir" || exit 1

# includes FOLDER: the quoted includes of its files, as `file: header`, tests left out.
includes() {
  grep -rnE '^ *# *include "' --include='*.[ch]' "$1" | grep -v "^$1/tests/" |
    sed -E 's/^([^:]*):[0-9]+: *# *include "([^"]*)".*/\1 \2/'
}

allowed=
for folder in $order; do
  allowed="$allowed $folder"
  includes "core/$folder" | while read -r file header; do
    case $header in
    config.h) continue ;;
    */*) target=${header%%/*} ;;
    *) target=$folder ;;
    esac
    case " $allowed " in *" $target "*) ;; *) echo "$file includes $header" ;; esac
  done >"$work/bad"
  is "core/$folder includes only folders left of it" "" "$(cat "$work/bad")"
done
grep -rnE '^ *# *include ["<]' core/api/sekisho |
  grep -vE '<(sekisho/[a-z]+\.h|std(bool|def|int)\.h|string\.h)>' >"$work/bad"
is "installed headers include only each other and libc" "" "$(cat "$work/bad")"
grep -rnE '^ *# *include <sekisho/(sekisho|plugin)\.h>' --include='*.[ch]' core/base >"$work/bad"
is "base knows nothing of plugins" "" "$(cat "$work/bad")"

for folder in plugins/*/; do
  name=$(basename "$folder")
  includes "plugins/$name" | while read -r file header; do
    case $header in
    config.h) ;;
    "plugins/$name/"* | "$name"*.h) ;;
    */* | *) [ -e "plugins/$name/$header" ] || echo "$file includes $header" ;;
    esac
  done >"$work/bad"
  is "plugin $name includes only its own files" "" "$(cat "$work/bad")"
  is "plugin $name is named as its folder" "yes" \
    "$(grep -qs "plugins/$name.la" "plugins/$name/local.mk" && echo yes)"
  ok "plugin $name has a README" test -s "plugins/$name/README.md"
done
done_testing
