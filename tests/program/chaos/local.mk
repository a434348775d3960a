# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/program/chaos/test-chaos
tests_program_chaos_test_chaos_SOURCES = %D%/test-chaos.c
tests_program_chaos_test_chaos_CFLAGS = $(TEST_CFLAGS)
tests_program_chaos_test_chaos_LDADD = $(TEST_ADD)
TESTS += tests/program/chaos/test-chaos
