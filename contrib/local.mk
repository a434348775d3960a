# SPDX-License-Identifier: Apache-2.0

pkgconfig_DATA = %D%/sekisho.pc
EXTRA_DIST += %D%/quickstart %D%/sekisho-wrapper.in

rsyslogexampledir = $(docdir)/rsyslog
dist_rsyslogexample_DATA = %D%/rsyslog/sekisho.conf
