#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The reader of JSON against another one: generated documents, good and broken.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"
dump=$abs_top_builddir/plugins/log/tests/json-dump
compare() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/log/compare-json.py" "$dump" "$work" "$@"; }

ok "events of good lines are the same" compare lines 4000 1
ok "what is broken is broken for both" compare mutated 8000 2
ok "documents over several lines are the same" compare documents 1500 3
done_testing
