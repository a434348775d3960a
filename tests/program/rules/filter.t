#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# What only a whole scan shows of the literal filter: with it and without it the
# same is found, at the border of its pieces and by strings with a fixed place.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

cat >"$work/rules.yar" <<'END'
import "pe"
rule border {
  strings: $a = { 41 ?? 42 ?? 43 ?? 44 ?? 45 ?? 46 ?? 47 ?? 48 ?? 49 ?? 4A ?? 4B ?? 4C ?? 4D ?? 4E }
  condition: $a
}
rule jumps { strings: $a = { 71 [1-40] 72 [1-40] 73 [1-40] 74 } condition: $a }
END
cat >"$work/fixed.yar" <<'END'
import "pe"
rule fixed_byte { strings: $a = "a" condition: ($a at 0 and filesize < 100) or ($a at 0 and pe.is_pe) }
END
cat >"$work/zeros.yar" <<'END'
import "pe"
rule zeros { strings: $a = { 00 00 00 00 } condition: ($a at 0 and filesize < 100) or ($a at 0 and pe.is_dll ()) }
END
mkdir "$work/tree"
printf 'abc hello world this is text' >"$work/tree/text"
printf 'xabc hello world this is text' >"$work/tree/near"
printf '\0\0\0\0ab hello abc\0\0' >"$work/tree/zeros"
python3 - "$work/tree/big" <<'END'
import sys
border = 64 << 20
pattern = b".".join(bytes([c]) for c in range(0x41, 0x4F))
jumps = b"q" + b"." * 30 + b"r" + b"." * 30 + b"s" + b"." * 9 + b"t"
with open(sys.argv[1], "wb") as file:
    file.truncate(border + (1 << 20))
    file.seek(border - 26)
    file.write(pattern)
    file.seek(border - 60)
    file.write(jumps[:30])
    file.seek(border + 100)
    file.write(b"end")
with open(sys.argv[1] + "-jumps", "wb") as file:
    file.truncate(border + (1 << 20))
    file.seek(border - 60)
    file.write(jumps)
END

# found FILTER RULES: "rule path" lines.
found() {
  "$SEKISHO" scan --no-progress --cache-dir none --format rfc5424 --set "plugins.yara.prefilter=$1" \
    --rules "$work/$2.yar" "$work/tree" 2>/dev/null |
    sed -n 's/.* rule="yara\.[a-z]*\.\([a-z_]*\)".* root="[^"]*\/\([a-z-]*\)".*/\1 \2/p'
}
for rules in rules fixed zeros; do
  is "$rules: the same with the filter and without" "$(found false $rules)" "$(found true $rules)"
done
is "across the border of two pieces" "border big
jumps big-jumps" "$(found true rules)"
is "one byte at a fixed place" "fixed_byte text" "$(found true fixed)"
like "zeros at a fixed place" '^zeros zeros$' "$(found true zeros)"
done_testing
