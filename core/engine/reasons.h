/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The engine's own rules: one `not-inspected.<reason>` for each reason.
 */
#ifndef SK_ENGINE_REASONS_H
#define SK_ENGINE_REASONS_H

#include "base/catalogue.h"

/** Puts them into an empty catalogue, as its rules 0 to SK_N_REASONS - 1. */
void sk_reasons_register (SkCatalogue *catalogue);

#endif
