# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += %D%/budget.c %D%/schedule.c %D%/schedule.h %D%/schedule-internal.h \
  %D%/schedule-seat.c
