# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += %D%/error.c
core_libsekisho_la_SOURCES += %D%/i18n.h %D%/yaml.c %D%/yaml.h %D%/yaml-value.c

check_PROGRAMS += core/base/tests/test-yaml
core_base_tests_test_yaml_SOURCES = %D%/tests/test-yaml.c
core_base_tests_test_yaml_CFLAGS = $(TEST_CFLAGS)
core_base_tests_test_yaml_LDADD = $(TEST_ADD)
TESTS += core/base/tests/test-yaml

check_PROGRAMS += core/base/tests/fuzz-yaml
core_base_tests_fuzz_yaml_SOURCES = %D%/tests/fuzz-yaml.c
core_base_tests_fuzz_yaml_LDFLAGS = $(FUZZ_LINK)
core_base_tests_fuzz_yaml_LDADD = $(FUZZ_ADD)
TESTS += core/base/tests/fuzz-yaml
EXTRA_DIST += \
  %D%/tests/seeds/yaml/alias.yaml \
  %D%/tests/seeds/yaml/config.yaml \
  %D%/tests/seeds/yaml/flow.yaml \
  %D%/tests/seeds/yaml/scalars.yaml
