# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/correlate.h %D%/correlate-private.h \
  %D%/correlate.c %D%/count.c %D%/group.c %D%/plan.c %D%/set.c %D%/wave.c

check_PROGRAMS += core/correlate/tests/test-correlate
core_correlate_tests_test_correlate_SOURCES = %D%/tests/test-correlate.c %D%/tests/set.c %D%/tests/set.h
core_correlate_tests_test_correlate_CFLAGS = $(TEST_CFLAGS) -I$(top_srcdir)
core_correlate_tests_test_correlate_LDADD = $(TEST_ADD)
TESTS += core/correlate/tests/test-correlate

check_PROGRAMS += core/correlate/tests/test-correlate-oracle
core_correlate_tests_test_correlate_oracle_SOURCES = %D%/tests/test-correlate-oracle.c \
  %D%/tests/oracle.c %D%/tests/set.c %D%/tests/set.h
core_correlate_tests_test_correlate_oracle_CFLAGS = $(TEST_CFLAGS) -I$(top_srcdir)
core_correlate_tests_test_correlate_oracle_LDADD = $(TEST_ADD)
TESTS += core/correlate/tests/test-correlate-oracle
