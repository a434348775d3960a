# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/budget.c \
  %D%/deliver.c \
  %D%/entry.c %D%/entry.h \
  %D%/expand.c \
  %D%/generation.c \
  %D%/inbound.c %D%/inbound.h \
  %D%/job.c %D%/job.h \
  %D%/local-reply.c %D%/local-reply.h \
  %D%/pool.c \
  %D%/record.c %D%/record.h \
  %D%/relate.c %D%/relate.h %D%/relate-internal.h %D%/relate-say.c \
  %D%/replies.c \
  %D%/results.c %D%/results.h \
  %D%/run-file.c %D%/run-file.h %D%/run-file-internal.h %D%/run-merge.c \
  %D%/schedule.c %D%/schedule.h %D%/schedule-internal.h %D%/schedule-seat.c \
  %D%/supervisor.c %D%/supervisor.h %D%/supervisor-internal.h \
  %D%/unlinked.c %D%/unlinked.h \
  %D%/windows.c %D%/windows.h

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

check_PROGRAMS += core/run/tests/test-supervisor
core_run_tests_test_supervisor_SOURCES = %D%/tests/test-supervisor.c
core_run_tests_test_supervisor_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_supervisor_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-supervisor

check_PROGRAMS += core/run/tests/test-inbound
core_run_tests_test_inbound_SOURCES = %D%/tests/test-inbound.c
core_run_tests_test_inbound_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_inbound_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-inbound

check_PROGRAMS += core/run/tests/fuzz-inbound
core_run_tests_fuzz_inbound_SOURCES = %D%/tests/fuzz-inbound.c
core_run_tests_fuzz_inbound_LDFLAGS = $(FUZZ_LINK)
core_run_tests_fuzz_inbound_LDADD = $(FUZZ_ADD)
TESTS += core/run/tests/fuzz-inbound
EXTRA_DIST += \
  %D%/tests/seeds/inbound/lend \
  %D%/tests/seeds/inbound/mark \
  %D%/tests/seeds/inbound/page \
  %D%/tests/seeds/inbound/record \
  %D%/tests/seeds/inbound/reply \
  %D%/tests/seeds/inbound/reply-outside \
  %D%/tests/seeds/inbound/reply-windows \
  %D%/tests/seeds/inbound/stream \
  %D%/tests/seeds/inbound/stream-cut \
  %D%/tests/seeds/inbound/stream-fds \
  %D%/tests/seeds/inbound/windows

check_PROGRAMS += core/run/tests/test-record
core_run_tests_test_record_SOURCES = %D%/tests/test-record.c
core_run_tests_test_record_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_record_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-record

check_PROGRAMS += core/run/tests/fuzz-record
core_run_tests_fuzz_record_SOURCES = %D%/tests/fuzz-record.c
core_run_tests_fuzz_record_LDFLAGS = $(FUZZ_LINK)
core_run_tests_fuzz_record_LDADD = $(FUZZ_ADD)
TESTS += core/run/tests/fuzz-record
EXTRA_DIST += \
  %D%/tests/seeds/record/cut \
  %D%/tests/seeds/record/empty \
  %D%/tests/seeds/record/file \
  %D%/tests/seeds/record/log

check_PROGRAMS += core/run/tests/test-relate
core_run_tests_test_relate_SOURCES = %D%/tests/test-relate.c
core_run_tests_test_relate_CFLAGS = $(TEST_CFLAGS)
core_run_tests_test_relate_LDADD = $(TEST_ADD)
TESTS += core/run/tests/test-relate
