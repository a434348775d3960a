# SPDX-License-Identifier: Apache-2.0

core_libsekisho_la_SOURCES += \
  %D%/correlate.h
