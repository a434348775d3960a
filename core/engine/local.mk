# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/api.c %D%/arena.c %D%/arena.h %D%/child.c %D%/declare.c %D%/declare.h %D%/defer.c \
  %D%/engine-private.h %D%/engine.c %D%/engine.h %D%/facts.c %D%/findings.c %D%/input.c \
  %D%/kind.c %D%/kind.h %D%/lists.c %D%/loader.c %D%/loader.h %D%/mapping.c %D%/names.c %D%/object.c %D%/own.c %D%/passwords.c %D%/passwords.h %D%/reasons.c \
  %D%/reasons.h %D%/record.c %D%/record.h %D%/secret.c %D%/send.c %D%/setup.c %D%/setup.h %D%/walk.c %D%/walker.h

# The plugins that these tests load are built by tests/plugins/local.mk.
check_LTLIBRARIES += core/engine/tests/libengine-test.la
core_engine_tests_libengine_test_la_SOURCES = %D%/tests/engine-test.c %D%/tests/engine-test.h
core_engine_tests_libengine_test_la_CFLAGS = $(TEST_CFLAGS)

check_PROGRAMS += core/engine/tests/test-loader
core_engine_tests_test_loader_SOURCES = %D%/tests/test-loader.c
core_engine_tests_test_loader_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_loader_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-loader

check_PROGRAMS += core/engine/tests/test-walk
core_engine_tests_test_walk_SOURCES = %D%/tests/test-walk.c
core_engine_tests_test_walk_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_walk_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-walk

check_PROGRAMS += core/engine/tests/test-limits
core_engine_tests_test_limits_SOURCES = %D%/tests/test-limits.c
core_engine_tests_test_limits_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_limits_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-limits

check_PROGRAMS += core/engine/tests/test-input
core_engine_tests_test_input_SOURCES = %D%/tests/test-input.c
core_engine_tests_test_input_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_input_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-input

check_PROGRAMS += core/engine/tests/fuzz-walk
core_engine_tests_fuzz_walk_SOURCES = %D%/tests/fuzz-walk.c
core_engine_tests_fuzz_walk_LDFLAGS = $(FUZZ_LINK)
core_engine_tests_fuzz_walk_LDADD = $(FUZZ_ADD)
EXTRA_core_engine_tests_fuzz_walk_DEPENDENCIES = tests/plugins/script.la tests/plugins/lines.la
TESTS += core/engine/tests/fuzz-walk
EXTRA_DIST += \
  %D%/tests/seeds/walk/children %D%/tests/seeds/walk/defer %D%/tests/seeds/walk/facts \
  %D%/tests/seeds/walk/lines %D%/tests/seeds/walk/lines-empty-word \
  %D%/tests/seeds/walk/misuse %D%/tests/seeds/walk/records %D%/tests/seeds/walk/secrets

check_PROGRAMS += core/engine/tests/test-records
core_engine_tests_test_records_SOURCES = %D%/tests/test-records.c
core_engine_tests_test_records_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_records_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-records

check_PROGRAMS += core/engine/tests/test-passwords
core_engine_tests_test_passwords_SOURCES = %D%/tests/test-passwords.c
core_engine_tests_test_passwords_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_passwords_LDADD = $(TEST_ADD)
TESTS += core/engine/tests/test-passwords

check_PROGRAMS += core/engine/tests/test-judge
core_engine_tests_test_judge_SOURCES = %D%/tests/test-judge.c
core_engine_tests_test_judge_CFLAGS = $(TEST_CFLAGS)
core_engine_tests_test_judge_LDADD = core/engine/tests/libengine-test.la $(TEST_ADD)
TESTS += core/engine/tests/test-judge
