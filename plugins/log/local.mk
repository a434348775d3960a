# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/log/liblog.la
plugins_log_liblog_la_SOURCES = %D%/log.h %D%/log-fields.h %D%/log-formats.c %D%/log-lines.h %D%/log-text.h \
  %D%/log-auth.c %D%/log-mail.c %D%/log-syslog.c %D%/log-web.c \
  %D%/log-time.c %D%/log-time.h %D%/log-json.c %D%/log-json.h %D%/log-names.c %D%/log-names.h \
  %D%/log-token.c %D%/log-token.h \
  %D%/log-detect.c %D%/log-detect.h %D%/log-read.c %D%/log-read.h \
  %D%/log-window.c %D%/log-window.h %D%/log-charset.c %D%/log-charset.h

plugins_LTLIBRARIES += plugins/log.la
plugins_log_la_SOURCES = %D%/log.c
plugins_log_la_LDFLAGS = $(PLUGIN_LINK)
plugins_log_la_LIBADD = plugins/log/liblog.la $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

LOG_TEST_CFLAGS = $(TEST_CFLAGS) -I$(top_srcdir)/plugins/log
LOG_TEST_ADD = plugins/log/liblog.la $(TEST_ADD)

# Another reader's word for what JSON says.
check_PROGRAMS += plugins/log/tests/json-dump
plugins_log_tests_json_dump_SOURCES = %D%/tests/json-dump.c
plugins_log_tests_json_dump_CFLAGS = $(LOG_TEST_CFLAGS)
plugins_log_tests_json_dump_LDADD = plugins/log/liblog.la $(GLIB_LIBS)

check_PROGRAMS += plugins/log/tests/test-lines
plugins_log_tests_test_lines_SOURCES = %D%/tests/test-lines.c
plugins_log_tests_test_lines_CFLAGS = $(LOG_TEST_CFLAGS)
plugins_log_tests_test_lines_LDADD = $(LOG_TEST_ADD)
TESTS += plugins/log/tests/test-lines

check_PROGRAMS += plugins/log/tests/fuzz-lines
plugins_log_tests_fuzz_lines_SOURCES = %D%/tests/fuzz-lines.c
plugins_log_tests_fuzz_lines_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/log
plugins_log_tests_fuzz_lines_LDFLAGS = $(FUZZ_LINK)
plugins_log_tests_fuzz_lines_LDADD = plugins/log/liblog.la $(FUZZ_ADD)
TESTS += plugins/log/tests/fuzz-lines
EXTRA_DIST += %D%/tests/seeds/lines

check_PROGRAMS += plugins/log/tests/test-json
plugins_log_tests_test_json_SOURCES = %D%/tests/test-json.c
plugins_log_tests_test_json_CFLAGS = $(LOG_TEST_CFLAGS)
plugins_log_tests_test_json_LDADD = $(LOG_TEST_ADD)
TESTS += plugins/log/tests/test-json

check_PROGRAMS += plugins/log/tests/fuzz-json
plugins_log_tests_fuzz_json_SOURCES = %D%/tests/fuzz-json.c
plugins_log_tests_fuzz_json_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/log
plugins_log_tests_fuzz_json_LDFLAGS = $(FUZZ_LINK)
plugins_log_tests_fuzz_json_LDADD = plugins/log/liblog.la $(FUZZ_ADD)
TESTS += plugins/log/tests/fuzz-json
EXTRA_DIST += %D%/tests/seeds/json

# Links the plugin's own source: its symbol is the way in.
check_PROGRAMS += plugins/log/tests/test-log
plugins_log_tests_test_log_SOURCES = %D%/tests/test-log.c %D%/log.c
plugins_log_tests_test_log_CFLAGS = $(LOG_TEST_CFLAGS)
plugins_log_tests_test_log_LDADD = $(LOG_TEST_ADD)
TESTS += plugins/log/tests/test-log
