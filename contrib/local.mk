# SPDX-License-Identifier: Apache-2.0

pkgconfig_DATA = %D%/sekisho.pc
EXTRA_DIST += %D%/quickstart %D%/sekisho-wrapper.in

rsyslogexampledir = $(docdir)/rsyslog
dist_rsyslogexample_DATA = %D%/rsyslog/sekisho.conf
EXTRA_DIST += \
  %D%/plugin-template/Makefile \
  %D%/plugin-template/README.md \
  %D%/plugin-template/plugin.map \
  %D%/plugin-template/template.c
