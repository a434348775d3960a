# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/channel.c \
  %D%/frame.c %D%/frame.h \
  %D%/page.c %D%/page.h \
  %D%/sandbox.c %D%/sandbox.h %D%/sandbox-private.h \
  %D%/sandbox-filter.c \
  %D%/sandbox-landlock.c \
  %D%/start.c \
  %D%/trace.c %D%/trace.h \
  %D%/warm.c %D%/warm.h \
  %D%/worker.c \
  %D%/zygote.c %D%/zygote.h

check_PROGRAMS += core/process/tests/test-frame
core_process_tests_test_frame_SOURCES = %D%/tests/test-frame.c
core_process_tests_test_frame_CFLAGS = $(TEST_CFLAGS)
core_process_tests_test_frame_LDADD = $(TEST_ADD)
TESTS += core/process/tests/test-frame

check_PROGRAMS += core/process/tests/fuzz-frame
core_process_tests_fuzz_frame_SOURCES = %D%/tests/fuzz-frame.c
core_process_tests_fuzz_frame_LDFLAGS = $(FUZZ_LINK)
core_process_tests_fuzz_frame_LDADD = $(FUZZ_ADD)
TESTS += core/process/tests/fuzz-frame

EXTRA_DIST += %D%/tests/seeds/frame

check_PROGRAMS += core/process/tests/test-sandbox
core_process_tests_test_sandbox_SOURCES = %D%/tests/test-sandbox.c
core_process_tests_test_sandbox_CFLAGS = $(TEST_CFLAGS) $(SECCOMP_CFLAGS)
core_process_tests_test_sandbox_LDADD = $(TEST_ADD) $(SECCOMP_LIBS)
TESTS += core/process/tests/test-sandbox

check_PROGRAMS += core/process/tests/test-worker
core_process_tests_test_worker_SOURCES = %D%/tests/test-worker.c \
  %D%/tests/fake-engine.c %D%/tests/fake-engine.h
core_process_tests_test_worker_CFLAGS = $(TEST_CFLAGS)
core_process_tests_test_worker_LDADD = $(TEST_ADD)
TESTS += core/process/tests/test-worker

check_PROGRAMS += core/process/tests/test-zygote
core_process_tests_test_zygote_SOURCES = %D%/tests/test-zygote.c \
  %D%/tests/fake-engine.c %D%/tests/fake-engine.h
core_process_tests_test_zygote_CFLAGS = $(TEST_CFLAGS) $(SECCOMP_CFLAGS)
core_process_tests_test_zygote_LDADD = $(TEST_ADD) $(SECCOMP_LIBS)
TESTS += core/process/tests/test-zygote
