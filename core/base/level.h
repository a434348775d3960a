/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names and numbers of levels and reasons.
 */
#ifndef SK_BASE_LEVEL_H
#define SK_BASE_LEVEL_H

#include <sekisho/level.h>
#include <sekisho/reason.h>
#include <stdbool.h>

/** `informational`, `low`, `medium`, `high`, `critical`. Static. */
const char *sk_level_name (SkLevel level);
/** Accepts the names above and `info`, `crit`. */
bool sk_level_parse (const char *text, SkLevel *ret_level);
/** Syslog severity: critical 2, high 3, medium 4, low 5, informational 6. */
int sk_level_syslog (SkLevel level);
/** ECS event.severity: 99, 73, 47, 21, 1. */
int sk_level_ecs (SkLevel level);

/** The word after `not-inspected.`. Static. */
const char *sk_reason_word (SkReason reason);
/** The whole id, `not-inspected.crash`. Static. */
const char *sk_reason_id (SkReason reason);
bool sk_reason_parse (const char *word, SkReason *ret_reason);
/** low; crash and timeout and changed: medium. */
SkLevel sk_reason_level (SkReason reason);

#endif
