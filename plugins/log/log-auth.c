/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What sshd, PAM, sudo, su and cron say of logins and commands.
 *
 * A user name is the attacker's text and may hold what looks like the rest of
 * the message (`x from 192.0.2.7 port 22`). So what follows it is looked for
 * from the end: the address is the last one that the program wrote. What sshd
 * adds of a key behind `ssh2: ` is the attacker's text too (the ID of a
 * certificate that he made himself) and is taken off before; a line that can
 * be read in two ways tells neither a user nor a source.
 */
#include "config.h"

#include "log-lines.h"
#include "log-text.h"

static void
put_what (LogEvent *event, const char *category, const char *action, const char *outcome)
{
  log_event_text (event, LOG_SYSLOG_CATEGORY, sk_span_of_text (category));
  log_event_text (event, LOG_SYSLOG_ACTION, sk_span_of_text (action));
  if (outcome != NULL)
    log_event_text (event, LOG_SYSLOG_OUTCOME, sk_span_of_text (outcome));
}

static void
put_source (LogEvent *event, SkSpan source)
{
  if (source.size > 0)
    log_event_text (event, log_text_is_address (source) ? LOG_SYSLOG_SOURCE_IP : LOG_SYSLOG_SOURCE_HOST,
                    source);
}

static void
put_user (LogEvent *event, SkSpan user)
{
  if (log_text_skip (&user, "invalid user ") || log_text_skip (&user, "illegal user "))
    log_event_text (event, LOG_SYSLOG_USER_KNOWN, sk_span_of_text ("false"));
  log_event_text (event, LOG_SYSLOG_USER, user);
}

/* ---- sshd ---- */

/* `ADDRESS[ port N][ ssh2][: …][ [preauth]]` */
static bool
read_peer (SkSpan text, LogEvent *event)
{
  SkSpan address, word;
  int port;
  if (!log_text_word (&text, &address))
    return false;
  while (address.size > 0 && address.data[address.size - 1] == ':')
    address.size--;
  put_source (event, address);
  if (log_text_word (&text, &word) && log_text_is (word, "port") && log_text_number (&text, &port))
    log_event_int (event, LOG_SYSLOG_SOURCE_PORT, port);
  return true;
}

/* `USER from ADDRESS port N …` */
static bool
read_user_from (SkSpan text, LogEvent *event)
{
  size_t at;
  if (!log_text_find_last (text, " from ", &at))
    return false;
  put_user (event, sk_span_slice (text, 0, at));
  return read_peer (log_text_from (text, at + strlen (" from ")), event);
}

/* Takes off what sshd tells of a key, `… ssh2: ED25519-CERT SHA256:… ID …`, which never ends as a line
 * without a key does. False: a user's name or that text holds ` ssh2: ` too, and nothing tells which. */
static bool
cut_key (SkSpan *text)
{
  SkSpan head, tail = *text;
  size_t again;
  if (log_text_ends (*text, " ssh2") || log_text_ends (*text, " ssh2 [preauth]")
      || !log_text_until (&tail, " ssh2: ", &head))
    return true;
  *text = head;
  return !log_text_find (tail, " ssh2: ", &again);
}

/* `Failed password for USER from …`, `Accepted publickey for USER from …` */
static bool
read_result (SkSpan text, const char *outcome, LogEvent *event)
{
  SkSpan method;
  if (!log_text_until (&text, " for ", &method))
    return false;
  put_what (event, "authentication", "login", outcome);
  log_event_text (event, LOG_SYSLOG_METHOD, method);
  /* Only these two add to the line; with another method ` ssh2: ` is part of a name. */
  if ((log_text_starts (method, "publickey") || log_text_starts (method, "hostbased")) && !cut_key (&text))
    return false;
  return read_user_from (text, event);
}

/* `… by authenticating user USER ADDRESS port N [preauth]` */
static void
read_gone (SkSpan text, LogEvent *event)
{
  size_t at;
  put_what (event, "session", "disconnect", NULL);
  if (log_text_skip (&text, "authenticating user ") || log_text_starts (text, "invalid user "))
    {
      SkSpan rest = text;
      if (!log_text_find_last (rest, " port ", &at))
        return;
      rest.size = at;
      if (!log_text_find_last (rest, " ", &at))
        return;
      put_user (event, sk_span_slice (text, 0, at));
      text = log_text_from (text, at + 1);
    }
  else if (log_text_skip (&text, "user "))
    return;
  read_peer (text, event);
}

static void
read_sshd (SkSpan message, LogEvent *event)
{
  SkSpan rest = message;
  size_t at;
  if (log_text_skip (&rest, "Failed "))
    read_result (rest, "failure", event);
  else if (log_text_skip (&rest, "Accepted "))
    read_result (rest, "success", event);
  else if (log_text_skip (&rest, "Invalid user ") || log_text_skip (&rest, "Illegal user "))
    {
      put_what (event, "authentication", "invalid-user", "failure");
      log_event_text (event, LOG_SYSLOG_USER_KNOWN, sk_span_of_text ("false"));
      read_user_from (rest, event);
    }
  else if (log_text_skip (&rest, "error: maximum authentication attempts exceeded for ")
           || log_text_skip (&rest, "maximum authentication attempts exceeded for "))
    {
      put_what (event, "authentication", "too-many-attempts", "failure");
      read_user_from (rest, event);
    }
  else if (log_text_skip (&rest, "User ") && log_text_find_last (rest, " not allowed because ", &at))
    {
      put_what (event, "authentication", "not-allowed", "failure");
      log_event_text (event, LOG_SYSLOG_REASON,
                      log_text_from (rest, at + strlen (" not allowed because ")));
      read_user_from (sk_span_slice (rest, 0, at), event);
    }
  else if (log_text_skip (&rest, "Connection closed by ") || log_text_skip (&rest, "Connection reset by ")
           || log_text_skip (&rest, "Disconnected from ")
           || log_text_skip (&rest, "Received disconnect from "))
    read_gone (rest, event);
}

/* ---- PAM, sudo, su, cron ---- */

/* Where `word` stands, if it stands there once: who may write it twice has chosen what the other says. */
static bool
find_once (SkSpan text, const char *word, size_t *ret_offset)
{
  size_t last;
  return log_text_find (text, word, ret_offset) && log_text_find_last (text, word, &last)
         && last == *ret_offset;
}

/* `logname= uid=0 euid=0 tty=ftp ruser=NAME rhost=ADDRESS  user=NAME`: some programs pass on as `ruser` what
 * the client calls itself. */
static void
read_pam_failure (SkSpan text, LogEvent *event)
{
  size_t at;
  SkSpan host;
  put_what (event, "authentication", "pam", "failure");
  if (!find_once (text, " rhost=", &at))
    return;
  text = log_text_from (text, at + strlen (" rhost="));
  if (log_text_word (&text, &host))
    put_source (event, host);
  while (log_text_skip (&text, " "))
    ;
  if (log_text_skip (&text, "user=") && text.size > 0)
    log_event_text (event, LOG_SYSLOG_USER, text);
}

/* `SERVICE:TYPE): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=… user=…` */
static void
read_pam (SkSpan text, LogEvent *event)
{
  SkSpan service, type;
  if (!log_text_until (&text, ":", &service) || !log_text_until (&text, "): ", &type))
    return;
  log_event_text (event, LOG_SYSLOG_SERVICE, service);
  if (log_text_skip (&text, "authentication failure; "))
    read_pam_failure (text, event);
  else if (log_text_skip (&text, "session opened for user "))
    {
      put_what (event, "session", "session-opened", "success");
      size_t end;
      if (log_text_find_last (text, " by ", &end))
        text.size = end;
      if (log_text_find_last (text, "(uid=", &end))
        text.size = end;
      log_event_text (event, LOG_SYSLOG_USER, text);
    }
  else if (log_text_skip (&text, "session closed for user "))
    {
      put_what (event, "session", "session-closed", NULL);
      log_event_text (event, LOG_SYSLOG_USER, text);
    }
}

/* `  sato : [REASON ; ]TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls`. The folder and the command may hold
 * such parts too: a second `USER=` leaves both out, and of a second command all of the text is told. */
static void
read_sudo (SkSpan message, LogEvent *event)
{
  SkSpan user, target, reason;
  while (log_text_skip (&message, " "))
    ;
  if (!log_text_until (&message, " : ", &user))
    return;
  bool refused = !log_text_starts (message, "TTY=") && !log_text_starts (message, "PWD=")
                 && log_text_until (&message, " ; ", &reason);
  put_what (event, "process", "sudo", refused ? "failure" : "success");
  log_event_text (event, LOG_SYSLOG_USER, user);
  if (refused)
    log_event_text (event, LOG_SYSLOG_REASON, reason);
  size_t at;
  if (find_once (message, " ; USER=", &at))
    {
      SkSpan rest = log_text_from (message, at + strlen (" ; USER="));
      if (log_text_word (&rest, &target))
        log_event_text (event, LOG_SYSLOG_TARGET, target);
    }
  if (log_text_find (message, " ; COMMAND=", &at))
    log_event_text (event, LOG_SYSLOG_COMMAND, log_text_from (message, at + strlen (" ; COMMAND=")));
}

/* `(to root) sato on pts/0`, `FAILED SU (to root) sato on pts/0` */
static void
read_su (SkSpan message, LogEvent *event)
{
  SkSpan target;
  size_t at;
  bool failed = log_text_skip (&message, "FAILED SU ") || log_text_skip (&message, "FAILED su ");
  if (!log_text_skip (&message, "(to ") || !log_text_until (&message, ") ", &target))
    return;
  put_what (event, "authentication", "su", failed ? "failure" : "success");
  log_event_text (event, LOG_SYSLOG_TARGET, target);
  if (log_text_find_last (message, " on ", &at))
    log_event_text (event, LOG_SYSLOG_USER, sk_span_slice (message, 0, at));
}

/* `(root) CMD (command)` */
static void
read_cron (SkSpan message, LogEvent *event)
{
  SkSpan user;
  if (!log_text_skip (&message, "(") || !log_text_until (&message, ") CMD (", &user))
    return;
  put_what (event, "process", "cron", NULL);
  log_event_text (event, LOG_SYSLOG_USER, user);
  if (message.size > 0 && message.data[message.size - 1] == ')')
    message.size--;
  log_event_text (event, LOG_SYSLOG_COMMAND, message);
}

void
log_auth_message (SkSpan program, SkSpan message, LogEvent *event)
{
  SkSpan rest = message;
  if (log_text_skip (&rest, "pam_unix(") || log_text_skip (&rest, "pam_sss("))
    read_pam (rest, event);
  else if (log_text_is (program, "sshd") || log_text_is (program, "sshd-session"))
    read_sshd (message, event);
  else if (log_text_is (program, "sudo"))
    read_sudo (message, event);
  else if (log_text_is (program, "su"))
    read_su (message, event);
  else if (log_text_is (program, "CRON") || log_text_is (program, "crond") || log_text_is (program, "cron"))
    read_cron (message, event);
}
