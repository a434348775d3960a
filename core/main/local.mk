# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/allow.c \
  %D%/command.c %D%/command.h \
  %D%/config.c \
  %D%/explain.c \
  %D%/help.c \
  %D%/plugins.c \
  %D%/progress.c %D%/progress.h \
  %D%/report.c %D%/report.h \
  %D%/rules.c \
  %D%/session.c %D%/session.h \
  %D%/silences.c %D%/silences.h

bin_PROGRAMS += sekisho
sekisho_SOURCES = %D%/main.c
sekisho_CFLAGS = $(AM_CFLAGS) -fPIE
sekisho_LDFLAGS = $(AM_LDFLAGS) -pie
sekisho_LDADD = core/libsekisho.la $(GLIB_LIBS)
