# SPDX-License-Identifier: Apache-2.0

bin_PROGRAMS += sekisho
sekisho_SOURCES = %D%/main.c
sekisho_CFLAGS = $(AM_CFLAGS) -fPIE
sekisho_LDFLAGS = $(AM_LDFLAGS) -pie
sekisho_LDADD = core/libsekisho.la $(GLIB_LIBS)
