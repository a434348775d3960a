/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A Sigma rule's detection or correlation in words, for `sekisho explain`.
 */
#ifndef SK_MAIN_EXPLAIN_SIGMA_H
#define SK_MAIN_EXPLAIN_SIGMA_H

#include "sigma/sigma.h"

/** Prints what records the rule looks at, what it looks for in them, and whether it can match at all, on
 * standard output. Texts are made safe, long lists cut and counted. */
void sk_explain_sigma (const SkSigma *sigma, uint32_t rule, bool japanese);
/** Prints how to leave out some of what the rule finds. */
void sk_explain_sigma_silence (const SkSigmaRule *rule, bool japanese);

#endif
