# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# shellcheck shell=sh
#
# Sourced after tap.sh by the program tests that scan: nothing of the machine's
# own configuration, rules of the test, output and its readers.

XDG_CACHE_HOME=$work/xdg
LC_ALL=C.UTF-8
export XDG_CACHE_HOME LC_ALL
unset NO_COLOR

cat >"$work/test.yar" <<'END'
rule bad {
  meta: sekisho_id = "test.bad" level = "high" description = "Test rule"
  strings: $a = "BAD BYTES"
  condition: $a
}
END
# No Sigma rules but those that a test names.
printf 'silences: []\nalert: {host: host.example}\nrules: {sigma: []}\n' >"$work/sekisho.yaml"
# And the shipped ones, for tests that are about them.
with_shipped_sigma() { printf 'silences: []\nalert: {host: host.example}\n' >"$work/sekisho.yaml"; }

# With the test's rule; output in $work/out and $work/err, result in $status.
scan() {
  "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" \
    --format json "$@" >"$work/out" 2>"$work/err"
  status=$?
}
alerts() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/lib/alerts.py" "$@"; }
# Alerts of the last scan: rule, level, root, name.
listed() { alerts list json "$work/out"; }
# How often a rule hit in the last scan.
hits() { listed | cut -f 1 | grep -cFx -- "$1"; }
# Why something was not inspected in it, each reason once; - for none.
reasons() {
  listed | cut -f 1 | sed -n 's/^not-inspected\.//p' | LC_ALL=C sort -u | paste -s -d , - | sed 's/^$/-/'
}
# Numbers of the last scan's summary.
counted() { alerts count json "$work/out" "$@"; }
# What takes long is left out of a quick check.
is_quick() { [ "${SEKISHO_QUICK:-0}" = 1 ]; }
# Sanitizers keep what was freed and are slow: memory and time say nothing there.
is_sanitized() { grep -q '^#define SK_SANITIZERS 1' "$abs_top_builddir/config.h"; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# The same as another, powerless user where root runs the test. The work folder is opened for it.
other=65534
as_other() {
  if is_root; then setpriv --reuid "$other" --regid "$other" --clear-groups "$@"; else "$@"; fi
}
can_be_other() {
  chmod 755 "$work"
  as_other "$SEKISHO" --version >/dev/null 2>&1 \
    && as_other "$SEKISHO" plugins --config "$work/sekisho.yaml" >/dev/null 2>&1
}
scan_as_other() {
  as_other "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" \
    --format json "$@" >"$work/out" 2>"$work/err"
  status=$?
}
