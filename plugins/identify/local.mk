# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/identify/libidentify.la
plugins_identify_libidentify_la_SOURCES = %D%/identify-types.c %D%/identify-types.h \
  %D%/identify-content.c %D%/identify-content.h %D%/identify-magic.c %D%/identify-program.c \
  %D%/identify-container.c %D%/identify-text.c %D%/identify-charset.c \
  %D%/identify-extension.c %D%/identify-extension.h

plugins_LTLIBRARIES += plugins/identify.la
plugins_identify_la_SOURCES = %D%/identify.c
plugins_identify_la_CFLAGS = $(AM_CFLAGS) $(MAGIC_CFLAGS)
plugins_identify_la_LDFLAGS = $(PLUGIN_LINK)
plugins_identify_la_LIBADD = plugins/identify/libidentify.la $(MAGIC_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

IDENTIFY_TEST_CFLAGS = $(TEST_CFLAGS) $(MAGIC_CFLAGS) -I$(top_srcdir)/plugins/identify
IDENTIFY_TEST_ADD = plugins/identify/libidentify.la $(TEST_ADD) $(MAGIC_LIBS)

check_PROGRAMS += plugins/identify/tests/test-content plugins/identify/tests/test-text
plugins_identify_tests_test_content_SOURCES = %D%/tests/test-content.c
plugins_identify_tests_test_content_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_content_LDADD = $(IDENTIFY_TEST_ADD)
plugins_identify_tests_test_text_SOURCES = %D%/tests/test-text.c
plugins_identify_tests_test_text_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_text_LDADD = $(IDENTIFY_TEST_ADD)
TESTS += plugins/identify/tests/test-content plugins/identify/tests/test-text
