# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/zip/libzip.la
plugins_zip_libzip_la_SOURCES = %D%/zip-crypt.c %D%/zip-crypt.h %D%/zip-data.c %D%/zip-data.h \
  %D%/zip-end.c %D%/zip-end.h %D%/zip-header.c %D%/zip-header.h %D%/zip-index.c %D%/zip-index.h
ZIP_CFLAGS = $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) $(BZIP2_CFLAGS) $(LZMA_CFLAGS) $(ZSTD_CFLAGS) $(ICU_CFLAGS)
ZIP_LIBS = $(CRYPTO_LIBS) $(ZLIB_LIBS) $(BZIP2_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(ICU_LIBS)
plugins_zip_libzip_la_CFLAGS = $(AM_CFLAGS) $(ZIP_CFLAGS)

plugins_LTLIBRARIES += plugins/zip.la
ZIP_SOURCES = %D%/zip.c %D%/zip-facts.c %D%/zip-job.h %D%/zip-member.c %D%/zip-name.c \
  %D%/zip-reading.c %D%/zip-secrets.c
plugins_zip_la_SOURCES = $(ZIP_SOURCES)
plugins_zip_la_CFLAGS = $(AM_CFLAGS) $(ZIP_CFLAGS)
plugins_zip_la_LDFLAGS = $(PLUGIN_LINK)
plugins_zip_la_LIBADD = plugins/zip/libzip.la $(ZIP_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

ZIP_TEST_CFLAGS = $(TEST_CFLAGS) $(ZIP_CFLAGS) -I$(top_srcdir)/plugins/zip

check_PROGRAMS += plugins/zip/tests/test-index
plugins_zip_tests_test_index_SOURCES = %D%/tests/test-index.c %D%/tests/zip-make.h
plugins_zip_tests_test_index_CFLAGS = $(ZIP_TEST_CFLAGS)
plugins_zip_tests_test_index_LDADD = plugins/zip/libzip.la $(TEST_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/test-index

check_PROGRAMS += plugins/zip/tests/test-data
plugins_zip_tests_test_data_SOURCES = %D%/tests/test-data.c
plugins_zip_tests_test_data_CFLAGS = $(ZIP_TEST_CFLAGS)
plugins_zip_tests_test_data_LDADD = plugins/zip/libzip.la $(TEST_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/test-data

check_PROGRAMS += plugins/zip/tests/fuzz-index
plugins_zip_tests_fuzz_index_SOURCES = %D%/tests/fuzz-index.c
plugins_zip_tests_fuzz_index_CFLAGS = $(AM_CFLAGS) $(ZIP_CFLAGS) -I$(top_srcdir)/plugins/zip
plugins_zip_tests_fuzz_index_LDFLAGS = $(FUZZ_LINK)
plugins_zip_tests_fuzz_index_LDADD = plugins/zip/libzip.la $(FUZZ_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/fuzz-index

check_PROGRAMS += plugins/zip/tests/fuzz-data
plugins_zip_tests_fuzz_data_SOURCES = %D%/tests/fuzz-data.c
plugins_zip_tests_fuzz_data_CFLAGS = $(AM_CFLAGS) $(ZIP_CFLAGS) -I$(top_srcdir)/plugins/zip
plugins_zip_tests_fuzz_data_LDFLAGS = $(FUZZ_LINK)
plugins_zip_tests_fuzz_data_LDADD = plugins/zip/libzip.la $(FUZZ_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/fuzz-data

# Links the plugin's own sources: its symbol is the way in.
check_PROGRAMS += plugins/zip/tests/fuzz-open
plugins_zip_tests_fuzz_open_SOURCES = %D%/tests/fuzz-open.c $(ZIP_SOURCES)
plugins_zip_tests_fuzz_open_CFLAGS = $(ZIP_TEST_CFLAGS)
plugins_zip_tests_fuzz_open_LDFLAGS = $(FUZZ_LINK)
plugins_zip_tests_fuzz_open_LDADD = plugins/zip/libzip.la tests/lib/libtest.la $(FUZZ_ADD) $(CHECK_LIBS) $(ZIP_LIBS)
TESTS += plugins/zip/tests/fuzz-open

check_PROGRAMS += plugins/zip/tests/test-cost
plugins_zip_tests_test_cost_SOURCES = %D%/tests/test-cost.c %D%/tests/zip-make.h $(ZIP_SOURCES)
plugins_zip_tests_test_cost_CFLAGS = $(ZIP_TEST_CFLAGS)
plugins_zip_tests_test_cost_LDADD = plugins/zip/libzip.la $(TEST_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/test-cost

check_PROGRAMS += plugins/zip/tests/test-member
plugins_zip_tests_test_member_SOURCES = %D%/tests/test-member.c %D%/tests/zip-make.h $(ZIP_SOURCES)
plugins_zip_tests_test_member_CFLAGS = $(ZIP_TEST_CFLAGS)
plugins_zip_tests_test_member_LDADD = plugins/zip/libzip.la $(TEST_ADD) $(ZIP_LIBS)
TESTS += plugins/zip/tests/test-member

EXTRA_DIST += \
  %D%/tests/seeds/data/aes-128 \
  %D%/tests/seeds/data/aes-256 \
  %D%/tests/seeds/data/bzip2 \
  %D%/tests/seeds/data/deflate \
  %D%/tests/seeds/data/lzma \
  %D%/tests/seeds/data/xz \
  %D%/tests/seeds/data/zipcrypto \
  %D%/tests/seeds/data/zstd \
  %D%/tests/seeds/zip/apk-signed \
  %D%/tests/seeds/zip/false-encryption \
  %D%/tests/seeds/zip/glued \
  %D%/tests/seeds/zip/hidden-streamed \
  %D%/tests/seeds/zip/hidden-streamed-stored \
  %D%/tests/seeds/zip/impossible \
  %D%/tests/seeds/zip/in-comment \
  %D%/tests/seeds/zip/link-script \
  %D%/tests/seeds/zip/local-method \
  %D%/tests/seeds/zip/local-name \
  %D%/tests/seeds/zip/locked-mixed \
  %D%/tests/seeds/zip/locked-zipcrypto-streamed \
  %D%/tests/seeds/zip/name-unicode-path \
  %D%/tests/seeds/zip/no-directory \
  %D%/tests/seeds/zip/overlap \
  %D%/tests/seeds/zip/slack \
  %D%/tests/seeds/zip/tree \
  %D%/tests/seeds/zip/zip64
