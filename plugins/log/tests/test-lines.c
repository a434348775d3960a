/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "log-lines.h"
#include "sk-test.h"

/* 2026-11-25T00:00:00Z */
#define TODAY INT64_C (1795564800)
#define SECOND INT64_C (1000000000)

static LogEvent event;
static LogState state;
static LogSettings settings;

static void
set_up (void)
{
  state = (LogState){ 0 };
  settings = (LogSettings){ .now = TODAY * SECOND };
}

typedef LogLine (*Parse) (LogState *, const LogSettings *, SkSpan, LogEvent *);

static LogLine
read_line (Parse parse, const char *line)
{
  log_event_clear (&event);
  return parse (&state, &settings, sk_span_of_text (line), &event);
}

/* The value under the field as text, NULL when there is none; the last of several. */
static const char *
text_of (uint32_t field)
{
  static char text[4096];
  const char *found = NULL;
  for (size_t i = 0; i < event.n_values; i++)
    {
      const LogValue *value = &event.values[i];
      if (value->field != field)
        continue;
      if (value->is_int)
        g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value->integer);
      else
        g_snprintf (text, sizeof text, "%.*s", (int) value->text.size, (const char *) value->text.data);
      found = text;
    }
  return found;
}

static size_t
count_of (uint32_t field)
{
  size_t count = 0;
  for (size_t i = 0; i < event.n_values; i++)
    count += event.values[i].field == field ? 1 : 0;
  return count;
}

static const char *
open_of (const char *name)
{
  static char text[4096];
  for (size_t i = 0; i < event.n_values; i++)
    if (event.values[i].field == LOG_OPEN
        && sk_span_equal (event.values[i].name, sk_span_of_text (name)))
      {
        g_snprintf (text, sizeof text, "%.*s", (int) event.values[i].text.size,
                    (const char *) event.values[i].text.data);
        return text;
      }
  return NULL;
}

#define IS(field, expected) ck_assert_pstr_eq (text_of (field), expected)

static void
syslog_line (const char *line)
{
  ck_assert_msg (read_line (log_syslog_parse, line) == LOG_LINE_RECORD, "not read: %s", line);
}

static void
auth (const char *message)
{
  g_autofree char *line = g_strdup_printf ("Nov 24 09:00:00 gw sshd[4711]: %s", message);
  syslog_line (line);
}

/* ---- web ---- */

START_TEST (test_web_combined)
{
  ck_assert_int_eq (
      read_line (log_web_parse,
                 "203.0.113.9 - sato tanaka [25/Nov/2026:09:00:00 +0900] \"GET /a/b.PHP?x=%252e%252e%2f1&y=?z "
                 "HTTP/1.1\" 200 1234 \"https://example.co.jp/\" \"Mozilla/5.0 \\\"x\\\" \\x41\" extra=1"),
      LOG_LINE_RECORD);
  ck_assert_int_eq (event.time, TODAY * SECOND);
  IS (LOG_WEB_CLIENT, "203.0.113.9");
  IS (LOG_WEB_HOST, NULL);
  IS (LOG_WEB_USER, "sato tanaka");
  IS (LOG_WEB_METHOD, "GET");
  IS (LOG_WEB_URI, "/a/b.PHP?x=%252e%252e%2f1&y=?z");
  IS (LOG_WEB_STEM, "/a/b.PHP");
  IS (LOG_WEB_QUERY, "x=%252e%252e%2f1&y=?z");
  IS (LOG_WEB_DECODED, "/a/b.PHP?x=../1&y=?z");
  IS (LOG_WEB_EXTENSION, "php");
  IS (LOG_WEB_VERSION, "HTTP/1.1");
  IS (LOG_WEB_STATUS, "200");
  IS (LOG_WEB_BYTES, "1234");
  IS (LOG_WEB_REFERER, "https://example.co.jp/");
  IS (LOG_WEB_AGENT, "Mozilla/5.0 \"x\" A");
}
END_TEST

START_TEST (test_web_forms)
{
  ck_assert_int_eq (read_line (log_web_parse, "www.example.co.jp:443 2001:db8::1 - - [25/Nov/2026:00:00:00 +0000] "
                                              "\"-\" 408 - \"-\" \"-\""),
                    LOG_LINE_RECORD);
  IS (LOG_WEB_HOST, "www.example.co.jp:443");
  IS (LOG_WEB_CLIENT, "2001:db8::1");
  IS (LOG_WEB_USER, NULL);
  IS (LOG_WEB_URI, NULL);
  IS (LOG_WEB_STATUS, "408");
  IS (LOG_WEB_BYTES, NULL);
  IS (LOG_WEB_REFERER, NULL);
  IS (LOG_WEB_AGENT, NULL);
  /* Common form, a client by name, and what is no request: TLS spoken to a plain port. */
  ck_assert_int_eq (read_line (log_web_parse, "pc1.example.jp - - [25/Nov/2026:00:00:00 +0000] "
                                              "\"\\x16\\x03\\x01\" 400 226"),
                    LOG_LINE_RECORD);
  IS (LOG_WEB_CLIENT, "pc1.example.jp");
  IS (LOG_WEB_URI, "\x16\x03\x01");
  IS (LOG_WEB_METHOD, NULL);
  /* A stem of `..` is no extension, nor is a long one. */
  read_line (log_web_parse, "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"GET /dana/.. HTTP/1.0\" 200 1");
  IS (LOG_WEB_EXTENSION, NULL);
  IS (LOG_WEB_STEM, "/dana/..");
}
END_TEST

/* A name that the client gives holds blanks and brackets; quotes are escaped in it. */
START_TEST (test_web_forged)
{
  ck_assert_int_eq (read_line (log_web_parse, "203.0.113.9 - x [25/Nov/2026:09:00:00 +0900] \\\"GET /ok HTTP/1.1\\\" 200 1 "
                                              "[25/Nov/2026:10:00:00 +0900] \"POST /up/x.php HTTP/1.1\" 200 5"),
                    LOG_LINE_RECORD);
  IS (LOG_WEB_URI, "/up/x.php");
  IS (LOG_WEB_CLIENT, "203.0.113.9");
  IS (LOG_WEB_USER, "x [25/Nov/2026:09:00:00 +0900] \"GET /ok HTTP/1.1\" 200 1");
  /* A virtual host may be an address. */
  read_line (log_web_parse, "192.0.2.1:443 203.0.113.9 - - [25/Nov/2026:00:00:00 +0000] \"GET / HTTP/1.0\" 200 1");
  IS (LOG_WEB_HOST, "192.0.2.1:443");
  IS (LOG_WEB_CLIENT, "203.0.113.9");
  IS (LOG_WEB_USER, NULL);
  /* The server undoes %XX once before it looks at the extension. */
  read_line (log_web_parse, "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"POST /up/x.%70h%50 HTTP/1.0\" 200 1");
  IS (LOG_WEB_EXTENSION, "php");
  IS (LOG_WEB_STEM, "/up/x.%70h%50");
  read_line (log_web_parse, "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"POST /up/x.%2570hp HTTP/1.0\" 200 1");
  IS (LOG_WEB_EXTENSION, "%70hp");
  read_line (log_web_parse, "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"POST /up/x.jsp;a=b.jpg HTTP/1.0\" 200 1");
  IS (LOG_WEB_EXTENSION, "jsp");
}
END_TEST

START_TEST (test_web_bad)
{
  static const char *const lines[] = {
    "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"",
    "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"GET / HTTP/1.0 200 1",
    "192.0.2.1 - - [25/Nox/2026:00:00:00 +0000] \"GET /\" 200 1",
    "192.0.2.1 - - [31/Nov/2026:00:00:00 +0000] \"GET /\" 200 1",
    "192.0.2.1 - - 25/Nov/2026 \"GET /\" 200 1",
    "see [1] \"the manual\" for more",
    " [", "\"", "a b c [", "192.0.2.1 - - [25/Nov/2026:00:00:00 +0000] \"GET \\",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      ck_assert_msg (read_line (log_web_parse, lines[i]) == LOG_LINE_BAD, "read: %s", lines[i]);
      ck_assert_uint_eq (log_web_probe (sk_span_of_text (lines[i])), 0);
    }
}
END_TEST

/* ---- syslog: envelopes ---- */

START_TEST (test_syslog_5424)
{
  syslog_line ("<165>1 2026-11-25T09:00:00.25+09:00 gw.example.jp app 12 ID47 "
               "[x@1 a=\"1\" b=\"q\\\"\\\\\\]\"][y c=\"]\"] \xef\xbb\xbf" "本文");
  ck_assert_int_eq (event.time, TODAY * SECOND + SECOND / 4);
  IS (LOG_SYSLOG_FACILITY, "20");
  IS (LOG_SYSLOG_SEVERITY, "5");
  IS (LOG_SYSLOG_HOST, "gw.example.jp");
  IS (LOG_SYSLOG_PROGRAM, "app");
  IS (LOG_SYSLOG_PID, "12");
  IS (LOG_SYSLOG_MSGID, "ID47");
  IS (LOG_SYSLOG_MESSAGE, "本文");
  ck_assert_pstr_eq (open_of ("sd.x@1.a"), "1");
  ck_assert_pstr_eq (open_of ("sd.x@1.b"), "q\"\\]");
  ck_assert_pstr_eq (open_of ("sd.y.c"), "]");
  syslog_line ("1 - - - - - -");
  ck_assert_int_eq (event.time, 0);
  IS (LOG_SYSLOG_HOST, NULL);
  IS (LOG_SYSLOG_MESSAGE, "");
}
END_TEST

START_TEST (test_syslog_3164)
{
  syslog_line ("<13>Nov  5 09:00:00 pc1 postfix/smtpd[12]: hello");
  ck_assert_int_eq (event.time, (TODAY - 20 * 86400 + 9 * 3600) * SECOND);
  IS (LOG_SYSLOG_PROGRAM, "postfix/smtpd");
  IS (LOG_SYSLOG_PID, "12");
  IS (LOG_SYSLOG_MESSAGE, "hello");
  IS (LOG_SYSLOG_SEVERITY, "5");
  syslog_line ("2026-11-25T00:00:01.5Z pc1 kernel: [  1.0] usb 1-1: new device");
  ck_assert_int_eq (event.time, TODAY * SECOND + 3 * SECOND / 2);
  IS (LOG_SYSLOG_PROGRAM, "kernel");
  IS (LOG_SYSLOG_MESSAGE, "[  1.0] usb 1-1: new device");
  syslog_line ("Nov 25 2026 00:00:02: asa1 %ASA-4-106023: Deny tcp");
  ck_assert_int_eq (event.time, (TODAY + 2) * SECOND);
  syslog_line ("2026 Nov 25 00:00:03 r1 rpd[1]: x");
  ck_assert_int_eq (event.time, (TODAY + 3) * SECOND);
  /* Without a tag the rest is the message. */
  syslog_line ("Nov 25 00:00:00 pc1 last message repeated 3 times");
  IS (LOG_SYSLOG_PROGRAM, NULL);
  IS (LOG_SYSLOG_MESSAGE, "last message repeated 3 times");
  syslog_line ("Nov 25 00:00:00 gw sshd[1]: message repeated 2 times: [ Failed password for a from 192.0.2.1 port 5 ssh2]");
  IS (LOG_SYSLOG_REPEATED, "2");
  IS (LOG_SYSLOG_USER, "a");
  ck_assert_int_eq (read_line (log_syslog_parse, "-- Boot 0123 --"), LOG_LINE_NOTHING);
}
END_TEST

START_TEST (test_syslog_bad)
{
  static const char *const lines[] = {
    "<192>1 - - - - - -", "<13", "<>Nov 25 09:00:00 pc1 x: y", "1 2026-13-01T00:00:00Z h a p m -",
    "1 - h a p m [x a=\"1\"", "1 - h a p m [x a=\"\\", "Nov 25 pc1 x: y", "Nov 25 09:00:00", "Now is the time for all",
    "2026-11-25", "2026-11-25T00:00:00Z", "# comment", "{\"a\": 1}", "int main (void)", "May be so: 1 2 3",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      ck_assert_msg (read_line (log_syslog_parse, lines[i]) != LOG_LINE_RECORD, "read: %s", lines[i]);
      ck_assert_msg (log_syslog_probe (sk_span_of_text (lines[i])) == 0, "probed: %s", lines[i]);
    }
}
END_TEST

/* ---- syslog: years ---- */

static void
begin (const char *name, const char *text)
{
  LogInput input = { sk_span_of_text (name), sk_span_of_text (text), sk_span_of_text (text) };
  state = (LogState){ 0 };
  log_syslog_begin (&state, &settings, &input);
}

static int
year_of (const char *stamp)
{
  static const LogZone utc = { NULL, 0 };
  g_autofree char *line = g_strdup_printf ("%s gw x: y", stamp);
  syslog_line (line);
  return log_time_year (event.time, &utc);
}

START_TEST (test_year_rules)
{
  begin ("messages", "Nov 20 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Nov 20 00:00:00"), 2026);
  begin ("messages", "Nov 20 00:00:00 gw x: y\nNov 27 00:00:00 gw x: y\n"); /* lies ahead */
  ck_assert_int_eq (year_of ("Nov 20 00:00:00"), 2025);
  begin ("messages", "Dec 20 00:00:00 gw x: y\nnot a line\nFeb  1 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Dec 20 00:00:00"), 2025);
  ck_assert_int_eq (year_of ("Feb  1 00:00:00"), 2026);
  begin ("messages-20240107.gz", "Dec 31 00:00:00 gw x: y\nJan  6 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Dec 31 00:00:00"), 2023);
  ck_assert_int_eq (year_of ("Jan  6 00:00:00"), 2024);
  begin ("messages-2024-01-01", "Dec 31 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Dec 31 00:00:00"), 2023);
  begin ("mixed", "Nov 20 00:00:00 gw x: y\nNov 21 2019 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Nov 20 00:00:00"), 2019);
  begin ("mixed", "2019-11-20T00:00:00Z gw x: y\nNov 21 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Nov 21 00:00:00"), 2019);
  /* a day that not every year has */
  begin ("messages", "Feb 28 00:00:00 gw x: y\nFeb 29 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Feb 29 00:00:00"), 2024);
  settings.year = 2020;
  begin ("messages-20240107", "Feb 29 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Feb 29 00:00:00"), 2020);
}
END_TEST

START_TEST (test_year_course)
{
  begin ("messages-20260201", "Dec 30 00:00:00 gw x: y\nJan  2 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Dec 30 00:00:00"), 2025);
  ck_assert_int_eq (year_of ("Jan  1 00:00:00"), 2026);
  ck_assert_int_eq (year_of ("Dec 31 23:59:59"), 2025); /* late */
  ck_assert_int_eq (year_of ("Jan  1 00:00:02"), 2026);
  ck_assert_int_eq (year_of ("Mar  1 00:00:00"), 2026);
  ck_assert_int_eq (year_of ("Feb 28 23:59:59"), 2026); /* late, within a year */
  /* nothing for half a year is no line of the year before */
  begin ("messages", "Feb  1 00:00:00 gw x: y\nSep  1 00:00:00 gw x: y\nNov  1 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Feb  1 00:00:00"), 2026);
  ck_assert_int_eq (year_of ("Sep  1 00:00:00"), 2026);
  ck_assert_int_eq (year_of ("Nov  1 00:00:00"), 2026);
  /* a machine without a clock begins with January until it is told better */
  begin ("messages", "Aug  1 00:00:00 gw x: y\nAug  3 00:00:00 gw x: y\n");
  ck_assert_int_eq (year_of ("Aug  1 00:00:00"), 2026);
  year_of ("Jan  1 00:00:00");
  ck_assert_int_eq (year_of ("Aug  3 00:00:00"), 2026);
}
END_TEST

/* ---- logins ---- */

START_TEST (test_sshd)
{
  auth ("Failed password for root from 203.0.113.9 port 50022 ssh2");
  IS (LOG_SYSLOG_CATEGORY, "authentication");
  IS (LOG_SYSLOG_ACTION, "login");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_METHOD, "password");
  IS (LOG_SYSLOG_USER, "root");
  IS (LOG_SYSLOG_USER_KNOWN, NULL);
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_SOURCE_PORT, "50022");
  auth ("Accepted publickey for sato from 2001:db8::5 port 1 ssh2: RSA SHA256:abc from def");
  IS (LOG_SYSLOG_OUTCOME, "success");
  auth ("Failed keyboard-interactive/pam for invalid user  from 192.0.2.1 port 7 ssh2");
  IS (LOG_SYSLOG_USER, "");
  IS (LOG_SYSLOG_USER_KNOWN, "false");
  auth ("Invalid user admin from 192.0.2.1");
  IS (LOG_SYSLOG_USER, "admin");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  auth ("Connection closed by authenticating user root 192.0.2.1 port 5 [preauth]");
  IS (LOG_SYSLOG_ACTION, "disconnect");
  IS (LOG_SYSLOG_USER, "root");
  IS (LOG_SYSLOG_SOURCE_IP, "192.0.2.1");
  auth ("User sato from pc1.example.jp not allowed because not listed in AllowUsers");
  IS (LOG_SYSLOG_SOURCE_HOST, "pc1.example.jp");
  IS (LOG_SYSLOG_REASON, "not listed in AllowUsers");
  auth ("Server listening on 0.0.0.0 port 22.");
  IS (LOG_SYSLOG_CATEGORY, NULL);
}
END_TEST

/* What a user calls himself does not become the address. */
START_TEST (test_sshd_forged)
{
  auth ("Failed password for invalid user x from 192.0.2.7 port 22 from 203.0.113.9 port 50022 ssh2");
  IS (LOG_SYSLOG_USER, "x from 192.0.2.7 port 22");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_SOURCE_PORT, "50022");
  auth ("Invalid user x from 192.0.2.7 port 22 ssh2 from 203.0.113.9 port 5");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  auth ("Connection closed by invalid user a 192.0.2.7 port 22 203.0.113.9 port 5 [preauth]");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_USER, "a 192.0.2.7 port 22");
}
END_TEST

/* Nor what he wrote in his key; where a line can be read in two ways, nothing is taken. */
START_TEST (test_sshd_forged_key)
{
  auth ("Failed publickey for sato from 203.0.113.9 port 50022 ssh2: "
        "ED25519-CERT SHA256:x ID y from 192.0.2.7 port 22 ssh2 (serial 0) CA ED25519 SHA256:z");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_SOURCE_PORT, "50022");
  auth ("Failed hostbased for sato from 203.0.113.9 port 5 ssh2: RSA SHA256:x, client user \"y from 192.0.2.7 port 22\"");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  auth ("Failed publickey for x from 192.0.2.7 port 22 ssh2: RSA from 203.0.113.9 port 5 ssh2: RSA SHA256:x");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_USER, NULL);
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  auth ("Failed password for x from 192.0.2.7 port 22 ssh2: RSA from 203.0.113.9 port 5 ssh2");
  IS (LOG_SYSLOG_USER, "x from 192.0.2.7 port 22 ssh2: RSA");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
}
END_TEST

/* Where no key is told the line ends as the program ends it: the name before may hold what looks like one. */
START_TEST (test_sshd_forged_no_key)
{
  auth ("Failed publickey for invalid user x from 192.0.2.7 port 22 ssh2: y from 203.0.113.9 port 5 ssh2");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_USER, "x from 192.0.2.7 port 22 ssh2: y");
  auth ("Failed publickey for invalid user x from 192.0.2.7 port 22 ssh2: y from 203.0.113.9 port 5 ssh2 [preauth]");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
}
END_TEST

/* vsftpd and Dovecot tell PAM the name that a client gave as `ruser`. */
START_TEST (test_pam_forged)
{
  auth ("pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=x rhost=192.0.2.7 rhost=203.0.113.9");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  IS (LOG_SYSLOG_USER, NULL);
  auth ("pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=x user=root rhost=203.0.113.9");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_USER, NULL);
  auth ("pam_sss(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=xrhost=a rhost=203.0.113.9 user=sato");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_USER, "sato");
  auth ("pam_unix(su:auth): authentication failure; logname=sato uid=1000 euid=0 tty=pts/1 ruser=sato rhost=  user=root");
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  IS (LOG_SYSLOG_USER, "root");
}
END_TEST

/* A folder may be called as the parts of the line are. */
START_TEST (test_sudo_forged)
{
  syslog_line ("Nov 24 09:00:00 gw sudo: sato : TTY=pts/0 ; PWD=/tmp/USER=nobody ; USER=root ; COMMAND=/bin/sh");
  IS (LOG_SYSLOG_TARGET, "root");
  syslog_line ("Nov 24 09:00:00 gw sudo: sato : TTY=pts/0 ; PWD=/tmp/COMMAND=x ; USER=root ; COMMAND=/bin/sh");
  IS (LOG_SYSLOG_COMMAND, "/bin/sh");
  syslog_line ("Nov 24 09:00:00 gw sudo: sato : TTY=pts/0 ; PWD=/tmp/ ; USER=nobody ; COMMAND=/bin/true ; USER=root ; COMMAND=/bin/sh");
  IS (LOG_SYSLOG_TARGET, NULL);
  IS (LOG_SYSLOG_COMMAND, "/bin/true ; USER=root ; COMMAND=/bin/sh");
  IS (LOG_SYSLOG_USER, "sato");
}
END_TEST

START_TEST (test_pam)
{
  auth ("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root");
  IS (LOG_SYSLOG_ACTION, "pam");
  IS (LOG_SYSLOG_SERVICE, "sshd");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_USER, "root");
  auth ("pam_unix(sshd:session): session opened for user sato(uid=1000) by (uid=0)");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_ACTION, "session-opened");
  syslog_line ("Nov 24 09:00:00 gw sudo:     sato : TTY=pts/0 ; PWD=/home/sato ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_TARGET, "root");
  IS (LOG_SYSLOG_COMMAND, "/usr/bin/cat /etc/shadow");
  IS (LOG_SYSLOG_OUTCOME, "success");
  syslog_line ("Nov 24 09:00:00 gw sudo:     sato : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_REASON, "user NOT in sudoers");
  syslog_line ("Nov 24 09:00:00 gw su: FAILED SU (to root) sato on pts/1");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_USER, "sato");
  syslog_line ("Nov 24 09:00:00 gw CRON[77]: (root) CMD (run-parts /etc/cron.hourly)");
  IS (LOG_SYSLOG_COMMAND, "run-parts /etc/cron.hourly");
}
END_TEST

/* ---- mail ---- */

START_TEST (test_postfix)
{
  syslog_line ("Nov 24 09:00:00 mx postfix/qmgr[9]: 3C2F1A0BB1: from=<a,b@example.co.jp>, size=4321, nrcpt=1 (queue active)");
  IS (LOG_SYSLOG_QUEUE, "3C2F1A0BB1");
  IS (LOG_SYSLOG_MAIL_FROM, "a,b@example.co.jp");
  IS (LOG_SYSLOG_MAIL_SIZE, "4321");
  IS (LOG_SYSLOG_ACTION, "queue");
  syslog_line ("Nov 24 09:00:00 mx postfix/smtp[9]: 4XyZbC1dEfGhIjK: to=<c@example.jp>, orig_to=<d>, relay=mx.example.jp[192.0.2.5]:25, "
               "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 from=<evil@example.org>, status=bounced)");
  IS (LOG_SYSLOG_MAIL_TO, "c@example.jp");
  IS (LOG_SYSLOG_MAIL_RELAY, "mx.example.jp[192.0.2.5]:25");
  IS (LOG_SYSLOG_MAIL_STATUS, "sent");
  IS (LOG_SYSLOG_OUTCOME, "success");
  IS (LOG_SYSLOG_MAIL_FROM, NULL);
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <x; from=<no>: no; "
               "from=<a b@x> to=<c@d> proto=ESMTP helo=<h>");
  IS (LOG_SYSLOG_ACTION, "reject");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_SOURCE_HOST, NULL);
  IS (LOG_SYSLOG_MAIL_FROM, "a b@x");
  IS (LOG_SYSLOG_MAIL_TO, "c@d");
  IS (LOG_SYSLOG_MAIL_HELO, "h");
  IS (LOG_SYSLOG_QUEUE, NULL);
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=sato");
  IS (LOG_SYSLOG_CATEGORY, "authentication");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: 3C2F1A0BB1: client=pc[192.0.2.8], sasl_method=PLAIN, sasl_username=sato");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_SOURCE_HOST, "pc");
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: connect from mail.example.jp[192.0.2.9]");
  IS (LOG_SYSLOG_ACTION, "connect");
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: lost connection after AUTH from unknown[192.0.2.9]");
  IS (LOG_SYSLOG_SOURCE_IP, "192.0.2.9");
}
END_TEST

START_TEST (test_dovecot)
{
  syslog_line ("Nov 24 09:00:00 mx dovecot: imap-login: Login: user=<sato>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=5, TLS, session=<q>");
  IS (LOG_SYSLOG_CATEGORY, "authentication");
  IS (LOG_SYSLOG_OUTCOME, "success");
  IS (LOG_SYSLOG_SERVICE, "imap");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_SOURCE_IP, "192.0.2.1");
  syslog_line ("Nov 24 09:00:00 mx dovecot: pop3-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<x>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.2");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  syslog_line ("Nov 24 09:00:00 mx dovecot: imap-login: Disconnected: Inactivity (no auth attempts in 180 secs): user=<>, rip=192.0.2.1, lip=192.0.2.2");
  IS (LOG_SYSLOG_CATEGORY, "session");
  IS (LOG_SYSLOG_USER, NULL);
  syslog_line ("Nov 24 09:00:00 mx dovecot: auth: passwd-file(sato,203.0.113.9): unknown user");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_USER_KNOWN, "false");
  syslog_line ("Nov 24 09:00:00 mx dovecot: auth-worker(5): conn unix:auth-worker (pid=1,uid=0): auth-worker<1>: pam(sato,203.0.113.9,<s>): Password mismatch");
  IS (LOG_SYSLOG_USER, "sato");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
}
END_TEST

/* Message-IDs, addresses and greetings are the text of strangers. */
START_TEST (test_postfix_forged)
{
  syslog_line ("Nov 24 09:00:00 mx postfix/cleanup[9]: 3C2F1A0BB1: message-id=<a>, client=x[192.0.2.7], sasl_username=root");
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  IS (LOG_SYSLOG_USER, NULL);
  IS (LOG_SYSLOG_MAIL_ID, "<a>, client=x[192.0.2.7], sasl_username=root");
  syslog_line ("Nov 24 09:00:00 mx postfix/cleanup[9]: 3C2F1A0BB1: message-id=<a@b>");
  IS (LOG_SYSLOG_MAIL_ID, "a@b");
  syslog_line ("Nov 24 09:00:00 mx postfix/cleanup[9]: 3C2F1A0BB1: message-id=<x[192.0.2.7]: SASL LOGIN authentication failed: x, sasl_username=root>");
  IS (LOG_SYSLOG_CATEGORY, "email");
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  IS (LOG_SYSLOG_OUTCOME, NULL);
  syslog_line ("Nov 24 09:00:00 mx postfix/smtp[9]: 4XyZbC1dEfGhIjK: to=<\"x>, relay=mx[192.0.2.5]:25, status=sent (\\\"\"@example.jp>, "
               "relay=none, delay=1, dsn=5.4.4, status=bounced (no such host)");
  IS (LOG_SYSLOG_MAIL_STATUS, "bounced");
  IS (LOG_SYSLOG_OUTCOME, "failure");
  IS (LOG_SYSLOG_MAIL_RELAY, "none");
  IS (LOG_SYSLOG_MAIL_TO, "\"x>, relay=mx[192.0.2.5]:25, status=sent (\\\"\"@example.jp");
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 no; "
               "from=<a@x> to=<c@d> proto=ESMTP helo=<x; from=<ceo@example.jp> to=<e@f> proto=ESMTP helo=<y>");
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  IS (LOG_SYSLOG_MAIL_FROM, NULL);
  IS (LOG_SYSLOG_MAIL_TO, NULL);
  syslog_line ("Nov 24 09:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 no; "
               "from=<a@x> to=<c@d> proto=ESMTP helo=<x> sasl_username=<root>");
  IS (LOG_SYSLOG_MAIL_HELO, "x> sasl_username=<root");
  IS (LOG_SYSLOG_USER, NULL);
}
END_TEST

START_TEST (test_dovecot_forged)
{
  syslog_line ("Nov 24 09:00:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<x>, method=PLAIN, "
               "rip=192.0.2.7, lip=y>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.2, TLS, session=<q>");
  IS (LOG_SYSLOG_USER, "x>, method=PLAIN, rip=192.0.2.7, lip=y");
  ck_assert_uint_eq (count_of (LOG_SYSLOG_SOURCE_IP), 1);
  IS (LOG_SYSLOG_SOURCE_IP, "203.0.113.9");
  syslog_line ("Nov 24 09:00:00 mx dovecot: imap-login: Disconnected: Inactivity: user=<auth failed>, rip=203.0.113.9, lip=192.0.2.2");
  IS (LOG_SYSLOG_CATEGORY, "session");
  syslog_line ("Nov 24 09:00:00 mx dovecot: auth: pam(x,192.0.2.7): y,203.0.113.9): unknown user");
  IS (LOG_SYSLOG_ACTION, "auth-database");
  IS (LOG_SYSLOG_SOURCE_IP, NULL);
  IS (LOG_SYSLOG_USER, NULL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("log lines");
  TCase *tests = tcase_create ("all");
  tcase_add_checked_fixture (tests, set_up, NULL);
  tcase_add_test (tests, test_web_combined);
  tcase_add_test (tests, test_web_forms);
  tcase_add_test (tests, test_web_forged);
  tcase_add_test (tests, test_web_bad);
  tcase_add_test (tests, test_syslog_5424);
  tcase_add_test (tests, test_syslog_3164);
  tcase_add_test (tests, test_syslog_bad);
  tcase_add_test (tests, test_year_rules);
  tcase_add_test (tests, test_year_course);
  tcase_add_test (tests, test_sshd);
  tcase_add_test (tests, test_sshd_forged);
  tcase_add_test (tests, test_sshd_forged_key);
  tcase_add_test (tests, test_sshd_forged_no_key);
  tcase_add_test (tests, test_pam);
  tcase_add_test (tests, test_pam_forged);
  tcase_add_test (tests, test_sudo_forged);
  tcase_add_test (tests, test_postfix);
  tcase_add_test (tests, test_postfix_forged);
  tcase_add_test (tests, test_dovecot);
  tcase_add_test (tests, test_dovecot_forged);
  suite_add_tcase (suite, tests);
  return sk_test_main (suite);
}
