/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The line formats that there are: a row each.
 */
#include "config.h"

#include "log-lines.h"

const LogFormat log_formats[] = {
  { "web", LOG_KIND_WEB, log_web_probe, NULL, log_web_parse },
  { "syslog", LOG_KIND_SYSLOG, log_syslog_probe, log_syslog_begin, log_syslog_parse },
  { .name = NULL },
};
