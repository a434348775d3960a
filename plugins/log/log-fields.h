/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The declared fields of each kind of record: X (identifier, name, type,
 * flags, meaning). The identifier's place is the handle; the line's number
 * stands first in every kind.
 */
#ifndef LOG_FIELDS_H
#define LOG_FIELDS_H

#define LOG_LINE_FIELD(X, KIND)                                                                    \
  X (KIND##_LINE, "log.line", SK_FIELD_INT, 0, "the line on which it begins, from 1")

#define LOG_JSON_FIELDS(X) LOG_LINE_FIELD (X, LOG_JSON)

#define LOG_SYSLOG_FIELDS(X) \
  LOG_LINE_FIELD (X, LOG_SYSLOG) \
  X (LOG_SYSLOG_HOST, "host", SK_FIELD_STRING, 0, "the machine that wrote it") \
  X (LOG_SYSLOG_PROGRAM, "program", SK_FIELD_STRING, 0, "the program that wrote it") \
  X (LOG_SYSLOG_PID, "pid", SK_FIELD_INT, 0, "the program's process id") \
  X (LOG_SYSLOG_FACILITY, "facility", SK_FIELD_INT, 0, "of the priority, 0 to 23") \
  X (LOG_SYSLOG_SEVERITY, "severity", SK_FIELD_INT, 0, "of the priority, 0 (emergency) to 7 (debug)") \
  X (LOG_SYSLOG_MSGID, "msgid", SK_FIELD_STRING, 0, "MSGID of RFC 5424") \
  X (LOG_SYSLOG_MESSAGE, "message", SK_FIELD_STRING, 0, "the text behind the program's name") \
  X (LOG_SYSLOG_REPEATED, "log.repeated", SK_FIELD_INT, 0, "how often the sender says that it came again") \
  X (LOG_SYSLOG_CATEGORY, "event.category", SK_FIELD_STRING, 0, "authentication, session, email: what kind of thing happened") \
  X (LOG_SYSLOG_ACTION, "event.action", SK_FIELD_STRING, 0, "login, pam, sudo, connect, deliver, reject, queue and so on") \
  X (LOG_SYSLOG_OUTCOME, "event.outcome", SK_FIELD_STRING, 0, "success or failure") \
  X (LOG_SYSLOG_REASON, "event.reason", SK_FIELD_STRING, 0, "why it failed, in the program's words") \
  X (LOG_SYSLOG_USER, "user.name", SK_FIELD_STRING, 0, "the user that it is about") \
  X (LOG_SYSLOG_USER_KNOWN, "user.known", SK_FIELD_STRING, 0, "false: the program says that there is no such user") \
  X (LOG_SYSLOG_TARGET, "user.target", SK_FIELD_STRING, 0, "the user that somebody became (sudo, su)") \
  X (LOG_SYSLOG_SOURCE_IP, "source.ip", SK_FIELD_STRING, 0, "address that it came from") \
  X (LOG_SYSLOG_SOURCE_HOST, "source.host", SK_FIELD_STRING, 0, "name that it came from, as the program tells it") \
  X (LOG_SYSLOG_SOURCE_PORT, "source.port", SK_FIELD_INT, 0, "port that it came from") \
  X (LOG_SYSLOG_METHOD, "auth.method", SK_FIELD_STRING, 0, "password, publickey, PLAIN and so on") \
  X (LOG_SYSLOG_SERVICE, "service", SK_FIELD_STRING, 0, "the PAM service, or the protocol of a mail login") \
  X (LOG_SYSLOG_COMMAND, "process.command_line", SK_FIELD_STRING, 0, "command that was run (sudo, cron)") \
  X (LOG_SYSLOG_QUEUE, "mail.queue-id", SK_FIELD_STRING, 0, "queue id of the mail") \
  X (LOG_SYSLOG_MAIL_ID, "mail.message-id", SK_FIELD_STRING, 0, "Message-ID of the mail") \
  X (LOG_SYSLOG_MAIL_FROM, "mail.from", SK_FIELD_STRING, 0, "envelope sender") \
  X (LOG_SYSLOG_MAIL_TO, "mail.to", SK_FIELD_STRING, 0, "envelope recipient") \
  X (LOG_SYSLOG_MAIL_SIZE, "mail.size", SK_FIELD_INT, 0, "bytes") \
  X (LOG_SYSLOG_MAIL_RELAY, "mail.relay", SK_FIELD_STRING, 0, "where it was handed on to") \
  X (LOG_SYSLOG_MAIL_DSN, "mail.dsn", SK_FIELD_STRING, 0, "delivery status code, as 2.0.0") \
  X (LOG_SYSLOG_MAIL_STATUS, "mail.status", SK_FIELD_STRING, 0, "sent, deferred, bounced, expired") \
  X (LOG_SYSLOG_MAIL_HELO, "mail.helo", SK_FIELD_STRING, 0, "what the client called itself")

#define LOG_WEB_FIELDS(X) \
  LOG_LINE_FIELD (X, LOG_WEB) \
  X (LOG_WEB_HOST, "cs-host", SK_FIELD_STRING, 0, "the virtual host, where the log tells it") \
  X (LOG_WEB_CLIENT, "c-ip", SK_FIELD_STRING, 0, "the client's address or name") \
  X (LOG_WEB_USER, "cs-username", SK_FIELD_STRING, 0, "the user that the server knew") \
  X (LOG_WEB_METHOD, "cs-method", SK_FIELD_STRING, 0, "GET, POST and so on") \
  X (LOG_WEB_URI, "cs-uri", SK_FIELD_STRING, 0, "target of the request as it came") \
  X (LOG_WEB_STEM, "cs-uri-stem", SK_FIELD_STRING, 0, "of it what stands before `?`") \
  X (LOG_WEB_QUERY, "cs-uri-query", SK_FIELD_STRING, 0, "of it what stands behind `?`") \
  X (LOG_WEB_DECODED, "cs-uri-decoded", SK_FIELD_STRING, 0, "the target with %XX undone twice; `..` stays") \
  X (LOG_WEB_VERSION, "cs-version", SK_FIELD_STRING, 0, "protocol and version") \
  X (LOG_WEB_STATUS, "sc-status", SK_FIELD_INT, 0, "status code of the answer") \
  X (LOG_WEB_BYTES, "sc-bytes", SK_FIELD_INT, 0, "bytes of the answer") \
  X (LOG_WEB_REFERER, "cs-referer", SK_FIELD_STRING, 0, "the page that the client says it came from; absent when it says none") \
  X (LOG_WEB_AGENT, "cs-user-agent", SK_FIELD_STRING, 0, "what the client calls itself") \
  X (LOG_WEB_EXTENSION, "cs-uri-extension", SK_FIELD_STRING, 0, "of the stem's last part with %XX undone once, in lower case, without the dot")

#define LOG_FIELD_ID(id, name, type, flags, meaning) id,
enum { LOG_JSON_FIELDS (LOG_FIELD_ID) LOG_N_JSON_FIELDS };
enum { LOG_SYSLOG_FIELDS (LOG_FIELD_ID) LOG_N_SYSLOG_FIELDS };
enum { LOG_WEB_FIELDS (LOG_FIELD_ID) LOG_N_WEB_FIELDS };
#undef LOG_FIELD_ID

#endif
