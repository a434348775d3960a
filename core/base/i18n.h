/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Marks messages for people as translatable.
 *
 * Only what a person reads goes through here; ids, field names, structured
 * data and the program's debug log are never translated, because machines
 * match on them. main() chooses the locale and the folder of the catalogues.
 */
#ifndef SK_BASE_I18N_H
#define SK_BASE_I18N_H

#include <libintl.h>

/** The message in the user's language. */
#define _(text) dgettext (GETTEXT_PACKAGE, text)
/** Marks a constant that is translated later, when it is shown, by `_`. */
#define N_(text) (text)
/** The form for `count`, chosen by the language's plural rule. */
#define _n(one, many, count) dngettext (GETTEXT_PACKAGE, one, many, count)

#endif
