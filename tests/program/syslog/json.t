#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# JSON lines with hostile names: they read back, and the shipped schema
# describes them. From a file and from standard output.
. "$abs_top_srcdir/tests/lib/tap.sh"

here=$abs_top_srcdir/tests/program/syslog
emit=$abs_top_builddir/tests/program/syslog/emit
schema=$abs_top_srcdir/doc/alert.schema.json
if ! command -v python3 >/dev/null; then
  skip "JSON lines" "python3 is not installed"
  done_testing
fi
check() { python3 "$here/check.py" "$@"; }

ok "alerts go to a file" check send "$emit" file json "$work/alerts.jsonl"
ok "hostile names read back from the file" check json "$work/alerts.jsonl"
check send "$emit" stdout json - >"$work/stdout.jsonl"
ok "hostile names read back from standard output" check json "$work/stdout.jsonl"

check schema "$work/alerts.jsonl" "$schema" >"$work/why" 2>&1
case $? in
  0) pass "every line is what the schema says, near misses are refused" ;;
  77) skip "schema" "python3-jsonschema is not installed" ;;
  *) fail "every line is what the schema says, near misses are refused" "$(cat "$work/why")" ;;
esac

"$emit" stdout json - 2000 name >/dev/full 2>"$work/error"
is "a full disk is an error" 1 $?
is "and is named" "emit: standard output: disk full" "$(cat "$work/error")"
"$emit" syslog5424 tree "$work/absent" 2000 name 2>"$work/error"
is "an absent socket is an error at start" 1 $?
like "and is named" "syslog socket .*/absent: cannot connect: No such file" "$(cat "$work/error")"
done_testing
