/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bad behaviours towards the host's functions: too much, without end, in the
 * wrong order, deaf to every refusal.
 */
#include "config.h"

#include "bad.h"

#include <stdio.h>
#include <string.h>

#define MANY 200000
#define PIECE (1u << 20)

static const uint8_t *
piece (void)
{
  static uint8_t bytes[PIECE];
  if (bytes[0] == 0)
    memset (bytes, 'p', sizeof bytes);
  return bytes;
}

/* ---- work ---- */

static SkResult
work_politely (const BadCall *call)
{
  while (call->api->work (call->object, 1))
    ;
  return SK_LIMIT;
}

static SkResult
work_deaf (const BadCall *call)
{
  while (bad_never == 0)
    call->api->work (call->object, 1);
  return SK_OK;
}

static SkResult
work_for_nothing (const BadCall *call)
{
  while (bad_never == 0)
    call->api->work (call->object, 0);
  return SK_OK;
}

/* ---- children ---- */

static SkResult
append (const BadCall *call)
{
  const SkSpan part = { piece (), PIECE };
  SkChild *child = call->api->child_begin (call->object, 0, "endless");
  for (int i = 0; child != NULL && i < 100 * 1024; i++)
    if (!call->api->child_append (child, part))
      break;
  if (child != NULL)
    call->api->child_commit (child);
  return SK_OK;
}

static SkResult
append_deaf (const BadCall *call)
{
  const SkSpan part = { piece (), PIECE };
  SkChild *child = call->api->child_begin (call->object, 0, "endless");
  while (child != NULL && bad_never == 0)
    call->api->child_append (child, part);
  return SK_OK;
}

/* Writes the same bytes at the same place for ever. */
static SkResult
rewrite (const BadCall *call)
{
  SkChild *child = call->api->child_begin (call->object, 0, "rewritten");
  while (child != NULL && bad_never == 0)
    call->api->child_write (child, 0, (SkSpan){ piece (), 16 });
  return SK_OK;
}

/* A byte at the end of the address space. */
static SkResult
write_far (const BadCall *call)
{
  SkChild *child = call->api->child_begin (call->object, 0, "far");
  if (child == NULL)
    return SK_LIMIT;
  call->api->child_write (child, UINT64_MAX - 15, (SkSpan){ piece (), 16 });
  call->api->child_write (child, UINT64_MAX / 2, (SkSpan){ piece (), 16 });
  call->api->child_commit (child);
  return SK_OK;
}

static SkResult
begin_deaf (const BadCall *call)
{
  for (uint64_t i = 0; bad_never == 0; i++)
    {
      SkChild *child = call->api->child_begin (call->object, i, "begun");
      if (child != NULL)
        call->api->child_abort (child);
    }
  return SK_OK;
}

static SkResult
slices_deaf (const BadCall *call)
{
  for (uint64_t i = 0; bad_never == 0; i++)
    call->api->child_slice (call->object, i, "slice", 0, 1);
  return SK_OK;
}

/* Each object holds itself. */
static SkResult
nest (const BadCall *call)
{
  SkSpan bytes = call->api->bytes (call->object);
  return call->api->child_slice (call->object, 0, "again", 0, bytes.size) ? SK_OK : SK_LIMIT;
}

/* Each object holds itself ten times. */
static SkResult
nest_wide (const BadCall *call)
{
  SkSpan bytes = call->api->bytes (call->object);
  for (uint64_t i = 0; i < 10; i++)
    if (!call->api->child_slice (call->object, i, "again", 0, bytes.size))
      return SK_LIMIT;
  return SK_OK;
}

/* Children that are larger than memory holds, and all wait for a secret. */
static SkResult
park_large (const BadCall *call)
{
  if (call->api->parent (call->object) != NULL)
    {
      call->api->park (call->object, "no secret");
      return SK_OK;
    }
  for (uint64_t i = 0; i < 80; i++)
    {
      SkSpan self = call->api->bytes (call->object);
      SkChild *child = call->api->child_begin (call->object, i, "large");
      if (child == NULL)
        return SK_LIMIT;
      call->api->child_append (child, self);
      for (int n = 0; n < 9; n++)
        call->api->child_append (child, (SkSpan){ piece (), PIECE });
      call->api->child_commit (child);
    }
  return SK_OK;
}

static SkResult
unfinished (const BadCall *call)
{
  SkChild *child = call->api->child_begin (call->object, 0, "unfinished");
  if (child != NULL)
    call->api->child_append (child, (SkSpan){ piece (), 100 });
  call->api->record_begin (call->object, 0, 0, 0);
  return SK_OK;
}

/* ---- windows ---- */

static SkResult
defer_politely (const BadCall *call)
{
  while (call->api->defer (call->object, 0, 1, sk_span_of_text ("context")))
    ;
  return SK_LIMIT;
}

static SkResult
defer_deaf (const BadCall *call)
{
  while (bad_never == 0)
    call->api->defer (call->object, 0, 1, sk_span_of_text ("context"));
  return SK_OK;
}

/* Each window hands itself back again. */
static SkResult
defer_itself (const BadCall *call)
{
  SkSpan bytes = call->api->bytes (call->object);
  return call->api->defer (call->object, 0, bytes.size, sk_span_of_text ("again")) ? SK_OK : SK_LIMIT;
}

static SkResult
defer_contexts (const BadCall *call)
{
  while (call->api->defer (call->object, 0, 1, (SkSpan){ piece (), 64 * 1024 }))
    ;
  return SK_LIMIT;
}

static SkResult
defer_outside (const BadCall *call)
{
  call->api->defer (call->object, UINT64_MAX, UINT64_MAX, (SkSpan){ NULL, 0 });
  call->api->defer (call->object, 0, UINT64_MAX, (SkSpan){ NULL, 0 });
  return SK_OK;
}

/* ---- what it says ---- */

static SkResult
facts_many (const BadCall *call)
{
  for (int i = 0; i < MANY; i++)
    call->api->fact_string (call->object, 0, sk_span_of_text ("value"));
  return SK_OK;
}

static SkResult
facts_deaf (const BadCall *call)
{
  while (bad_never == 0)
    call->api->fact_string (call->object, 0, (SkSpan){ piece (), PIECE });
  return SK_OK;
}

static SkResult
not_inspected_many (const BadCall *call)
{
  for (int i = 0; i < MANY; i++)
    call->api->not_inspected (call->object, SK_REASON_UNSUPPORTED, "one of many");
  return SK_PARTIAL;
}

static SkResult
not_inspected_each (const BadCall *call)
{
  for (int i = 0; i < MANY; i++)
    {
      char text[32];
      snprintf (text, sizeof text, "number %d", i);
      call->api->not_inspected (call->object, SK_REASON_UNSUPPORTED, text);
    }
  return SK_PARTIAL;
}

static SkResult
not_inspected_unknown (const BadCall *call)
{
  call->api->not_inspected (call->object, (SkReason) 4711, "nobody knows");
  return SK_OK;
}

static SkResult
secrets_many (const BadCall *call)
{
  for (int i = 0; i < MANY / 10; i++)
    {
      char text[32];
      snprintf (text, sizeof text, "secret %d", i);
      call->api->secret_offer (call->object, sk_span_of_text (text), "a bad plugin");
    }
  return SK_OK;
}

static SkResult
secret_huge (const BadCall *call)
{
  call->api->secret_offer (call->object, (SkSpan){ piece (), PIECE }, "a bad plugin");
  return SK_OK;
}

/* Always one more secret, so that each round has its reason. */
static SkResult
park_for_ever (const BadCall *call)
{
  static int round;
  char text[32];
  snprintf (text, sizeof text, "round %d", round++);
  call->api->park (call->object, "never enough");
  call->api->secret_offer (call->object, sk_span_of_text (text), "a bad plugin");
  return SK_OK;
}

static SkResult
types_many (const BadCall *call)
{
  for (int i = 0; i < MANY / 20; i++)
    {
      char text[64];
      snprintf (text, sizeof text, "application/x-%d", i);
      call->api->type_add (call->object, text, SK_STRENGTH_CONTENT);
    }
  return SK_OK;
}

static SkResult
wrong_handles (const BadCall *call)
{
  SkValue value;
  call->api->fact_int (call->object, 0, 1);
  call->api->fact_string (call->object, 4711, sk_span_of_text ("x"));
  call->api->fact_get (call->object, 4711, 0, &value);
  call->api->fact_value (call->object, UINT32_MAX, &value);
  call->api->match (call->object, UINT32_MAX, "no rule of mine");
  call->api->match (call->object, 0, "a reason of the engine");
  call->api->record_begin (call->object, 4711, 0, 0);
  return SK_OK;
}

static SkResult
long_texts (const BadCall *call)
{
  g_autofree char *text = g_strnfill (16 << 20, 'x');
  call->api->not_inspected (call->object, SK_REASON_UNSUPPORTED, text);
  call->api->type_add (call->object, text, SK_STRENGTH_CONTENT);
  SkChild *child = call->api->child_begin (call->object, 0, text);
  if (child != NULL)
    {
      call->api->child_declare (child, text);
      call->api->child_commit (child);
    }
  return SK_PARTIAL;
}

static SkResult
unknown_result (const BadCall *call)
{
  (void) call;
  return (SkResult) 4711;
}

const BadBehaviour bad_requests[] = {
  { "work-politely", work_politely },
  { "work-deaf", work_deaf },
  { "work-for-nothing", work_for_nothing },
  { "append", append },
  { "append-deaf", append_deaf },
  { "rewrite", rewrite },
  { "write-far", write_far },
  { "begin-deaf", begin_deaf },
  { "slices-deaf", slices_deaf },
  { "nest", nest },
  { "nest-wide", nest_wide },
  { "park-large", park_large },
  { "unfinished", unfinished },
  { "defer-politely", defer_politely },
  { "defer-deaf", defer_deaf },
  { "defer-itself", defer_itself },
  { "defer-contexts", defer_contexts },
  { "defer-outside", defer_outside },
  { "facts-many", facts_many },
  { "facts-deaf", facts_deaf },
  { "not-inspected-many", not_inspected_many },
  { "not-inspected-each", not_inspected_each },
  { "not-inspected-unknown", not_inspected_unknown },
  { "secrets-many", secrets_many },
  { "secret-huge", secret_huge },
  { "park-for-ever", park_for_ever },
  { "types-many", types_many },
  { "wrong-handles", wrong_handles },
  { "long-texts", long_texts },
  { "unknown-result", unknown_result },
  { NULL, NULL },
};
