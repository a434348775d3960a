# SPDX-License-Identifier: Apache-2.0

pkgconfig_DATA = %D%/sekisho.pc
# Made by configure, and again when its template changes.
noinst_DATA += bin-wrappers/sekisho
EXTRA_DIST += %D%/quickstart %D%/sekisho-wrapper.in

# Make lists of public feeds; what they need is no need of the program.
listsdir = $(pkgdatadir)/lists
dist_lists_SCRIPTS = %D%/lists/vulnerable-drivers

rsyslogexampledir = $(docdir)/rsyslog
dist_rsyslogexample_DATA = %D%/rsyslog/sekisho.conf
EXTRA_DIST += \
  %D%/plugin-template/Makefile \
  %D%/plugin-template/README.md \
  %D%/plugin-template/plugin.map \
  %D%/plugin-template/template.c

# bash-completion finds it by the program's name.
completiondir = $(datadir)/bash-completion/completions
completion_DATA = %D%/completion/sekisho
EXTRA_DIST += %D%/completion/sekisho.bash
CLEANFILES += %D%/completion/sekisho
contrib/completion/sekisho: contrib/completion/sekisho.bash
	$(AM_V_GEN)$(MKDIR_P) contrib/completion && cp $(srcdir)/contrib/completion/sekisho.bash $@
