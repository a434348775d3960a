# SPDX-License-Identifier: Apache-2.0
# Rules of the tree, as tests.

meta_tests = \
  tests/meta/headers.t \
  tests/meta/includes.t \
  tests/meta/symbols.t \
  tests/meta/tree.t
TESTS += $(meta_tests)
EXTRA_DIST += $(meta_tests)

check_PROGRAMS += tests/meta/test-abi
tests_meta_test_abi_SOURCES = %D%/test-abi.c
tests_meta_test_abi_CFLAGS = $(TEST_CFLAGS)
tests_meta_test_abi_LDADD = $(TEST_ADD)
TESTS += tests/meta/test-abi
