#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# The indexed engine and a plain reading of the specification, which share no source, agree on generated
# rules and records; and this comparison notices what somebody could get wrong.
. "$abs_top_srcdir/tests/lib/tap.sh"

reference=$abs_top_srcdir/tests/lib/sigma-reference.py
run=$abs_top_builddir/tests/lib/sigma-run
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
is_quick() { [ "${SEKISHO_QUICK:-0}" = 1 ]; }

# cases SEED RULES RECORDS: files and both answers in $work/SEED.
cases() {
  mkdir -p "$work/$1"
  python3 "$abs_top_srcdir/tests/generators/sigma-cases.py" "$reference" "$1" "$2" "$3" "$work/$1" \
    && python3 "$reference" --list "names=$work/$1/names.txt" "$work/$1/rules.yml" "$work/$1/records.jsonl" \
      >"$work/$1/reference" \
    && "$run" --table "$work/$1/table.yml" --list "$work/$1/names.txt" --rules "$work/$1/rules.yml" \
      "$work/$1/records.jsonl" >"$work/$1/found"
}

# The first record on which they differ, with what each says.
first_difference() {
  line=$(cmp "$work/$1/reference" "$work/$1/found" 2>&1 | sed -n 's/.* line //p')
  [ -n "$line" ] || return 0
  echo "record $line: $(sed -n "${line}p" "$work/$1/records.jsonl")"
  echo "reference: $(sed -n "${line}p" "$work/$1/reference")"
  echo "found:     $(sed -n "${line}p" "$work/$1/found")"
}

seeds=12
is_quick && seeds=3 # 108,000 pairs of a rule and a record all the same
seed=1
pairs=0
hits=0
while [ "$seed" -le "$seeds" ]; do
  cases "$seed" 60 600
  is "seed $seed: both judge" 0 $?
  is "seed $seed: they agree" "" "$(first_difference "$seed")"
  pairs=$((pairs + 60 * $(wc -l <"$work/$seed/found")))
  hits=$((hits + $(wc -w <"$work/$seed/found")))
  seed=$((seed + 1))
done
ok "100,000 pairs and more: $pairs" test "$pairs" -ge 100000
ok "of them $hits match, and most do not" test "$hits" -ge $((pairs / 100)) -a "$hits" -le $((pairs / 2))

faults=23
is_quick && { faults=3; skip "faults: the other 20, and most seeds" "SEKISHO_QUICK=1"; }
mkdir -p "$work/build"
cases 1000 240 2400
is "faults: both judge what they are looked for in" 0 $?
is "faults: without any they agree" "" "$(first_difference 1000)"
python3 "$abs_top_srcdir/tests/program/sigma/faults.py" "$abs_top_srcdir" "$abs_top_builddir" "$work/1000" \
  "$work/build" "$faults" >"$work/faults" 2>"$work/err"
is "faults: built and judged" "0 " "$? $(head -n 5 "$work/err")"
is "faults: so many" "$faults" "$(wc -l <"$work/faults")"
while read -r line; do
  is "fault: ${line#*	}" caught "${line%%	*}"
done <"$work/faults"
done_testing
