#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# --help, man pages, completion and the sample configuration list the same
# options, each in both directions.
. "$abs_top_srcdir/tests/lib/tap.sh"
doc=$abs_top_srcdir/doc
completion=$abs_top_srcdir/contrib/completion/sekisho.bash

# The options of a command, each on a line, from --help …
help_options() {
  "$SEKISHO" "$@" --help | sed -n '/^Options:/,/^$/s/^  \(--[a-z-]*\).*/\1/p' | sort -u
}
# … from the list in a man page …
man_options() { sed -n 's/^\.It Fl \(-[a-z-]*\).*/-\1/p' "$1" | sort -u; }
# … and from the completion, by running it.
completed_options() {
  bash -c '. "$1"; _sekisho_options "$2"' - "$completion" "$*" | tr -s ' ' '\n' | grep . | sort -u
}

commands=$("$SEKISHO" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\( [a-z][a-z]*\)\{0,1\}\)  .*/\1/p')
like "help lists commands" '^scan$' "$commands"
is "all commands are seen" "13" "$(printf '%s\n' "$commands" | wc -l)"

printf '%s\n' "$commands" >"$work/commands"
while read -r command; do
  # shellcheck disable=SC2086
  is "completion of $command" "$(help_options $command)" "$(completed_options "$command")"
done <"$work/commands"

# One man page a first word; it lists the options of all its commands.
for word in $(cut -d ' ' -f 1 "$work/commands" | sort -u); do
  : >"$work/options"
  grep -E "^$word( |\$)" "$work/commands" >"$work/mine"
  while read -r command; do
    # shellcheck disable=SC2086
    help_options $command >>"$work/options"
    ok "sekisho.1 names $command" grep -Eq "Cm (.* , )?$command( |\$)" "$doc/sekisho.1"
  done <"$work/mine"
  is "man page of $word" "$(sort -u "$work/options")" "$(man_options "$doc/sekisho-$word.1")"
done

# First words of the completion.
words=$(sed -n "s/.*words='\(.*\) --help --version'.*/\1/p" "$completion" | tr ' ' '\n' | sort)
is "completion of first words" "$(cut -d ' ' -f 1 "$work/commands" | sort -u)" "$words"

# Every key: sample, man page with type, default and meaning.
"$SEKISHO" config keys >"$work/keys"
"$SEKISHO" config sample >"$work/sample"
like "there are keys" '^limits.depth	a whole number' "$(cat "$work/keys")"
is "the shipped sample" "$(cat "$doc/sekisho.yaml")" "$(cat "$work/sample")"
sed 's/\\e/\\/g; s/\\(ti/~/g' "$doc/sekisho.yaml.5" | awk '
  /^\.It Ic/ { if (text != "") print text; text = $3 "\t"; next }
  /^\.El/ { if (text != "") print text; text = ""; next }
  /^\.br/ { next }
  text != "" { sub (/^\.Ql /, ""); text = text (text ~ /\t$/ ? "" : " ") $0 }' \
  | grep -v '^plugins\\' >"$work/man"
awk -F '\t' '{ print $1 "\t" $4 " Expects " $2 ". Default: " $3 " ." }' "$work/keys" >"$work/expected"
is "man page of the keys" "$(cat "$work/expected")" "$(cat "$work/man")"

# An option that sets a key is described by a key of the sample; the rest is named here.
others='--config --file --expires --help --id --output --set --why'
"$SEKISHO" scan --help | sed -n '/^Options:/,/^$/s/^  --\([a-z-]*\).*/\1/p' >"$work/scan"
while read -r option; do
  case " $others " in *" --$option "*) continue ;; esac
  key=$(sed -n "s/.*{ \"$option\", [^,]*, \"\([a-z.-]*\)\".*/\1/p" "$abs_top_srcdir/core/main/command.c")
  ok "--$option has a key in the sample" grep -Eq "^( *)$(printf '%s' "${key##*.}"): " "$work/sample"
done <"$work/scan"

if command -v mandoc >/dev/null 2>&1; then
  (cd "$doc" && mandoc -T lint -W all ./*.1 ./*.5) >"$work/lint" 2>&1
  is "mandoc has nothing to say" "" "$(cat "$work/lint")"
else
  skip "mandoc has nothing to say" "mandoc is not installed"
fi
done_testing
