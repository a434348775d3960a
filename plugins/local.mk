# SPDX-License-Identifier: Apache-2.0
#
# Each plugin adds itself in its own local.mk. The module is named plugins/<name>.la, so that all
# of them stand in plugins/.libs, where the program finds them when it runs from the build tree:
#
#   plugins_LTLIBRARIES += plugins/<name>.la
#   plugins_<name>_la_SOURCES = %D%/<name>.c
#   plugins_<name>_la_LDFLAGS = $(PLUGIN_LINK)

include plugins/identify/local.mk
include plugins/yara/local.mk
include plugins/name/local.mk
include plugins/hash/local.mk
include plugins/autorun/local.mk
include plugins/log/local.mk
include plugins/zip/local.mk
include plugins/archive/local.mk
include plugins/media/local.mk
