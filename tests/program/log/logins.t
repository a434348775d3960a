#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# Passwords tried over many accounts (LG-18) and scripts that only their owner knows (LG-20), from the
# lines of a log to the alert, with the near misses of both.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"
with_shipped_sigma

# lines KIND COUNT STEP NAMES [ADDRESS]: failed logins, a line each STEP seconds, over so many names.
cat >"$work/lines.py" <<'END'
import datetime, sys
kind, count, step, names = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
address = sys.argv[5] if len(sys.argv) > 5 else "203.0.113.9"
start = datetime.datetime(2025, 12, 31, 23, 58)
for i in range(count):
    time, name = start + datetime.timedelta(seconds=i * step), "user%d" % (i % names)
    old = time.strftime("%b %e %H:%M:%S")
    print({
        "sshd": f"{old} gw sshd[7]: Failed password for {name} from {address} port {i + 1024} ssh2",
        "forged": f"{old} gw sshd[7]: Failed password for invalid user {name} from 192.0.2.7 port 22 from {address} port {i + 1024} ssh2",
        "dovecot": f"{old} mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{name}>, method=PLAIN, rip={address}, lip=192.0.2.1, TLS",
        "postfix": f"{old} mx postfix/smtpd[9]: warning: unknown[{address}]: SASL LOGIN authentication failed: (reason unavailable), sasl_username={name}",
        "json": '{"@timestamp":"%sZ","event":{"category":["authentication"],"outcome":"failure"},"user":{"name":"%s"},"source":{"ip":"%s"}}' % (time.isoformat(), name, address),
        "both": f"{old} gw sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address}  user={name}\n{old} gw sshd[7]: Failed password for {name} from {address} port {i + 1024} ssh2",
        "success": f"{old} gw sshd[7]: Accepted password for {name} from {address} port {i + 1024} ssh2",
    }[kind])
END
lines() { python3 "$work/lines.py" "$@"; }
sprays() { listed | grep -c '^log.login.spray	high	'; }
# The year is in the name, since the lines tell none: it turns within the log.
log=$work/auth-20260101.log

for kind in sshd forged dovecot postfix json both; do
  lines $kind 30 20 5 >"$log"
  scan "$log"
  is "$kind: thirty tries over five names" "1 1" "$status $(sprays)"
  like "$kind: from which address" 'source.ip=203\.0\.113\.9,' "$(cat "$work/out")"
  unlike "$kind: and no other" 'source.ip=192\.0\.2\.7' "$(cat "$work/out")"
done
miss() {
  what=$1
  shift
  lines "$@" >"$log"
  scan "$log"
  is "$what" 0 "$(sprays)"
}
miss "29 tries" sshd 29 20 5
miss "four names" sshd 40 10 4
miss "in steps of 21 seconds" sshd 200 21 5
miss "logins that succeed" success 60 5 6
miss "PAM's line beside sshd's is the same try" both 15 20 5
{ lines sshd 20 10 5; lines sshd 20 10 5 203.0.113.10; } >"$log"
scan "$log"
is "two addresses, twenty tries each" 0 "$(sprays)"

# However the lines are divided and whoever reads them.
lines sshd 30 20 5 >"$work/whole"
mkdir -p "$work/split"
sed -n '1~2p' "$work/whole" >"$work/split/b-20260101.log"
sed -n '2~2p' "$work/whole" >"$work/split/a-20260101.log"
for jobs in 1 2 7; do
  scan --jobs $jobs "$work/split"
  is "two files, $jobs workers" 1 "$(sprays)"
done

# web SCRIPT CLIENTS POSTS REFERER: a site's access log, honest but for what is asked for.
cat >"$work/web.py" <<'END'
import random, sys
script, clients, posts, referer = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
dice = random.Random(20)
rows = []
for i in range(3000):
    time = "25/Nov/2026:%02d:%02d:%02d +0900" % (i // 180 % 24, i // 3 % 60, i % 60)
    client = "192.0.2.%d" % dice.randrange(1, 250)
    path, method, came = dice.choice([("/", "GET", "-"), ("/index.php", "GET", "https://www.example.co.jp/"), ("/contact.php", "POST", "https://www.example.co.jp/contact.html"),
                                      ("/wp-admin/admin-ajax.php", "POST", "https://www.example.co.jp/wp-admin/"), ("/api/order.php", "POST", "-"), ("/images/logo.png", "GET", "-"),
                                      ("/uploads/2026/list.pdf", "GET", "-"), ("/login.aspx", "POST", "https://www.example.co.jp/login.aspx")])
    rows.append(f'{client} - - [{time}] "{method} {path}?n={i} HTTP/1.1" 200 {dice.randrange(9000)} "{came}" "Mozilla/5.0"')
for i in range(posts):
    rows.insert(dice.randrange(len(rows)), '203.0.113.%d - - [25/Nov/2026:10:00:%02d +0900] "POST %s HTTP/1.1" 200 77 "%s" "curl/8"' % (i % clients + 1, i, script, referer))
print("\n".join(rows))
END
web() {
  python3 "$work/web.py" "$@" >"$work/access.log"
  scan "$work/access.log"
  listed | cut -f 1,2 | grep -E '(medium|high|critical)$'
}
is "an honest site" "" "$(web / 1 0 -)"
is "a script that one client knows" "log.web.rare-script	medium" "$(web /help/x.jsp 1 4 -)"
is "two clients" "log.web.rare-script	medium" "$(web /help/x.jsp 2 4 -)"
is "three clients" "" "$(web /help/x.jsp 3 6 -)"
is "asked for twice" "" "$(web /help/x.jsp 1 2 -)"
is "from a page" "" "$(web /help/x.jsp 1 4 https://www.example.co.jp/form.html)"
is "in a folder for pictures, once" "log.web.script-in-uploads	high" "$(web /images/x.php 1 1 - | uniq)"
is "a picture there" "" "$(web /images/x.png 1 4 -)"
done_testing
