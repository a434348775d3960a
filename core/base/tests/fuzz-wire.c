/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What one process accepts from another: a reply or a catalogue, by the first
 * byte; what decodes must encode to the same bytes.
 */
#include "config.h"

#include "base/catalogue.h"
#include "base/limits.h"
#include "base/reply.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/base/tests/seeds/wire";

static void
try_reply (SkSpan bytes, SkBuffer *buffer)
{
  g_autoptr (SkReply) reply = sk_reply_decode (bytes, 100, 10, NULL);
  if (reply != NULL)
    g_assert (sk_reply_encode (reply, buffer) && sk_span_equal (bytes, sk_buffer_span (buffer)));
}

static void
try_catalogue (SkSpan bytes, SkBuffer *buffer)
{
  g_autoptr (SkCatalogue) catalogue = sk_catalogue_decode (bytes, NULL);
  if (catalogue != NULL)
    g_assert (sk_catalogue_encode (catalogue, buffer) && sk_span_equal (bytes, sk_buffer_span (buffer)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  SkSpan bytes = { data + 1, size - 1 };
  g_auto (SkBuffer) buffer;
  sk_buffer_init (&buffer, 64 * SK_MIB);
  if (data[0] == 'r')
    try_reply (bytes, &buffer);
  else
    try_catalogue (bytes, &buffer);
  return 0;
}
