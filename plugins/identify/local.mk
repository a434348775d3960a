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
