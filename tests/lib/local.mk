# SPDX-License-Identifier: Apache-2.0

check_LTLIBRARIES += tests/lib/libtest.la
tests_lib_libtest_la_SOURCES = %D%/sk-test.c %D%/sk-test.h %D%/fake-api.c %D%/fake-api.h
tests_lib_libtest_la_CFLAGS = $(TEST_CFLAGS)

check_LTLIBRARIES += tests/lib/libfuzz.la
tests_lib_libfuzz_la_SOURCES = %D%/fuzz-main.c
EXTRA_DIST += %D%/tap.sh %D%/scan.sh %D%/alerts.py %D%/peak.py %D%/count-tests

# Judges records by rules, to be compared with sigma-reference.py.
check_PROGRAMS += tests/lib/sigma-run
tests_lib_sigma_run_SOURCES = %D%/sigma-run.c
tests_lib_sigma_run_LDADD = core/libsekisho.la $(GLIB_LIBS)
EXTRA_DIST += %D%/sigma-reference.py
