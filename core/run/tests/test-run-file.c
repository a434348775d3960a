/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The results file and the run file against plain copies in memory.
 */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "run/results.h"
#include "run/run-file-internal.h"
#include "sk-test.h"

/* ---- results ---- */

typedef struct Kept {
  uint64_t offset;
  GBytes *bytes;
} Kept;

static GBytes *
random_bytes (GRand *random, size_t size)
{
  uint8_t *bytes = g_malloc (size + 1);
  for (size_t i = 0; i < size; i++)
    bytes[i] = (uint8_t) g_rand_int (random);
  return g_bytes_new_take (bytes, size);
}

static void
check_kept (SkResults *results, const Kept *kept)
{
  gsize size;
  const void *expected = g_bytes_get_data (kept->bytes, &size);
  g_autofree uint8_t *got = g_malloc (size + 1);
  ck_assert (sk_results_get (results, kept->offset, size, got, NULL));
  ck_assert_mem_eq (got, expected, size);
}

static void
release_at (SkResults *results, GArray *all, guint index)
{
  Kept *kept = &g_array_index (all, Kept, index);
  check_kept (results, kept);
  sk_results_release (results, kept->offset, g_bytes_get_size (kept->bytes));
  g_bytes_unref (kept->bytes);
  g_array_remove_index (all, index);
}

static uint64_t
disk_bytes (const SkResults *results)
{
  struct stat info;
  ck_assert_int_eq (fstat (sk_results_fd (results), &info), 0);
  return (uint64_t) info.st_blocks * 512;
}

START_TEST (results_come_back_and_holes_are_punched)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (SkResults) results = sk_results_new (g_get_tmp_dir (), 4 * SK_MIB, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Kept));
  uint64_t put = 0;
  for (int i = 0; i < 6000; i++)
    {
      size_t size = (size_t) g_rand_int_range (random, 0, i % 50 == 0 ? 300000 : 3000);
      Kept kept = { 0, random_bytes (random, size) };
      SkSpan span = { g_bytes_get_data (kept.bytes, NULL), size };
      while (sk_results_live (results) + size > 4 * SK_MIB || all->len > 200)
        release_at (results, all, (guint) g_rand_int_range (random, 0, (gint32) MIN (all->len, 8)));
      ck_assert (sk_results_put (results, span, &kept.offset, NULL));
      g_array_append_val (all, kept);
      put += size;
    }
  ck_assert_uint_gt (put, 20 * SK_MIB);
  ck_assert_uint_lt (disk_bytes (results), 8 * SK_MIB);
  while (all->len > 0)
    release_at (results, all, all->len - 1);
  ck_assert_uint_eq (sk_results_live (results), 0);
  ck_assert_uint_lt (disk_bytes (results), SK_MIB);
}
END_TEST

START_TEST (what_dies_in_the_tail_takes_no_disk)
{
  g_autoptr (SkResults) results = sk_results_new (g_get_tmp_dir (), SK_MIB, NULL);
  uint8_t bytes[1000] = { 1 };
  uint64_t offset;
  for (int i = 0; i < 50000; i++)
    {
      ck_assert (sk_results_put (results, (SkSpan) { bytes, sizeof bytes }, &offset, NULL));
      sk_results_release (results, offset, sizeof bytes);
    }
  ck_assert_uint_lt (disk_bytes (results), 256 * SK_KIB);
}
END_TEST

/* One byte more than the maximum is refused, the maximum itself is not. */
START_TEST (a_full_results_file_refuses)
{
  g_autoptr (SkResults) results = sk_results_new (g_get_tmp_dir (), 1000, NULL);
  uint8_t bytes[1001] = { 0 };
  uint64_t offset;
  g_autoptr (GError) error = NULL;
  ck_assert (!sk_results_put (results, (SkSpan) { bytes, 1001 }, &offset, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert (sk_results_put (results, (SkSpan) { bytes, 1000 }, &offset, NULL));
  ck_assert (!sk_results_put (results, (SkSpan) { bytes, 1 }, &offset, NULL));
}
END_TEST

/* ---- the run file ---- */

typedef struct Record {
  int64_t time;
  uint64_t job, position, arrival;
  char *text;
} Record;

static int
compare_records (const void *left, const void *right)
{
  const Record *a = left, *b = right;
  if (a->time != b->time)
    return a->time < b->time ? -1 : 1;
  if (a->job != b->job)
    return a->job < b->job ? -1 : 1;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  return a->arrival < b->arrival ? -1 : a->arrival > b->arrival;
}

static void
record_clear (void *data)
{
  g_free (((Record *) data)->text);
}

static SkRunEntry
entry_of (const Record *record)
{
  return (SkRunEntry) { .subscription = 3,
                        .time = record->time,
                        .position = record->position,
                        .object = sk_span_of_text ("/zip:1"),
                        .fields = sk_span_of_text (record->text),
                        .generation = 70000 };
}

static void
send (SkRunStage *stage, Record *record)
{
  SkRunEntry entry = entry_of (record);
  ck_assert (sk_run_stage_add (stage, &entry, NULL));
}

static Record
random_record (GRand *random, uint64_t job, uint64_t arrival, int largest)
{
  Record record = { g_rand_int_range (random, -50, 50), job,
                    (uint64_t) g_rand_int_range (random, 0, 20), arrival, NULL };
  int size = g_rand_int_range (random, 0, largest);
  record.text = g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %*s", job, arrival,
                                 size, "x");
  return record;
}

typedef struct Check {
  GArray *expected;
  guint next;
} Check;

static void
check_entry (const SkRunEntry *entry, const char *job, void *data)
{
  Check *check = data;
  ck_assert_uint_lt (check->next, check->expected->len);
  const Record *record = &g_array_index (check->expected, Record, check->next++);
  g_autofree char *id = g_strdup_printf ("job-%" G_GUINT64_FORMAT, record->job);
  ck_assert_str_eq (job, id);
  ck_assert_int_eq (entry->time, record->time);
  ck_assert_uint_eq (entry->position, record->position);
  ck_assert_uint_eq (entry->subscription, 3);
  ck_assert_uint_eq (entry->generation, 70000);
  ck_assert_uint_eq (entry->root_size, 1);
  ck_assert (sk_span_equal (entry->object, sk_span_of_text ("/zip:1")));
  ck_assert (sk_span_equal (entry->fields, sk_span_of_text (record->text)));
}

/* `n_jobs` jobs send, some die in between and are dropped; what is committed comes out in order. */
static void
try_order (uint32_t seed, uint64_t n_jobs, int records, int largest)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (SkRunFile) file = sk_run_file_new (g_get_tmp_dir (), 4 * SK_GIB, NULL);
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (Record));
  g_array_set_clear_func (expected, record_clear);
  for (uint64_t job = 0; job < n_jobs; job++)
    {
      SkRunStage *stage = sk_run_stage_new (file);
      bool dies = g_rand_int_range (random, 0, 5) == 0;
      int count = g_rand_int_range (random, 0, records);
      for (int i = 0; i < count; i++)
        {
          Record record = random_record (random, job, (uint64_t) i, largest);
          send (stage, &record);
          if (dies)
            record_clear (&record);
          else
            g_array_append_val (expected, record);
        }
      uint64_t lost = 9;
      g_autofree char *id = g_strdup_printf ("job-%" G_GUINT64_FORMAT, job);
      if (dies)
        sk_run_stage_drop (stage);
      else
        ck_assert (sk_run_stage_commit (stage, id, 1, &lost, NULL) && lost == 0);
    }
  ck_assert_uint_eq (sk_run_file_staged (file), 0);
  g_array_sort (expected, compare_records);
  Check check = { expected, 0 };
  ck_assert (sk_run_file_each (file, check_entry, &check, NULL));
  ck_assert_uint_eq (check.next, expected->len);
}

START_TEST (few_records_come_out_in_order)
{
  for (uint32_t seed = 0; seed < 50; seed++)
    try_order (seed, 20, 10, 30);
  try_order (99, 0, 1, 1);
}
END_TEST

/* Enough for cascades: many runs of the shared buffer, and jobs with runs of their own. */
START_TEST (many_runs_are_merged_in_order)
{
  try_order (1, 4, 20000, 2000);
  try_order (2, 400, 2000, 700);
}
END_TEST

START_TEST (records_larger_than_a_buffer_are_merged)
{
  try_order (3, 6, 8, 3000000);
}
END_TEST

static void
count_entry (const SkRunEntry *entry, const char *job, void *data)
{
  (void) entry;
  (void) job;
  ++*(uint64_t *) data;
}

/* A full file loses whole jobs and says how many records; smaller ones still find room. */
START_TEST (a_full_run_file_says_what_is_lost)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (SkRunFile) file = sk_run_file_new (g_get_tmp_dir (), 10000, NULL);
  uint64_t lost[7], kept = 0;
  for (uint64_t job = 0; job < 7; job++)
    {
      SkRunStage *stage = sk_run_stage_new (file);
      int count = job == 1 ? 60 : job == 6 ? 1 : 20; /* 60 are over a quarter of the file */
      for (int i = 0; i < count; i++)
        {
          Record record = { 0, job, 0, 0, g_strdup ("twenty bytes of text") };
          send (stage, &record);
          record_clear (&record);
        }
      ck_assert (sk_run_stage_commit (stage, "id", 2, &lost[job], NULL));
      kept += lost[job] == 0 ? (uint64_t) count : 0;
    }
  ck_assert_uint_eq (lost[0], 0);
  ck_assert_uint_eq (lost[1], 60);
  ck_assert_uint_eq (lost[2], 0);
  ck_assert_uint_eq (lost[6], 0);
  uint64_t count = 0;
  ck_assert (sk_run_file_each (file, count_entry, &count, NULL));
  ck_assert_uint_eq (count, kept);
}
END_TEST

/* Jobs that have ended but wait for an earlier one keep their stages: they must not keep the memory, nor
 * make those that still run write a run for each record. */
START_TEST (stages_that_wait_keep_no_memory)
{
  g_autoptr (SkRunFile) file = sk_run_file_new (g_get_tmp_dir (), 4 * SK_GIB, NULL);
  SkRunStage *stages[200];
  g_autofree char *large = g_strnfill (SK_MIB, 'x');
  uint64_t spills = 0, lost, count = 0;
  Record record = { 0, 0, 0, 0, large };
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      large[i % 2 == 0 ? 200000 : SK_MIB - 1] = '\0';
      stages[i] = sk_run_stage_new (file);
      send (stages[i], &record);
      large[200000] = 'x';
      ck_assert_uint_le (file->staged_memory, 34 * SK_MIB);
    }
  large[100] = '\0';
  for (size_t i = 0; i < 50000; i++)
    {
      uint64_t end = file->end;
      send (stages[0], &record);
      spills += file->end != end;
    }
  ck_assert_uint_lt (spills, 200);
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++)
    ck_assert (sk_run_stage_commit (stages[i], "id", 2, &lost, NULL) && lost == 0);
  ck_assert_uint_eq (file->staged_memory, 0);
  ck_assert (sk_run_file_each (file, count_entry, &count, NULL));
  ck_assert_uint_eq (count, G_N_ELEMENTS (stages) + 50000);
}
END_TEST

/* Whatever stands there instead: an error, and no byte is read that is not there. */
START_TEST (a_file_that_was_changed_is_an_error)
{
  static const uint32_t sizes[] = { 0, 1, sizeof (SkRunHead) - 1, sizeof (SkRunHead), 400000, UINT32_MAX };
  SkRunFile *file = sk_run_file_new (g_get_tmp_dir (), SK_GIB, NULL);
  SkRunStage *stage = sk_run_stage_new (file);
  g_autofree char *text = g_strnfill (300000, 'x');
  Record record = { 0, 0, 0, 0, text };
  g_autoptr (GError) error = NULL;
  uint64_t lost, count = 0;
  send (stage, &record);
  send (stage, &record);
  ck_assert (sk_run_stage_commit (stage, "id", 2, &lost, NULL) && lost == 0);
  ck_assert_uint_gt (file->end, 0);
  ck_assert_int_eq (pwrite (file->fd, &sizes[_i], sizeof sizes[_i], 0), sizeof sizes[_i]);
  ck_assert (!sk_run_file_each (file, count_entry, &count, &error));
  ck_assert_ptr_nonnull (error);
  sk_run_file_free (file);
}
END_TEST

START_TEST (an_unusable_folder_is_an_error)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (sk_run_file_new ("/nonexistent/folder", 1000, &error));
  ck_assert_ptr_nonnull (error);
  g_clear_error (&error);
  ck_assert_ptr_null (sk_results_new ("/nonexistent/folder", 1000, &error));
  ck_assert_ptr_nonnull (error);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("run-file");
  TCase *results = tcase_create ("results");
  tcase_add_test (results, results_come_back_and_holes_are_punched);
  tcase_add_test (results, what_dies_in_the_tail_takes_no_disk);
  tcase_add_test (results, a_full_results_file_refuses);
  suite_add_tcase (suite, results);
  TCase *run = tcase_create ("records");
  tcase_set_timeout (run, 120);
  tcase_add_test (run, few_records_come_out_in_order);
  tcase_add_test (run, many_runs_are_merged_in_order);
  tcase_add_test (run, records_larger_than_a_buffer_are_merged);
  tcase_add_test (run, a_full_run_file_says_what_is_lost);
  tcase_add_test (run, stages_that_wait_keep_no_memory);
  tcase_add_loop_test (run, a_file_that_was_changed_is_an_error, 0, 6);
  tcase_add_test (run, an_unusable_folder_is_an_error);
  suite_add_tcase (suite, run);
  return sk_test_main (suite);
}
