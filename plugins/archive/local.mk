# SPDX-License-Identifier: Apache-2.0

# Locked archives: without the host, so that the tests link them too.
noinst_LTLIBRARIES += plugins/archive/liblocked.la
plugins_archive_liblocked_la_SOURCES = %D%/archive-locked.h %D%/archive-crypt.c %D%/archive-crypt.h \
  %D%/archive-derive.c %D%/archive-derive.h %D%/archive-plain.c %D%/archive-plain.h \
  %D%/archive-locked.c %D%/archive-known.c %D%/archive-format.h %D%/archive-unpack.c %D%/archive-unpack.h \
  %D%/archive-7z.c %D%/archive-7z-try.c %D%/archive-7z-locked.h %D%/archive-7z.h %D%/archive-7z-read.c %D%/archive-7z-write.c \
  %D%/archive-rar5.c %D%/archive-rar5-block.c %D%/archive-rar5.h \
  %D%/archive-rar4.c %D%/archive-rar4-block.c %D%/archive-rar4.h
plugins_archive_liblocked_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS)
LOCKED_LIBS = $(CRYPTO_LIBS) $(ARCHIVE_LIBS) $(ZLIB_LIBS)

LOCKED_TEST_CFLAGS = $(TEST_CFLAGS) $(CRYPTO_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS) -I$(top_srcdir)/plugins/archive

LOCKED_TEST_ADD = plugins/archive/tests/liblockedtest.la plugins/archive/liblocked.la $(LOCKED_LIBS)

# Writes locked archives, and reads what is left of them.
check_LTLIBRARIES += plugins/archive/tests/liblockedtest.la
plugins_archive_tests_liblockedtest_la_SOURCES = %D%/tests/locked-maker.c %D%/tests/locked-maker.h \
  %D%/tests/locked-reader.c %D%/tests/locked-reader.h
plugins_archive_tests_liblockedtest_la_CFLAGS = $(LOCKED_TEST_CFLAGS)

# Opens archives that other programs made, for locked-7z.t.
check_PROGRAMS += plugins/archive/tests/locked-list
plugins_archive_tests_locked_list_SOURCES = %D%/tests/locked-list.c
plugins_archive_tests_locked_list_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_locked_list_LDADD = $(LOCKED_TEST_ADD) $(GLIB_LIBS)

check_PROGRAMS += plugins/archive/tests/test-locked-rar
plugins_archive_tests_test_locked_rar_SOURCES = %D%/tests/test-locked-rar.c %D%/tests/locked-case.h
plugins_archive_tests_test_locked_rar_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_test_locked_rar_LDADD = $(LOCKED_TEST_ADD) $(TEST_ADD)
TESTS += plugins/archive/tests/test-locked-rar

check_PROGRAMS += plugins/archive/tests/test-locked-7z
plugins_archive_tests_test_locked_7z_SOURCES = %D%/tests/test-locked-7z.c %D%/tests/locked-case.h
plugins_archive_tests_test_locked_7z_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_test_locked_7z_LDADD = $(LOCKED_TEST_ADD) $(TEST_ADD)
TESTS += plugins/archive/tests/test-locked-7z

# The plugin.
plugins_LTLIBRARIES += plugins/archive.la
ARCHIVE_SOURCES = %D%/archive.c %D%/archive-facts.c %D%/archive-facts.h %D%/archive-job.c \
  %D%/archive-job.h %D%/archive-kinds.c %D%/archive-kinds.h %D%/archive-input.c %D%/archive-input.h \
  %D%/archive-member.c %D%/archive-walk.c %D%/archive-stream.c %D%/archive-end.c \
  %D%/archive-behind-program.c %D%/archive-rar-list.c %D%/archive-xar.c %D%/archive-recognise.c
plugins_archive_la_SOURCES = $(ARCHIVE_SOURCES)
plugins_archive_la_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS) $(CRYPTO_CFLAGS)
plugins_archive_la_LDFLAGS = $(PLUGIN_LINK)
plugins_archive_la_LIBADD = plugins/archive/liblocked.la $(LOCKED_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md
TESTS += %D%/tests/locked-7z.t %D%/tests/locked-public.t %D%/tests/locked-scan.t
EXTRA_DIST += %D%/tests/locked-7z.t %D%/tests/locked-public.t %D%/tests/locked-scan.t

# Makes archives for locked-scan.t.
check_PROGRAMS += plugins/archive/tests/locked-make
plugins_archive_tests_locked_make_SOURCES = %D%/tests/locked-make.c
plugins_archive_tests_locked_make_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_locked_make_LDADD = $(LOCKED_TEST_ADD) $(GLIB_LIBS)

check_PROGRAMS += plugins/archive/tests/fuzz-locked-7z
plugins_archive_tests_fuzz_locked_7z_SOURCES = %D%/tests/fuzz-locked-7z.c %D%/tests/locked-fuzz.h
plugins_archive_tests_fuzz_locked_7z_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) -I$(top_srcdir)/plugins/archive
plugins_archive_tests_fuzz_locked_7z_LDFLAGS = $(FUZZ_LINK)
plugins_archive_tests_fuzz_locked_7z_LDADD = plugins/archive/liblocked.la $(FUZZ_ADD) $(LOCKED_LIBS)
TESTS += plugins/archive/tests/fuzz-locked-7z
check_PROGRAMS += plugins/archive/tests/fuzz-locked-rar5
plugins_archive_tests_fuzz_locked_rar5_SOURCES = %D%/tests/fuzz-locked-rar5.c %D%/tests/locked-fuzz.h
plugins_archive_tests_fuzz_locked_rar5_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) -I$(top_srcdir)/plugins/archive
plugins_archive_tests_fuzz_locked_rar5_LDFLAGS = $(FUZZ_LINK)
plugins_archive_tests_fuzz_locked_rar5_LDADD = plugins/archive/liblocked.la $(FUZZ_ADD) $(LOCKED_LIBS)
TESTS += plugins/archive/tests/fuzz-locked-rar5
check_PROGRAMS += plugins/archive/tests/fuzz-locked-rar4
plugins_archive_tests_fuzz_locked_rar4_SOURCES = %D%/tests/fuzz-locked-rar4.c %D%/tests/locked-fuzz.h
plugins_archive_tests_fuzz_locked_rar4_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) -I$(top_srcdir)/plugins/archive
plugins_archive_tests_fuzz_locked_rar4_LDFLAGS = $(FUZZ_LINK)
plugins_archive_tests_fuzz_locked_rar4_LDADD = plugins/archive/liblocked.la $(FUZZ_ADD) $(LOCKED_LIBS)
TESTS += plugins/archive/tests/fuzz-locked-rar4
EXTRA_DIST += \
  %D%/tests/seeds/locked-7z/bcj2 \
  %D%/tests/seeds/locked-7z/deep \
  %D%/tests/seeds/locked-7z/header \
  %D%/tests/seeds/locked-7z/hidden \
  %D%/tests/seeds/locked-7z/mixed \
  %D%/tests/seeds/locked-7z/open \
  %D%/tests/seeds/locked-7z/salt \
  %D%/tests/seeds/locked-7z/solid \
  %D%/tests/seeds/locked-rar5/hidden \
  %D%/tests/seeds/locked-rar5/keyed \
  %D%/tests/seeds/locked-rar5/mixed \
  %D%/tests/seeds/locked-rar4/hidden \
  %D%/tests/seeds/locked-rar4/large \
  %D%/tests/seeds/locked-rar4/mixed

# Links the plugin's own sources: its symbol is the way in.
check_PROGRAMS += plugins/archive/tests/test-archive
plugins_archive_tests_test_archive_SOURCES = %D%/tests/test-archive.c $(ARCHIVE_SOURCES)
plugins_archive_tests_test_archive_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_test_archive_LDADD = plugins/archive/liblocked.la $(LOCKED_LIBS) $(TEST_ADD)
TESTS += plugins/archive/tests/test-archive

# The same with locked archives.
check_PROGRAMS += plugins/archive/tests/test-parked
plugins_archive_tests_test_parked_SOURCES = %D%/tests/test-parked.c $(ARCHIVE_SOURCES)
plugins_archive_tests_test_parked_CFLAGS = $(LOCKED_TEST_CFLAGS)
plugins_archive_tests_test_parked_LDADD = $(LOCKED_TEST_ADD) $(TEST_ADD)
TESTS += plugins/archive/tests/test-parked

check_PROGRAMS += plugins/archive/tests/fuzz-parts
plugins_archive_tests_fuzz_parts_SOURCES = %D%/tests/fuzz-parts.c %D%/archive-kinds.c %D%/archive-end.c \
  %D%/archive-behind-program.c %D%/archive-xar.c
plugins_archive_tests_fuzz_parts_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS) -I$(top_srcdir)/plugins/archive
plugins_archive_tests_fuzz_parts_LDFLAGS = $(FUZZ_LINK)
plugins_archive_tests_fuzz_parts_LDADD = plugins/archive/liblocked.la $(LOCKED_LIBS) $(FUZZ_ADD)
TESTS += plugins/archive/tests/fuzz-parts
EXTRA_DIST += \
  %D%/tests/seeds/parts/cab-sfx.exe \
  %D%/tests/seeds/parts/cp932.lzh \
  %D%/tests/seeds/parts/escape.rar \
  %D%/tests/seeds/parts/rar-sfx.exe \
  %D%/tests/seeds/parts/tail.txt.xz \
  %D%/tests/seeds/parts/tail.txt.zst \
  %D%/tests/seeds/parts/knot.xar \
  %D%/tests/seeds/parts/knot-doctype.xar \
  %D%/tests/seeds/parts/knot-latin.xar \
  %D%/tests/seeds/parts/x.cab \
  %D%/tests/seeds/parts/x.cpio.lz4
