# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += %D%/budget.c %D%/results.c %D%/results.h %D%/run-file.c \
  %D%/run-file.h %D%/run-file-internal.h %D%/run-merge.c %D%/schedule.c %D%/schedule.h \
  %D%/schedule-internal.h %D%/schedule-seat.c %D%/unlinked.c %D%/unlinked.h

check_PROGRAMS += core/run/tests/test-schedule
core_run_tests_test_schedule_SOURCES = %D%/tests/test-schedule.c
core_run_tests_test_schedule_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_schedule_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-schedule

check_PROGRAMS += core/run/tests/test-run-file
core_run_tests_test_run_file_SOURCES = %D%/tests/test-run-file.c
core_run_tests_test_run_file_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_run_file_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-run-file
