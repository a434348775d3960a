# SPDX-License-Identifier: Apache-2.0

# The parts without the host, which the tests link too.
noinst_LTLIBRARIES += plugins/media/libmedia.la
plugins_media_libmedia_la_SOURCES = %D%/media-source.c %D%/media-source.h %D%/media-member.c %D%/media.h \
  %D%/media-disk.c %D%/media-clusters.c %D%/media-clusters.h %D%/media-fat.c %D%/media-exfat.c \
  %D%/media-ntfs.c %D%/media-trees.c %D%/media-trees.h %D%/media-iso.c %D%/media-rock.c %D%/media-rock.h \
  %D%/media-udf.c %D%/media-udf.h %D%/media-udf-volume.c %D%/media-virtual.c
plugins_media_libmedia_la_CFLAGS = $(AM_CFLAGS) $(TSK_CFLAGS) $(VHDI_CFLAGS) $(VMDK_CFLAGS)

plugins_LTLIBRARIES += plugins/media.la
plugins_media_la_SOURCES = %D%/media.c
plugins_media_la_CFLAGS = $(AM_CFLAGS)
plugins_media_la_LDFLAGS = $(PLUGIN_LINK)
plugins_media_la_LIBADD = plugins/media/libmedia.la $(MEDIA_LIBS)
MEDIA_LIBS = $(TSK_LIBS) $(VHDI_LIBS) $(VMDK_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/README.md
