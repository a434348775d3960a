# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/alert.h \
  %D%/fields.c \
  %D%/fit.c \
  %D%/format.h \
  %D%/json-write.c \
  %D%/json-write.h \
  %D%/json.c \
  %D%/rfc3164.c \
  %D%/rfc5424.c \
  %D%/settings.c \
  %D%/sink-journal.c \
  %D%/sink-stream.c \
  %D%/sink-syslog.c \
  %D%/sink.c \
  %D%/sink.h \
  %D%/summary.c \
  %D%/tree.c

ALERT_TEST_SOURCES = \
  %D%/tests/parse5424.c %D%/tests/parse5424.h \
  %D%/tests/sample.c %D%/tests/sample.h

check_PROGRAMS += core/alert/tests/test-formats
core_alert_tests_test_formats_SOURCES = %D%/tests/test-formats.c $(ALERT_TEST_SOURCES)
core_alert_tests_test_formats_CFLAGS = $(TEST_CFLAGS)
core_alert_tests_test_formats_LDADD = $(TEST_ADD)
TESTS += core/alert/tests/test-formats

check_PROGRAMS += core/alert/tests/fuzz-alert
core_alert_tests_fuzz_alert_SOURCES = %D%/tests/fuzz-alert.c $(ALERT_TEST_SOURCES)
core_alert_tests_fuzz_alert_LDFLAGS = $(FUZZ_LINK)
core_alert_tests_fuzz_alert_LDADD = $(FUZZ_ADD)
TESTS += core/alert/tests/fuzz-alert
EXTRA_DIST += %D%/tests/seeds/alert

check_PROGRAMS += core/alert/tests/test-sinks
core_alert_tests_test_sinks_SOURCES = %D%/tests/test-sinks.c $(ALERT_TEST_SOURCES)
core_alert_tests_test_sinks_CFLAGS = $(TEST_CFLAGS)
core_alert_tests_test_sinks_LDADD = $(TEST_ADD)
TESTS += core/alert/tests/test-sinks
