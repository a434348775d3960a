# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/api.c %D%/arena.c %D%/arena.h %D%/child.c %D%/declare.c %D%/declare.h %D%/defer.c \
  %D%/engine-private.h %D%/engine.c %D%/engine.h %D%/facts.c %D%/findings.c %D%/input.c \
  %D%/loader.c %D%/loader.h %D%/mapping.c %D%/object.c %D%/reasons.c %D%/reasons.h \
  %D%/record.c %D%/secret.c %D%/setup.c %D%/setup.h %D%/walk.c %D%/walker.h
