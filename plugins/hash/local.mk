# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/hash/libhash.la
plugins_hash_libhash_la_SOURCES = %D%/hash-list.c %D%/hash-list.h %D%/hash-build.c %D%/hash-build.h \
  %D%/hash-trivial.c \
  %D%/hash-parse.c %D%/hash-parse.h %D%/hash-cache.c %D%/hash-cache.h \
  %D%/hash-digest.c %D%/hash-digest.h %D%/hash-entropy.c %D%/hash-entropy.h
plugins_hash_libhash_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)

plugins_LTLIBRARIES += plugins/hash.la
plugins_hash_la_SOURCES = %D%/hash.c
plugins_hash_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
plugins_hash_la_LDFLAGS = $(PLUGIN_LINK)
plugins_hash_la_LIBADD = plugins/hash/libhash.la $(CRYPTO_LIBS) $(GLIB_LIBS) -lm
EXTRA_DIST += %D%/README.md

# Tests link the plugin's own source: its symbol is the way in.
HASH_TEST_CFLAGS = $(TEST_CFLAGS) $(CRYPTO_CFLAGS) -I$(top_srcdir)/plugins/hash
HASH_TEST_ADD = plugins/hash/libhash.la $(TEST_ADD) $(CRYPTO_LIBS) -lm

check_PROGRAMS += plugins/hash/tests/test-hash
plugins_hash_tests_test_hash_SOURCES = %D%/tests/test-hash.c %D%/hash.c
plugins_hash_tests_test_hash_CFLAGS = $(HASH_TEST_CFLAGS)
plugins_hash_tests_test_hash_LDADD = $(HASH_TEST_ADD)
TESTS += plugins/hash/tests/test-hash

check_PROGRAMS += plugins/hash/tests/test-entropy
plugins_hash_tests_test_entropy_SOURCES = %D%/tests/test-entropy.c
plugins_hash_tests_test_entropy_CFLAGS = $(HASH_TEST_CFLAGS)
plugins_hash_tests_test_entropy_LDADD = $(HASH_TEST_ADD)
TESTS += plugins/hash/tests/test-entropy

check_PROGRAMS += plugins/hash/tests/test-lists
plugins_hash_tests_test_lists_SOURCES = %D%/tests/test-lists.c %D%/tests/compile.h
plugins_hash_tests_test_lists_CFLAGS = $(HASH_TEST_CFLAGS)
plugins_hash_tests_test_lists_LDADD = $(HASH_TEST_ADD)
TESTS += plugins/hash/tests/test-lists

check_PROGRAMS += plugins/hash/tests/fuzz-source
plugins_hash_tests_fuzz_source_SOURCES = %D%/tests/fuzz-source.c %D%/tests/compile.h
plugins_hash_tests_fuzz_source_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) -I$(top_srcdir)/plugins/hash
plugins_hash_tests_fuzz_source_LDFLAGS = $(FUZZ_LINK)
plugins_hash_tests_fuzz_source_LDADD = plugins/hash/libhash.la $(FUZZ_ADD) $(CRYPTO_LIBS) -lm
TESTS += plugins/hash/tests/fuzz-source

check_PROGRAMS += plugins/hash/tests/fuzz-list
plugins_hash_tests_fuzz_list_SOURCES = %D%/tests/fuzz-list.c
plugins_hash_tests_fuzz_list_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) -I$(top_srcdir)/plugins/hash
plugins_hash_tests_fuzz_list_LDFLAGS = $(FUZZ_LINK)
plugins_hash_tests_fuzz_list_LDADD = plugins/hash/libhash.la $(FUZZ_ADD) $(CRYPTO_LIBS) -lm
TESTS += plugins/hash/tests/fuzz-list

EXTRA_DIST += \
  %D%/tests/seeds/source/text \
  %D%/tests/seeds/source/csv \
  %D%/tests/seeds/source/clamav \
  %D%/tests/seeds/source/nsrl \
  %D%/tests/seeds/list/mixed
