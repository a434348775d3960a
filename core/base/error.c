/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/error.h"

G_DEFINE_QUARK (sk-error-quark, sk_error)

gboolean
sk_error_set_errno (GError **error, int saved_errno, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SK_ERROR, SK_ERROR_SYSTEM, "%s: %s", message, g_strerror (saved_errno));
  return FALSE;
}
