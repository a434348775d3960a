#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Messages come in the user's language; what machines read does not change.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

if [ ! -f "$abs_top_builddir/po/locale/ja/LC_MESSAGES/sekisho.mo" ]; then
  skip "messages in Japanese" "msgfmt was not there when this was built"
  done_testing
fi
# The C locales never translate; a real one is made here, in an empty system there is none.
mkdir "$work/locales"
if ! localedef -i ja_JP -f UTF-8 "$work/locales/ja_JP.UTF-8" >/dev/null 2>&1; then
  skip "messages in Japanese" "no locale can be made (package locales)"
  done_testing
fi
LOCPATH=$work/locales
LC_ALL=ja_JP.UTF-8
export LOCPATH LC_ALL
in_language() {
  language=$1
  shift
  LANGUAGE=$language "$SEKISHO" "$@" 2>&1
}

like "help in English" '^Usage: ' "$(in_language en --help)"
like "help in Japanese" '^使い方: ' "$(in_language ja --help)"
like "the C locale gets English" '^Usage: ' "$(LC_ALL=C.UTF-8 "$SEKISHO" --help)"
like "errors too" 'そのコマンドはありません' "$(in_language ja no-such-command)"

# The same alerts and the same names of fields, whatever the language of messages.
alerts() {
  LANGUAGE=$1 "$SEKISHO" scan --format rfc5424 "$abs_top_srcdir/tests/samples" 2>/dev/null |
    sed -E 's/ [0-9T:.Z-]+ [^ ]+ sekisho [0-9]+ / /; s/seconds="[^"]*"//; s/\].*//'
}
alerts en >"$work/en"
alerts ja >"$work/ja"
ok "there are alerts" test -s "$work/en"
is "structured data does not change" "$(cat "$work/en")" "$(cat "$work/ja")"
done_testing
