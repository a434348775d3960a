#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# Without rights, without a home, on a read-only root.
. "$abs_top_srcdir/tests/lib/tap.sh"
printf 'rule bad { meta: sekisho_id = "test.bad" level = "high" strings: %sa = "BAD BYTES" condition: %sa }\n' '$' '$' >"$work/rule.yar"
printf 'BAD BYTES' >"$work/file"
chmod 755 "$work"
chmod 644 "$work/rule.yar" "$work/file"

if [ "$(id -u)" -ne 0 ]; then
  skip "another user" "only root can become somebody else"
elif ! setpriv --reuid=54321 --regid=54321 --clear-groups test -x "$SEKISHO"; then
  skip "another user" "others cannot reach the program here"
else
  # A user without a name and without a home; the default cache cannot be made.
  env -u HOME -u XDG_CACHE_HOME -u TMPDIR \
    setpriv --reuid=54321 --regid=54321 --clear-groups --no-new-privs \
    "$SEKISHO" scan --rules "$work/rule.yar" "$work/file" >"$work/out" 2>"$work/err"
  is "an arbitrary user without a home: status" 1 $?
  like "an arbitrary user without a home: found" 'test\.bad' "$(cat "$work/out")"
  like "an arbitrary user without a home: all walls" 'Landlock and seccomp in force' "$(cat "$work/err")"
  HOME=/proc setpriv --reuid=54321 --regid=54321 --clear-groups \
    "$SEKISHO" scan --rules "$work/rule.yar" "$work/file" >"$work/out" 2>"$work/err"
  is "a home that cannot be written: status" 1 $?
  like "a home that cannot be written: nothing is cached, and that is said" 'nothing is cached' "$(cat "$work/err")"
fi

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
  # shellcheck disable=SC2016
  unshare -m sh -c '
    awk "\$2 !~ /^\/(proc|dev)/ { print \$2 }" /proc/self/mounts | while read -r mount; do
      mount -o remount,bind,ro "$mount" 2>/dev/null
    done
    if touch "$1/probe" 2>/dev/null; then exit 99; fi
    unset TMPDIR
    exec "$2" scan --rules "$1/rule.yar" - <"$1/file"' - "$work" "$SEKISHO" >/dev/shm/sekisho-test-$$ 2>&1
  status=$?
  cp /dev/shm/sekisho-test-$$ "$work/out"
  rm -f /dev/shm/sekisho-test-$$
  if [ $status -eq 99 ]; then
    skip "a read-only root" "mounts cannot be made read-only here"
  else
    is "a read-only root: status" 1 $status
    like "a read-only root: found, from standard input" 'test\.bad' "$(cat "$work/out")"
  fi
else
  skip "a read-only root" "no mount namespace can be made here"
fi
done_testing
