/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Records on their way: what a plugin spells out, what the engine makes of
 * objects, how rules judge them, and what of them goes up. The rules stand in
 * the tests; how a rule is read and matched is tested in core/sigma.
 */
#include "config.h"

#include "engine-test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static Bench bench;

static void
start (void)
{
  bench_init (&bench, "script,lines");
}

static void
stop (void)
{
  bench_clear (&bench);
}

/** Runs lines for the plugin `lines`, returns the findings. */
static char *
run_lines (const char *lines)
{
  g_autofree char *bytes = g_strconcat ("LINES\n", lines, NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (bytes));
  return bench_text (&bench, reply);
}

static void
assert_lines (const char *lines, const char *findings, const char *records)
{
  g_autofree char *found = run_lines (lines);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (found, findings);
  ck_assert_str_eq (sent, records);
}

static void
assert_kinds (const char *lines, const char *kinds)
{
  g_autofree char *bytes = g_strconcat ("LINES\n", lines, NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (bytes));
  g_autofree char *text = bench_kinds (reply);
  ck_assert_str_eq (text, kinds);
}

/* ---- what a plugin spells out ---- */

START_TEST (hands_on_all_fields)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  assert_lines ("open 77 Host=web1 n:Number=-5 a.b=c b:Flag=1 n:count=9\n", "",
                "0 lines.open 6 77 [] Host=web1 Number=-5 a.b=c Flag=true count=9\n");
}
END_TEST

START_TEST (keeps_the_last_or_all)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  assert_lines ("open 0 Host=a Tags=1 x=1 Host=b Tags=2 n:x=2 n:Number=1 n:Number=2\n", "",
                "0 lines.open 6 0 [] Host=b Tags=1 x=1 Tags=2 x=2 Number=2\n");
}
END_TEST

START_TEST (one_record_leaves_nothing_to_the_next)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  assert_lines ("open 1 Host=a x=1\nopen 2 y=2 Host=b\nclosed 3 Host=c\n", "",
                "0 lines.open 6 1 [] Host=a x=1\n0 lines.open 24 2 [] y=2 Host=b\n");
}
END_TEST

START_TEST (undoes_json_on_the_way_up)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  assert_lines ("open 0 j:a=C:\\\\Windows\\u002fx\\n. j:b=\\ud83d\\ude00\\ud83d j:c=\\u0000 j:d=plain\n", "",
                "0 lines.open 6 0 [] a=C:\\Windows/x\n. b=😀\uFFFD c=\uFFFD d=plain\n");
}
END_TEST

START_TEST (makes_texts_valid)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  assert_lines ("open 0 Host=a\xff\x80z na\xfeme=v j:j=\\t\xe3\x81\n", "",
                "0 lines.open 6 0 [] Host=a\uFFFD\uFFFDz na\uFFFDme=v j=\t\uFFFD\uFFFD\n");
}
END_TEST

START_TEST (cuts_to_named_fields)
{
  bench_subscribe (&bench, "lines.open", "a.b,Host,never");
  bench_subscribe (&bench, "lines.open", "Tags");
  bench_start (&bench);
  assert_lines ("open 5 Host=h a.b=1 a.c=2 Tags=t a.b=3\nlook open a.b\nlook open a.c\nlook open Host\n"
                "look open Number\n",
                "lines.said job: a.b looked at\nlines.said job: a.c ignored\n"
                "lines.said job: Host looked at\nlines.said job: Number ignored\n",
                "0 lines.open 6 5 [] Host=h a.b=1 a.b=3\n1 lines.open 6 5 [] Tags=t\n");
}
END_TEST

START_TEST (a_star_asks_for_every_kind)
{
  bench_subscribe (&bench, "*", NULL);
  bench_start (&bench);
  g_autofree char *found = run_lines ("closed 1 Host=h\nopen 2 x=y\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (found, "");
  assert_line (sent, "0 lines.closed 6 1 [] Host=h");
  assert_line (sent, "0 lines.open 22 2 [] x=y");
  ck_assert_ptr_nonnull (strstr (sent, "0 file 0 0 [] "));
  ck_assert_ptr_nonnull (strstr (sent, "0 object 0 0 [] "));
}
END_TEST

START_TEST (unknown_fields_of_a_closed_kind_are_nobodys)
{
  bench_subscribe (&bench, "*", NULL);
  bench_start (&bench);
  g_autofree char *found = run_lines ("look closed x\nlook closed Host\nclosed 1 x=y Host=h\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (found, "lines.said job: x ignored\nlines.said job: Host looked at\n");
  assert_line (sent, "0 lines.closed 37 1 [] Host=h");
}
END_TEST

START_TEST (counts_what_nobody_asks_for)
{
  bench_start (&bench);
  assert_kinds ("open 1 x=y\nclosed 2 Host=h\nopen 3 x=y\nlook open Host\n",
                "lines.open 2 0\nlines.closed 1 0\n");
  ck_assert_uint_eq (bench.records->len, 0);
  assert_lines ("look open Host\nlook open x\n",
                "lines.said job: Host ignored\nlines.said job: x ignored\n", "");
}
END_TEST

START_TEST (a_host_that_takes_none_gets_none)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench.host.record = NULL;
  bench_start (&bench);
  assert_kinds ("open 1 x=y\n", "lines.open 1 0\n");
}
END_TEST

/* ---- limits ---- */

START_TEST (cuts_long_values)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autofree char *found = run_lines ("open 0 l:Host=65537 l:x=65536\n");
  ck_assert_str_eq (found,
                    "not-inspected.limit job: value: a fact or field longer than 65536 bytes was cut\n");
  g_autofree char *sent = bench_record (&bench, 0);
  ck_assert_uint_eq (strlen (sent), strlen ("0 lines.open 6 0 [] Host= x=") + 2 * 65536);
}
END_TEST

START_TEST (cuts_long_values_of_json)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autoptr (GString) line = g_string_new ("open 0 j:x=");
  for (int i = 0; i < 65537; i++)
    g_string_append (line, "\\u0041");
  g_string_append (line, "\\u0042\n");
  g_autofree char *found = run_lines (line->str);
  ck_assert_ptr_nonnull (strstr (found, "value: a fact or field longer than 65536 bytes"));
  g_autofree char *sent = bench_record (&bench, 0);
  ck_assert_uint_eq (strlen (sent), strlen ("0 lines.open 6 0 [] x=") + 65536);
}
END_TEST

START_TEST (does_not_hand_on_what_is_too_long)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autoptr (GString) line = g_string_new ("open 0");
  for (int i = 0; i < 17; i++)
    g_string_append_printf (line, " l:x%d=65536", i);
  g_string_append (line, "\nopen 1 x=after\n");
  g_autofree char *found = run_lines (line->str);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (found, "not-inspected.limit job: record: a record longer than 1048576 bytes was "
                           "not handed on\n");
  ck_assert_ptr_nonnull (strstr (sent, "1 [] x=after\n"));
  ck_assert_uint_eq (bench.records->len, 1);
}
END_TEST

START_TEST (looks_at_so_many_values)
{
  bench_subscribe (&bench, "lines.open", "last");
  bench_start (&bench);
  assert_lines ("many 65535 open 0 last=yes\n", "", "0 lines.open 6 0 [] last=yes\n");
  bench_clear (&bench);
  start ();
  bench_subscribe (&bench, "lines.open", "x");
  bench_start (&bench);
  g_autofree char *fits = run_lines ("many 65536 open 0\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *over = run_lines ("many 65537 open 0\nmany 65537 open 1\n");
  ck_assert_str_eq (over, "not-inspected.limit job: record-values: only 65536 values of a record were "
                          "looked at\n");
}
END_TEST

START_TEST (knows_so_many_names)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autofree char *found = run_lines ("names 65600 open 0\n");
  ck_assert_ptr_nonnull (strstr (found, "record-fields: more than 65536 names of fields"));
  g_autofree char *after = run_lines ("open 3 name65599=w\n");
  g_autofree char *sent = bench_record (&bench, 0);
  ck_assert_str_eq (after, "");
  ck_assert_str_eq (sent, "0 lines.open 6 3 [] name65599=w");
}
END_TEST

START_TEST (names_take_so_many_bytes)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autoptr (GString) line = g_string_new ("");
  for (int i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strnfill (60000, (char) ('A' + i % 26));
      g_string_append_printf (line, "open 0 %s%d=v\n", name, i);
    }
  g_autofree char *found = run_lines (line->str);
  ck_assert_ptr_nonnull (strstr (found, "record-fields: "));
  ck_assert_uint_gt (bench.records->len, 100);
}
END_TEST

START_TEST (believes_no_strange_handle)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autofree char *found = run_lines ("open 0 x=y\nstrange 3\nstrange 0x80000001\nstrange 0x7fffffff\n"
                                      "strange 1\nopen 2 z=1\n");
  ck_assert_str_eq (found,
                    "not-inspected.failed job: lines: it set a field that it does not declare so x4\n");
  g_autofree char *good = run_lines ("strange 0xffffffff\nopen 0 x=y\nstrange 0x80000000\n");
  ck_assert_str_eq (good, "");
  g_autofree char *sent = bench_records (&bench);
  assert_line (sent, "0 lines.open 6 0 []");
  ck_assert_ptr_nonnull (strstr (sent, "x=strange"));
}
END_TEST

START_TEST (long_records_are_more_work)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench.settings.limits.work = 1 + 64 + 1;
  bench_start (&bench);
  g_autofree char *found = run_lines ("open 0 l:x=65536\nopen 1 x=y\nopen 2 x=z\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (found, "not-inspected.limit job: work: more work than 66 units for one input\n");
  ck_assert_uint_eq (bench.records->len, 2);
}
END_TEST

/* ---- what the engine makes of objects ---- */

static void
run_script (const char *script)
{
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "");
}

START_TEST (tells_of_an_object)
{
  bench_subscribe (&bench, "object", NULL);
  bench_start (&bench);
  run_script ("i:number 4\ni:text word\nj:list one\nj:list two\ni:type text/plain 1\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent,
                    "0 object 0 0 [] object.name=job object.path=folder/job "
                    "object.type=application/x-script object.type=text/plain object.size=72 "
                    "object.depth=0 child.count=0 root.type=application/x-script root.name=job "
                    "root.objects=1 root.bytes=72 script.number=4 script.text=word "
                    "script.list=one script.list=two\n");
}
END_TEST

START_TEST (tells_of_a_file)
{
  bench_subscribe (&bench, "file", NULL);
  bench.job.path = "Folder/Sub/Report.tar.GZ";
  bench_start (&bench);
  run_script ("i:flag 1\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, "0 file 0 0 [] file.name=Report.tar.GZ file.stem=Report.tar file.extension=gz "
                          "file.directory=Folder/Sub file.path=Folder/Sub/Report.tar.GZ file.size=16 "
                          "file.type=file file.mime-type=application/x-script script.flag=true\n");
}
END_TEST

START_TEST (tells_of_a_member)
{
  bench_subscribe (&bench, "file", "file.name,file.stem,file.extension,file.directory,file.path,"
                                   "file.relative,file.root,file.container,file.type");
  bench_start (&bench);
  g_autofree char *inner = child_line ("o", 1, "./Dir/Sub\\.Hidden", "");
  g_autofree char *bare = child_line ("o", 2, "B.Exe", "");
  g_autofree char *deep = child_line ("o", 3, "c.bin", inner);
  g_autofree char *script = g_strconcat (bare, deep, NULL);
  run_script (script);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (
      sent,
      "0 file 0 0 [/script:2] file.name=B.Exe file.stem=B file.extension=exe file.directory=folder/job "
      "file.path=folder/job » B.Exe file.relative=b.exe file.root=folder/job "
      "file.container=folder/job file.type=file\n"
      "0 file 0 0 [/script:3/script:1] file.name=Sub\\.Hidden file.stem=Sub\\ file.extension=hidden "
      "file.directory=folder/job » c.bin » ./Dir file.path=folder/job » c.bin » ./Dir/Sub\\.Hidden "
      "file.relative=dir/sub/.hidden file.root=folder/job » c.bin "
      "file.container=folder/job » c.bin file.type=file\n"
      "0 file 0 0 [/script:3] file.name=c.bin file.stem=c file.extension=bin file.directory=folder/job "
      "file.path=folder/job » c.bin file.relative=c.bin file.root=folder/job "
      "file.container=folder/job file.type=file\n"
      "0 file 0 0 [] file.name=job file.stem=job file.directory=folder file.path=folder/job "
      "file.type=file\n");
}
END_TEST

/* What a container says of its members, whether their bytes are there or not. */
START_TEST (tells_what_the_container_says)
{
  bench_subscribe (&bench, "file", "file.name,file.size,file.type,file.attributes,file.mtime,"
                                   "file.target-path,script.flag,script.text");
  bench_subscribe (&bench, "object", "object.name,object.size");
  bench_start (&bench);
  run_script ("o:absent 5 of-unknown-size 0\no:member 1 folder 1 3 60 -\no:member 2 .link 2 0 -1 ../あ\no:absent 3 locked 77\n"
              "o:share 4 part 0 6\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (
      sent,
      "0 file 0 0 [/script:5] file.name=of-unknown-size file.type=file\n"
      "1 object 0 0 [/script:5] object.name=of-unknown-size\n"
      "0 file 0 0 [/script:1] file.name=folder file.type=directory "
      "file.attributes=hidden file.attributes=readonly file.mtime=60 file.target-path=- "
      "script.flag=true\n"
      "0 file 0 0 [/script:2] file.name=.link file.type=link file.attributes=hidden file.mtime=-1 "
      "file.target-path=../あ script.flag=true\n"
      "0 file 0 0 [/script:3] file.name=locked file.size=77 file.type=file\n"
      "1 object 0 0 [/script:3] object.name=locked object.size=77\n"
      "0 file 0 0 [/script:4] file.name=part file.size=6 file.type=file script.text=gift\n"
      "1 object 0 0 [/script:4] object.name=part object.size=6\n"
      "0 file 0 0 [] file.name=job file.size=134 file.type=file\n"
      "1 object 0 0 [] object.name=job object.size=134\n");
}
END_TEST

/* A target is told as far as a field goes, and that it was longer; what is in it is text. */
START_TEST (tells_long_targets)
{
  bench_subscribe (&bench, "file", "file.name,file.target-path");
  bench_start (&bench);
  g_autofree char *fits = bench_script (&bench, "o:long-link 65000\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_uint_gt (strlen (sent), 65000);
  ck_assert_ptr_nonnull (strstr (sent, "t\xEF\xBF\xBDt"));
  g_autofree char *over = bench_script (&bench, "o:long-link 70000\n");
  ck_assert_str_eq (over, "not-inspected.limit job/link: value: a fact or field longer than 65536 bytes was cut\n");
}
END_TEST

START_TEST (absolute_paths_have_a_folder)
{
  static const struct
  {
    const char *path, *wanted;
  } cases[] = {
    { "/a", "0 file 0 0 [] file.directory=/ file.path=/a\n" },
    { "/a/b", "0 file 0 0 [] file.directory=/a file.path=/a/b\n" },
    { "b", "0 file 0 0 [] file.path=b\n" },
    { "", "" },
  };
  bench_subscribe (&bench, "file", "file.directory,file.path");
  bench_start (&bench);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      bench.job.path = cases[i].path;
      run_script ("");
      g_autofree char *sent = bench_records (&bench);
      ck_assert_str_eq (sent, cases[i].wanted);
    }
}
END_TEST

START_TEST (tells_what_is_inside)
{
  bench_subscribe (&bench, "object", "object.name,child.count,child.type,child.name,root.type,root.name,"
                                     "root.objects,object.depth,object.plugin");
  bench_start (&bench);
  g_autofree char *leaf = child_line ("o", 1, "leaf", "i:type text/plain 3\n");
  g_autofree char *again = child_line ("o", 2, "leaf", "");
  g_autofree char *both = g_strconcat (leaf, again, NULL);
  g_autofree char *box = child_line ("o", 3, "box", both);
  g_autofree char *nameless = g_strdup ("o:slice 9  0 0\n");
  g_autofree char *script = g_strconcat (box, nameless, NULL);
  run_script (script);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent,
                    "0 object 0 0 [/script:3/script:1] object.name=leaf object.depth=2 "
                    "object.plugin=script child.count=0\n"
                    "0 object 0 0 [/script:3/script:2] object.name=leaf object.depth=2 "
                    "object.plugin=script child.count=0\n"
                    "0 object 0 0 [/script:3] object.name=box object.depth=1 object.plugin=script "
                    "child.count=2 child.type=text/plain child.type=application/x-script "
                    "child.name=leaf\n"
                    "0 object 0 0 [/script:9] object.depth=1 object.plugin=script child.count=0\n"
                    "0 object 0 0 [] object.name=job object.depth=0 child.count=4 "
                    "child.type=application/x-script child.type=text/plain child.name=box "
                    "child.name=leaf root.type=application/x-script root.type=text/plain "
                    "root.name=job root.name=box root.name=leaf root.objects=5\n");
}
END_TEST

START_TEST (a_nameless_child_is_no_file)
{
  bench_subscribe (&bench, "file", "file.name");
  bench_start (&bench);
  run_script ("o:slice 9  0 0\no:slice 10 named 0 0\n");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, "0 file 0 0 [/script:10] file.name=named\n0 file 0 0 [] file.name=job\n");
}
END_TEST

START_TEST (lists_are_bounded)
{
  bench_subscribe (&bench, "object", "child.count,child.name");
  bench_start (&bench);
  g_autoptr (GString) script = g_string_new ("");
  for (int i = 0; i < SK_MAX_LIST_VALUES + 9; i++)
    g_string_append_printf (script, "o:slice %d n%d 0 0\n", i, i);
  run_script (script->str);
  g_autofree char *last = bench_record (&bench, bench.records->len - 1);
  ck_assert_ptr_nonnull (strstr (last, "child.count=265 child.name=n0 child.name=n1 "));
  ck_assert (g_str_has_suffix (last, "child.name=n255"));
}
END_TEST

START_TEST (tells_which_rules_hit)
{
  bench_subscribe (&bench, "object", "finding.id,child.finding,root.finding");
  bench_subscribe (&bench, "file", "finding.id");
  bench_start (&bench);
  g_autofree char *child = child_line ("j", 1, "child", "");
  g_autofree char *inner = child_line ("o", 1, "c", "j:match 0 x\nj:match 1 x\nj:not-inspected 7 broken\n");
  g_autofree char *script = g_strconcat (inner, "i:match 2 x\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_ptr_nonnull (strstr (text, "script.level job/c"));
  ck_assert_str_eq (sent,
                    "1 file 0 0 [/script:1] finding.id=script.level finding.id=script.level "
                    "finding.id=not-inspected.malformed\n"
                    "0 object 0 0 [/script:1] finding.id=script.level finding.id=script.level "
                    "finding.id=not-inspected.malformed\n"
                    "1 file 0 0 [] finding.id=script.level\n"
                    "0 object 0 0 [] finding.id=script.level child.finding=script.level "
                    "child.finding=not-inspected.malformed root.finding=script.level "
                    "root.finding=not-inspected.malformed\n");
}
END_TEST

START_TEST (hits_that_are_not_kept_still_count)
{
  bench_subscribe (&bench, "object", "finding.id");
  bench_start (&bench);
  g_autoptr (GString) script = g_string_new ("");
  for (int i = 0; i < SK_MAX_FINDINGS_PER_RULE + 2; i++)
    {
      g_autofree char *child = child_line ("o", (unsigned) i, "c", "j:match 3 x\n");
      g_string_append (script, child);
    }
  g_autofree char *text = bench_script (&bench, script->str);
  g_autofree char *sent = bench_record (&bench, SK_MAX_FINDINGS_PER_RULE + 1);
  ck_assert_str_eq (sent, "0 object 0 0 [/script:21] finding.id=script.level");
}
END_TEST

START_TEST (what_waits_comes_before_its_parent)
{
  bench_subscribe (&bench, "object", "object.name,child.count,script.text");
  bench_start (&bench);
  g_autofree char *locked = child_line ("o", 1, "locked", "o:need secret\nj:text judged\n");
  g_autofree char *key = child_line ("o", 2, "key", "o:secret secret\n");
  g_autofree char *script = g_strconcat (locked, key, NULL);
  g_autofree char *text = bench_script (&bench, script);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, "0 object 0 0 [/script:2] object.name=key child.count=0\n"
                          "0 object 0 0 [/script:1] object.name=locked child.count=0 "
                          "script.text=judged\n"
                          "0 object 0 0 [] object.name=job child.count=2\n");
}
END_TEST

START_TEST (a_window_is_an_object_but_no_file)
{
  bench_subscribe (&bench, "*", "object.name,file.name,root.objects");
  bench.job.window_plugin = 0;
  bench.job.window_length = 7;
  bench_start (&bench);
  run_script ("");
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, "0 object 0 0 [] object.name=job root.objects=1\n");
}
END_TEST

START_TEST (an_unreadable_file_is_one)
{
  bench_subscribe (&bench, "file", "file.name,finding.id");
  bench.job.input.fd = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bench.job.input.size = 4096;
  bench_start (&bench);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (""));
  close (bench.job.input.fd);
  g_autofree char *sent = bench_records (&bench);
  ck_assert_str_eq (sent, "0 file 0 0 [] file.name=job finding.id=not-inspected.unreadable\n");
}
END_TEST

START_TEST (nobody_asks_for_objects)
{
  bench_subscribe (&bench, "lines.open", NULL);
  bench_start (&bench);
  g_autofree char *child = child_line ("o", 1, "c", "i:number 1\n");
  g_autofree char *text = bench_script (&bench, child);
  g_autofree char *bytes = g_strconcat ("SCRIPT\n", child, NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (bytes));
  g_autofree char *kinds = bench_kinds (reply);
  ck_assert_str_eq (text, "");
  ck_assert_str_eq (kinds, "");
  ck_assert_uint_eq (bench.records->len, 0);
}
END_TEST

START_TEST (the_catalogue_tells_the_kinds)
{
  bench_start (&bench);
  GArray *kinds = bench.catalogue->kinds;
  ck_assert_uint_eq (kinds->len, 6);
  const SkKindInfo *object = &g_array_index (kinds, SkKindInfo, 0);
  const SkKindInfo *file = &g_array_index (kinds, SkKindInfo, 1);
  const SkKindInfo *open = &g_array_index (kinds, SkKindInfo, 4);
  ck_assert_str_eq (object->name, "object");
  ck_assert_str_eq (file->name, "file");
  ck_assert (!object->open && object->plugin == NULL);
  ck_assert (g_strv_contains ((const char *const *) object->fields, "child.name\tstring list\tNames of "
                                                                    "the objects in it"));
  ck_assert (g_strv_contains ((const char *const *) file->fields, "script.list\tstring list\ttexts"));
  ck_assert_str_eq (open->name, "lines.open");
  ck_assert_str_eq (open->plugin, "lines");
  ck_assert (open->open);
  ck_assert_str_eq (open->fields[1], "Number\tint\ta number");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("records");
  TCase *spelled = tcase_create ("spelled out");
  tcase_add_checked_fixture (spelled, start, stop);
  tcase_add_test (spelled, hands_on_all_fields);
  tcase_add_test (spelled, keeps_the_last_or_all);
  tcase_add_test (spelled, one_record_leaves_nothing_to_the_next);
  tcase_add_test (spelled, undoes_json_on_the_way_up);
  tcase_add_test (spelled, makes_texts_valid);
  tcase_add_test (spelled, cuts_to_named_fields);
  tcase_add_test (spelled, a_star_asks_for_every_kind);
  tcase_add_test (spelled, unknown_fields_of_a_closed_kind_are_nobodys);
  tcase_add_test (spelled, counts_what_nobody_asks_for);
  tcase_add_test (spelled, a_host_that_takes_none_gets_none);
  tcase_add_test (spelled, cuts_long_values);
  tcase_add_test (spelled, cuts_long_values_of_json);
  tcase_add_test (spelled, does_not_hand_on_what_is_too_long);
  tcase_add_test (spelled, looks_at_so_many_values);
  tcase_add_test (spelled, knows_so_many_names);
  tcase_add_test (spelled, names_take_so_many_bytes);
  tcase_add_test (spelled, believes_no_strange_handle);
  tcase_add_test (spelled, long_records_are_more_work);
  suite_add_tcase (suite, spelled);
  TCase *objects = tcase_create ("of objects");
  tcase_add_checked_fixture (objects, start, stop);
  tcase_add_test (objects, tells_of_an_object);
  tcase_add_test (objects, tells_of_a_file);
  tcase_add_test (objects, tells_of_a_member);
  tcase_add_test (objects, tells_what_the_container_says);
  tcase_add_test (objects, tells_long_targets);
  tcase_add_test (objects, absolute_paths_have_a_folder);
  tcase_add_test (objects, tells_what_is_inside);
  tcase_add_test (objects, a_nameless_child_is_no_file);
  tcase_add_test (objects, lists_are_bounded);
  tcase_add_test (objects, tells_which_rules_hit);
  tcase_add_test (objects, hits_that_are_not_kept_still_count);
  tcase_add_test (objects, what_waits_comes_before_its_parent);
  tcase_add_test (objects, a_window_is_an_object_but_no_file);
  tcase_add_test (objects, an_unreadable_file_is_one);
  tcase_add_test (objects, nobody_asks_for_objects);
  tcase_add_test (objects, the_catalogue_tells_the_kinds);
  suite_add_tcase (suite, objects);
  return sk_test_main (suite);
}
