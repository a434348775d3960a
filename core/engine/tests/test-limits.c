/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Each limit of a job, met and just not met; large children and their files.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine-test.h"
#include "engine/walker.h"

static Bench bench;

static void
start (void)
{
  bench_init (&bench, "script");
}

static void
stop (void)
{
  bench_clear (&bench);
}

static char *
nested (int levels)
{
  char *script = g_strdup ("o:match 1 deepest\n");
  for (int i = 0; i < levels; i++)
    {
      char *outer = child_line ("o", 1, "in", script);
      g_free (script);
      script = outer;
    }
  return script;
}

START_TEST (depth)
{
  bench.settings.limits.depth = 3;
  bench_start (&bench);
  g_autofree char *fits = nested (3), *deeper = nested (4);
  g_autofree char *text = bench_script (&bench, fits);
  ck_assert_str_eq (text, "script.level job/in/in/in: deepest\n");
  g_autofree char *over = bench_script (&bench, deeper);
  ck_assert_str_eq (over,
                    "not-inspected.limit job/in/in/in: depth: deeper than 3 objects in objects\n");
  /* A deferred job begins as deep as it was deferred. */
  bench.job.depth = 1;
  g_autofree char *deferred = bench_script (&bench, fits);
  ck_assert_str_eq (deferred,
                    "not-inspected.limit job/in/in: depth: deeper than 3 objects in objects\n");
}
END_TEST

START_TEST (objects)
{
  bench.settings.limits.objects = 4;
  bench_start (&bench);
  g_autofree char *fits = bench_script (&bench, "o:slices 3 0 1\n");
  ck_assert_str_eq (fits, "");
  g_autoptr (SkReply) reply
      = bench_run (&bench, sk_span_of_text ("SCRIPT\no:slices 4 0 1\no:fill 9 x 3\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "not-inspected.limit job: objects: more than 4 objects in one input\n"
                          "script.said job: slice refused after 3\n"
                          "script.said job: child refused\n");
  ck_assert_uint_eq (reply->objects, 4);
  ck_assert (!reply->complete);
  /* What is thrown away was no object. */
  g_autofree char *tries = bench_script (&bench, "o:aborts 100\no:slices 3 0 1\n");
  ck_assert_str_eq (tries, "");
}
END_TEST

START_TEST (trying_is_work)
{
  bench.settings.limits.work = 10;
  bench_start (&bench);
  g_autofree char *text = bench_script (&bench, "o:aborts 5\no:work 1\n");
  ck_assert_str_eq (text, "not-inspected.limit job: work: more work than 10 units for one input\n"
                          "script.said job: work refused\n");
}
END_TEST

START_TEST (object_bytes)
{
  bench.settings.limits.object_bytes = 1000;
  bench_start (&bench);
  g_autofree char *fits = bench_script (&bench, "o:fill 1 x 1000\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *text = bench_script (&bench, "o:fill 1 x 1001\n");
  ck_assert_str_eq (text, "script.said job: append refused after 0\n"
                          "not-inspected.limit job/x: object-bytes: longer than 1000 bytes\n");
  /* The head is looked at, whatever happens to the rest. */
  g_autofree char *filler = g_strnfill (2000, '.');
  g_autofree char *body = g_strdup_printf ("o:sum\no:match 1 head\n%s", filler);
  g_autofree char *longer = child_line ("o", 1, "long", body);
  g_autofree char *head = bench_script (&bench, longer);
  assert_line (head, "script.level job/long: head");
  assert_line (head, "not-inspected.limit job/long: object-bytes: longer than 1000 bytes");
  /* Thrown away it was nothing, whatever limit it met. */
  g_autofree char *aborted = bench_script (&bench, "o:abort 1 x 1001\n");
  ck_assert_str_eq (aborted, "script.said job: append refused after 0\n");
}
END_TEST

START_TEST (object_bytes_of_slices)
{
  bench.settings.limits.object_bytes = 20;
  bench_start (&bench);
  g_autofree char *text
      = bench_script (&bench, "o:slice 1 fits 0 20\no:slice 2 over 0 21\no:match 1 go-on\n");
  ck_assert_str_eq (text, "not-inspected.limit job/over: object-bytes: longer than 20 bytes\n"
                          "script.said job: slice refused\n"
                          "script.level job: go-on\n");
}
END_TEST

START_TEST (writes_past_the_end_of_the_numbers)
{
  bench_start (&bench);
  g_autofree char *text = bench_script (&bench, "o:scatter 1 x 18446744073709551615\n");
  assert_line (text, "script.said job: write refused at 18446744073709551614");
  assert_line (text, "not-inspected.limit job/x: object-bytes: longer than 2147483648 bytes");
}
END_TEST

START_TEST (job_bytes)
{
  bench.settings.limits.job_bytes = 2500;
  bench_start (&bench);
  g_autofree char *fits = bench_script (&bench, "o:fill 1 a 1000\no:fill 2 b 1500\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *text
      = bench_script (&bench, "o:fill 1 a 1000\no:fill 2 b 1000\no:fill 3 c 1000\no:fill 4 d 1\n");
  ck_assert_str_eq (text,
                    "script.said job: append refused after 0 x2\n"
                    "not-inspected.limit job/c: job-bytes: more than 2500 bytes in all objects of "
                    "one input\n");
}
END_TEST

START_TEST (ratio)
{
  bench.settings.limits.ratio = 10;
  bench_start (&bench);
  /* Below 16 MiB nothing is counted, whatever the ratio. */
  g_autofree char *fits = bench_script (&bench, "o:fill 1 x 16777216\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *text = bench_script (&bench, "o:fill 1 x 16777217\n");
  ck_assert_str_eq (text, "script.said job: append refused after 16777216\n"
                          "not-inspected.limit job/x: ratio: more than 10 times as large as what "
                          "it was made of\n");
  /* Many small ones count together. */
  g_autofree char *many
      = bench_script (&bench, "o:fill 1 a 6000000\no:fill 2 b 6000000\no:fill 3 c 6000000\n");
  assert_line (many, "not-inspected.limit job/c: ratio: more than 10 times as large as what it was "
                     "made of");
}
END_TEST

/* What is one byte over and over is no expansion: a document padded with 500 MB of zeros is opened. */
START_TEST (hollow)
{
  bench.settings.limits.ratio = 10;
  bench.settings.limits.object_bytes = 60000000;
  bench_start (&bench);
  g_autofree char *zeros = bench_script (&bench, "o:hollow 1 x 50000000 0\n");
  ck_assert_str_eq (zeros, "");
  g_autofree char *spaces = bench_script (&bench, "o:hollow 1 x 50000000 32\n");
  ck_assert_str_eq (spaces, "");
  /* It counts for everything else, and so does what is not hollow beside it. */
  g_autofree char *large = bench_script (&bench, "o:hollow 1 x 70000000 0\n");
  assert_line (large, "not-inspected.limit job/x: object-bytes: longer than 60000000 bytes");
  g_autofree char *beside = bench_script (&bench, "o:hollow 1 a 50000000 0\no:fill 2 b 16777217\n");
  assert_line (beside, "not-inspected.limit job/b: ratio: more than 10 times as large as what it was "
                       "made of");
}
END_TEST

/* A bomb of zeros, in one member or in many: it does not fit, and is larger than the ratio allows. */
START_TEST (hollow_bombs)
{
  const char *told = ": ratio: more than 10 times as large as what it was made of";
  bench.settings.limits.ratio = 10;
  bench.settings.limits.object_bytes = 60000000;
  bench.settings.limits.job_bytes = 100000000;
  bench_start (&bench);
  g_autofree char *one = bench_script (&bench, "o:hollow 1 x 70000000 0\n");
  ck_assert_msg (strstr (one, told) != NULL, "%s", one);
  g_autofree char *many
      = bench_script (&bench, "o:hollow 1 a 50000000 0\no:hollow 2 b 50000000 0\no:hollow 3 c 9 0\n");
  ck_assert_msg (strstr (many, told) != NULL, "%s", many);
  /* Nearly as large itself, it was only large. */
  g_autofree char *filler = g_strnfill (9000000, '.');
  g_autofree char *script = g_strconcat ("o:hollow 1 x 70000000 0\n", filler, NULL);
  g_autofree char *large = bench_script (&bench, script);
  assert_line (large, "not-inspected.limit job/x: object-bytes: longer than 60000000 bytes");
  ck_assert_ptr_null (strstr (large, told));
}
END_TEST

START_TEST (work)
{
  bench.settings.limits.work = 100;
  bench_start (&bench);
  g_autofree char *fits = bench_script (&bench, "o:work 60\no:work 40\n");
  ck_assert_str_eq (fits, "");
  g_autofree char *text = bench_script (&bench, "o:work 60\no:work 41\no:work 1\no:return 4\n");
  ck_assert_str_eq (text, "not-inspected.limit job: work: more work than 100 units for one input\n"
                          "script.said job: work refused x2\n");
  ck_assert_uint_eq (bench.progress, 1); /* what is refused is no progress */
  /* Walking a child is work, so that parts that overlap cannot make a small file endless. */
  g_autofree char *slices = bench_script (&bench, "o:slices 200 0 5\n");
  assert_line (slices, "not-inspected.limit job: work: more work than 100 units for one input");
}
END_TEST

START_TEST (windows)
{
  bench.settings.limits.windows = 2;
  bench_start (&bench);
  g_autoptr (SkReply) reply = bench_run (
      &bench, sk_span_of_text ("SCRIPT\no:defer 0 5 a\no:defer-child 1 x 3 b\no:defer 5 5 c\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "not-inspected.limit job: windows: more than 2 deferred windows\n"
                          "script.said job: defer refused\n");
  ck_assert_uint_eq (reply->window_list->len, 2);
}
END_TEST

/* ---- large children ---- */

START_TEST (small_children_stay_in_memory)
{
  bench_start (&bench);
  g_autofree char *text = bench_script (&bench, "o:fill 1 x 8388608\n");
  ck_assert_str_eq (text, "");
  ck_assert_uint_eq (bench.lent->len, 0);
}
END_TEST

START_TEST (large_children_go_to_a_file)
{
  bench_start (&bench);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text ("SCRIPT\no:fill 1 x 8388609\n"));
  struct stat info;
  ck_assert_uint_eq (bench.lent->len, 1);
  ck_assert_int_eq (fstat (g_array_index (bench.lent, int, 0), &info), 0);
  ck_assert_int_eq (info.st_size, 0); /* it is given back empty */
  ck_assert_uint_eq (reply->bytes, 8388609 + strlen ("SCRIPT\no:fill 1 x 8388609\n"));
  ck_assert (reply->complete);
}
END_TEST

/* The content is right whichever way it came: in order, scattered, in memory, in a file. */
START_TEST (content_is_what_was_written)
{
  bench_clear (&bench);
  bench_init (&bench, "script,sum");
  bench_start (&bench);
  g_autofree char *text = bench_script (
      &bench, "o:fill 1 a 100\no:fill 2 b 9000000\no:scatter 3 c 1000\no:scatter 4 d 20000000\n");
  assert_line (text, "sum.bytes job/a: 12200 of 100");
  assert_line (text, "sum.bytes job/b: 1098000000 of 9000000");
  assert_line (text, "sum.bytes job/c: 198 of 1000");
  assert_line (text, "not-inspected.limit job/d: ratio: more than 200 times as large as what it was "
                     "made of");
  g_autofree char *filler = g_strnfill (200000, '.');
  g_autofree char *script = g_strconcat ("o:scatter 4 d 20000000\n", filler, NULL);
  g_autofree char *large = bench_script (&bench, script);
  assert_line (large, "sum.bytes job/d: 198 of 20000000");
}
END_TEST

START_TEST (hollow_bytes_are_there)
{
  bench_clear (&bench);
  bench_init (&bench, "script,sum");
  bench_start (&bench);
  g_autofree char *text
      = bench_script (&bench, "o:hollow 1 zeros 50000000 0\no:hollow 2 ones 20000000 1\n");
  assert_line (text, "sum.bytes job/zeros: 0 of 50000000");
  assert_line (text, "sum.bytes job/ones: 20000000 of 20000000");
}
END_TEST

START_TEST (keeps_the_head_when_no_file_is_lent)
{
  bench_start (&bench);
  bench.refuse_lend = true;
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text ("SCRIPT\no:fill 1 x 8388700\n"));
  g_autofree char *text = bench_text (&bench, reply);
  assert_line (text, "script.said job: append refused after 8388608");
  assert_line (text, "not-inspected.limit job/x: lent files: no file for a large object; at most "
                     "64 are open");
  ck_assert_uint_eq (reply->bytes, 8388608 + strlen ("SCRIPT\no:fill 1 x 8388700\n"));
  bench.host.lend = NULL;
  g_autofree char *again = bench_script (&bench, "o:fill 1 x 8388700\n");
  ck_assert_str_eq (again, text);
}
END_TEST

static size_t
open_descriptors (void)
{
  size_t count = 0;
  for (int fd = 0; fd < 1024; fd++)
    count += fcntl (fd, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

/* Large children that wait for secrets hold files: half of what there is, so that the others are
 * still looked at. Then all is freed. */
START_TEST (bounds_what_waits)
{
  bench_start (&bench);
  size_t before = open_descriptors ();
  g_autoptr (GString) script = g_string_new (NULL);
  g_autofree char *filler = g_strnfill (9000000, '.');
  g_autofree char *body = g_strconcat ("o:slot\no:need key\n", filler, NULL);
  g_autofree char *line = child_line ("o", 1, "locked", body);
  for (int i = 0; i < SK_MAX_LENT / 2 + 4; i++)
    g_string_append (script, line);
  g_string_append (script, "o:secret other\no:fill 2 big 9000000\n");
  g_autoptr (GString) head = g_string_new ("SCRIPT\n");
  g_string_append (head, script->str);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (head->str));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_ptr_null (strstr (text, "not-inspected.limit"));
  ck_assert_ptr_nonnull (strstr (text, "not-inspected.encrypted job/locked: needs a secret"));
  ck_assert_uint_eq (bench.lent->len, SK_MAX_LENT / 2 + 1); /* the others have one in turn */
  ck_assert_uint_eq (open_descriptors (), before + bench.lent->len);
  g_autofree char *after = bench_script (&bench, "o:fill 1 x 9000000\n");
  ck_assert_str_eq (after, "");
  ck_assert_uint_eq (open_descriptors (), before + 1);
}
END_TEST

/* So many wait and no more; each is told, whether it waited or not. */
START_TEST (bounds_how_many_wait)
{
  bench_start (&bench);
  g_autofree char *line = child_line ("o", 1, "x", "o:need key\no:match 1 opened\n");
  g_autoptr (GString) script = g_string_new ("SCRIPT\n");
  for (int i = 0; i < SK_MAX_PARKED + 1; i++)
    g_string_append (script, line);
  g_string_append (script, "o:secret key\n");
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script->str));
  uint32_t opened = 0, encrypted = 0;
  for (guint i = 0; i < reply->finding_list->len; i++)
    {
      const SkReplyFinding *finding = &g_array_index (reply->finding_list, SkReplyFinding, i);
      encrypted += finding->rule == SK_RULE_OF_REASON (SK_REASON_ENCRYPTED) ? finding->count : 0;
      opened += finding->rule >= SK_N_REASONS ? finding->count : 0;
    }
  ck_assert_uint_eq (encrypted, 1);
  ck_assert_uint_eq (opened + reply->findings_dropped, SK_MAX_PARKED);
}
END_TEST

/* One file serves any number of large children, one after the other; each is seen whole, and of what
 * was there before nothing is. */
START_TEST (uses_lent_files_again)
{
  bench.settings.limits.ratio = UINT32_MAX;
  bench_start (&bench);
  g_autoptr (GString) script = g_string_new ("");
  for (int i = 0; i < SK_MAX_LENT + 6; i++)
    g_string_append_printf (script, "o:fill %d big %d\n", i, 9000000 - i);
  g_autofree char *text = bench_script (&bench, script->str);
  ck_assert_str_eq (text, "");
  ck_assert_uint_eq (bench.lent->len, 1);
}
END_TEST

/* Nested large children each hold a file. */
START_TEST (bounds_open_files)
{
  bench.settings.limits.depth = 100;
  bench_start (&bench);
  g_autofree char *filler = g_strnfill (8400000, '.');
  g_autofree char *script = g_strconcat ("o:match 1 deepest\n", filler, NULL);
  for (int i = 0; i < SK_MAX_LENT + 1; i++)
    {
      char *outer = child_line ("o", 1, "in", script);
      g_free (script);
      script = outer;
    }
  g_autoptr (GString) whole = g_string_new ("SCRIPT\n");
  g_string_append (whole, script);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (whole->str));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_uint_eq (bench.lent->len, SK_MAX_LENT);
  ck_assert_ptr_nonnull (strstr (text, ": lent files: no file for a large object; at most 64 are "
                                       "open"));
}
END_TEST

/* ---- deferral ---- */

START_TEST (defers_parts)
{
  bench_start (&bench);
  g_autoptr (SkReply) reply
      = bench_run (&bench, sk_span_of_text ("SCRIPT\no:defer 7 11 ctx\no:defer 0 99 x\n"));
  g_autofree char *text = bench_text (&bench, reply);
  ck_assert_str_eq (text, "not-inspected.malformed job: a part lies outside of the object\n"
                          "script.said job: defer refused\n");
  ck_assert_uint_eq (reply->window_list->len, 1);
  const SkReplyWindow *window = &g_array_index (reply->window_list, SkReplyWindow, 0);
  ck_assert_uint_eq (window->plugin, 0);
  ck_assert_uint_eq (window->blob, 0);
  ck_assert_uint_eq (window->offset, 7);
  ck_assert_uint_eq (window->length, 11);
  ck_assert_uint_eq (window->position, 7);
  ck_assert_mem_eq (g_bytes_get_data (window->context, NULL), "ctx", 3);
}
END_TEST

START_TEST (defers_only_from_the_entry_object)
{
  bench_start (&bench);
  g_autofree char *child = child_line ("o", 1, "child", "o:defer 0 5 x\n");
  g_autofree char *text = bench_script (&bench, child);
  ck_assert_str_eq (text, "not-inspected.failed job/child: script: it deferred a part of another "
                          "object than the entry object\n"
                          "script.said job/child: defer refused\n");
}
END_TEST

START_TEST (packs_small_deferred_children)
{
  bench_start (&bench);
  g_autoptr (SkReply) reply = bench_run (
      &bench, sk_span_of_text ("SCRIPT\no:defer-child 4 a 10 x\no:defer-child 5 b 20 y\n"
                               "o:defer-child 6 c 9000000 z\no:defer-child 7 d 5 w\n"));
  static const struct {
    uint32_t blob;
    uint64_t offset, length, position;
    const char *name;
  } expected[] = {
    { 1, 0, 10, 4, "a" }, { 1, 10, 20, 5, "b" }, { 2, 0, 9000000, 6, "c" }, { 1, 30, 5, 7, "d" },
  };
  ck_assert_uint_eq (reply->window_list->len, 4);
  ck_assert_uint_eq (reply->objects, 1);
  for (guint i = 0; i < 4; i++)
    {
      const SkReplyWindow *window = &g_array_index (reply->window_list, SkReplyWindow, i);
      ck_assert_uint_eq (window->blob, expected[i].blob);
      ck_assert_uint_eq (window->offset, expected[i].offset);
      ck_assert_uint_eq (window->length, expected[i].length);
      ck_assert_uint_eq (window->position, expected[i].position);
      ck_assert_str_eq (window->name, expected[i].name);
      uint8_t byte = 0;
      ck_assert_int_eq (pread (g_array_index (bench.lent, int, window->blob - 1), &byte, 1,
                               (off_t) (window->offset + window->length - 1)),
                        1);
      ck_assert (byte == 'y' || byte == '{');
    }
}
END_TEST

/* However a container writes it, the name is one that the supervisor accepts. */
START_TEST (names_windows_safely)
{
  bench_start (&bench);
  g_autofree char *name = g_strnfill (SK_MAX_NAME + 10, '\xFF');
  g_autofree char *script = g_strdup_printf ("SCRIPT\no:defer-child 4 %s 10 x\n", name);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  const char *got = g_array_index (reply->window_list, SkReplyWindow, 0).name;
  ck_assert (g_utf8_validate (got, -1, NULL));
  ck_assert_uint_le (strlen (got), SK_MAX_NAME);
  ck_assert_uint_ge (strlen (got), SK_MAX_NAME - 3);
}
END_TEST

/** What the host was given before the reply. */
typedef struct Given {
  guint calls, windows;
  uint64_t largest, next;
  uint64_t room; /* for contexts, from the first call on; 0: as it is */
} Given;

static Given given;

static void
take_windows (void *data, const GArray *list)
{
  uint64_t size = 0;
  (void) data;
  for (guint i = 0; i < list->len; i++)
    {
      const SkReplyWindow *window = &g_array_index (list, SkReplyWindow, i);
      size += g_bytes_get_size (window->context) + strlen (window->name);
      ck_assert_uint_eq (window->offset, given.next++);
    }
  given.calls++;
  if (given.room > 0)
    bench.walker->contexts = SK_MAX_CONTEXTS - given.room;
  given.windows += list->len;
  given.largest = MAX (given.largest, size);
}

/* `count` lines that defer, each with a context of `size` bytes and its number as offset. */
static char *
many_windows (guint count, size_t size)
{
  GString *script = g_string_new ("SCRIPT\n");
  g_autofree char *context = g_strnfill (size, 'c');
  for (guint i = 0; i < count; i++)
    g_string_append_printf (script, "o:defer %u 1 %s\n", i, context);
  return g_string_free (script, FALSE);
}

START_TEST (windows_are_handed_back_before_the_reply)
{
  static const struct {
    guint count;
    size_t size;
    guint calls, rest;
  } cases[] = {
    { 15, SK_MAX_CONTEXT, 0, 15 },
    { 40, SK_MAX_CONTEXT, 2, 8 },
    { SK_MAX_WINDOWS_A_FRAME - 1, 1, 0, SK_MAX_WINDOWS_A_FRAME - 1 },
    { SK_MAX_WINDOWS_A_FRAME, 1, 1, 0 },
    { SK_MAX_WINDOWS_A_FRAME + 1, 1, 1, 1 },
  };
  bench.host.windows = take_windows;
  bench_start (&bench);
  given = (Given){ 0 };
  g_autofree char *script = many_windows (cases[_i].count, cases[_i].size);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  ck_assert_uint_eq (given.calls, cases[_i].calls);
  ck_assert_uint_eq (reply->window_list->len, cases[_i].rest);
  ck_assert_uint_eq (given.windows + cases[_i].rest, cases[_i].count);
  ck_assert_uint_le (given.largest, SK_WINDOWS_FLUSH + SK_MAX_CONTEXT + SK_MAX_NAME);
}
END_TEST

START_TEST (contexts_and_names_are_bounded_together)
{
  bench.host.windows = take_windows;
  bench_start (&bench);
  given = (Given){ .room = 11 };
  g_autofree char *script = many_windows (SK_MAX_WINDOWS_A_FRAME + 3, 1);
  g_autoptr (SkReply) reply = bench_run (&bench, sk_span_of_text (script));
  g_autofree char *text = bench_text (&bench, reply);
  assert_line (text, "not-inspected.limit job: context: contexts and names of deferred windows over "
                     "268435456 bytes");
  /* Each has a context of one byte and "job". */
  ck_assert_uint_eq (given.windows, SK_MAX_WINDOWS_A_FRAME);
  ck_assert_uint_eq (reply->window_list->len, 2);
}
END_TEST

START_TEST (refuses_a_large_context)
{
  bench_start (&bench);
  g_autofree char *context = g_strnfill (SK_MAX_CONTEXT + 1, 'c');
  g_autofree char *script = g_strdup_printf ("o:defer 0 5 %s\n", context);
  g_autofree char *text = bench_script (&bench, script);
  assert_line (text, "script.said job: defer refused");
  assert_line (text, "not-inspected.limit job: context: contexts and names of deferred windows over "
                     "268435456 bytes");
  script[strlen (script) - 2] = '\n';
  script[strlen (script) - 1] = '\0';
  g_autofree char *fits = bench_script (&bench, script);
  ck_assert_str_eq (fits, "");
}
END_TEST

/* ---- records ---- */

START_TEST (cuts_records_to_subscriptions)
{
  bench_subscribe (&bench, "script.line", NULL);
  bench_subscribe (&bench, "other", NULL);
  bench_subscribe (&bench, "script.line", "List,Unknown,Number");
  bench_subscribe (&bench, "script.line", "Unknown");
  bench_start (&bench);
  g_autofree char *child = child_line ("o", 3, "child", "o:record 0 8 2000 inner\n");
  g_autofree char *script
      = g_strconcat ("o:record 0 5 1000 hello\n", child, "o:record 1 6 7 x\n", NULL);
  g_autofree char *text = bench_script (&bench, script);
  ck_assert_str_eq (text, "script.said job: no record\n");
  static const char *const wanted[] = {
    "0 script.line 5 1000 [] Text=hello Number=8 Flag=true List=one List=two",
    "2 script.line 5 1000 [] Number=8 List=one List=two",
    "3 script.line 5 1000 []",
    "0 script.line 8 2000 [/script:3] Text=inner Number=8 Flag=true List=one List=two",
    "2 script.line 8 2000 [/script:3] Number=8 List=one List=two",
    "3 script.line 8 2000 [/script:3]",
  };
  ck_assert_uint_eq (bench.records->len, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *record = bench_record (&bench, i);
      ck_assert_str_eq (record, wanted[i]);
    }
}
END_TEST

START_TEST (nobody_asks_for_records)
{
  bench_start (&bench);
  g_autofree char *text = bench_script (&bench, "o:record 0 5 1000 hello\n");
  ck_assert_str_eq (text, "script.said job: no record\n");
  ck_assert_uint_eq (bench.records->len, 0);
}
END_TEST

START_TEST (drops_what_is_no_whole_record)
{
  bench_subscribe (&bench, "script.line", NULL);
  bench_start (&bench);
  g_autofree char *large = bench_script (&bench, "o:huge-record 20\no:record 0 1 1 after\n");
  ck_assert_str_eq (large,
                    "not-inspected.limit job: record: a record longer than 1048576 bytes was not handed on\n");
  ck_assert_uint_eq (bench.records->len, 1);
  g_autofree char *left = bench_script (&bench, "o:leave-record\n");
  ck_assert_str_eq (left, "not-inspected.failed job: script: it left a record unfinished\n");
  ck_assert_uint_eq (bench.records->len, 0);
  g_autofree char *fits = bench_script (&bench, "o:huge-record 16\n");
  ck_assert_str_eq (fits, "");
  ck_assert_uint_eq (bench.records->len, 1);
}
END_TEST

START_TEST (records_are_work)
{
  bench_subscribe (&bench, "script.line", NULL);
  bench.settings.limits.work = 2;
  bench_start (&bench);
  g_autofree char *text
      = bench_script (&bench, "o:record 0 1 1 a\no:record 0 2 1 b\no:record 0 3 1 c\n");
  ck_assert_str_eq (text, "not-inspected.limit job: work: more work than 2 units for one input\n"
                          "script.said job: no record\n");
  ck_assert_uint_eq (bench.records->len, 2);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("limits");
  TCase *limits = tcase_create ("limits");
  tcase_add_checked_fixture (limits, start, stop);
  tcase_add_test (limits, depth);
  tcase_add_test (limits, objects);
  tcase_add_test (limits, object_bytes);
  tcase_add_test (limits, object_bytes_of_slices);
  tcase_add_test (limits, writes_past_the_end_of_the_numbers);
  tcase_add_test (limits, job_bytes);
  tcase_add_test (limits, ratio);
  tcase_add_test (limits, hollow);
  tcase_add_test (limits, hollow_bombs);
  tcase_add_test (limits, trying_is_work);
  tcase_add_test (limits, work);
  tcase_add_test (limits, windows);
  suite_add_tcase (suite, limits);
  TCase *large = tcase_create ("large children");
  tcase_set_timeout (large, 60);
  tcase_add_checked_fixture (large, start, stop);
  tcase_add_test (large, small_children_stay_in_memory);
  tcase_add_test (large, large_children_go_to_a_file);
  tcase_add_test (large, content_is_what_was_written);
  tcase_add_test (large, hollow_bytes_are_there);
  tcase_add_test (large, keeps_the_head_when_no_file_is_lent);
  tcase_add_test (large, bounds_what_waits);
  tcase_add_test (large, bounds_how_many_wait);
  tcase_add_test (large, bounds_open_files);
  tcase_add_test (large, uses_lent_files_again);
  suite_add_tcase (suite, large);
  TCase *rest = tcase_create ("deferral and records");
  tcase_add_checked_fixture (rest, start, stop);
  tcase_add_test (rest, defers_parts);
  tcase_add_test (rest, defers_only_from_the_entry_object);
  tcase_add_test (rest, packs_small_deferred_children);
  tcase_add_test (rest, names_windows_safely);
  tcase_add_test (rest, refuses_a_large_context);
  tcase_add_loop_test (rest, windows_are_handed_back_before_the_reply, 0, 5);
  tcase_add_test (rest, contexts_and_names_are_bounded_together);
  tcase_add_test (rest, cuts_records_to_subscriptions);
  tcase_add_test (rest, nobody_asks_for_records);
  tcase_add_test (rest, drops_what_is_no_whole_record);
  tcase_add_test (rest, records_are_work);
  suite_add_tcase (suite, rest);
  return sk_test_main (suite);
}
