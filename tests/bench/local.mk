# SPDX-License-Identifier: Apache-2.0
# `make bench` measures; it is no test. BENCH_FLAGS goes to bench.py. Beside what a build needs it
# takes libyajl-dev, the peer that reads JSON; clamav and yara are compared where they are installed.

EXTRA_PROGRAMS += tests/bench/bare-yara
CLEANFILES += tests/bench/bare-yara
tests_bench_bare_yara_SOURCES = %D%/bare-yara.c
tests_bench_bare_yara_CFLAGS = $(AM_CFLAGS) $(YARA_CFLAGS)
tests_bench_bare_yara_LDADD = $(YARA_LIBS)
EXTRA_PROGRAMS += tests/bench/bare-yajl
CLEANFILES += tests/bench/bare-yajl
tests_bench_bare_yajl_SOURCES = %D%/bare-yajl.c
tests_bench_bare_yajl_LDADD = -lyajl
EXTRA_PROGRAMS += tests/bench/bare-log-json
CLEANFILES += tests/bench/bare-log-json
tests_bench_bare_log_json_SOURCES = %D%/bare-log-json.c
tests_bench_bare_log_json_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/plugins/log
tests_bench_bare_log_json_LDADD = plugins/log/liblog.la $(GLIB_LIBS)
EXTRA_DIST += %D%/bench.py %D%/make-rules.py %D%/make-events.py %D%/make-sigma.py

.PHONY: bench
bench: all tests/bench/bare-yara tests/bench/bare-yajl tests/bench/bare-log-json \
  plugins/archive/tests/locked-make plugins/archive/tests/locked-list
	abs_top_srcdir='$(abs_top_srcdir)' abs_top_builddir='$(abs_top_builddir)' \
	  python3 $(srcdir)/tests/bench/bench.py $(BENCH_FLAGS)
