# SPDX-License-Identifier: Apache-2.0

# Locked archives: without the host, so that the tests link them too.
noinst_LTLIBRARIES += plugins/archive/liblocked.la
plugins_archive_liblocked_la_SOURCES = %D%/archive-locked.h %D%/archive-crypt.c %D%/archive-crypt.h \
  %D%/archive-derive.c %D%/archive-derive.h %D%/archive-plain.c %D%/archive-plain.h
plugins_archive_liblocked_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS)
LOCKED_LIBS = $(CRYPTO_LIBS) $(ARCHIVE_LIBS) $(ZLIB_LIBS)
