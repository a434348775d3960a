/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Plugin `identify`: what an object is, by its name and by its bytes, and
 * whether the two agree.
 *
 * Own signatures decide the common types; libmagic, which costs some thirty
 * times as much, is shown the first 4 KiB of what they leave. It says nothing
 * of good or bad: a program under a document's name is a fact here and a
 * finding only where a rule says so.
 */
#include "config.h"

#include "identify-content.h"
#include "identify-extension.h"

#include <magic.h>

/* Handles of the facts. */
enum {
  FACT_TYPE,
  FACT_EXTENSION,
  FACT_MISMATCH,
  FACT_MISMATCH_EXECUTABLE,
  FACT_SOURCE,
  FACT_TEXT_CHARSET,
  FACT_EXECUTABLE,
  FACT_WEAK
};

static const SkFieldDecl facts[] = {
  { "identify.type", SK_FIELD_STRING, 0, "media type by content, the closest that is known" },
  { "identify.extension", SK_FIELD_STRING, 0,
    "extension of the name in lower case, without its dot" },
  { "identify.mismatch", SK_FIELD_BOOL, 0,
    "the content is of no type that the extension admits; absent when one of them is unknown" },
  { "identify.mismatch-executable", SK_FIELD_BOOL, 0,
    "something that runs stands under the extension of a document, picture, sound, text or "
    "archive" },
  { "identify.source", SK_FIELD_STRING, 0, "who knew the content: own or magic (libmagic)" },
  { "identify.text-charset", SK_FIELD_STRING, 0,
    "us-ascii, utf-8, utf-16le, utf-16be, iso-2022-jp, shift_jis, euc-jp, iso-8859-1, "
    "unknown-8bit" },
  { "identify.executable", SK_FIELD_BOOL, 0,
    "the content is a program, byte code, a link or a script" },
  { "identify.weak", SK_FIELD_BOOL, 0,
    "the type rests on a mark so short that other data has it too" },
};

enum { OPTION_DATABASE };

static const SkOptionDecl options[] = {
  { "magic-database", SK_OPTION_STRING, "", 0, 0,
    "database of libmagic, compiled; empty is the one that libmagic finds by itself" },
};

typedef struct Identify {
  magic_t magic; /* NULL when there is no database */
  IdPromises *promises;
} Identify;

static void
free_context (void *context)
{
  Identify *self = context;
  if (self->magic != NULL)
    magic_close (self->magic);
  g_hash_table_unref (self->promises);
  g_free (self);
}

/* Only the table of signatures: the built-in checks of libmagic repeat ours or look for text, and
 * one of them starts programs. One call now, so that nothing is left to be opened by the first
 * object. */
static void
load_magic (const SkApi *api, SkSetup *setup, Identify *self)
{
  const char *path = api->option_string (setup, OPTION_DATABASE);
  magic_t magic = magic_open (MAGIC_MIME_TYPE | MAGIC_NO_CHECK_BUILTIN);
  if (magic == NULL || magic_load (magic, path[0] == '\0' ? NULL : path) != 0
      || magic_buffer (magic, "\x80\x81\x82\x83", 4) == NULL)
    {
      const char *cause = magic != NULL ? magic_error (magic) : NULL;
      api->warning (setup, path[0] == '\0' ? NULL : path, 0,
                    "libmagic has no database, rare types stay unknown: %s",
                    cause != NULL ? cause : "out of memory");
      if (magic != NULL)
        magic_close (magic);
      return;
    }
  self->magic = magic;
}

static void
load_tables (const SkApi *api, SkSetup *setup, Identify *self)
{
  SkSource source;
  for (size_t i = 0; api->source (setup, "type-table", i, &source); i++)
    {
      uint32_t line;
      const char *error;
      if (!id_promises_parse (self->promises, source.bytes, &line, &error))
        api->left_out (setup, source.path, line, "%s", error);
    }
}

static SkResult
configure (const SkApi *api, SkSetup *setup, void **ret_context)
{
  Identify *self = g_new0 (Identify, 1);
  self->promises = id_promises_new ();
  load_tables (api, setup, self);
  load_magic (api, setup, self);
  *ret_context = self;
  return SK_OK;
}

/* What libmagic takes for a program has already failed the checks here: weak. Returns a name that
 * is not in the table of types, or NULL. */
static const char *
ask_magic (const SkApi *api, const Identify *self, SkObject *object, IdContent *content)
{
  SkSpan prefix = sk_span_slice (api->bytes (object), 0, ID_PREFIX);
  const char *said
      = self->magic != NULL ? magic_buffer (self->magic, prefix.data, prefix.size) : NULL;
  IdType type = said != NULL ? id_type_of_media (sk_span_of_text (said)) : ID_OCTETS;
  bool runs = id_type_class (type) == ID_CLASS_EXECUTABLE;
  /* A weak mark of our own says more than "some bytes". */
  if (type != ID_NONE && (type != ID_OCTETS || content->n_found == 0))
    id_content_add (content, type, runs ? SK_STRENGTH_WEAK : SK_STRENGTH_CONTENT);
  id_content_order (content);
  return type == ID_NONE ? said : NULL;
}

static void
tell_types (const SkApi *api, SkObject *object, const IdContent *content)
{
  for (size_t i = 0; i < content->n_found; i++)
    for (IdType type = content->found[i].type; type != ID_NONE; type = id_type_general (type))
      api->type_add (object, id_type_media (type), content->found[i].strength);
}

static void
tell_content (const SkApi *api, SkObject *object, const IdContent *content)
{
  tell_types (api, object, content);
  if (content->charset != NULL)
    api->fact_string (object, FACT_TEXT_CHARSET, sk_span_of_text (content->charset));
  if (content->n_found == 0)
    return;
  IdFound best = content->found[0];
  IdClass class = id_type_class (best.type);
  bool weak = best.strength == SK_STRENGTH_WEAK;
  api->fact_string (object, FACT_TYPE, sk_span_of_text (id_type_media (best.type)));
  if (weak)
    api->fact_bool (object, FACT_WEAK, true);
  api->fact_bool (object, FACT_EXECUTABLE,
                  !weak && (class == ID_CLASS_EXECUTABLE || class == ID_CLASS_SCRIPT));
}

static void
tell_agreement (const SkApi *api, SkObject *object, const IdPromise *promise,
                const IdContent *content)
{
  IdAgreement agreement = id_agree (promise, content, api->name (object));
  if (!agreement.known)
    return;
  api->fact_bool (object, FACT_MISMATCH, agreement.mismatch);
  api->fact_bool (object, FACT_MISMATCH_EXECUTABLE, agreement.executable);
}

static SkResult
identify (const SkApi *api, void *context, SkObject *object)
{
  const Identify *self = context;
  char extension[ID_MAX_EXTENSION + 1];
  const IdPromise *promise = NULL;
  if (id_extension_of (api->name (object), extension))
    {
      api->fact_string (object, FACT_EXTENSION, sk_span_of_text (extension));
      promise = id_promises_get (self->promises, extension);
    }
  /* Only its name is here: it is not empty. */
  if (api->bytes (object).size == 0 && !api->complete (object))
    {
      if (promise != NULL && promise->type != ID_NONE)
        api->type_add (object, id_type_media (promise->type), SK_STRENGTH_NAME);
      return SK_OK;
    }
  IdContent content;
  bool own = id_content (api->bytes (object), &content);
  const char *foreign = own ? NULL : ask_magic (api, self, object, &content);
  api->fact_string (object, FACT_SOURCE, sk_span_of_text (own ? "own" : "magic"));
  if (foreign != NULL)
    {
      api->type_add (object, foreign, SK_STRENGTH_CONTENT);
      api->fact_string (object, FACT_TYPE, sk_span_of_text (foreign));
      tell_types (api, object, &content);
    }
  else
    tell_content (api, object, &content);
  if (promise != NULL && promise->type != ID_NONE)
    api->type_add (object, id_type_media (promise->type), SK_STRENGTH_NAME);
  tell_agreement (api, object, promise, &content);
  return SK_OK;
}

const SkPlugin sekisho_plugin = {
  .size = sizeof (SkPlugin),
  .abi_major = SK_ABI_MAJOR,
  .name = "identify",
  .version = PACKAGE_VERSION,
  .summary = "finds the type of an object by its name and its bytes",
  .licence = "Apache-2.0",
  .options = options,
  .n_options = G_N_ELEMENTS (options),
  .facts = facts,
  .n_facts = G_N_ELEMENTS (facts),
  .configure = configure,
  .identify = identify,
  .free_context = free_context,
};
