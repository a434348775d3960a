/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The operator's lists of passwords: the secrets that every root begins with.
 *
 * A line is a password in UTF-8, as it stands but for its end (LF or CR LF): a
 * `#` or a blank may be part of one. Empty lines are none.
 */
#ifndef SK_ENGINE_PASSWORDS_H
#define SK_ENGINE_PASSWORDS_H

#include "base/bundle.h"
#include "base/catalogue.h"

/** All lists of the bundle, in their order, each password once: of SkSpan, in the bundle's memory.
 * NULL when one cannot be used: the problem, with file and line but not the password, is in the
 * catalogue. `bundle` may be NULL. Transfer full. */
GArray *sk_passwords_new (const SkBundle *bundle, SkCatalogue *catalogue);

#endif
