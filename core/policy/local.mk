# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/policy.c %D%/policy.h \
  %D%/silences.c %D%/silences.h

check_PROGRAMS += core/policy/tests/test-policy
core_policy_tests_test_policy_SOURCES = %D%/tests/test-policy.c
core_policy_tests_test_policy_CFLAGS = $(TEST_CFLAGS)
core_policy_tests_test_policy_LDADD = $(TEST_ADD)
TESTS += core/policy/tests/test-policy

check_PROGRAMS += core/policy/tests/fuzz-silences
core_policy_tests_fuzz_silences_SOURCES = %D%/tests/fuzz-silences.c
core_policy_tests_fuzz_silences_LDFLAGS = $(FUZZ_LINK)
core_policy_tests_fuzz_silences_LDADD = $(FUZZ_ADD)
TESTS += core/policy/tests/fuzz-silences
EXTRA_DIST += %D%/tests/seeds/silences
