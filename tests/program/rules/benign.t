#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# No finding at medium or above on programs and documentation that every
# machine has, nor on Sekisho's own rules.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

# scan_clean WHAT PATH…: nothing at or above medium, nothing that could not be inspected.
scan_clean() {
  what=$1
  shift
  "$SEKISHO" scan --no-progress --format rfc5424 -- "$@" >"$work/alerts" 2>"$work/summary"
  status=$?
  case $status in
  0) pass "$what" ;;
  *) fail "$what: exit $status" "$(head -n 20 "$work/alerts")" "$(tail -n 20 "$work/summary")" ;;
  esac
}

for package in coreutils python3 python3.11 libpython3.11-stdlib perl perl-base perl-modules-5.36 \
  gcc gcc-12 libc6 libc-bin git mingw-w64-common gcc-mingw-w64-x86-64-win32-runtime nsis-common; do
  if ! dpkg -L "$package" >"$work/list" 2>/dev/null; then
    skip "files of $package" "package not installed"
    continue
  fi
  # Regular files only: dpkg lists folders and links too.
  while IFS= read -r path; do
    if [ -f "$path" ] && [ ! -L "$path" ]; then printf '%s\0' "$path"; fi
  done <"$work/list" >"$work/files"
  if [ ! -s "$work/files" ]; then
    skip "files of $package" "the package has no files here"
    continue
  fi
  set --
  xargs -0 "$SEKISHO" scan --no-progress --format rfc5424 -- <"$work/files" >"$work/alerts" 2>"$work/summary"
  is "nothing at medium or above in the files of $package: $(head -n 2 "$work/alerts")" 0 $?
done

scan_clean "own rules" "$abs_top_srcdir/signatures"
done_testing
