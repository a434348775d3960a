# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/channel.c \
  %D%/frame.c %D%/frame.h \
  %D%/page.c %D%/page.h \
  %D%/sandbox.c %D%/sandbox.h %D%/sandbox-private.h \
  %D%/sandbox-filter.c \
  %D%/sandbox-landlock.c \
  %D%/start.c \
  %D%/trace.c %D%/trace.h \
  %D%/warm.c %D%/warm.h \
  %D%/worker.c \
  %D%/zygote.c %D%/zygote.h
