# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/log/liblog.la
plugins_log_liblog_la_SOURCES = %D%/log.h %D%/log-fields.h %D%/log-formats.c %D%/log-lines.h %D%/log-text.h \
  %D%/log-auth.c %D%/log-mail.c %D%/log-syslog.c %D%/log-web.c \
  %D%/log-time.c %D%/log-time.h

check_PROGRAMS += plugins/log/tests/test-lines
plugins_log_tests_test_lines_SOURCES = %D%/tests/test-lines.c
plugins_log_tests_test_lines_CFLAGS = $(TEST_CFLAGS) -I$(top_srcdir)/plugins/log
plugins_log_tests_test_lines_LDADD = plugins/log/liblog.la $(TEST_ADD)
TESTS += plugins/log/tests/test-lines

check_PROGRAMS += plugins/log/tests/fuzz-lines
plugins_log_tests_fuzz_lines_SOURCES = %D%/tests/fuzz-lines.c
plugins_log_tests_fuzz_lines_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/log
plugins_log_tests_fuzz_lines_LDFLAGS = $(FUZZ_LINK)
plugins_log_tests_fuzz_lines_LDADD = plugins/log/liblog.la $(FUZZ_ADD)
TESTS += plugins/log/tests/fuzz-lines
EXTRA_DIST += %D%/tests/seeds/lines
