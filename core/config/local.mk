# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/keys.c %D%/keys.h \
  %D%/resolve.c %D%/resolve.h \
  %D%/sample.c \
  %D%/settings.c %D%/settings.h \
  %D%/sinks.c \
  %D%/values.c
