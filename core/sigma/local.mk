# SPDX-License-Identifier: Apache-2.0
#
# Reading rules (rule.h) and tables (logsource.h), and compiling and matching (sigma.h).

core_libsekisho_la_SOURCES += \
  %D%/logsource.h %D%/rule.h %D%/sigma.h
