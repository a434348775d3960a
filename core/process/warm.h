/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the C library loads on demand, loaded before the sandbox.
 *
 * A converter of iconv is a shared object: opened once in the zygote and held
 * open, it works in every worker, where nothing executable can be mapped.
 */
#ifndef SK_PROCESS_WARM_H
#define SK_PROCESS_WARM_H

#include <glib.h>

typedef struct SkWarm SkWarm;

/** Sets LC_CTYPE to C.UTF-8 and the time zone to UTC, opens the converters of the charsets that
 * files and mails come in. Never fails: one that this system lacks is passed over. */
SkWarm *sk_warm_new (void);
void sk_warm_free (SkWarm *warm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkWarm, sk_warm_free)

#endif
