/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Any bytes as sekisho.yaml: settings or a message, and what was taken reads
 * back from what is shown.
 */
#include "config.h"

#include "config/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
extern const char *const sk_fuzz_seeds;
const char *const sk_fuzz_seeds = "core/config/tests/seeds/settings";

static gboolean
load (SkSettings *settings, SkSpan bytes)
{
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (GError) error = NULL;
  if (!sk_bundle_add (bundle, "config", "f.yaml", bytes, 0, NULL))
    return FALSE;
  gboolean taken = sk_settings_load (settings, bundle, &error);
  if (taken != (error == NULL) || (!taken && error->message[0] == '\0'))
    abort ();
  return taken;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SkSpan bytes = { data, size };
  g_auto (SkSettings) settings, again;
  sk_settings_init (&settings);
  sk_settings_init (&again);
  if (load (&settings, bytes))
    {
      g_autofree char *shown = sk_settings_show (&settings);
      if (!load (&again, sk_span_of_text (shown)))
        abort ();
      g_autofree char *twice = sk_settings_show (&again);
      if (strcmp (shown, twice) != 0)
        abort ();
    }
  return 0;
}
