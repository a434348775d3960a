# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/program/syslog/emit
tests_program_syslog_emit_SOURCES = %D%/emit.c \
  core/alert/tests/sample.c core/alert/tests/sample.h
tests_program_syslog_emit_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/core/alert/tests
tests_program_syslog_emit_LDADD = core/libsekisho.la $(GLIB_LIBS)

TESTS += %D%/journal.t %D%/json.t %D%/rsyslog.t
EXTRA_DIST += %D%/journal.t %D%/json.t %D%/rsyslog.t %D%/check.py
