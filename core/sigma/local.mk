# SPDX-License-Identifier: Apache-2.0
#
# Reading rules (rule.h) and tables (logsource.h), and compiling and matching (sigma.h).

core_libsekisho_la_SOURCES += \
  %D%/logsource.h %D%/rule.h %D%/sigma.h

core_libsekisho_la_SOURCES += %D%/logsource.c

check_PROGRAMS += core/sigma/tests/test-logsource
core_sigma_tests_test_logsource_SOURCES = %D%/tests/test-logsource.c
core_sigma_tests_test_logsource_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_logsource_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-logsource

check_PROGRAMS += core/sigma/tests/fuzz-logsource
core_sigma_tests_fuzz_logsource_SOURCES = %D%/tests/fuzz-logsource.c
core_sigma_tests_fuzz_logsource_LDFLAGS = $(FUZZ_LINK)
core_sigma_tests_fuzz_logsource_LDADD = $(FUZZ_ADD)
TESTS += core/sigma/tests/fuzz-logsource

EXTRA_DIST += %D%/tests/seeds/logsource
