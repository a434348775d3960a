# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/block.h \
  %D%/buffer.c %D%/buffer.h \
  %D%/bundle.c %D%/bundle.h \
  %D%/catalogue.c %D%/catalogue.h \
  %D%/charset.c %D%/charset.h \
  %D%/error.c %D%/error.h \
  %D%/file.c %D%/file.h \
  %D%/fold.c %D%/fold.h \
  %D%/glob.c %D%/glob.h \
  %D%/i18n.h \
  %D%/json-text.c %D%/json-text.h \
  %D%/level.c %D%/level.h \
  %D%/limits.h \
  %D%/reply.c %D%/reply.h \
  %D%/text.c %D%/text.h \
  %D%/yaml.c %D%/yaml.h %D%/yaml-value.c %D%/yaml-split.c %D%/yaml-split.h

check_PROGRAMS += core/base/tests/test-base
core_base_tests_test_base_SOURCES = %D%/tests/test-base.c
core_base_tests_test_base_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_base_LDADD = $(TEST_ADD)
TESTS += core/base/tests/test-base

check_PROGRAMS += core/base/tests/test-wire
core_base_tests_test_wire_SOURCES = %D%/tests/test-wire.c
core_base_tests_test_wire_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_wire_LDADD = $(TEST_ADD)
TESTS += core/base/tests/test-wire

check_PROGRAMS += core/base/tests/test-yaml
core_base_tests_test_yaml_SOURCES = %D%/tests/test-yaml.c
core_base_tests_test_yaml_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_yaml_LDADD = $(TEST_ADD)
TESTS += core/base/tests/test-yaml

check_PROGRAMS += core/base/tests/fuzz-wire
core_base_tests_fuzz_wire_SOURCES = %D%/tests/fuzz-wire.c
core_base_tests_fuzz_wire_LDFLAGS = $(FUZZ_LINK)
core_base_tests_fuzz_wire_LDADD = $(FUZZ_ADD)
TESTS += core/base/tests/fuzz-wire

check_PROGRAMS += core/base/tests/fuzz-yaml
core_base_tests_fuzz_yaml_SOURCES = %D%/tests/fuzz-yaml.c
core_base_tests_fuzz_yaml_LDFLAGS = $(FUZZ_LINK)
core_base_tests_fuzz_yaml_LDADD = $(FUZZ_ADD)
TESTS += core/base/tests/fuzz-yaml

EXTRA_DIST += \
  %D%/tests/seeds/wire \
  %D%/tests/seeds/yaml

check_PROGRAMS += core/base/tests/test-glob
core_base_tests_test_glob_SOURCES = %D%/tests/test-glob.c
core_base_tests_test_glob_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_glob_LDADD = $(TEST_ADD)
TESTS += core/base/tests/test-glob

check_PROGRAMS += core/base/tests/test-fold
core_base_tests_test_fold_SOURCES = %D%/tests/test-fold.c
core_base_tests_test_fold_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_fold_LDADD = $(TEST_ADD) $(ICU_LIBS)
TESTS += core/base/tests/test-fold
