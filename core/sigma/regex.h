/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * How PCRE2 reads the expressions of rules: the same when a rule is read and
 * when it is compiled for matching, so that what was accepted compiles.
 * Include it behind PCRE2_CODE_UNIT_WIDTH 8 and <pcre2.h>.
 */
#ifndef SK_SIGMA_REGEX_H
#define SK_SIGMA_REGEX_H

#include "sigma/rule.h"

/** UTF-8 always; `\C` would read half a character. */
static inline uint32_t
sk_sigma_regex_options (const SkSigmaAtom *atom)
{
  return PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (atom->re_i ? PCRE2_CASELESS : 0u)
         | (atom->re_m ? PCRE2_MULTILINE : 0u) | (atom->re_s ? PCRE2_DOTALL : 0u);
}

#endif
