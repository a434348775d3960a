# SPDX-License-Identifier: Apache-2.0
# `make bench` measures; it is no test. BENCH_FLAGS goes to bench.py.

EXTRA_PROGRAMS += tests/bench/bare-yara
CLEANFILES += tests/bench/bare-yara
tests_bench_bare_yara_SOURCES = %D%/bare-yara.c
tests_bench_bare_yara_CFLAGS = $(AM_CFLAGS) $(YARA_CFLAGS)
tests_bench_bare_yara_LDADD = $(YARA_LIBS)
EXTRA_DIST += %D%/bench.py %D%/make-rules.py

.PHONY: bench
bench: all tests/bench/bare-yara
	abs_top_srcdir='$(abs_top_srcdir)' abs_top_builddir='$(abs_top_builddir)' \
	  python3 $(srcdir)/tests/bench/bench.py $(BENCH_FLAGS)
