/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The walk: phases, children, types, facts, secrets, results, exclusions.
 */
#include "config.h"

#include <string.h>

#include "engine-test.h"
#include "engine/walker.h"

static Bench bench;

static void
start (void)
{
  bench_init (&bench, "script,trace");
  bench_start (&bench);
}

static void
start_script (void)
{
  bench_init (&bench, "script");
  bench_start (&bench);
}

static void
stop (void)
{
  bench_clear (&bench);
}

/* ---- phases ---- */

START_TEST (phases_go_depth_first)
{
  g_autofree char *inner = child_line ("o", 5, "inner", "");
  g_autofree char *outer = child_line ("o", 1, "outer", inner);
  g_autofree char *next = child_line ("o", 2, "next", "");
  g_autofree char *script = g_strconcat (outer, next, NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "trace.call job: identify job\n"
                          "trace.call job/outer: identify outer\n"
                          "trace.call job/outer/inner: identify inner\n"
                          "trace.call job/outer/inner: open inner\n"
                          "trace.call job/outer/inner: judge inner\n"
                          "trace.call job/outer: open outer\n"
                          "trace.call job/outer: judge outer\n"
                          "trace.call job/next: identify next\n"
                          "trace.call job/next: open next\n"
                          "trace.call job/next: judge next\n"
                          "trace.call job: open job\n"
                          "trace.call job: judge job\n");
  /* Each hook is announced, and its caller again once it has ended. */
  ck_assert_str_eq (bench.marks->str,
                    " -1\n 0\n 1\n 0\n/script:1 0\n/script:1 1\n/script:1 0\n"
                    "/script:1/script:5 0\n/script:1/script:5 1\n/script:1/script:5 0\n"
                    "/script:1/script:5 1\n/script:1/script:5 0\n/script:1/script:5 1\n"
                    "/script:1 0\n/script:1 1\n/script:1 0\n/script:1 1\n 0\n"
                    "/script:2 0\n/script:2 1\n/script:2 0\n/script:2 1\n/script:2 0\n/script:2 1\n"
                    " 0\n 1\n 0\n 1\n -1\n");
}
END_TEST

START_TEST (says_nothing_of_a_plain_object)
{
  bench.host = (SkEngineHost){ 0 };
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text ("plain"));
  ck_assert (reply->complete && !reply->risky_broken);
  ck_assert_uint_eq (reply->job, 9);
  ck_assert_uint_eq (reply->objects, 1);
  ck_assert_uint_eq (reply->bytes, 5);
  ck_assert_uint_eq (reply->object_list->len, 1);
  ck_assert_uint_eq (reply->finding_list->len, 0);
  const SkReplyObject *object = &g_array_index (reply->object_list, SkReplyObject, 0);
  ck_assert_str_eq (object->name, "job");
  ck_assert_str_eq (object->type, "");
  ck_assert_uint_eq (object->size, 5);
}
END_TEST

START_TEST (walks_an_empty_object)
{
  g_autoptr (SkReply) reply = bench_run (&bench, (SkSpan){ NULL, 0 });
  ck_assert (reply->complete);
  ck_assert_uint_eq (reply->objects, 1);
  ck_assert_uint_eq (reply->bytes, 0);
}
END_TEST

START_TEST (gives_the_strongest_type)
{
  g_autoptr (SkReply) reply
      = bench_run (&bench, sk_span_of_text ("SCRIPT\ni:type text/weak 2\ni:type A/Declared 0\n"
                                            "i:type a/NAME;x=y 1\ni:type text/weak 0\n"
                                            "j:types\n"));
  const SkReplyObject *object = &g_array_index (reply->object_list, SkReplyObject, 0);
  ck_assert_str_eq (object->type, "application/x-script");
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "script.said job: type 0 application/x-script 3\n"
                          "script.said job: type 1 text/weak 2\n"
                          "script.said job: type 2 a/name 1\n"
                          "script.said job: type 3 a/declared 0\n");
}
END_TEST

START_TEST (refuses_what_is_no_type)
{
  g_autofree char *text
      = bench_script (&bench, "i:type \x01 3\ni:type ; 3\ni:type tex\xE2\x80\xAEt/x 3\nj:types\n");
  ck_assert_str_eq (text, "script.said job: type 0 application/x-script 3\n");
}
END_TEST

START_TEST (keeps_the_strongest_types)
{
  g_autoptr (GString) script = g_string_new (NULL);
  for (int i = 0; i < SK_MAX_CANDIDATES + 4; i++)
    g_string_append_printf (script, "i:type a/%d %d\n", i, i < 2 ? 0 : 1);
  g_string_append (script, "o:types\n");
  g_autofree char *text = bench_script (&bench, script->str);
  assert_line (text, "script.said job: type 0 application/x-script 3");
  assert_line (text, "not-inspected.limit job: types: more than 16 type candidates x5");
  assert_no_line (text, "script.said job: type 15 a/0 0");
}
END_TEST

START_TEST (passes_a_declared_type)
{
  bench_clear (&bench);
  bench_init (&bench, "script,trace");
  bench_start (&bench);
  g_autoptr (SkReply) reply
      = bench_run (&bench, sk_span_of_text ("SCRIPT\no:declared 1 application/x-script\n"));
  const SkReplyObject *child = &g_array_index (reply->object_list, SkReplyObject, 1);
  ck_assert_str_eq (child->name, "declared");
  ck_assert_str_eq (child->type, "application/x-script");
  ck_assert_uint_eq (child->plugin, 0);
  ck_assert_uint_eq (child->position, 1);
}
END_TEST

START_TEST (gives_names)
{
  g_autofree char *child = child_line ("o", 1, "dir/sub/leaf", "o:names\n");
  g_autofree char *script = g_strconcat ("o:names\n", child, NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job: name job path folder/job parent -\n"
                          "script.said job/dir/sub/leaf: name leaf path dir/sub/leaf parent job\n");
}
END_TEST

START_TEST (makes_names_safe)
{
  g_autofree char *bad = child_line ("o", 1, "a\xFF\x83z", "o:names\n");
  g_autofree char *text = bench_script (&bench, bad);
  ck_assert_str_eq (text, "script.said job/a\xEF\xBF\xBD\xEF\xBF\xBDz: name "
                          "a\xEF\xBF\xBD\xEF\xBF\xBDz path a\xEF\xBF\xBD\xEF\xBF\xBDz parent job\n");
  g_autofree char *name = g_strnfill (SK_MAX_NAME + 100, 'n');
  g_autofree char *longer = child_line ("o", 1, name, "j:match 1 x\n");
  g_autofree char *script = g_strconcat ("SCRIPT\n", longer, NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  const SkReplyObject *child = &g_array_index (reply->object_list, SkReplyObject, 1);
  ck_assert_uint_eq (strlen (child->name), SK_MAX_NAME);
}
END_TEST

START_TEST (keeps_a_slot_for_each_object)
{
  g_autofree char *child = child_line ("o", 1, "child", "i:slot\nj:slot\n");
  g_autofree char *script = g_strconcat ("i:slot\n", child, "j:slot\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job: slot 1\n"
                          "script.said job/child: slot 1\n"
                          "script.said job/child: slot 2\n"
                          "script.said job: slot 2\n");
}
END_TEST

START_TEST (slices_share_the_bytes)
{
  g_autofree char *text = bench_script (&bench, "o:slice 1 part 0 7\no:slice 2 none 7 0\n"
                                                "o:slice 3 out 0 5000\no:slice 4 far 5000 0\n");
  ck_assert_str_eq (text, "not-inspected.malformed job: a part lies outside of the object x2\n"
                          "script.said job: slice refused x2\n");
}
END_TEST

START_TEST (opens_only_in_open)
{
  g_autofree char *text = bench_script (&bench, "j:fill 1 late 5\ni:slice 1 early 0 1\n"
                                                "j:record 0 1 1 x\ni:park x\ni:defer 0 1 x\n");
  assert_line (text, "not-inspected.failed job: script: it began a child outside of open x2");
  assert_line (text, "not-inspected.failed job: script: it began a record outside of open");
  assert_line (text, "not-inspected.failed job: script: it parked an object outside of open");
  assert_line (text, "not-inspected.failed job: script: it deferred outside of open");
  assert_no_line (text, "script.said job/late: x");
}
END_TEST

START_TEST (ends_what_a_plugin_leaves)
{
  g_autofree char *text = bench_script (&bench, "o:twice\no:leave\n");
  ck_assert_str_eq (text,
                    "not-inspected.failed job: script: it began a child before the last was ended\n"
                    "script.said job: second refused\n"
                    "not-inspected.failed job: script: it left a child unfinished\n");
}
END_TEST

/* ---- results ---- */

START_TEST (says_what_a_hook_returns)
{
  static const struct {
    const char *script, *text;
    bool complete, risky;
  } cases[] = {
    { "o:return 0\n", "", true, false },
    { "o:return 1\n", "", true, false },
    { "o:return 2\n", "not-inspected.malformed job: script: a part could not be read\n", false, false },
    { "o:not-inspected 8 method\no:return 2\n", "not-inspected.unsupported job: method\n", false, false },
    { "o:return 3\n", "not-inspected.malformed job: script: it is broken so that reading stopped\n",
      false, true },
    { "o:not-inspected 7 own\no:return 3\n", "not-inspected.malformed job: own\n", false, true },
    { "o:not-inspected 9 own\no:return 3\n", "not-inspected.truncated job: own\n", false, true },
    { "o:not-inspected 0 own\no:return 3\n",
      "not-inspected.encrypted job: own\n"
      "not-inspected.malformed job: script: it is broken so that reading stopped\n",
      false, true },
    { "i:not-inspected 7 own\no:return 3\n",
      "not-inspected.malformed job: own\n"
      "not-inspected.malformed job: script: it is broken so that reading stopped\n",
      false, true },
    { "i:return 4\n", "not-inspected.limit job: script: stopped by a limit\n", false, true },
    { "o:not-inspected 1 own\no:return 4\n", "not-inspected.limit job: own\n", false, true },
    { "j:return 5\n", "not-inspected.failed job: script: it failed\n", false, false },
    { "j:return 77\n", "not-inspected.failed job: script: it returned an unknown result\n", false, false },
    { "j:not-inspected 13 x\n", "not-inspected.failed job: script: it gave an unknown reason\n", false, false },
  };
  g_autofree char *script = g_strconcat ("SCRIPT\n", cases[_i].script, NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, cases[_i].text);
  ck_assert_int_eq (reply->complete, cases[_i].complete);
  ck_assert_int_eq (reply->risky_broken, cases[_i].risky);
}
END_TEST

/* What is wrong with a child is not said of its parent. */
START_TEST (results_stay_with_their_object)
{
  g_autofree char *child = child_line ("o", 1, "child", "o:not-inspected 7 own\n");
  g_autofree char *script = g_strconcat (child, "o:return 3\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text,
                    "not-inspected.malformed job/child: own\n"
                    "not-inspected.malformed job: script: it is broken so that reading stopped\n");
}
END_TEST

/* ---- facts ---- */

START_TEST (keeps_facts)
{
  g_autofree char *text = bench_script (
      &bench, "i:get 0 0\ni:text one\ni:text two\ni:list a\ni:list b\ni:number -5\ni:flag 1\n"
              "j:get 0 0\nj:get 0 1\nj:get 1 0\nj:get 1 1\nj:get 1 2\nj:get 1 0\nj:get 2 0\nj:get 9 0\n");
  ck_assert_str_eq (text, "script.said job: get 0 0 absent\n"
                          "script.said job: get 0 0 two\n"
                          "script.said job: get 0 1 absent\n"
                          "script.said job: get 1 0 a x2\n"
                          "script.said job: get 1 1 b\n"
                          "script.said job: get 1 2 absent\n"
                          "script.said job: get 2 0 -5\n"
                          "script.said job: get 9 0 absent\n");
}
END_TEST

/* A pooled object remembers nothing of the last one. */
START_TEST (forgets_facts_of_the_last_job)
{
  g_autofree char *first = bench_script (&bench, "i:text secret\ni:list secret\ni:slot\n");
  g_autofree char *text = bench_script (&bench, "i:get 0 0\ni:get 1 0\ni:slot\n");
  ck_assert_str_eq (text, "script.said job: get 0 0 absent\nscript.said job: get 1 0 absent\n"
                          "script.said job: slot 1\n");
}
END_TEST

START_TEST (repairs_text)
{
  g_autofree char *text = bench_script (&bench, "i:text a\xC3(\xF0\x9F\x98\x80\nj:get 0 0\n");
  ck_assert_str_eq (text, "script.said job: get 0 0 a\xEF\xBF\xBD(\xF0\x9F\x98\x80\n");
}
END_TEST

START_TEST (refuses_an_undeclared_fact)
{
  g_autofree char *text = bench_script (&bench, "i:wrong-fact\n");
  ck_assert_str_eq (text,
                    "not-inspected.failed job: script: it set a fact that it does not declare so\n");
}
END_TEST

START_TEST (bounds_facts)
{
  g_autofree char *count = bench_script (&bench, "i:many 5000 1\nj:get 1 4095\nj:get 1 4096\n");
  ck_assert_str_eq (count, "not-inspected.limit job: facts: more facts than 4096 x904\n"
                           "script.said job: get 1 4095 v\n"
                           "script.said job: get 1 4096 absent\n");
  g_autofree char *size = bench_script (&bench, "i:many 1 70000\n");
  ck_assert_str_eq (size, "not-inspected.limit job: value: a fact or field longer than 65536 bytes was cut\n");
  g_autofree char *bytes = bench_script (&bench, "i:many 2000 65000\nj:get 1 900\nj:get 1 1100\n");
  assert_line (bytes, "script.said job: get 1 1100 absent");
  assert_no_line (bytes, "script.said job: get 1 900 absent");
}
END_TEST

START_TEST (reads_descendants)
{
  g_autofree char *inner = child_line ("o", 1, "inner", "i:text in\ni:list l\n");
  g_autofree char *outer_body = g_strconcat (inner, "j:text out\n", NULL);
  g_autofree char *outer = child_line ("o", 1, "outer", outer_body);
  g_autofree char *plain = child_line ("o", 2, "plain", "");
  g_autofree char *last = child_line ("o", 3, "last", "i:text end\n");
  g_autofree char *script = g_strconcat ("i:text own\no:descendants 0\n", outer, plain, last,
                                         "j:descendants 0\nj:descendants 1\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job: descendant outer application/x-script out\n"
                          "script.said job: descendant inner application/x-script in\n"
                          "script.said job: descendant last application/x-script end\n"
                          "script.said job: descendant inner application/x-script l\n");
}
END_TEST

/* ---- secrets ---- */

START_TEST (tries_again_with_a_new_secret)
{
  g_autofree char *locked
      = child_line ("o", 1, "locked", "o:slot\no:need key\no:match 2 opened\nj:match 1 judged\n");
  g_autofree char *note = child_line ("o", 2, "note", "o:secret key\nj:match 1 judged\n");
  g_autofree char *script = g_strconcat (locked, note, "j:match 1 judged\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job/locked: slot 1\n"
                          "script.level job/note: judged\n"
                          "script.said job/locked: slot 2\n"
                          "script.level job/locked: opened\n"
                          "script.level job/locked: judged\n"
                          "script.level job: judged\n");
}
END_TEST

START_TEST (says_encrypted_without_the_secret)
{
  g_autofree char *locked = child_line ("o", 1, "locked", "o:slot\no:need key\nj:match 1 judged\n");
  g_autofree char *note = child_line ("o", 2, "note", "o:secret other\n");
  g_autofree char *script = g_strconcat (locked, note, NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job/locked: slot 1\n"
                          "script.said job/locked: slot 2\n"
                          "script.said job/locked: slot 3\n"
                          "not-inspected.encrypted job/locked: needs a secret\n"
                          "script.level job/locked: judged\n");
  g_autofree char *alone = bench_script (&bench, locked);
  ck_assert_str_eq (alone, "script.said job/locked: slot 1\n"
                           "script.said job/locked: slot 2\n"
                           "not-inspected.encrypted job/locked: needs a secret\n"
                           "script.level job/locked: judged\n");
}
END_TEST

/* Each lock holds the key of the next one: so many rounds as there are, the last time, and no more. */
START_TEST (ends_after_the_last_round)
{
  g_autoptr (GString) script = g_string_new (NULL);
  for (int i = SK_MAX_ROUNDS + 3; i > 0; i--)
    {
      g_autofree char *body = g_strdup_printf ("o:need key%d\no:secret key%d\n", i - 1, i);
      g_autofree char *name = g_strdup_printf ("lock%d", i);
      g_autofree char *line = child_line ("o", (unsigned) i, name, body);
      g_string_append (script, line);
    }
  g_string_append (script, "o:secret key0\n");
  g_autofree char *text = bench_script (&bench, script->str);
  ck_assert_str_eq (text, "not-inspected.encrypted job/lock6: needs a secret\n"
                          "not-inspected.encrypted job/lock5: needs a secret\n");
}
END_TEST

/* An ancestor sees the facts of what was opened late, and is judged after it. */
START_TEST (judges_ancestors_last)
{
  g_autofree char *treasure = child_line ("o", 9, "treasure", "i:text gold\nj:match 1 judged\n");
  g_autofree char *locked_body = g_strconcat ("o:need key\n", treasure, "j:match 2 judged\n", NULL);
  g_autofree char *locked = child_line ("o", 1, "locked", locked_body);
  g_autofree char *box_body = g_strconcat (locked, "j:descendants 0\n", NULL);
  g_autofree char *box = child_line ("o", 1, "box", box_body);
  g_autofree char *script = g_strconcat (box, "o:secret key\nj:descendants 0\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text,
                    "script.level job/box/locked/treasure: judged\n"
                    "script.level job/box/locked: judged\n"
                    "script.said job/box: descendant treasure application/x-script gold\n"
                    "script.said job: descendant treasure application/x-script gold\n");
}
END_TEST

START_TEST (parks_the_entry_object)
{
  g_autofree char *inner = child_line ("o", 1, "note", "o:secret key\n");
  g_autofree char *script = g_strconcat (inner, "o:need key\no:match 2 opened\nj:match 1 end\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.level job: opened\nscript.level job: end\n");
  g_autofree char *never = bench_script (&bench, "o:need key\n");
  ck_assert_str_eq (never, "not-inspected.encrypted job: needs a secret\n");
}
END_TEST

START_TEST (forgets_secrets_of_the_last_root)
{
  g_autofree char *first = bench_script (&bench, "o:secret b\no:secret a\no:secret b\no:secret \no:each\n");
  ck_assert_str_eq (first, "script.said job: secret b from a script\n"
                           "script.said job: secret a from a script\n");
  g_autofree char *second = bench_script (&bench, "o:each\n");
  ck_assert_str_eq (second, "");
}
END_TEST

START_TEST (bounds_secrets)
{
  g_autofree char *value = g_strnfill (SK_MAX_SECRET + 1, 's');
  g_autofree char *longer = g_strconcat ("o:secret ", value, "\n", NULL);
  g_autofree char *text = bench_script (&bench, longer);
  ck_assert_str_eq (text, "not-inspected.limit job: secrets: more than 1000 secrets, or one too "
                          "long to keep\n");
  g_autofree char *many = bench_script (&bench, "o:secrets 1001\n");
  ck_assert_str_eq (many, text);
  g_autofree char *fit = bench_script (&bench, "o:secrets 1000\no:secrets 1000\n");
  ck_assert_str_eq (fit, "");
}
END_TEST

/* What waited in vain is asked once more, so that it can tell what it knows without the secret. */
START_TEST (tells_the_locked_at_last)
{
  g_autofree char *text
      = bench_script (&bench, "o:await locked\no:absent 1 secret.exe 77\no:names\n");
  ck_assert_str_eq (text, "not-inspected.encrypted job: locked\n"
                          "script.said job: name job path folder/job parent -\n");
  g_autoptr (SkReply) reply = bench_run (
      &bench, sk_span_of_text ("SCRIPT\no:await locked\no:absent 1 secret.exe 77\no:match 1 listed\n"));
  ck_assert_uint_eq (reply->objects, 2);
}
END_TEST

START_TEST (begins_with_the_known_secrets)
{
  SkSpan known[] = { sk_span_of_text ("first"), sk_span_of_text ("second") };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SkSpan));
  g_array_append_vals (list, known, 2);
  sk_secrets_set_known (bench.walker->secrets, list);
  g_autofree char *text = bench_script (&bench, "o:secret third\no:secret first\no:each\n");
  ck_assert_str_eq (text, "script.said job: secret first from password list\n"
                          "script.said job: secret second from password list\n"
                          "script.said job: secret third from a script\n");
  g_autofree char *next = bench_script (&bench, "o:need second\no:match 1 open\n");
  ck_assert_str_eq (next, "script.level job: open\n");
  sk_secrets_set_known (bench.walker->secrets, NULL);
}
END_TEST

/* ---- members of containers ---- */

START_TEST (shares_a_part)
{
  g_autofree char *text = bench_script (&bench, "o:share 1 part 0 6\no:share 2 long 0 99999\n"
                                                "o:share 3 far 99999 1\n");
  assert_line (text, "script.said job: share refused x2");
  assert_line (text, "not-inspected.malformed job: a part lies outside of the object x2");
}
END_TEST

START_TEST (refuses_bytes_twice)
{
  g_autofree char *text = bench_script (&bench, "o:wrong-child\n");
  ck_assert_str_eq (
      text, "not-inspected.failed job: script: it wrote to a child that has other bytes\n"
            "not-inspected.failed job: script: it gave a child bytes twice\n"
            "not-inspected.failed job/wrong: script: it set a fact that it does not declare so\n");
}
END_TEST

/* Nothing hides behind being called something else, and what is there is all that is there. */
START_TEST (inspects_the_bytes_of_wrong_members)
{
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text ("SCRIPT\no:wrong-member\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (
      text, "not-inspected.failed job: script: it called a child absent that has bytes\n"
            "script.level job/absent: seen\n"
            "not-inspected.failed job: script: it gave bytes to a directory, link or special file\n"
            "script.level job/folder: seen\n");
  ck_assert_uint_eq (reply->objects, 3);
}
END_TEST

/* Lacking a part of a fact, it still has all of its bytes. */
START_TEST (is_complete_with_a_fact_that_was_cut)
{
  g_autofree char *text = bench_script (&bench, "o:long-fact\n");
  ck_assert_str_eq (
      text, "not-inspected.limit job/told: value: a fact or field longer than 65536 bytes was cut\n"
            "script.said job/told: 18 bytes, complete\n");
}
END_TEST

/* A folder in a container is no object: nothing opens or judges it, and it is not counted. */
START_TEST (folders_are_no_objects)
{
  g_autoptr (SkReply) reply
      = bench_run (&bench, sk_span_of_text ("SCRIPT\no:member 1 folder 1 2 5 -\n"
                                            "o:member 2 link 2 0 0 ../x\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "");
  ck_assert_uint_eq (reply->objects, 1);
  ck_assert_uint_eq (reply->bytes, strlen ("SCRIPT\no:member 1 folder 1 2 5 -\n"
                                           "o:member 2 link 2 0 0 ../x\n"));
}
END_TEST

START_TEST (decodes_names)
{
  g_autofree char *text = bench_script (
      &bench, "o:decode 61e38182\no:decode 955c8c76\no:decode 815f8160817c\no:decode 8c\no:decode 2e2e\n");
  ck_assert_str_eq (text, "script.said job: utf-8 aあ\n"
                          "script.said job: windows-31j 表計\n"
                          "script.said job: windows-31j ＼～－\n"
                          "script.said job: ibm437 î\n"
                          "script.said job: us-ascii ..\n");
}
END_TEST

/* ---- exclusions ---- */

START_TEST (skips_an_excluded_plugin)
{
  bench_exclude (&bench, "/script:1", 1, SK_REASON_CRASH);
  g_autofree char *child = child_line ("o", 1, "child", "j:match 1 here\n");
  g_autofree char *twin = child_line ("o", 11, "twin", "");
  g_autofree char *script = g_strconcat (child, twin, NULL);
  g_autofree char *text = bench_script (&bench, script);
  assert_line (text, "not-inspected.crash job/child: trace");
  assert_line (text, "script.level job/child: here");
  assert_line (text, "trace.call job: open job");
  assert_line (text, "trace.call job/twin: open twin");
  assert_no_line (text, "trace.call job/child: identify child");
  assert_no_line (text, "trace.call job/child: open child");
  assert_no_line (text, "trace.call job/child: judge child");
  ck_assert_ptr_null (strstr (bench.marks->str, "/script:1 1\n"));
}
END_TEST

START_TEST (skips_on_the_entry_object)
{
  bench_exclude (&bench, "", 0, SK_REASON_TIMEOUT);
  bench_exclude (&bench, "", 1, SK_REASON_MEMORY);
  g_autofree char *text = bench_script (&bench, "o:match 1 ran\n");
  ck_assert_str_eq (text, "not-inspected.timeout job: script\nnot-inspected.memory job: trace\n");
}
END_TEST

START_TEST (skips_every_plugin)
{
  bench_exclude (&bench, "", SK_NO_PLUGIN, SK_REASON_CRASH);
  g_autofree char *text = bench_script (&bench, "o:match 1 ran\n");
  ck_assert_str_eq (text, "not-inspected.crash job: sekisho\n");
}
END_TEST

/* ---- findings ---- */

START_TEST (joins_equal_findings)
{
  g_autofree char *text = bench_script (&bench, "o:match 1 same\no:match 1 same\no:match 1 other\n");
  ck_assert_str_eq (text, "script.level job: same x2\nscript.level job: other\n");
}
END_TEST

START_TEST (caps_findings_of_a_rule)
{
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text ("SCRIPT\no:matches 27 1\no:match 2 x\n"));
  ck_assert_uint_eq (reply->finding_list->len, SK_MAX_FINDINGS_PER_RULE + 1);
  ck_assert_uint_eq (reply->findings_dropped, 7);
}
END_TEST

START_TEST (drops_the_lowest_first)
{
  bench_clear (&bench);
  bench_init (&bench, "script");
  bench_option (&bench, "script", "size", "1100");
  bench_start (&bench);
  g_autoptr (SkReply) reply = bench_run (
      &bench, sk_span_of_text ("SCRIPT\no:match 3 first\no:rules 1100\no:match 0 least\no:match 4 grave\n"
                               "o:match 1 equal\no:not-inspected 3 crash\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_uint_eq (reply->finding_list->len, SK_MAX_FINDINGS);
  ck_assert_uint_eq (reply->findings_dropped, 101 + 1 + 1 + 1 + 1);
  ck_assert (!reply->complete);
  assert_line (text, "script.level job: first");
  assert_line (text, "script.level job: grave");
  assert_line (text, "not-inspected.crash job: crash");
  assert_no_line (text, "script.level job: least");
  assert_no_line (text, "script.level job: equal");
  g_autofree char *again = bench_script (&bench, "o:rules 5\no:match 1 x\n");
  assert_line (again, "script.level job: x");
}
END_TEST

START_TEST (refuses_a_foreign_rule)
{
  g_autofree char *text = bench_script (&bench, "o:wrong-match 3\no:wrong-match 4000000\n");
  ck_assert_str_eq (
      text, "not-inspected.failed job: script: it matched a rule that it did not register x2\n");
}
END_TEST

START_TEST (cuts_evidence)
{
  g_autofree char *value = g_strnfill (SK_MAX_EVIDENCE - 1, 'e');
  g_autofree char *script = g_strconcat ("SCRIPT\no:match 1 ", value, "\xE6\x9D\xB1\n", NULL);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  const char *evidence = g_array_index (reply->finding_list, SkReplyFinding, 0).evidence;
  ck_assert_str_eq (evidence, value); /* the character that does not fit goes as a whole */
}
END_TEST

/* ---- determinism ---- */

START_TEST (same_input_same_reply)
{
  g_autofree char *locked = child_line ("o", 1, "locked", "i:many 50 10\no:need key\no:matches 30 2\n");
  g_autofree char *note = child_line ("o", 2, "note", "o:secret key\ni:text x\no:fill 1 big 9000000\n");
  g_autofree char *script = g_strconcat ("SCRIPT\n", locked, note, "j:descendants 0\no:defer 0 9 c\n", NULL);
  g_auto (SkBuffer) first, again;
  sk_buffer_init (&first, SK_MAX_FRAME);
  sk_buffer_init (&again, SK_MAX_FRAME);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
      sk_buffer_reset (&again);
      ck_assert (sk_reply_encode (reply, i == 0 ? &first : &again));
      if (i > 0)
        ck_assert (sk_span_equal (sk_buffer_span (&first), sk_buffer_span (&again)));
      /* Whatever came between must not show. */
      g_autofree char *other = bench_script (&bench, "o:secrets 40\no:many 90 90\no:fill 1 x 100\n");
    }
  ck_assert_uint_gt (first.size, 500);
}
END_TEST

static TCase *
add_case (Suite *suite, const char *name, bool trace)
{
  TCase *tcase = tcase_create (name);
  tcase_add_checked_fixture (tcase, trace ? start : start_script, stop);
  suite_add_tcase (suite, tcase);
  return tcase;
}

static void
add_phases (Suite *suite)
{
  TCase *traced = add_case (suite, "traced", true);
  tcase_add_test (traced, phases_go_depth_first);
  tcase_add_test (traced, skips_an_excluded_plugin);
  tcase_add_test (traced, skips_on_the_entry_object);
  tcase_add_test (traced, skips_every_plugin);
  TCase *objects = add_case (suite, "objects", false);
  tcase_add_test (objects, says_nothing_of_a_plain_object);
  tcase_add_test (objects, walks_an_empty_object);
  tcase_add_test (objects, gives_the_strongest_type);
  tcase_add_test (objects, refuses_what_is_no_type);
  tcase_add_test (objects, keeps_the_strongest_types);
  tcase_add_test (objects, passes_a_declared_type);
  tcase_add_test (objects, gives_names);
  tcase_add_test (objects, makes_names_safe);
  tcase_add_test (objects, keeps_a_slot_for_each_object);
  tcase_add_test (objects, slices_share_the_bytes);
  tcase_add_test (objects, opens_only_in_open);
  tcase_add_test (objects, ends_what_a_plugin_leaves);
  tcase_add_loop_test (objects, says_what_a_hook_returns, 0, 14);
  tcase_add_test (objects, results_stay_with_their_object);
}

int
main (void)
{
  Suite *suite = suite_create ("walk");
  add_phases (suite);
  TCase *facts = add_case (suite, "facts", false);
  tcase_add_test (facts, keeps_facts);
  tcase_add_test (facts, forgets_facts_of_the_last_job);
  tcase_add_test (facts, repairs_text);
  tcase_add_test (facts, refuses_an_undeclared_fact);
  tcase_add_test (facts, bounds_facts);
  tcase_add_test (facts, reads_descendants);
  TCase *secrets = add_case (suite, "secrets", false);
  tcase_add_test (secrets, tries_again_with_a_new_secret);
  tcase_add_test (secrets, says_encrypted_without_the_secret);
  tcase_add_test (secrets, ends_after_the_last_round);
  tcase_add_test (secrets, judges_ancestors_last);
  tcase_add_test (secrets, parks_the_entry_object);
  tcase_add_test (secrets, forgets_secrets_of_the_last_root);
  tcase_add_test (secrets, bounds_secrets);
  tcase_add_test (secrets, tells_the_locked_at_last);
  tcase_add_test (secrets, begins_with_the_known_secrets);
  TCase *members = add_case (suite, "members", false);
  tcase_add_test (members, shares_a_part);
  tcase_add_test (members, refuses_bytes_twice);
  tcase_add_test (members, inspects_the_bytes_of_wrong_members);
  tcase_add_test (members, is_complete_with_a_fact_that_was_cut);
  tcase_add_test (members, folders_are_no_objects);
  tcase_add_test (members, decodes_names);
  TCase *findings = add_case (suite, "findings", false);
  tcase_add_test (findings, joins_equal_findings);
  tcase_add_test (findings, caps_findings_of_a_rule);
  tcase_add_test (findings, drops_the_lowest_first);
  tcase_add_test (findings, refuses_a_foreign_rule);
  tcase_add_test (findings, cuts_evidence);
  tcase_add_test (findings, same_input_same_reply);
  return sk_test_main (suite);
}
