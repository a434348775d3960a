#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# A real rsyslogd takes hostile alerts apart: RFC 5424 on the socket of the
# shipped configuration, RFC 3164 on an ordinary one, and RFC 5424 lines of a
# file. What it understood must be what was sent.
. "$abs_top_srcdir/tests/lib/tap.sh"

PATH=$PATH:/usr/sbin:/sbin
here=$abs_top_srcdir/tests/program/syslog
emit=$abs_top_builddir/tests/program/syslog/emit
for program in rsyslogd python3; do
  if ! command -v $program >/dev/null; then
    skip "alerts through rsyslogd" "$program is not installed"
    done_testing
  fi
done
check() { python3 "$here/check.py" "$@"; }

# The shipped configuration with the paths of this test, and inputs beside it.
sed -e "s:/run/sekisho/log:$work/run/log5424:" -e "s:/var/log/sekisho/alerts.jsonl:$work/out5424:" \
  "$abs_top_srcdir/contrib/rsyslog/sekisho.conf" >"$work/shipped.conf"
cat >"$work/rsyslog.conf" <<END
global(workDirectory="$work" maxMessageSize="64k")
module(load="imuxsock" sysSock.use="off")
include(file="$work/shipped.conf")
module(load="imfile" mode="polling" pollingInterval="1")
ruleset(name="old") {
  action(type="omfile" file="$work/out3164" template="sekisho-json")
}
ruleset(name="lines") {
  action(type="omfile" file="$work/outlines" template="sekisho-json")
}
input(type="imuxsock" socket="$work/log3164" rateLimit.interval="0" ruleset="old")
input(type="imfile" file="$work/alerts.log" tag="lines" needParse="on" ruleset="lines")
END
validate() { rsyslogd -N1 -f "$work/rsyslog.conf" -i "$work/pid" >"$work/validate.out" 2>&1; }
ok "the shipped configuration is one, below one that has loaded the module" validate

rsyslogd -n -f "$work/rsyslog.conf" -i "$work/pid" >"$work/rsyslogd.out" 2>&1 &
rsyslogd=$!
trap 'kill $rsyslogd 2>/dev/null; chmod -R u+rwx "$work"; rm -rf "$work"' EXIT

# wait_for COMMAND: until it succeeds, at most 20 seconds.
wait_for() {
  n=0
  until "$@" 2>/dev/null; do
    n=$((n + 1))
    if [ $n -gt 200 ]; then return 1; fi
    sleep 0.1
  done
}
has_lines() { [ "$(wc -l <"$1")" -ge "$(check names)" ]; }

ok "rsyslogd opens its sockets" wait_for test -S "$work/log3164" -a -S "$work/run/log5424"
ok "RFC 5424 is sent to the socket" check send "$emit" syslog5424 rfc5424 "$work/run/log5424"
ok "RFC 3164 is sent to the socket" check send "$emit" syslog3164 rfc5424 "$work/log3164"
ok "RFC 5424 is written to a file" check send "$emit" file rfc5424 "$work/alerts.log"
for out in out5424 out3164 outlines; do
  ok "rsyslogd writes all of $out" wait_for has_lines "$work/$out"
done
kill $rsyslogd
wait $rsyslogd
is "rsyslogd ends in order" 0 $?

ok "RFC 5424 from the socket: every field is what was sent" check parsed5424 "$work/out5424"
ok "RFC 3164 from the socket: the data is in the text" check parsed3164 "$work/out3164"
ok "RFC 5424 from the file: every field is what was sent" check parsed5424 "$work/outlines"
if [ "$tap_failed" != 0 ]; then sed 's/^/# rsyslogd: /' "$work/rsyslogd.out"; fi

"$emit" syslog5424 rfc5424 "$work/run/log5424" 2000 name 2>"$work/error"
is "a receiver that is gone is an error" 1 $?
like "and is named" "$work/run/log5424" "$(cat "$work/error")"
done_testing
