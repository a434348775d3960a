/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The errors that our own functions report through GError.
 */
#ifndef SK_BASE_ERROR_H
#define SK_BASE_ERROR_H

#include <glib.h>

#define SK_ERROR (sk_error_quark ())

typedef enum SkErrorCode {
  SK_ERROR_SYSTEM,    /**< a system call failed; the message holds its text */
  SK_ERROR_CONFIG,    /**< configuration, command line or rule file is wrong; message: file:line:column: cause */
  SK_ERROR_PROTOCOL,  /**< another of our processes sent what it must not */
  SK_ERROR_LIMIT,     /**< a maximum of base/limits.h */
  SK_ERROR_PLUGIN,    /**< a plugin that cannot be loaded */
  SK_ERROR_SANDBOX,   /**< walls missing where they are required */
  SK_ERROR_ENDED      /**< the other side closed */
} SkErrorCode;

GQuark sk_error_quark (void);

/** Sets `error` to SK_ERROR_SYSTEM with the message and the text of `saved_errno`. Returns false. */
gboolean sk_error_set_errno (GError **error, int saved_errno, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

#endif
