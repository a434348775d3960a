# SPDX-License-Identifier: Apache-2.0
#
# Plugins that only tests load, and plugins that must be refused: builds of wrong.c with one thing
# wrong each. A test copies them under the name "wrong".

check_LTLIBRARIES += tests/plugins/script.la tests/plugins/sum.la tests/plugins/trace.la
tests_plugins_script_la_SOURCES = %D%/script.c
tests_plugins_script_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_script_la_LIBADD = $(GLIB_LIBS)
check_LTLIBRARIES += tests/plugins/lines.la
tests_plugins_lines_la_SOURCES = %D%/lines.c
tests_plugins_lines_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_lines_la_LIBADD = $(GLIB_LIBS)
tests_plugins_sum_la_SOURCES = %D%/sum.c
tests_plugins_sum_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_trace_la_SOURCES = %D%/trace.c
tests_plugins_trace_la_LDFLAGS = $(TEST_PLUGIN_LINK)

# A plugin whose fact collides with one of "wrong" only through its own name.
check_LTLIBRARIES += tests/plugins/wrong-noun.la
tests_plugins_wrong_noun_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_noun_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_NAME="wrong-noun"' \
  '-DWRONG_FACTS={"wrong-noun.x",SK_FIELD_BOOL,0,"m"}' '-DWRONG_READS="wrong-noun.x"'
tests_plugins_wrong_noun_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-good.la
tests_plugins_wrong_good_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_good_la_CFLAGS = $(AM_CFLAGS)
tests_plugins_wrong_good_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-abi.la
tests_plugins_wrong_abi_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_abi_la_CFLAGS = $(AM_CFLAGS) -DWRONG_ABI=77
tests_plugins_wrong_abi_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-size.la
tests_plugins_wrong_size_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_size_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_SIZE=8'
tests_plugins_wrong_size_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-symbol.la
tests_plugins_wrong_symbol_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_symbol_la_CFLAGS = $(AM_CFLAGS) -DWRONG_SYMBOL
tests_plugins_wrong_symbol_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere \
  -export-symbols-regex '^another_symbol$$'

check_LTLIBRARIES += tests/plugins/wrong-fact.la
tests_plugins_wrong_fact_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_fact_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_FACTS={"other.noun",SK_FIELD_BOOL,0,"m"}'
tests_plugins_wrong_fact_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-double.la
tests_plugins_wrong_double_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_double_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_FACTS={"wrong.noun",SK_FIELD_BOOL,0,"m"},{"wrong.noun",SK_FIELD_BOOL,0,"m"}'
tests_plugins_wrong_double_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-collide.la
tests_plugins_wrong_collide_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_collide_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_FACTS={"wrong.noun",SK_FIELD_BOOL,0,"m"},{"wrong.a-b",SK_FIELD_BOOL,0,"m"},{"wrong.a.b",SK_FIELD_BOOL,0,"m"}'
tests_plugins_wrong_collide_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-reads.la
tests_plugins_wrong_reads_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_reads_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_READS="nobody.fact"'
tests_plugins_wrong_reads_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-option.la
tests_plugins_wrong_option_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_option_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_OPTION={"size",SK_OPTION_INT,"10",0,9,"m"}'
tests_plugins_wrong_option_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-refuse.la
tests_plugins_wrong_refuse_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_refuse_la_CFLAGS = $(AM_CFLAGS) -DWRONG_RESULT=SK_FAILED
tests_plugins_wrong_refuse_la_LDFLAGS = $(TEST_PLUGIN_LINK)

check_LTLIBRARIES += tests/plugins/wrong-clash.la
tests_plugins_wrong_clash_la_SOURCES = %D%/wrong.c
tests_plugins_wrong_clash_la_CFLAGS = $(AM_CFLAGS) '-DWRONG_FACTS={"wrong.noun.x",SK_FIELD_BOOL,0,"m"}' '-DWRONG_READS="wrong.noun.x"'
tests_plugins_wrong_clash_la_LDFLAGS = $(TEST_PLUGIN_LINK)

# Makes much and ends badly, for the supervisor.
check_LTLIBRARIES += tests/plugins/storm.la
tests_plugins_storm_la_SOURCES = %D%/storm.c
tests_plugins_storm_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_storm_la_LIBADD = $(GLIB_LIBS)
# Plugins of which whole scans are made: one that misbehaves as its object says, the same under a
# second name, one that tries the walls, one that makes much of one object.

check_LTLIBRARIES += tests/plugins/bad.la
tests_plugins_bad_la_SOURCES = %D%/bad.c %D%/bad.h %D%/bad-process.c %D%/bad-requests.c %D%/bad-talk.c
tests_plugins_bad_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_bad_la_LIBADD = $(GLIB_LIBS)

check_LTLIBRARIES += tests/plugins/bad-too.la
tests_plugins_bad_too_la_SOURCES = $(tests_plugins_bad_la_SOURCES)
tests_plugins_bad_too_la_CFLAGS = $(AM_CFLAGS) '-DBAD_NAME="bad-too"'
tests_plugins_bad_too_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_bad_too_la_LIBADD = $(GLIB_LIBS)

check_LTLIBRARIES += tests/plugins/walls.la
tests_plugins_walls_la_SOURCES = %D%/walls.c
tests_plugins_walls_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_walls_la_LIBADD = $(GLIB_LIBS)

check_LTLIBRARIES += tests/plugins/big.la
tests_plugins_big_la_SOURCES = %D%/big.c %D%/big.h
tests_plugins_big_la_LDFLAGS = $(TEST_PLUGIN_LINK)
tests_plugins_big_la_LIBADD = $(GLIB_LIBS)
