#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Public events with the rules that they are examples of, and public logs, whose lines are odder than
# one would invent: what their makers say of them must come out, and nothing that they do not deserve.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

public() { PYTHONDONTWRITEBYTECODE=1 python3 "$abs_top_srcdir/tests/program/log/public.py" "$@"; }
sigma=$SEKISHO_CORPORA/sigma
fail2ban=$SEKISHO_CORPORA/logs/fail2ban
crowdsec=$SEKISHO_CORPORA/logs/crowdsec-hub

if [ -d "$sigma/regression_data" ] && [ -d "$sigma/rules" ]; then
  scan --sigma "$sigma/rules" "$sigma/regression_data"
  is "events of public rules: exit" 1 "$status"
  ok "each hits its rule" public pairs "$sigma" "$work/out"
else
  skip "events of public rules" "SEKISHO_CORPORA names no folder with sigma/rules and sigma/regression_data"
fi

with_shipped_sigma
if [ -d "$fail2ban" ]; then
  mkdir "$work/plain"
  public plain "$fail2ban" "$work/plain"
  scan --records "$work/records" "$work/plain"
  is "lines of attacks, each in a log of its own: some are no line of a log" 3 "$status"
  is "and nothing above low" "" "$(public above "$work/out")"
  ok "the address of each failed login is what its label says" public sources "$fail2ban" "$work/records"
  like "records are counted, with those that had rules" '[0-9]+ log\.syslog \([1-9][0-9]* judged\), [0-9]+ log\.web' "$(cat "$work/err")"
  # With the labels between the lines it is no log any more; that breaks nothing.
  scan "$fail2ban"
  is "with their labels" 0 "$status"
else
  skip "logs of fail2ban" "SEKISHO_CORPORA names no folder with logs/fail2ban"
fi

if [ -d "$crowdsec" ]; then
  scan --records "$work/records" "$crowdsec"
  # Two attackers that send data to one script again and again, which nobody else asks for in these logs.
  is "logs of attacks: what is above low is deserved" \
    "$(printf 'log.web.rare-script cs-uri-stem=/wp-login.php\nlog.web.rare-script cs-uri-stem=/zm/index.php')" \
    "$(public above "$work/out")"
  ok "each line of what looks like a log is a record, or is told of" public read "$crowdsec" "$work/records" "$work/out"
else
  skip "logs of crowdsec-hub" "SEKISHO_CORPORA names no folder with logs/crowdsec-hub"
fi
done_testing
