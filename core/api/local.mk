# SPDX-License-Identifier: Apache-2.0
# The installed headers: all that a plugin may include.

sekishoincludedir = $(includedir)/sekisho
sekishoinclude_HEADERS = \
  %D%/sekisho/level.h \
  %D%/sekisho/plugin.h \
  %D%/sekisho/reason.h \
  %D%/sekisho/sekisho.h \
  %D%/sekisho/span.h
