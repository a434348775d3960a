/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A plugin to begin your own from: counts the lines of text files.
 *
 * It sets one fact, `template.lines`, on every object of a text type, and one
 * YARA rule can use it as `template_lines`. It opens nothing and judges
 * nothing: that a file has many lines is no finding until a rule says so.
 *
 * README.md beside this file tells how to build and load it.
 */
#include <sekisho/sekisho.h>
#include <stdlib.h>

/** The handles of the facts: their positions in `facts` below. */
enum {
  FACT_LINES
};

static const SkFieldDecl facts[] = {
  [FACT_LINES] = { "template.lines", SK_FIELD_INT, 0, "number of lines of a text" },
};

/** The handles of the options: their positions in `options` below. */
enum {
  OPTION_MAXIMUM
};

static const SkOptionDecl options[] = {
  [OPTION_MAXIMUM] = { "maximum", SK_OPTION_INT, "1000000", 1, 1000000000,
                       "lines after which it stops counting" },
};

/** What `configure` leaves for the other hooks. Constant once it returned. */
typedef struct Context {
  int64_t maximum;
} Context;

/* Called once, before any input is seen. A failure here refuses the start, and says why. */
static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  Context *context = malloc (sizeof *context);
  if (context == NULL)
    {
      api->error (setup, NULL, 0, "out of memory");
      return SK_FAILED;
    }
  context->maximum = api->option_int (setup, OPTION_MAXIMUM);
  *ret_context = context;
  return SK_OK;
}

/* Bytes are read through a cursor, which never passes their end. Work is told in pieces: the host
 * sees that the plugin is not stuck, and stops it when the input's share is spent. */
static SkResult
count_lines (const SkApi *api, void *data, SkObject *object)
{
  const Context *context = data;
  SkCursor cursor = sk_cursor (api->bytes (object));
  int64_t lines = 0;
  SkSpan piece;
  while (sk_cursor_left (&cursor) > 0)
    {
      size_t size = sk_cursor_left (&cursor) < 65536 ? sk_cursor_left (&cursor) : 65536;
      if (!api->work (object, 1 + size / 1024))
        return SK_LIMIT;
      if (!sk_cursor_take (&cursor, size, &piece))
        break;
      for (size_t i = 0; i < piece.size; i++)
        lines += piece.data[i] == '\n';
      if (lines > context->maximum)
        {
          api->not_inspected (object, SK_REASON_LIMIT, "template: more lines than it counts");
          return SK_PARTIAL;
        }
    }
  api->fact_int (object, FACT_LINES, lines);
  return SK_OK;
}

/** The types on which `open` runs. `"*"` would be every object. */
static const char *const accepts[] = { "text/plain", "text/csv", "text/html", NULL };

/* The one symbol that the host looks for. The name is the file's name without ".so". */
const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "template",
  .version = "1.0",
  .summary = "Counts the lines of text files",
  .licence = "Apache-2.0",
  .accepts = accepts,
  .options = options,
  .n_options = sizeof options / sizeof options[0],
  .facts = facts,
  .n_facts = sizeof facts / sizeof facts[0],
  .configure = configure,
  .open = count_lines,
  .free_context = free,
};
