# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/name/libname.la
plugins_name_libname_la_SOURCES = %D%/name-text.c %D%/name-text.h %D%/name-system.c %D%/name-path.c
plugins_name_libname_la_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS)

plugins_LTLIBRARIES += plugins/name.la
plugins_name_la_SOURCES = %D%/name.c
plugins_name_la_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS)
plugins_name_la_LDFLAGS = $(PLUGIN_LINK)
plugins_name_la_LIBADD = plugins/name/libname.la $(ICU_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

NAME_TEST_CFLAGS = $(TEST_CFLAGS) $(ICU_CFLAGS) -I$(top_srcdir)/plugins/name

# Links the plugin's own source: its symbol is the way in.
check_PROGRAMS += plugins/name/tests/test-name
plugins_name_tests_test_name_SOURCES = %D%/tests/test-name.c %D%/name.c
plugins_name_tests_test_name_CFLAGS = $(NAME_TEST_CFLAGS)
plugins_name_tests_test_name_LDADD = plugins/name/libname.la $(TEST_ADD) $(ICU_LIBS)
TESTS += plugins/name/tests/test-name

check_PROGRAMS += plugins/name/tests/fuzz-name
plugins_name_tests_fuzz_name_SOURCES = %D%/tests/fuzz-name.c
plugins_name_tests_fuzz_name_CFLAGS = $(AM_CFLAGS) $(ICU_CFLAGS) -I$(top_srcdir)/plugins/name
plugins_name_tests_fuzz_name_LDFLAGS = $(FUZZ_LINK)
plugins_name_tests_fuzz_name_LDADD = plugins/name/libname.la $(FUZZ_ADD) $(ICU_LIBS)
TESTS += plugins/name/tests/fuzz-name
EXTRA_DIST += \
  %D%/tests/seeds/name/bidi \
  %D%/tests/seeds/name/emoji \
  %D%/tests/seeds/name/fullwidth \
  %D%/tests/seeds/name/persian \
  %D%/tests/seeds/name/plain \
  %D%/tests/seeds/name/shell \
  %D%/tests/seeds/name/stream
