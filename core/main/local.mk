# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/allow.c \
  %D%/command.c %D%/command.h \
  %D%/config.c \
  %D%/explain.c %D%/explain-sigma.c %D%/explain-sigma.h \
  %D%/help.c \
  %D%/plugins.c \
  %D%/progress.c %D%/progress.h \
  %D%/records.c %D%/records.h \
  %D%/related.c \
  %D%/report.c %D%/report.h \
  %D%/rule-paths.c %D%/rule-paths.h \
  %D%/rule-tests.c %D%/rule-tests.h \
  %D%/rules.c %D%/rules-test.c \
  %D%/scan.c \
  %D%/session.c %D%/session.h \
  %D%/silences.c %D%/silences.h

bin_PROGRAMS += sekisho
sekisho_SOURCES = %D%/main.c
sekisho_CFLAGS = $(AM_CFLAGS) -fPIE
sekisho_LDFLAGS = $(AM_LDFLAGS) -pie
sekisho_LDADD = core/libsekisho.la $(GLIB_LIBS)

check_PROGRAMS += core/main/tests/test-command
core_main_tests_test_command_SOURCES = %D%/tests/test-command.c
core_main_tests_test_command_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_command_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-command

check_PROGRAMS += core/main/tests/test-progress
core_main_tests_test_progress_SOURCES = %D%/tests/test-progress.c
core_main_tests_test_progress_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_progress_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-progress

check_PROGRAMS += core/main/tests/test-report
core_main_tests_test_report_SOURCES = %D%/tests/test-report.c
core_main_tests_test_report_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_report_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-report

check_PROGRAMS += core/main/tests/test-silences
core_main_tests_test_silences_SOURCES = %D%/tests/test-silences.c
core_main_tests_test_silences_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_silences_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-silences

check_PROGRAMS += core/main/tests/test-records
core_main_tests_test_records_SOURCES = %D%/tests/test-records.c
core_main_tests_test_records_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_records_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-records

check_PROGRAMS += core/main/tests/test-rule-tests
core_main_tests_test_rule_tests_SOURCES = %D%/tests/test-rule-tests.c
core_main_tests_test_rule_tests_CFLAGS = $(TEST_CFLAGS)
core_main_tests_test_rule_tests_LDADD = $(TEST_ADD)
TESTS += core/main/tests/test-rule-tests

check_PROGRAMS += core/main/tests/fuzz-rule-tests
core_main_tests_fuzz_rule_tests_SOURCES = %D%/tests/fuzz-rule-tests.c
core_main_tests_fuzz_rule_tests_LDFLAGS = $(FUZZ_LINK)
core_main_tests_fuzz_rule_tests_LDADD = $(FUZZ_ADD)
TESTS += core/main/tests/fuzz-rule-tests

EXTRA_DIST += %D%/tests/seeds/rule-tests
