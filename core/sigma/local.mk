# SPDX-License-Identifier: Apache-2.0
#
# Reading rules (rule.h) and tables (logsource.h), and compiling and matching (sigma.h).

core_libsekisho_la_SOURCES += \
  %D%/condition.c \
  %D%/correlation-read.c \
  %D%/filter.c \
  %D%/lists.c \
  %D%/logsource.h \
  %D%/memory.c %D%/memory.h \
  %D%/parse.c %D%/parse.h \
  %D%/parse-collection.c \
  %D%/parse-detection.c \
  %D%/parse-meta.c \
  %D%/regex.h \
  %D%/rule.h \
  %D%/rules.c \
  %D%/sigma.h \
  %D%/value.c \
  %D%/value-encode.c \
  %D%/value-modifier.c \
  %D%/value-pattern.c \
  %D%/value-typed.c

core_libsekisho_la_SOURCES += %D%/logsource.c

core_libsekisho_la_SOURCES += \
  %D%/choose.c \
  %D%/compile.c \
  %D%/dispatch.c \
  %D%/eval.c \
  %D%/evidence.c \
  %D%/index.c %D%/index.h \
  %D%/literals.c \
  %D%/match.c \
  %D%/pattern.c \
  %D%/program.c \
  %D%/regex-words.c \
  %D%/set.c \
  %D%/trigger.c \
  %D%/value-match.c \
  %D%/value-text.c \
  %D%/wants.c

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

check_PROGRAMS += core/sigma/tests/test-sigma-public
core_sigma_tests_test_sigma_public_SOURCES = %D%/tests/test-sigma-public.c %D%/tests/ast.c %D%/tests/ast.h
core_sigma_tests_test_sigma_public_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_sigma_public_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-sigma-public

check_PROGRAMS += core/sigma/tests/test-sigma-forms
core_sigma_tests_test_sigma_forms_SOURCES = %D%/tests/test-sigma-forms.c \
  %D%/tests/reading.c %D%/tests/reading.h %D%/tests/ast.c %D%/tests/ast.h
core_sigma_tests_test_sigma_forms_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_sigma_forms_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-sigma-forms

check_PROGRAMS += core/sigma/tests/test-sigma-refuse
core_sigma_tests_test_sigma_refuse_SOURCES = %D%/tests/test-sigma-refuse.c \
  %D%/tests/reading.c %D%/tests/reading.h %D%/tests/ast.c %D%/tests/ast.h
core_sigma_tests_test_sigma_refuse_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_sigma_refuse_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-sigma-refuse

check_PROGRAMS += core/sigma/tests/test-sigma-join
core_sigma_tests_test_sigma_join_SOURCES = %D%/tests/test-sigma-join.c \
  %D%/tests/reading.c %D%/tests/reading.h %D%/tests/ast.c %D%/tests/ast.h
core_sigma_tests_test_sigma_join_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_sigma_join_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-sigma-join

check_PROGRAMS += core/sigma/tests/fuzz-sigma-rule
core_sigma_tests_fuzz_sigma_rule_SOURCES = %D%/tests/fuzz-sigma-rule.c
core_sigma_tests_fuzz_sigma_rule_LDFLAGS = $(FUZZ_LINK)
core_sigma_tests_fuzz_sigma_rule_LDADD = $(FUZZ_ADD)
TESTS += core/sigma/tests/fuzz-sigma-rule

EXTRA_DIST += %D%/tests/seeds/sigma-rule
check_PROGRAMS += core/sigma/tests/test-match
core_sigma_tests_test_match_SOURCES = %D%/tests/test-match.c %D%/tests/match-world.c %D%/tests/match-world.h
core_sigma_tests_test_match_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_match_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-match

check_PROGRAMS += core/sigma/tests/test-index
core_sigma_tests_test_index_SOURCES = %D%/tests/test-index.c %D%/tests/match-world.c %D%/tests/match-world.h
core_sigma_tests_test_index_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_index_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-index

check_PROGRAMS += core/sigma/tests/test-set
core_sigma_tests_test_set_SOURCES = %D%/tests/test-set.c %D%/tests/match-world.c %D%/tests/match-world.h
core_sigma_tests_test_set_CFLAGS = $(TEST_CFLAGS)
core_sigma_tests_test_set_LDADD = $(TEST_ADD)
TESTS += core/sigma/tests/test-set
