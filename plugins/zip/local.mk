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
