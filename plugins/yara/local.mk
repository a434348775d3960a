# SPDX-License-Identifier: Apache-2.0

plugins_LTLIBRARIES += plugins/yara.la
YARA_PLUGIN_SOURCES = %D%/yara.c %D%/yara-plugin.h %D%/yara-cache.c %D%/yara-compile.c \
  %D%/yara-external.c %D%/yara-meta.c %D%/yara-scan.c %D%/yara-set.c %D%/yara-source.c
plugins_yara_la_SOURCES = $(YARA_PLUGIN_SOURCES)
plugins_yara_la_CFLAGS = $(AM_CFLAGS) $(YARA_CFLAGS) $(CRYPTO_CFLAGS)
plugins_yara_la_LDFLAGS = $(PLUGIN_LINK)
plugins_yara_la_LIBADD = $(YARA_LIBS) $(CRYPTO_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md
