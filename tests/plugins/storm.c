/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin for tests of the supervisor: makes much, and ends badly on request.
 *
 * An object that begins with "STORM " is a list of lines `command number`,
 * obeyed by `open`; a deferred window obeys its context instead, `depth number`,
 * by emitting a record, making a child and, while the depth is not 0, deferring
 * windows again.
 */
#include <glib.h>
#include <sekisho/sekisho.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Context {
  uint32_t said;
} Context;

static void
record (const SkApi *api, SkObject *object, uint64_t position, int64_t time)
{
  SkRecord *line = api->record_begin (object, 0, position, time);
  char text[64];
  if (line == NULL)
    return;
  snprintf (text, sizeof text, "record %u at %d", (unsigned) position, (int) time);
  api->record_string (line, 0, sk_span_of_text (text));
  api->record_end (line);
}

static void
child (const SkApi *api, SkObject *object, uint64_t position, const char *text)
{
  SkChild *c = api->child_begin (object, position, "child.txt");
  if (c == NULL)
    return;
  api->child_append (c, sk_span_of_text (text));
  api->child_commit (c);
}

static void
defer (const SkApi *api, SkObject *object, int depth, long count)
{
  char context[32];
  uint64_t size = api->bytes (object).size;
  for (long i = 0; i < count; i++)
    {
      snprintf (context, sizeof context, "%d %ld", depth, i % 4);
      /* Each at its own offset, because that makes its id. */
      if (!api->defer (object, (uint64_t) i % size, size - (uint64_t) i % size,
                       sk_span_of_text (context)))
        return;
    }
}

/* With contexts of the largest size, each another. */
static void
defer_wide (const SkApi *api, SkObject *object, long count)
{
  static char context[64 * 1024];
  uint64_t size = api->bytes (object).size;
  for (long i = 0; i < count; i++)
    {
      memset (context, 'a' + (int) (i % 26), sizeof context);
      snprintf (context, sizeof context, "0 %ld", i % 4);
      if (!api->defer (object, (uint64_t) i % size, size - (uint64_t) i % size,
                       (SkSpan) { (const uint8_t *) context, sizeof context }))
        return;
    }
}

/* Pieces from the last to the first, so that each is written before those before it. */
static void
big (const SkApi *api, SkObject *object, long mib, bool deferred)
{
  static uint8_t piece[1 << 20];
  SkChild *c = api->child_begin (object, 77, "big.bin");
  for (long i = mib; c != NULL && i-- > 0;)
    {
      memset (piece, 'a' + (int) (i % 26), sizeof piece);
      if (!api->child_write (c, (uint64_t) i << 20, (SkSpan) { piece, sizeof piece }))
        break;
    }
  if (c != NULL && deferred)
    api->defer_child (c, sk_span_of_text ("0 1"));
  else if (c != NULL)
    api->child_commit (c);
}

static void
sum (const SkApi *api, const Context *context, SkObject *object)
{
  SkSpan bytes = api->bytes (object);
  uint64_t total = 0;
  char text[64];
  for (size_t i = 0; i < bytes.size; i += 4093)
    total += bytes.data[i];
  snprintf (text, sizeof text, "sum %lu of %zu", (unsigned long) total, bytes.size);
  api->match (object, context->said, text);
}

static void
tell_pid (const SkApi *api, const Context *context, SkObject *object)
{
  char text[32];
  snprintf (text, sizeof text, "pid %d", (int) getpid ());
  api->match (object, context->said, text);
}

/* ---- bad ends ---- */

static void
garbage (void)
{
  /* Whichever descriptor is the channel. */
  for (int fd = 3; fd < 64; fd++)
    if (write (fd, "garbage that is no frame", 24) > 0)
      break;
  for (volatile long i = 0; i < 400000000; i = i + 1)
    ;
}

static void
close_all (void)
{
  for (int fd = 3; fd < 64; fd++)
    close (fd);
  for (volatile long i = 0; i < 400000000; i = i + 1)
    ;
}

static void
eat (void)
{
  for (;;)
    memset (g_malloc (16 << 20), 1, 16 << 20);
}

/* What an exploit can do: it finds the page that tells the supervisor where this process is, by way
 * of object, walker, host and worker, and names a job that nobody has. */
static void
lie (SkObject *object)
{
  struct { void *first, *second; } *walker = *(void **) object, *host, *worker;
  host = walker->second;
  worker = host->first;
  ((uint64_t *) worker->second)[1] = UINT64_MAX - 7;
}

static void
end_badly (SkObject *object, const char *how)
{
  if (g_str_has_prefix (how, "lie-"))
    {
      lie (object);
      how += strlen ("lie-");
    }
  if (strcmp (how, "kill") == 0)
    kill (getpid (), SIGKILL);
  else if (strcmp (how, "crash") == 0)
    raise (SIGSEGV);
  else if (strcmp (how, "abort") == 0)
    abort ();
  else if (strcmp (how, "exit") == 0)
    _exit (0);
  else if (strcmp (how, "garbage") == 0)
    garbage ();
  else if (strcmp (how, "close") == 0)
    close_all ();
  else if (strcmp (how, "eat") == 0)
    eat ();
  else if (strcmp (how, "loop") == 0)
    for (volatile int i = 0;; i = !i)
      ;
}

/* ---- hooks ---- */

static SkResult
obey (const SkApi *api, const Context *context, SkObject *object, const char *word, long number)
{
  if (strcmp (word, "broken") == 0)
    return SK_MALFORMED;
  if (strcmp (word, "pid") == 0)
    tell_pid (api, context, object);
  else if (strcmp (word, "defer") == 0)
    defer (api, object, 0, number);
  else if (strcmp (word, "defer-wide") == 0)
    defer_wide (api, object, number);
  else if (strcmp (word, "nest") == 0)
    defer (api, object, (int) number, 5);
  else if (strcmp (word, "big") == 0)
    big (api, object, number, false);
  else if (strcmp (word, "big-window") == 0)
    big (api, object, number, true);
  else if (strcmp (word, "sum") == 0)
    sum (api, context, object);
  else if (strcmp (word, "secret") == 0)
    api->secret_offer (object, sk_span_of_text ("swordfish"), "a storm");
  else if (strcmp (word, "child-crash") == 0)
    child (api, object, (uint64_t) number, "STORM \ncrash 0\n");
  else if (strcmp (word, "records") == 0)
    for (long i = 0; i < number; i++)
      record (api, object, (uint64_t) (number - i), 100 - i % 7);
  else
    end_badly (object, word);
  return SK_OK;
}

/* What a window could spoil: the bytes that other windows of the same file are made of. */
static bool
can_write_a_file (void)
{
  char byte;
  for (int fd = 3; fd < 256; fd++)
    if (pread (fd, &byte, 1, 0) == 1 && pwrite (fd, &byte, 1, 0) == 1)
      return true;
  return false;
}

static SkResult
open_window (const SkApi *api, SkObject *object, const SkWindow *window)
{
  char text[64] = "";
  int depth = 0;
  long kind = 0;
  memcpy (text, window->context.data, MIN (window->context.size, sizeof text - 1));
  sscanf (text, "%d %ld", &depth, &kind);
  record (api, object, window->offset, 1000 - (int64_t) (window->offset % 50));
  if (window->context.size > 1000
      && memcmp (window->context.data + 1000, window->context.data + 1001,
                 window->context.size - 1001)
             != 0)
    return SK_MALFORMED;
  if (can_write_a_file ())
    abort ();
  if (kind == 1)
    child (api, object, 1, "a child of a window");
  if (depth > 0)
    defer (api, object, depth - 1, 5);
  return SK_OK;
}

static SkResult
open_object (const SkApi *api, void *data, SkObject *object)
{
  SkWindow window;
  if (api->window (object, &window))
    return open_window (api, object, &window);
  SkSpan bytes = api->bytes (object);
  if (bytes.size < 6 || bytes.size > 4096 || memcmp (bytes.data, "STORM ", 6) != 0)
    {
      sum (api, data, object);
      return SK_OK;
    }
  char *text = g_strndup ((const char *) bytes.data, bytes.size);
  char **lines = g_strsplit (text, "\n", -1);
  SkResult result = SK_OK;
  for (char **line = lines + 1; *line != NULL && result == SK_OK; line++)
    {
      char word[32] = "";
      long number = 0;
      if (sscanf (*line, "%31s %ld", word, &number) >= 1)
        result = obey (api, data, object, word, number);
    }
  g_strfreev (lines);
  g_free (text);
  return result;
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  SkRuleInfo rule = { .id = "storm.said", .level = SK_LEVEL_LOW, .score = -1, .title = "Said" };
  Context *context = g_new0 (Context, 1);
  context->said = api->rule_add (setup, &rule);
  SkSource source;
  if (api->source (setup, "storm", 0, &source) && source.bytes.size > 0 && source.bytes.data[0] == '!')
    {
      api->error (setup, source.path, 1, "it shouts");
      g_free (context);
      return SK_FAILED;
    }
  *ret_context = context;
  return SK_OK;
}

static const char *const accepts[] = { "*", NULL };
static const SkFieldDecl fields[] = { { "text", SK_FIELD_STRING, 0, "a text" } };
static const SkRecordDecl records[] = { { "storm.line", fields, 1, "a record", 0 } };

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .flags = SK_PLUGIN_RISKY,
  .name = "storm",
  .version = "1",
  .summary = "Makes much and ends badly",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .records = records,
  .n_records = 1,
  .configure = configure,
  .open = open_object,
  .free_context = g_free,
};
