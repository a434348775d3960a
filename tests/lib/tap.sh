# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# shellcheck shell=sh
#
# Sourced by every program test: TAP output, the program under test, a working
# folder that is removed at the end.
#
#   . "$abs_top_srcdir/tests/lib/tap.sh"
#   ok "what must hold" command arg…        passes when the command exits 0
#   is "what" "expected" "got"              passes when both texts are equal
#   like "what" 'regex' "text"              passes when the text matches (grep -E)
#   skip "what" "reason"
#   done_testing

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
SEKISHO=${SEKISHO:-$abs_top_builddir/bin-wrappers/sekisho}
tap_count=0
tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-test-XXXXXX")
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

pass() { tap_count=$((tap_count + 1)); printf 'ok %d - %s\n' "$tap_count" "$1"; }
fail() {
  tap_count=$((tap_count + 1)); tap_failed=1
  printf 'not ok %d - %s\n' "$tap_count" "$1"
  shift
  for line in "$@"; do printf '%s\n' "$line" | head -n 40 | sed 's/^/#   /'; done
}
ok() { what=$1; shift; if "$@"; then pass "$what"; else fail "$what" "failed: $*"; fi; }
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected: $2" "got: $3"; fi; }
like() { if printf '%s\n' "$3" | grep -Eq -- "$2"; then pass "$1"; else fail "$1" "no match for: $2" "in: $3"; fi; }
unlike() { if printf '%s\n' "$3" | grep -Eq -- "$2"; then fail "$1" "should not match: $2" "in: $3"; else pass "$1"; fi; }
skip() { tap_count=$((tap_count + 1)); printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"; }
done_testing() { printf '1..%d\n' "$tap_count"; exit "$tap_failed"; }
