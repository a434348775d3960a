# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/hash/libhash.la
plugins_hash_libhash_la_SOURCES = %D%/hash-list.c %D%/hash-list.h %D%/hash-build.c %D%/hash-build.h \
  %D%/hash-parse.c %D%/hash-parse.h %D%/hash-cache.c %D%/hash-cache.h \
  %D%/hash-digest.c %D%/hash-digest.h
plugins_hash_libhash_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)

plugins_LTLIBRARIES += plugins/hash.la
plugins_hash_la_SOURCES = %D%/hash.c
plugins_hash_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
plugins_hash_la_LDFLAGS = $(PLUGIN_LINK)
plugins_hash_la_LIBADD = plugins/hash/libhash.la $(CRYPTO_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

# Tests link the plugin's own source: its symbol is the way in.
HASH_TEST_CFLAGS = $(TEST_CFLAGS) $(CRYPTO_CFLAGS) -I$(top_srcdir)/plugins/hash
HASH_TEST_ADD = plugins/hash/libhash.la $(TEST_ADD) $(CRYPTO_LIBS)

check_PROGRAMS += plugins/hash/tests/test-hash
plugins_hash_tests_test_hash_SOURCES = %D%/tests/test-hash.c %D%/hash.c
plugins_hash_tests_test_hash_CFLAGS = $(HASH_TEST_CFLAGS)
plugins_hash_tests_test_hash_LDADD = $(HASH_TEST_ADD)
TESTS += plugins/hash/tests/test-hash
