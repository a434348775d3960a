# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/keys.c %D%/keys.h \
  %D%/resolve.c %D%/resolve.h \
  %D%/sample.c \
  %D%/settings.c %D%/settings.h \
  %D%/sinks.c \
  %D%/values.c

check_PROGRAMS += core/config/tests/test-settings
core_config_tests_test_settings_SOURCES = %D%/tests/test-settings.c
core_config_tests_test_settings_CFLAGS = $(TEST_CFLAGS)
core_config_tests_test_settings_LDADD = $(TEST_ADD)
TESTS += core/config/tests/test-settings

check_PROGRAMS += core/config/tests/fuzz-settings
core_config_tests_fuzz_settings_SOURCES = %D%/tests/fuzz-settings.c
core_config_tests_fuzz_settings_LDFLAGS = $(FUZZ_LINK)
core_config_tests_fuzz_settings_LDADD = $(FUZZ_ADD)
TESTS += core/config/tests/fuzz-settings
EXTRA_DIST += \
  %D%/tests/seeds/settings/broken.yaml \
  %D%/tests/seeds/settings/options.yaml \
  %D%/tests/seeds/settings/taken.yaml \
  %D%/tests/seeds/settings/twice.yaml
