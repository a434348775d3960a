/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests that does what its object says.
 *
 * An object that begins with "SCRIPT\n" is a list of lines `<phase>:<command> …`, where the phase is
 * `i`, `o` or `j`; the hook of that phase obeys them in order. A command that takes bytes is
 * followed by them and a newline. What a command learns is told as a match of rule `script.said`.
 * On a deferred window the lines of phase `o` are obeyed.
 */
#include <glib.h>
#include <sekisho/sekisho.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "SCRIPT\n"
#define PIECE (1u << 20)

enum { FACT_FLAG, FACT_NUMBER, FACT_TEXT, FACT_LIST };
enum { READ_TEXT, READ_LIST, READ_NUMBER };
enum { OPTION_SIZE, OPTION_LOUD, OPTION_WORD };

/** What `configure` leaves. */
typedef struct Context {
  uint32_t said;
  uint32_t rules[SK_N_LEVELS]; /* one of each level */
  int64_t size;
} Context;

/** One hook on its way through the lines. */
typedef struct Run {
  const SkApi *api;
  Context *context;
  SkObject *object;
  SkCursor left;
  SkResult result;
  bool stop;
} Run;

static void G_GNUC_PRINTF (2, 3)
tell (Run *run, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  run->api->match (run->object, run->context->said, text);
}

/* So often at most, however much a fuzzer asks for. */
static int
times (const char *text)
{
  return CLAMP (atoi (text), 0, 10000);
}

/* ---- commands: `args` is what follows the command's word ---- */

static void
do_type (Run *run, char **args)
{
  run->api->type_add (run->object, args[0], (SkStrength) atoi (args[1]));
}

static void
do_types (Run *run, char **args)
{
  const char *type;
  SkStrength strength;
  (void) args;
  for (size_t i = 0; run->api->type_at (run->object, i, &type, &strength); i++)
    tell (run, "type %zu %s %d", i, type, (int) strength);
}

static void
do_flag (Run *run, char **args)
{
  run->api->fact_bool (run->object, FACT_FLAG, atoi (args[0]) != 0);
}

static void
do_number (Run *run, char **args)
{
  run->api->fact_int (run->object, FACT_NUMBER, g_ascii_strtoll (args[0], NULL, 10));
}

static void
do_text (Run *run, char **args)
{
  run->api->fact_string (run->object, FACT_TEXT, sk_span_of_text (args[0]));
}

static void
do_list (Run *run, char **args)
{
  run->api->fact_string (run->object, FACT_LIST, sk_span_of_text (args[0]));
}

/* Many values, or long ones. */
static void
do_many (Run *run, char **args)
{
  size_t size = (size_t) CLAMP (atol (args[1]), 0, 100000);
  g_autofree char *value = g_strnfill (size, 'v');
  for (int i = 0; i < times (args[0]); i++)
    run->api->fact_string (run->object, FACT_LIST, (SkSpan){ (const uint8_t *) value, size });
}

static void
do_wrong_fact (Run *run, char **args)
{
  (void) args;
  run->api->fact_int (run->object, FACT_TEXT, 1);
}

static void
do_get (Run *run, char **args)
{
  SkValue value;
  uint32_t read = (uint32_t) atoi (args[0]);
  if (!run->api->fact_get (run->object, read, (size_t) atoi (args[1]), &value))
    tell (run, "get %s %s absent", args[0], args[1]);
  else if (value.type == SK_FIELD_INT)
    tell (run, "get %s %s %" G_GINT64_FORMAT, args[0], args[1], value.integer);
  else
    tell (run, "get %s %s %.*s", args[0], args[1], (int) value.text.size, value.text.data);
}

static bool
tell_descendant (const char *name, const char *type, const SkValue *value, void *data)
{
  tell (data, "descendant %s %s %.*s", name, type, (int) value->text.size, value->text.data);
  return true;
}

static void
do_descendants (Run *run, char **args)
{
  run->api->descendants (run->object, (uint32_t) atoi (args[0]), tell_descendant, run);
}

static void
do_child (Run *run, char **args)
{
  SkSpan bytes;
  if (!sk_cursor_take (&run->left, (size_t) atol (args[2]), &bytes))
    return;
  sk_cursor_skip (&run->left, 1);
  SkChild *child
      = run->api->child_begin (run->object, g_ascii_strtoull (args[0], NULL, 10), args[1]);
  if (child == NULL)
    return;
  run->api->child_append (child, bytes);
  run->api->child_commit (child);
}

static void
do_declared (Run *run, char **args)
{
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), "declared");
  if (child == NULL)
    return;
  run->api->child_declare (child, args[1]);
  run->api->child_append (child, sk_span_of_text ("text"));
  run->api->child_commit (child);
}

/* Appends the same piece until it is `size` long or refused; says how much was taken. */
static SkChild *
append_pieces (Run *run, char **args, uint8_t piece[PIECE])
{
  uint64_t size = g_ascii_strtoull (args[2], NULL, 10), done = 0;
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), args[1]);
  while (child != NULL && done < size)
    {
      SkSpan part = { piece, (size_t) MIN (PIECE, size - done) };
      if (!run->api->child_append (child, part))
        {
          tell (run, "append refused after %" G_GUINT64_FORMAT, done);
          break;
        }
      done += part.size;
    }
  if (child == NULL)
    tell (run, "child refused");
  return child;
}

static SkChild *
fill (Run *run, char **args)
{
  static uint8_t piece[PIECE];
  /* Two bytes, that it may not be hollow; `z` in the mean. */
  for (size_t i = 0; i < PIECE; i++)
    piece[i] = i % 2 == 0 ? 'y' : '{';
  return append_pieces (run, args, piece);
}

/* The same with nothing but one byte, a number. */
static void
do_hollow (Run *run, char **args)
{
  static uint8_t piece[PIECE];
  memset (piece, atoi (args[3]), sizeof piece);
  SkChild *child = append_pieces (run, args, piece);
  if (child != NULL)
    run->api->child_commit (child);
}

static void
do_share (Run *run, char **args)
{
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), args[1]);
  if (child == NULL)
    return;
  if (!run->api->child_share (child, (size_t) g_ascii_strtoull (args[2], NULL, 10),
                              (size_t) g_ascii_strtoull (args[3], NULL, 10)))
    tell (run, "share refused");
  run->api->child_fact_string (child, FACT_TEXT, sk_span_of_text ("gift"));
  run->api->child_commit (child);
}

static void
do_absent (Run *run, char **args)
{
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), args[1]);
  if (child == NULL)
    return;
  run->api->child_absent (child, g_ascii_strtoull (args[2], NULL, 10));
  run->api->child_commit (child);
}

/* A directory, link or special file; a number of SkFileType, attributes, time in seconds, target. */
static void
do_member (Run *run, char **args)
{
  SkFileInfo info = { (SkFileType) atoi (args[2]), (uint32_t) atoi (args[3]),
                      (int64_t) atoi (args[4]) * 1000000000, sk_span_of_text (args[5]) };
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), args[1]);
  if (child == NULL)
    return;
  run->api->child_info (child, &info);
  run->api->child_fact_bool (child, FACT_FLAG, true);
  run->api->child_commit (child);
}

/* One that has bytes, and is called absent, or something without bytes. */
static void
do_wrong_member (Run *run, char **args)
{
  SkFileInfo folder = { SK_FILE_DIRECTORY, 0, 0, { NULL, 0 } };
  SkChild *child = run->api->child_begin (run->object, 97, "absent");
  (void) args;
  run->api->child_append (child, sk_span_of_text ("SCRIPT\no:match 1 seen\n"));
  run->api->child_absent (child, UINT64_C (1) << 62);
  run->api->child_commit (child);
  child = run->api->child_begin (run->object, 98, "folder");
  run->api->child_info (child, &folder);
  run->api->child_append (child, sk_span_of_text ("SCRIPT\no:match 1 seen\n"));
  run->api->child_commit (child);
}

/* A fact that is cut, then bytes. */
static void
do_long_fact (Run *run, char **args)
{
  g_autofree char *value = g_strnfill (70000, 'v');
  SkChild *child = run->api->child_begin (run->object, 96, "told");
  (void) args;
  run->api->child_fact_string (child, FACT_TEXT, sk_span_of_text (value));
  run->api->child_append (child, sk_span_of_text ("SCRIPT\nj:complete\n"));
  if (!run->api->child_append (child, (SkSpan){ NULL, 0 }))
    tell (run, "nothing refused");
  run->api->child_commit (child);
}

/* A link with a target of so many bytes, a NUL in their middle. */
static void
do_long_link (Run *run, char **args)
{
  size_t size = (size_t) CLAMP (atol (args[0]), 1, 100000);
  g_autofree char *target = g_strnfill (size, 't');
  target[size / 2] = '\0';
  SkFileInfo info = { SK_FILE_LINK, 0, 0, { (const uint8_t *) target, size } };
  SkChild *child = run->api->child_begin (run->object, 95, "link");
  run->api->child_info (child, &info);
  run->api->child_commit (child);
}

/* So many children begun and thrown away. */
static void
do_aborts (Run *run, char **args)
{
  for (int i = 0; i < times (args[0]); i++)
    {
      SkChild *child = run->api->child_begin (run->object, 0, "tried");
      if (child == NULL)
        {
          tell (run, "child refused after %d", i);
          return;
        }
      run->api->child_append (child, sk_span_of_text ("garbage"));
      run->api->child_abort (child);
    }
}

/* Facts and bytes that a child cannot have. */
static void
do_wrong_child (Run *run, char **args)
{
  SkChild *child = run->api->child_begin (run->object, 99, "wrong");
  (void) args;
  run->api->child_fact_int (child, FACT_FLAG, 1);
  run->api->child_absent (child, 5);
  if (run->api->child_append (child, sk_span_of_text ("x"))
      || run->api->child_share (child, 0, 1))
    tell (run, "taken");
  run->api->child_commit (child);
}

static void
do_decode (Run *run, char **args)
{
  const char *charset;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (const char *hex = args[0]; hex[0] != '\0' && hex[1] != '\0'; hex += 2)
    {
      uint8_t byte
          = (uint8_t) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (bytes, &byte, 1);
    }
  SkSpan text
      = run->api->name_decode (run->object, (SkSpan){ bytes->data, bytes->len }, &charset);
  tell (run, "%s %.*s", charset, (int) text.size, text.data);
}

static void
do_fill (Run *run, char **args)
{
  SkChild *child = fill (run, args);
  if (child != NULL)
    run->api->child_commit (child);
}

static void
do_abort (Run *run, char **args)
{
  SkChild *child = fill (run, args);
  if (child != NULL)
    run->api->child_abort (child);
}

static void
do_defer_child (Run *run, char **args)
{
  SkChild *child = fill (run, args);
  if (child != NULL && !run->api->defer_child (child, sk_span_of_text (args[3])))
    tell (run, "defer refused");
}

/* Writes the last byte first, then the first, then one in the middle; the rest are zeros. */
static void
do_scatter (Run *run, char **args)
{
  uint64_t size = g_ascii_strtoull (args[2], NULL, 10);
  uint64_t offsets[] = { size - 1, 0, size / 2 };
  SkChild *child = run->api->child_begin (run->object, (uint64_t) atol (args[0]), args[1]);
  for (int i = 0; child != NULL && i < 3; i++)
    {
      uint8_t byte = (uint8_t) ('A' + i);
      if (!run->api->child_write (child, offsets[i], (SkSpan){ &byte, 1 }))
        tell (run, "write refused at %" G_GUINT64_FORMAT, offsets[i]);
    }
  if (child != NULL)
    run->api->child_commit (child);
}

static void
do_slice (Run *run, char **args)
{
  bool good = run->api->child_slice (run->object, (uint64_t) atol (args[0]), args[1],
                                     (size_t) g_ascii_strtoull (args[2], NULL, 10),
                                     (size_t) g_ascii_strtoull (args[3], NULL, 10));
  if (!good)
    tell (run, "slice refused");
}

/* The same part so many times, at positions from 0. */
static void
do_slices (Run *run, char **args)
{
  for (int i = 0; i < times (args[0]); i++)
    if (!run->api->child_slice (run->object, (uint64_t) i, "slice", (size_t) atol (args[1]),
                                (size_t) atol (args[2])))
      {
        tell (run, "slice refused after %d", i);
        return;
      }
}

static void
do_leave (Run *run, char **args)
{
  (void) args;
  run->api->child_begin (run->object, 0, "left");
}

static void
do_twice (Run *run, char **args)
{
  (void) args;
  SkChild *child = run->api->child_begin (run->object, 0, "first");
  if (run->api->child_begin (run->object, 1, "second") == NULL)
    tell (run, "second refused");
  if (child != NULL)
    run->api->child_abort (child);
}

static void
do_defer (Run *run, char **args)
{
  if (!run->api->defer (run->object, g_ascii_strtoull (args[0], NULL, 10),
                        g_ascii_strtoull (args[1], NULL, 10), sk_span_of_text (args[2])))
    tell (run, "defer refused");
}

static void
do_window (Run *run, char **args)
{
  SkWindow window;
  (void) args;
  if (run->api->window (run->object, &window))
    tell (run, "window %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.*s", window.offset,
          window.length, (int) window.context.size, window.context.data);
  else
    tell (run, "no window");
}

static void
do_record (Run *run, char **args)
{
  SkRecord *record = run->api->record_begin (run->object, (uint32_t) atoi (args[0]),
                                             (uint64_t) atol (args[1]), atol (args[2]));
  if (record == NULL)
    {
      tell (run, "no record");
      return;
    }
  run->api->record_string (record, 0, sk_span_of_text (args[3]));
  run->api->record_int (record, 1, 7);
  run->api->record_bool (record, 2, true);
  run->api->record_int (record, 1, 8);
  run->api->record_string (record, 3, sk_span_of_text ("one"));
  run->api->record_string (record, 3, sk_span_of_text ("two"));
  run->api->record_end (record);
}

static void
do_huge_record (Run *run, char **args)
{
  g_autofree char *value = g_strnfill (60000, 'r');
  SkRecord *record = run->api->record_begin (run->object, 0, 0, 0);
  for (int i = 0; record != NULL && i < times (args[0]); i++)
    run->api->record_string (record, 3, sk_span_of_text (value));
  if (record != NULL)
    run->api->record_end (record);
}

static void
do_leave_record (Run *run, char **args)
{
  (void) args;
  run->api->record_begin (run->object, 0, 0, 0);
}

static void
do_not_inspected (Run *run, char **args)
{
  run->api->not_inspected (run->object, (SkReason) atoi (args[0]), args[1]);
}

static void
do_work (Run *run, char **args)
{
  if (!run->api->work (run->object, g_ascii_strtoull (args[0], NULL, 10)))
    tell (run, "work refused");
}

static void
do_secret (Run *run, char **args)
{
  run->api->secret_offer (run->object, sk_span_of_text (args[0]), "a script");
}

static void
do_secrets (Run *run, char **args)
{
  for (int i = 0; i < times (args[0]); i++)
    {
      g_autofree char *text = g_strdup_printf ("secret-%d", i);
      run->api->secret_offer (run->object, sk_span_of_text (text), "a script");
    }
}

static bool
tell_secret (SkSpan secret, const char *origin, void *data)
{
  tell (data, "secret %.*s from %s", (int) secret.size, secret.data, origin);
  return true;
}

static void
do_each (Run *run, char **args)
{
  (void) args;
  run->api->secret_each (run->object, tell_secret, run);
}

typedef struct Search {
  SkSpan wanted;
  bool found;
} Search;

static bool
find_secret (SkSpan secret, const char *origin, void *data)
{
  Search *search = data;
  (void) origin;
  search->found = sk_span_equal (secret, search->wanted);
  return !search->found;
}

/* Goes on only when the secret is known; else parks. */
static void
do_need (Run *run, char **args)
{
  Search search = { sk_span_of_text (args[0]), false };
  run->api->secret_each (run->object, find_secret, &search);
  if (search.found)
    return;
  run->api->park (run->object, "needs a secret");
  run->stop = true;
}

/* Parks until nothing new will come; then goes on. */
static void
do_await (Run *run, char **args)
{
  run->stop = run->api->park (run->object, args[0]);
}

static void
do_park (Run *run, char **args)
{
  run->api->park (run->object, args[0]);
}

static void
do_match (Run *run, char **args)
{
  run->api->match (run->object, run->context->rules[(unsigned) atoi (args[0]) % SK_N_LEVELS], args[1]);
}

/* So many matches of one rule, each with its own evidence. */
static void
do_matches (Run *run, char **args)
{
  for (int i = 0; i < times (args[0]); i++)
    {
      g_autofree char *text = g_strdup_printf ("match %d", i);
      run->api->match (run->object, run->context->rules[(unsigned) atoi (args[1]) % SK_N_LEVELS], text);
    }
}

/* A match of each of so many rules of a level. */
static void
do_rules (Run *run, char **args)
{
  uint32_t first = run->context->rules[SK_LEVEL_CRITICAL] + 1;
  for (uint32_t i = 0; i < (uint32_t) times (args[0]); i++)
    run->api->match (run->object, first + i, "flood");
}

static void
do_wrong_match (Run *run, char **args)
{
  run->api->match (run->object, (uint32_t) atoi (args[0]), "not mine");
}

static void
do_slot (Run *run, char **args)
{
  void **slot = run->api->slot (run->object);
  (void) args;
  if (*slot == NULL)
    *slot = g_new0 (int, 1);
  tell (run, "slot %d", ++*(int *) *slot);
}

static void
do_names (Run *run, char **args)
{
  SkObject *parent = run->api->parent (run->object);
  (void) args;
  tell (run, "name %s path %s parent %s", run->api->name (run->object),
        run->api->path (run->object), parent != NULL ? run->api->name (parent) : "-");
}

static void
do_complete (Run *run, char **args)
{
  (void) args;
  tell (run, "%zu bytes, %s", run->api->bytes (run->object).size,
        run->api->complete (run->object) ? "complete" : "cut");
}

static void
do_sum (Run *run, char **args)
{
  SkSpan bytes = run->api->bytes (run->object);
  uint64_t sum = 0;
  (void) args;
  for (size_t i = 0; i < bytes.size; i++)
    sum += bytes.data[i];
  tell (run, "sum %" G_GUINT64_FORMAT " of %zu", sum, bytes.size);
}

/* Lets the test do something in the middle of a walk, where it said that it will. */
static void
do_call (Run *run, char **args)
{
  void (*function) (void) = (void (*) (void)) (uintptr_t) g_ascii_strtoull (args[0], NULL, 16);
  (void) run;
  if (g_getenv ("SK_TEST_SCRIPT_CALL") != NULL)
    function ();
}

static void
do_return (Run *run, char **args)
{
  run->result = (SkResult) atoi (args[0]);
}

static void
do_debug (Run *run, char **args)
{
  run->api->debug (run->object, "%s", args[0]);
}

/** A command, and how many arguments it has. */
static const struct {
  const char *word;
  guint n_args;
  void (*function) (Run *run, char **args);
} commands[] = {
  { "type", 2, do_type },           { "types", 0, do_types },
  { "flag", 1, do_flag },           { "number", 1, do_number },
  { "text", 1, do_text },           { "list", 1, do_list },
  { "many", 2, do_many },           { "wrong-fact", 0, do_wrong_fact },
  { "get", 2, do_get },             { "descendants", 1, do_descendants },
  { "child", 3, do_child },         { "declared", 2, do_declared },
  { "fill", 3, do_fill },           { "abort", 3, do_abort },
  { "defer-child", 4, do_defer_child }, { "scatter", 3, do_scatter },
  { "slice", 4, do_slice },         { "slices", 3, do_slices },
  { "leave", 0, do_leave },         { "twice", 0, do_twice },
  { "defer", 3, do_defer },         { "window", 0, do_window },
  { "record", 4, do_record },       { "huge-record", 1, do_huge_record },
  { "leave-record", 0, do_leave_record }, { "not-inspected", 2, do_not_inspected },
  { "work", 1, do_work },           { "secret", 1, do_secret },
  { "secrets", 1, do_secrets },     { "each", 0, do_each },
  { "need", 1, do_need },           { "park", 1, do_park },
  { "await", 1, do_await },         { "hollow", 4, do_hollow },
  { "share", 4, do_share },         { "absent", 3, do_absent },
  { "member", 6, do_member },       { "wrong-child", 0, do_wrong_child },
  { "wrong-member", 0, do_wrong_member }, { "long-fact", 0, do_long_fact },
  { "aborts", 1, do_aborts },       { "decode", 1, do_decode },
  { "long-link", 1, do_long_link },
  { "match", 2, do_match },         { "matches", 2, do_matches },
  { "rules", 1, do_rules },         { "wrong-match", 1, do_wrong_match },
  { "slot", 0, do_slot },           { "names", 0, do_names },
  { "sum", 0, do_sum },             { "call", 1, do_call },
  { "complete", 0, do_complete },
  { "return", 1, do_return },       { "debug", 1, do_debug },
};

static void
obey (Run *run, char **words)
{
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    if (words[0] != NULL && strcmp (words[0], commands[i].word) == 0 && g_strv_length (words + 1) >= commands[i].n_args)
      {
        commands[i].function (run, words + 1);
        return;
      }
  tell (run, "unknown command %s", words[0] != NULL ? words[0] : "");
}

static bool
next_line (SkCursor *cursor, char **ret_line)
{
  const uint8_t *end = sk_cursor_left (cursor) > 0
                           ? memchr (cursor->pos, '\n', sk_cursor_left (cursor))
                           : NULL;
  SkSpan line;
  if (end == NULL || !sk_cursor_take (cursor, (size_t) (end - cursor->pos), &line))
    return false;
  sk_cursor_skip (cursor, 1);
  *ret_line = g_strndup ((const char *) line.data, line.size);
  return true;
}

/* The bytes of a `child` line of another phase are passed over. */
static void
pass_over (Run *run, char **words)
{
  if (words[0] != NULL && strcmp (words[0], "child") == 0 && g_strv_length (words) >= 4)
    sk_cursor_skip (&run->left, (size_t) atol (words[3]) + 1);
}

static SkResult
run_lines (const SkApi *api, void *context, SkObject *object, char phase)
{
  Run run = { .api = api, .context = context, .object = object, .result = SK_OK };
  SkSpan bytes = api->bytes (object);
  char *text;
  if (bytes.size < strlen (HEAD) || memcmp (bytes.data, HEAD, strlen (HEAD)) != 0)
    return SK_NOT_MINE;
  run.left = sk_cursor (sk_span_slice (bytes, strlen (HEAD), bytes.size));
  while (!run.stop && next_line (&run.left, &text))
    {
      g_autofree char *line = text;
      if (strlen (line) < 3 || line[1] != ':')
        continue;
      g_auto (GStrv) words = g_strsplit (line + 2, " ", 7);
      if (line[0] == phase)
        obey (&run, words);
      else
        pass_over (&run, words);
    }
  return run.result;
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  SkResult result = run_lines (api, context, object, 'i');
  if (result != SK_NOT_MINE)
    api->type_add (object, "application/x-script", SK_STRENGTH_CONTENT);
  return result;
}

static SkResult
open_object (const SkApi *api, void *context, SkObject *object)
{
  return run_lines (api, context, object, 'o');
}

static SkResult
judge (const SkApi *api, void *context, SkObject *object)
{
  return run_lines (api, context, object, 'j');
}

static uint32_t
add_rule (const SkApi *api, SkSetup *setup, const char *id, SkLevel level)
{
  SkRuleInfo rule = { .id = id, .level = level, .score = -1, .title = "A rule for tests" };
  return api->rule_add (setup, &rule);
}

/* The option `size` tells how many rules of level low are to be there beside. */
static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  Context *context = g_new0 (Context, 1);
  context->size = api->option_int (setup, OPTION_SIZE);
  context->said = add_rule (api, setup, "script.said", SK_LEVEL_HIGH);
  for (int i = 0; i < SK_N_LEVELS; i++)
    context->rules[i] = add_rule (api, setup, "script.level", (SkLevel) i);
  for (int64_t i = 0; i < context->size; i++)
    add_rule (api, setup, "script.flood", SK_LEVEL_LOW);
  if (api->option_bool (setup, OPTION_LOUD))
    api->warning (setup, "/a/file", 3, "the word is %s", api->option_string (setup, OPTION_WORD));
  SkSource source;
  for (size_t i = 0; api->source (setup, "script", i, &source); i++)
    if (memchr (source.bytes.data, '!', source.bytes.size) != NULL)
      api->left_out (setup, source.path, 1, "it shouts");
  SkFieldDecl decl;
  if (!api->fact_decl (setup, 0, &decl) || api->fact_decl (setup, 10000, &decl))
    {
      api->error (setup, NULL, 0, "the facts are not those of the plugins");
      g_free (context);
      return SK_FAILED;
    }
  *ret_context = context;
  return SK_OK;
}

static const SkFieldDecl facts[] = {
  [FACT_FLAG] = { "script.flag", SK_FIELD_BOOL, 0, "a flag" },
  [FACT_NUMBER] = { "script.number", SK_FIELD_INT, 0, "a number" },
  [FACT_TEXT] = { "script.text", SK_FIELD_STRING, 0, "a text" },
  [FACT_LIST] = { "script.list", SK_FIELD_STRING, SK_FIELD_MULTI, "texts" },
};
static const SkFieldDecl fields[] = {
  { "Text", SK_FIELD_STRING, 0, "a text" },
  { "Number", SK_FIELD_INT, 0, "a number" },
  { "Flag", SK_FIELD_BOOL, 0, "a flag" },
  { "List", SK_FIELD_STRING, SK_FIELD_MULTI, "texts" },
};
static const SkRecordDecl records[] = {
  { "script.line", fields, G_N_ELEMENTS (fields), "a record for tests", 0 },
  { "script.unasked", fields, G_N_ELEMENTS (fields), "one that nobody asks for", 0 },
};
static const SkOptionDecl options[] = {
  [OPTION_SIZE] = { "size", SK_OPTION_INT, "0", 0, 5000, "rules beside" },
  [OPTION_LOUD] = { "loud", SK_OPTION_BOOL, "false", 0, 0, "warns" },
  [OPTION_WORD] = { "word", SK_OPTION_STRING, "none", 0, 0, "the word that it warns with" },
};
static const char *const accepts[] = { "application/x-script", NULL };
static const char *const reads[]
    = { [READ_TEXT] = "script.text", [READ_LIST] = "script.list", [READ_NUMBER] = "script.number",
        NULL };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = "script",
  .version = "1",
  .summary = "Does what its object says",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .reads = reads,
  .records = records,
  .n_records = G_N_ELEMENTS (records),
  .configure = configure,
  .identify = identify,
  .open = open_object,
  .judge = judge,
  .free_slot = g_free,
  .free_context = g_free,
};
