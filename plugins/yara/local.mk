# SPDX-License-Identifier: Apache-2.0

# All of the plugin, which the tests link too.
noinst_LTLIBRARIES += plugins/yara/libyaraplugin.la
plugins_yara_libyaraplugin_la_SOURCES = %D%/yara.c %D%/yara-plugin.h %D%/yara-cache.c \
  %D%/yara-blocks.c %D%/yara-compile.c %D%/yara-condition.c %D%/yara-external.c \
  %D%/yara-filter.c %D%/yara-filter.h %D%/yara-literal.c %D%/yara-literal.h %D%/yara-meta.c \
  %D%/yara-scan.c %D%/yara-set.c %D%/yara-source.c %D%/yara-split.c %D%/yara-token.c \
  %D%/yara-token.h
plugins_yara_libyaraplugin_la_CFLAGS = $(AM_CFLAGS) $(YARA_CFLAGS) $(CRYPTO_CFLAGS) $(HYPERSCAN_CFLAGS)
plugins_yara_libyaraplugin_la_LIBADD = $(YARA_LIBS) $(CRYPTO_LIBS) $(HYPERSCAN_LIBS) $(GLIB_LIBS)

plugins_LTLIBRARIES += plugins/yara.la
plugins_yara_la_SOURCES =
plugins_yara_la_LDFLAGS = $(PLUGIN_LINK)
plugins_yara_la_LIBADD = plugins/yara/libyaraplugin.la
EXTRA_DIST += %D%/README.md

check_LTLIBRARIES += plugins/yara/libyarahost.la
plugins_yara_libyarahost_la_SOURCES = %D%/tests/yara-host.c %D%/tests/yara-host.h
plugins_yara_libyarahost_la_CFLAGS = $(TEST_CFLAGS)
plugins_yara_libyarahost_la_LIBADD = plugins/yara/libyaraplugin.la tests/lib/libtest.la

YARA_TESTS = plugins/yara/tests/test-yara plugins/yara/tests/test-yara-cache \
  plugins/yara/tests/test-yara-filter plugins/yara/tests/test-yara-limits \
  plugins/yara/tests/test-yara-public
YARA_TEST_ADD = plugins/yara/libyarahost.la $(CHECK_LIBS) $(GLIB_LIBS)
check_PROGRAMS += $(YARA_TESTS)
TESTS += $(YARA_TESTS)
plugins_yara_tests_test_yara_SOURCES = %D%/tests/test-yara.c
plugins_yara_tests_test_yara_CFLAGS = $(TEST_CFLAGS)
plugins_yara_tests_test_yara_LDADD = $(YARA_TEST_ADD)
plugins_yara_tests_test_yara_cache_SOURCES = %D%/tests/test-yara-cache.c
plugins_yara_tests_test_yara_cache_CFLAGS = $(TEST_CFLAGS)
plugins_yara_tests_test_yara_cache_LDADD = $(YARA_TEST_ADD)
plugins_yara_tests_test_yara_limits_SOURCES = %D%/tests/test-yara-limits.c
plugins_yara_tests_test_yara_limits_CFLAGS = $(TEST_CFLAGS)
plugins_yara_tests_test_yara_limits_LDADD = $(YARA_TEST_ADD)
plugins_yara_tests_test_yara_public_SOURCES = %D%/tests/test-yara-public.c
plugins_yara_tests_test_yara_public_CFLAGS = $(TEST_CFLAGS)
plugins_yara_tests_test_yara_public_LDADD = $(YARA_TEST_ADD)
plugins_yara_tests_test_yara_filter_SOURCES = %D%/tests/test-yara-filter.c
plugins_yara_tests_test_yara_filter_CFLAGS = $(TEST_CFLAGS) $(YARA_CFLAGS) -I$(top_srcdir)/plugins/yara
plugins_yara_tests_test_yara_filter_LDADD = $(YARA_TEST_ADD)

check_PROGRAMS += plugins/yara/tests/fuzz-rules
TESTS += plugins/yara/tests/fuzz-rules
plugins_yara_tests_fuzz_rules_SOURCES = %D%/tests/fuzz-rules.c
plugins_yara_tests_fuzz_rules_CFLAGS = $(TEST_CFLAGS) $(YARA_CFLAGS) -I$(top_srcdir)/plugins/yara
plugins_yara_tests_fuzz_rules_LDFLAGS = $(FUZZ_LINK)
plugins_yara_tests_fuzz_rules_LDADD = plugins/yara/libyaraplugin.la $(FUZZ_ADD)
EXTRA_DIST += %D%/tests/seeds/rules/includes-itself.yar %D%/tests/seeds/rules/odd.yar %D%/tests/seeds/rules/plain.yar \
  %D%/tests/seeds/rules/unterminated.yar
