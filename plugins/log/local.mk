# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/log/liblog.la
plugins_log_liblog_la_SOURCES = %D%/log.h %D%/log-fields.h %D%/log-formats.c \
  %D%/log-time.c %D%/log-time.h
