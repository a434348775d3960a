# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/media/libmedia.la
plugins_media_libmedia_la_SOURCES = %D%/media-source.c %D%/media-source.h %D%/media-member.c %D%/media.h \
  %D%/media-disk.c %D%/media-clusters.c %D%/media-clusters.h %D%/media-folders.c %D%/media-folders.h %D%/media-fat.c %D%/media-exfat.c \
  %D%/media-ntfs.c %D%/media-index.c %D%/media-index.h %D%/media-lznt1.c %D%/media-lznt1.h %D%/media-trees.c %D%/media-trees.h %D%/media-iso.c %D%/media-rock.c %D%/media-rock.h \
  %D%/media-udf.c %D%/media-udf.h %D%/media-udf-volume.c %D%/media-virtual.c
plugins_media_libmedia_la_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS) $(TSK_CFLAGS) $(VHDI_CFLAGS) $(VMDK_CFLAGS)

plugins_LTLIBRARIES += plugins/media.la
plugins_media_la_SOURCES = %D%/media.c
plugins_media_la_CFLAGS = $(AM_CFLAGS)
plugins_media_la_LDFLAGS = $(PLUGIN_LINK)
plugins_media_la_LIBADD = plugins/media/libmedia.la $(MEDIA_LIBS)
MEDIA_LIBS = $(ZLIB_LIBS) $(TSK_LIBS) $(VHDI_LIBS) $(VMDK_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md

# Links the plugin's own source: its symbol is the way in.
MEDIA_TEST_CFLAGS = $(TEST_CFLAGS) -I$(top_srcdir)/plugins/media

# Opens images that are changed in thousands of ways, for hostile.t.
check_PROGRAMS += plugins/media/tests/mutate-media
plugins_media_tests_mutate_media_SOURCES = %D%/tests/mutate-media.c %D%/tests/media-run.h %D%/media.c
plugins_media_tests_mutate_media_CFLAGS = $(MEDIA_TEST_CFLAGS)
plugins_media_tests_mutate_media_LDADD = plugins/media/libmedia.la $(TEST_ADD) $(MEDIA_LIBS)

check_PROGRAMS += plugins/media/tests/fuzz-media
plugins_media_tests_fuzz_media_SOURCES = %D%/tests/fuzz-media.c %D%/tests/media-run.h %D%/media.c \
  tests/lib/fake-api.c
plugins_media_tests_fuzz_media_CFLAGS = $(MEDIA_TEST_CFLAGS)
plugins_media_tests_fuzz_media_LDFLAGS = $(FUZZ_LINK)
plugins_media_tests_fuzz_media_LDADD = plugins/media/libmedia.la $(FUZZ_ADD) $(MEDIA_LIBS)
TESTS += plugins/media/tests/fuzz-media
EXTRA_DIST += %D%/tests/seeds/media

check_PROGRAMS += plugins/media/tests/fuzz-index
plugins_media_tests_fuzz_index_SOURCES = %D%/tests/fuzz-index.c %D%/tests/media-run.h %D%/media.c \
  tests/lib/fake-api.c
plugins_media_tests_fuzz_index_CFLAGS = $(MEDIA_TEST_CFLAGS)
plugins_media_tests_fuzz_index_LDFLAGS = $(FUZZ_LINK)
plugins_media_tests_fuzz_index_LDADD = plugins/media/libmedia.la $(FUZZ_ADD) $(MEDIA_LIBS)
TESTS += plugins/media/tests/fuzz-index
EXTRA_DIST += %D%/tests/seeds/index

check_PROGRAMS += plugins/media/tests/test-media
plugins_media_tests_test_media_SOURCES = %D%/tests/test-media.c %D%/tests/media-run.h %D%/media.c
plugins_media_tests_test_media_CFLAGS = $(MEDIA_TEST_CFLAGS)
plugins_media_tests_test_media_LDADD = plugins/media/libmedia.la $(TEST_ADD) $(MEDIA_LIBS)
TESTS += plugins/media/tests/test-media
