# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/attributes.c %D%/attributes.h \
  %D%/names.c %D%/names.h \
  %D%/own.c \
  %D%/stdin.c \
  %D%/tree.c %D%/tree.h \
  %D%/walk.c %D%/walk.h

check_PROGRAMS += core/source/tests/test-tree
core_source_tests_test_tree_SOURCES = %D%/tests/test-tree.c
core_source_tests_test_tree_CFLAGS = $(TEST_CFLAGS)
core_source_tests_test_tree_LDADD = $(TEST_ADD)
TESTS += core/source/tests/test-tree

check_PROGRAMS += core/source/tests/test-walk
core_source_tests_test_walk_SOURCES = %D%/tests/test-walk.c
core_source_tests_test_walk_CFLAGS = $(TEST_CFLAGS)
core_source_tests_test_walk_LDADD = $(TEST_ADD)
TESTS += core/source/tests/test-walk
