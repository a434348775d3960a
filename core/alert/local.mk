# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/fields.c \
  %D%/fit.c \
  %D%/format.h \
  %D%/json-write.c \
  %D%/json-write.h \
  %D%/json.c \
  %D%/rfc3164.c \
  %D%/rfc5424.c \
  %D%/settings.c \
  %D%/sink-journal.c \
  %D%/sink-stream.c \
  %D%/sink-syslog.c \
  %D%/sink.c \
  %D%/sink.h \
  %D%/summary.c \
  %D%/tree.c
