# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/autorun/libautorun.la
plugins_autorun_libautorun_la_SOURCES = %D%/autorun-parse.c %D%/autorun-parse.h
plugins_autorun_libautorun_la_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS)

plugins_LTLIBRARIES += plugins/autorun.la
plugins_autorun_la_SOURCES = %D%/autorun.c
plugins_autorun_la_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS)
plugins_autorun_la_LDFLAGS = $(PLUGIN_LINK)
plugins_autorun_la_LIBADD = plugins/autorun/libautorun.la $(ICU_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

AUTORUN_TEST_CFLAGS = $(TEST_CFLAGS) $(ICU_CFLAGS) -I$(top_srcdir)/plugins/autorun

# Links the plugin's own source: its symbol is the way in.
check_PROGRAMS += plugins/autorun/tests/test-autorun
plugins_autorun_tests_test_autorun_SOURCES = %D%/tests/test-autorun.c %D%/autorun.c
plugins_autorun_tests_test_autorun_CFLAGS = $(AUTORUN_TEST_CFLAGS)
plugins_autorun_tests_test_autorun_LDADD = plugins/autorun/libautorun.la $(TEST_ADD) $(ICU_LIBS)
TESTS += plugins/autorun/tests/test-autorun

check_PROGRAMS += plugins/autorun/tests/fuzz-autorun
plugins_autorun_tests_fuzz_autorun_SOURCES = %D%/tests/fuzz-autorun.c
plugins_autorun_tests_fuzz_autorun_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS) -I$(top_srcdir)/plugins/autorun
plugins_autorun_tests_fuzz_autorun_LDFLAGS = $(FUZZ_LINK)
plugins_autorun_tests_fuzz_autorun_LDADD = plugins/autorun/libautorun.la $(FUZZ_ADD) $(ICU_LIBS)
TESTS += plugins/autorun/tests/fuzz-autorun
EXTRA_DIST += \
  %D%/tests/seeds/autorun/cp932 \
  %D%/tests/seeds/autorun/junk \
  %D%/tests/seeds/autorun/starters \
  %D%/tests/seeds/autorun/utf16
