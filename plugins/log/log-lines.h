/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The line formats, and what the syslog format asks of the programs whose
 * messages are understood.
 */
#ifndef LOG_LINES_H
#define LOG_LINES_H

#include "log.h"

/* The functions of LogFormat. */
unsigned log_web_probe (SkSpan line);
LogLine log_web_parse (LogState *state, const LogSettings *settings, SkSpan line, LogEvent *event);
unsigned log_syslog_probe (SkSpan line);
void log_syslog_begin (LogState *state, const LogSettings *settings, const LogInput *input);
LogLine log_syslog_parse (LogState *state, const LogSettings *settings, SkSpan line, LogEvent *event);

/** Adds what the message of a program says. The message itself and the program stand in the event
 * already. What is not understood adds nothing: the record has its message all the same. */
void log_auth_message (SkSpan program, SkSpan message, LogEvent *event); /**< sshd, PAM, sudo, su, cron */
void log_mail_message (SkSpan program, SkSpan message, LogEvent *event); /**< Postfix, Dovecot */

#endif
