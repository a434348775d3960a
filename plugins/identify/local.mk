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

# Tests link the plugin's own source: its symbol is the way in.
IDENTIFY_TEST_CFLAGS = $(TEST_CFLAGS) $(MAGIC_CFLAGS) -I$(top_srcdir)/plugins/identify
IDENTIFY_TEST_ADD = plugins/identify/libidentify.la $(TEST_ADD) $(MAGIC_LIBS)

check_PROGRAMS += plugins/identify/tests/test-content
plugins_identify_tests_test_content_SOURCES = %D%/tests/test-content.c
plugins_identify_tests_test_content_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_content_LDADD = $(IDENTIFY_TEST_ADD)
TESTS += plugins/identify/tests/test-content

check_PROGRAMS += plugins/identify/tests/test-text
plugins_identify_tests_test_text_SOURCES = %D%/tests/test-text.c
plugins_identify_tests_test_text_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_text_LDADD = $(IDENTIFY_TEST_ADD)
TESTS += plugins/identify/tests/test-text

check_PROGRAMS += plugins/identify/tests/test-extension
plugins_identify_tests_test_extension_SOURCES = %D%/tests/test-extension.c
plugins_identify_tests_test_extension_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_extension_LDADD = $(IDENTIFY_TEST_ADD)
TESTS += plugins/identify/tests/test-extension

check_PROGRAMS += plugins/identify/tests/test-identify
plugins_identify_tests_test_identify_SOURCES = %D%/tests/test-identify.c %D%/identify.c
plugins_identify_tests_test_identify_CFLAGS = $(IDENTIFY_TEST_CFLAGS)
plugins_identify_tests_test_identify_LDADD = $(IDENTIFY_TEST_ADD)
TESTS += plugins/identify/tests/test-identify

check_PROGRAMS += plugins/identify/tests/fuzz-content
plugins_identify_tests_fuzz_content_SOURCES = %D%/tests/fuzz-content.c
plugins_identify_tests_fuzz_content_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/identify
plugins_identify_tests_fuzz_content_LDFLAGS = $(FUZZ_LINK)
plugins_identify_tests_fuzz_content_LDADD = plugins/identify/libidentify.la $(FUZZ_ADD)
TESTS += plugins/identify/tests/fuzz-content

check_PROGRAMS += plugins/identify/tests/fuzz-table
plugins_identify_tests_fuzz_table_SOURCES = %D%/tests/fuzz-table.c
plugins_identify_tests_fuzz_table_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/identify
plugins_identify_tests_fuzz_table_LDFLAGS = $(FUZZ_LINK)
plugins_identify_tests_fuzz_table_LDADD = plugins/identify/libidentify.la $(FUZZ_ADD)
TESTS += plugins/identify/tests/fuzz-table

EXTRA_DIST += \
  %D%/tests/seeds/content/cfb \
  %D%/tests/seeds/content/docx \
  %D%/tests/seeds/content/elf \
  %D%/tests/seeds/content/epub \
  %D%/tests/seeds/content/eucjp \
  %D%/tests/seeds/content/jis \
  %D%/tests/seeds/content/json \
  %D%/tests/seeds/content/mail \
  %D%/tests/seeds/content/mo \
  %D%/tests/seeds/content/mp3 \
  %D%/tests/seeds/content/pdf \
  %D%/tests/seeds/content/pe \
  %D%/tests/seeds/content/script \
  %D%/tests/seeds/content/sjis \
  %D%/tests/seeds/content/tar \
  %D%/tests/seeds/content/terminfo \
  %D%/tests/seeds/content/utf16 \
  %D%/tests/seeds/content/xml \
  %D%/tests/seeds/table/bad \
  %D%/tests/seeds/table/good
