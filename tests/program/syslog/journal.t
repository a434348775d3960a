#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A real systemd-journald keeps hostile alerts as fields of their own. It runs
# with a /run and a configuration of its own, which takes the right to mount.
. "$abs_top_srcdir/tests/lib/tap.sh"

here=$abs_top_srcdir/tests/program/syslog
emit=$abs_top_builddir/tests/program/syslog/emit
journald=/lib/systemd/systemd-journald
refuse() { skip "alerts to the journal" "$1"; done_testing; }

for program in $journald journalctl unshare python3; do
  if ! command -v $program >/dev/null; then refuse "$program is not installed"; fi
done
if ! unshare --mount --propagation private mount -t tmpfs tmpfs /run 2>/dev/null; then
  refuse "no right to mount"
fi
if [ ! -s /etc/machine-id ] || [ ! -d /etc/systemd ]; then
  refuse "the system has no machine-id or no /etc/systemd"
fi

# Everything in here sees the private mounts only; the outcome is left in $work.
cat >"$work/inside" <<'END'
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal || exit 1
mount -t tmpfs tmpfs /etc/systemd || exit 1
printf '%s\n' '[Journal]' Storage=volatile RateLimitIntervalSec=0 ReadKMsg=no Audit=no \
  ForwardToSyslog=no ForwardToKMsg=no ForwardToConsole=no ForwardToWall=no \
  >/etc/systemd/journald.conf
"$emit" journal json - 2000 name 2>"$work/absent"
echo $? >"$work/absent.status"
"$journald" >"$work/journald.out" 2>&1 &
n=0
until [ -S /run/systemd/journal/socket ] || [ $n -gt 100 ]; do n=$((n + 1)); sleep 0.1; done
python3 "$here/check.py" send "$emit" journal json - 2>"$work/error"
echo $? >"$work/send.status"
n=0
until [ "$(wc -l <"$work/journal")" -ge "$(python3 "$here/check.py" names)" ] || [ $n -gt 100 ]; do
  n=$((n + 1)); sleep 0.1
  journalctl --no-pager --quiet --output json --directory /run/log/journal \
    SYSLOG_IDENTIFIER=sekisho >"$work/journal" 2>/dev/null
done
kill $!
wait
END
: >"$work/journal"
export here emit journald work
unshare --mount --propagation private sh "$work/inside"

is "without a journal the sink is an error at start" 1 "$(cat "$work/absent.status")"
like "and is named" "journal /run/systemd/journal/socket: cannot connect" "$(cat "$work/absent")"
is "alerts are sent to the journal" 0 "$(cat "$work/send.status")"
ok "the journal keeps every field" python3 "$here/check.py" journal "$work/journal"
if [ "$tap_failed" != 0 ]; then sed 's/^/# journald: /' "$work/journald.out"; fi
done_testing
