/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What Postfix says of connections, mails and refusals, and Dovecot of logins.
 *
 * Addresses and names in these messages come from strangers. Values are taken
 * where the program puts them, in its own order; none is searched for behind
 * what a stranger wrote, where the order allows that.
 */
#include "config.h"

#include "log-lines.h"
#include "log-text.h"

static void
put_word (LogEvent *event, uint32_t field, const char *word)
{
  log_event_text (event, field, sk_span_of_text (word));
}

static void
put_some (LogEvent *event, uint32_t field, SkSpan text)
{
  if (text.size > 0)
    log_event_text (event, field, text);
}

/* ---- Postfix ---- */

/* `mail.example.com[192.0.2.1]:25`, `unknown[2001:db8::1]` */
static void
put_client (LogEvent *event, SkSpan client)
{
  SkSpan name, address;
  if (!log_text_until (&client, "[", &name) || !log_text_until (&client, "]", &address))
    return;
  if (!log_text_is (name, "unknown"))
    put_some (event, LOG_SYSLOG_SOURCE_HOST, name);
  if (log_text_is_address (address))
    log_event_text (event, LOG_SYSLOG_SOURCE_IP, address);
}

/* Takes `ADDRESS>`. A quoted part of an address may hold `>`, and `\"` in it is no end. */
static bool
take_address (SkSpan *rest, SkSpan *ret_address)
{
  bool quoted = false;
  for (size_t i = 0; i < rest->size; i++)
    {
      uint8_t byte = rest->data[i];
      if (byte == '"')
        quoted = !quoted;
      else if (byte == '\\')
        i++;
      else if (byte == '>' && !quoted)
        {
          *ret_address = sk_span_slice (*rest, 0, i);
          *rest = log_text_from (*rest, i + 1);
          return true;
        }
    }
  return false;
}

/* One pair, at the front: its value is `<a@example.com>`, or ends at `border` or with the text. */
static bool
take_pair (SkSpan *rest, char border, SkSpan *ret_name, SkSpan *ret_value)
{
  size_t n = 0;
  while (n < rest->size && (g_ascii_isalpha (rest->data[n]) || rest->data[n] == '_'
                            || rest->data[n] == '-'))
    n++;
  if (n == 0 || n == rest->size || rest->data[n] != '=')
    return false;
  *ret_name = sk_span_slice (*rest, 0, n);
  *rest = log_text_from (*rest, n + 1);
  if (log_text_skip (rest, "<"))
    {
      if (!take_address (rest, ret_value))
        return false;
    }
  else
    {
      const uint8_t *end = rest->size > 0 ? memchr (rest->data, border, rest->size) : NULL;
      size_t size = end != NULL ? (size_t) (end - rest->data) : rest->size;
      *ret_value = sk_span_slice (*rest, 0, size);
      *rest = log_text_from (*rest, size);
    }
  log_text_skip (rest, ",");
  log_text_skip (rest, " ");
  return true;
}

typedef struct MailField {
  const char *name;
  uint32_t field;
} MailField;

static const MailField mail_fields[] = {
  { "from", LOG_SYSLOG_MAIL_FROM },         { "to", LOG_SYSLOG_MAIL_TO },
  { "relay", LOG_SYSLOG_MAIL_RELAY },       { "dsn", LOG_SYSLOG_MAIL_DSN },
  { "sasl_username", LOG_SYSLOG_USER },     { "sasl_method", LOG_SYSLOG_METHOD },
};

/* One pair of a queue line. `status=sent (250 …)` ends it: behind it speaks the other server. */
static bool
put_pair (SkSpan name, SkSpan value, LogEvent *event)
{
  int64_t size;
  size_t end;
  if (log_text_is (name, "client"))
    put_client (event, value);
  else if (log_text_is (name, "size") && log_text_integer (value, &size))
    log_event_int (event, LOG_SYSLOG_MAIL_SIZE, size);
  else if (log_text_is (name, "status"))
    {
      SkSpan reason = { NULL, 0 };
      if (log_text_find (value, " (", &end))
        {
          reason = log_text_from (value, end + 2);
          value.size = end;
        }
      log_event_text (event, LOG_SYSLOG_MAIL_STATUS, value);
      put_word (event, LOG_SYSLOG_ACTION, "deliver");
      put_word (event, LOG_SYSLOG_OUTCOME, log_text_is (value, "sent") ? "success" : "failure");
      put_some (event, LOG_SYSLOG_REASON, reason);
      return false;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (mail_fields); i++)
    if (log_text_is (name, mail_fields[i].name))
      log_event_text (event, mail_fields[i].field, value);
  return true;
}

static void
read_pairs (SkSpan rest, LogEvent *event)
{
  SkSpan name, value;
  for (int n = 0; n < 32 && take_pair (&rest, ',', &name, &value); n++)
    if (!put_pair (name, value, event))
      return;
}

/* `from=<…> to=<…> proto=ESMTP helo=<…>`, the first two not always. The greeting ends it: it may hold
 * anything, and what looks like a pair behind it is part of it. */
static bool
take_reject_pairs (SkSpan rest, SkSpan values[static 3])
{
  SkSpan name, protocol;
  values[0] = values[1] = values[2] = (SkSpan){ NULL, 0 };
  if (log_text_starts (rest, "from=<") && !take_pair (&rest, ' ', &name, &values[0]))
    return false;
  if (log_text_starts (rest, "to=<") && !take_pair (&rest, ' ', &name, &values[1]))
    return false;
  if (!log_text_skip (&rest, "proto=") || !log_text_word (&rest, &protocol))
    return false;
  if (rest.size == 0)
    return true;
  if (!log_text_skip (&rest, "helo=<") || !log_text_ends (rest, ">"))
    return false;
  values[2] = sk_span_slice (rest, 0, rest.size - 1);
  return true;
}

/* Where pairs may begin, that are tried: a line of nothing else would cost its square. */
#define MAX_PLACES 8

/* The pairs stand behind `; `. The text before may quote an address, and the greeting may look like all of it:
 * then nothing of it is told. */
static bool
find_reject_pairs (SkSpan text, SkSpan *ret_reason, SkSpan ret_values[static 3])
{
  size_t found = 0, offset = 0, at;
  *ret_reason = text;
  int tried = 0;
  while (log_text_find (log_text_from (text, offset), "; ", &at) && tried < MAX_PLACES)
    {
      SkSpan values[3], pairs = log_text_from (text, offset + at + 2);
      SkSpan head = sk_span_slice (text, 0, offset + at);
      offset += at + 2;
      if (!log_text_starts (pairs, "from=<") && !log_text_starts (pairs, "to=<")
          && !log_text_starts (pairs, "proto="))
        continue;
      tried++;
      if (!take_reject_pairs (pairs, values))
        continue;
      if (found++ == 0)
        *ret_reason = head;
      memcpy (ret_values, values, sizeof values);
    }
  return found == 1 && tried < MAX_PLACES;
}

/* `RCPT from CLIENT: 554 5.7.1 …; from=<…> to=<…> proto=ESMTP helo=<…>` */
static void
read_reject (SkSpan rest, LogEvent *event)
{
  static const uint32_t fields[3] = { LOG_SYSLOG_MAIL_FROM, LOG_SYSLOG_MAIL_TO, LOG_SYSLOG_MAIL_HELO };
  SkSpan stage, client, reason, values[3];
  put_word (event, LOG_SYSLOG_ACTION, "reject");
  put_word (event, LOG_SYSLOG_OUTCOME, "failure");
  if (!log_text_until (&rest, " from ", &stage) || !log_text_until (&rest, ": ", &client))
    return;
  put_client (event, client);
  bool once = find_reject_pairs (rest, &reason, values);
  put_some (event, LOG_SYSLOG_REASON, reason);
  for (size_t i = 0; once && i < G_N_ELEMENTS (fields); i++)
    if (values[i].data != NULL)
      log_event_text (event, fields[i], values[i]);
}

/* `[warning: ]CLIENT: SASL LOGIN authentication failed: REASON[, sasl_username=USER]` */
static bool
read_sasl (SkSpan rest, LogEvent *event)
{
  SkSpan client, method;
  size_t at;
  log_text_skip (&rest, "warning: ");
  if (!log_text_until (&rest, ": SASL ", &client) || log_text_find (client, " ", &at)
      || !log_text_until (&rest, " authentication failed", &method))
    return false;
  put_word (event, LOG_SYSLOG_CATEGORY, "authentication");
  put_word (event, LOG_SYSLOG_ACTION, "login");
  put_word (event, LOG_SYSLOG_OUTCOME, "failure");
  put_word (event, LOG_SYSLOG_SERVICE, "smtp");
  put_client (event, client);
  log_event_text (event, LOG_SYSLOG_METHOD, method);
  if (log_text_find_last (rest, ", sasl_username=", &at))
    put_some (event, LOG_SYSLOG_USER, log_text_from (rest, at + strlen (", sasl_username=")));
  return true;
}

/* Queue ids: hexadecimal of the short form, or letters and digits of the long one. */
static bool
take_queue_id (SkSpan *rest, SkSpan *ret_id)
{
  SkSpan id, after = *rest;
  if (!log_text_until (&after, ": ", &id) || id.size < 6 || id.size > 24)
    return false;
  for (size_t i = 0; i < id.size; i++)
    if (!g_ascii_isalnum (id.data[i]))
      return false;
  *rest = after;
  *ret_id = id;
  return true;
}

/* The header's text as it came: no pairs stand behind it. */
static void
read_message_id (SkSpan id, LogEvent *event)
{
  SkSpan inner = id;
  size_t at;
  put_word (event, LOG_SYSLOG_ACTION, "message-id");
  if (log_text_skip (&inner, "<") && log_text_find (inner, ">", &at) && at == inner.size - 1)
    id = sk_span_slice (inner, 0, at);
  log_event_text (event, LOG_SYSLOG_MAIL_ID, id);
}

static void
read_queue_line (SkSpan id, SkSpan rest, LogEvent *event)
{
  bool refused = log_text_is (id, "NOQUEUE");
  put_word (event, LOG_SYSLOG_CATEGORY, "email");
  if (!refused)
    log_event_text (event, LOG_SYSLOG_QUEUE, id);
  if (log_text_skip (&rest, "reject: ") || log_text_skip (&rest, "milter-reject: "))
    {
      read_reject (rest, event);
      return;
    }
  if (log_text_skip (&rest, "message-id="))
    {
      read_message_id (rest, event);
      return;
    }
  if (log_text_starts (rest, "client="))
    put_word (event, LOG_SYSLOG_ACTION, "accept");
  else if (log_text_starts (rest, "from="))
    put_word (event, LOG_SYSLOG_ACTION, "queue");
  else if (log_text_is (rest, "removed"))
    put_word (event, LOG_SYSLOG_ACTION, "removed");
  read_pairs (rest, event);
}

static void
read_postfix (SkSpan message, LogEvent *event)
{
  SkSpan rest = message, id;
  if (log_text_skip (&rest, "connect from "))
    {
      put_word (event, LOG_SYSLOG_CATEGORY, "email");
      put_word (event, LOG_SYSLOG_ACTION, "connect");
      put_client (event, rest);
    }
  else if (log_text_skip (&rest, "disconnect from ") || log_text_skip (&rest, "lost connection after "))
    {
      put_word (event, LOG_SYSLOG_CATEGORY, "email");
      put_word (event, LOG_SYSLOG_ACTION, "disconnect");
      size_t at;
      put_client (event, log_text_find (rest, " from ", &at) ? log_text_from (rest, at + 6) : rest);
    }
  else if (!read_sasl (message, event) && take_queue_id (&rest, &id))
    read_queue_line (id, rest, event);
}

/* ---- Dovecot ---- */

/* `<sato>, method=PLAIN` before the address: where the name ends is told by what stands behind it. */
static void
put_login_user (SkSpan text, LogEvent *event)
{
  size_t at;
  if (log_text_find_last (text, ">, method=", &at))
    {
      put_some (event, LOG_SYSLOG_METHOD, log_text_from (text, at + strlen (">, method=")));
      text.size = at;
    }
  else if (log_text_ends (text, ">"))
    text.size--;
  else
    return;
  put_some (event, LOG_SYSLOG_USER, text);
}

/* `user=<sato>, method=PLAIN, rip=192.0.2.1, lip=…` behind the first `: ` of the text. The name is the client's:
 * the address is the last one. */
static void
read_login_pairs (SkSpan rest, LogEvent *event)
{
  SkSpan name, value, user = rest;
  size_t at;
  if (log_text_skip (&user, "user=<") && log_text_find_last (user, ", rip=", &at))
    {
      rest = log_text_from (user, at + 2);
      put_login_user (sk_span_slice (user, 0, at), event);
    }
  for (int n = 0; n < 16 && rest.size > 0; n++)
    {
      if (!take_pair (&rest, ',', &name, &value))
        { /* a word alone: `TLS` */
          SkSpan word;
          if (!log_text_until (&rest, ", ", &word))
            return;
          continue;
        }
      if (log_text_is (name, "user"))
        put_some (event, LOG_SYSLOG_USER, value);
      else if (log_text_is (name, "method"))
        put_some (event, LOG_SYSLOG_METHOD, value);
      else if (log_text_is (name, "rip"))
        put_some (event, log_text_is_address (value) ? LOG_SYSLOG_SOURCE_IP : LOG_SYSLOG_SOURCE_HOST,
                  value);
    }
}

/* `imap-login: Login: user=<…>, …`, `imap-login: Disconnected (auth failed, 3 attempts in 9 secs): user=…` */
static void
read_login (SkSpan protocol, SkSpan text, LogEvent *event)
{
  size_t at;
  SkSpan head = text;
  if (log_text_find (text, "user=<", &at))
    head.size = at;
  bool success = log_text_starts (text, "Login: ");
  bool failed = log_text_find (head, "auth failed", &at)
                || log_text_find (head, "tried to use disallowed plaintext auth", &at);
  protocol.size -= strlen ("-login");
  put_word (event, LOG_SYSLOG_CATEGORY, success || failed ? "authentication" : "session");
  put_word (event, LOG_SYSLOG_ACTION, success || failed ? "login" : "disconnect");
  if (success || failed)
    put_word (event, LOG_SYSLOG_OUTCOME, success ? "success" : "failure");
  put_some (event, LOG_SYSLOG_SERVICE, protocol);
  if (log_text_find (text, ": user=", &at))
    read_login_pairs (log_text_from (text, at + 2), event);
  else if (log_text_find (text, "): ", &at))
    read_login_pairs (log_text_from (text, at + 3), event);
}

/* `auth: passwd-file(sato,192.0.2.1): Password mismatch`, `auth-worker(12): pam(sato,192.0.2.1): …` */
static void
read_auth (SkSpan text, LogEvent *event)
{
  SkSpan driver, who, user;
  size_t at;
  if (!log_text_until (&text, "(", &driver) || !log_text_until (&text, "): ", &who))
    return;
  put_word (event, LOG_SYSLOG_CATEGORY, "authentication");
  put_word (event, LOG_SYSLOG_ACTION, "auth-database");
  put_word (event, LOG_SYSLOG_OUTCOME, "failure");
  put_some (event, LOG_SYSLOG_METHOD, driver);
  /* A second end: the first may stand in the name. */
  if (!log_text_find (text, "): ", &at) && log_text_until (&who, ",", &user))
    {
      put_some (event, LOG_SYSLOG_USER, user);
      if (log_text_find (who, ",", &at)) /* `,<session>` */
        who.size = at;
      if (log_text_is_address (who))
        log_event_text (event, LOG_SYSLOG_SOURCE_IP, who);
    }
  if (log_text_starts (text, "unknown user"))
    put_word (event, LOG_SYSLOG_USER_KNOWN, "false");
  put_some (event, LOG_SYSLOG_REASON, text);
}

static void
read_dovecot (SkSpan message, LogEvent *event)
{
  SkSpan service;
  if (!log_text_until (&message, ": ", &service))
    return;
  if (log_text_ends (service, "-login"))
    read_login (service, message, event);
  else if (log_text_is (service, "auth") || log_text_starts (service, "auth-worker"))
    {
      if (log_text_starts (message, "conn "))
        { /* `conn unix:auth-worker (pid=1,uid=0): auth-worker<1>: pam(sato,192.0.2.1): …` */
          SkSpan skipped;
          if (!log_text_until (&message, ">: ", &skipped))
            return;
        }
      read_auth (message, event);
    }
}

void
log_mail_message (SkSpan program, SkSpan message, LogEvent *event)
{
  if (log_text_starts (program, "postfix"))
    read_postfix (message, event);
  else if (log_text_is (program, "dovecot"))
    read_dovecot (message, event);
}
