/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names and numbers of levels and reasons, as tables.
 */
#include "config.h"

#include "base/level.h"

#include <glib.h>

static const struct
{
  const char *name, *short_name;
  int syslog, ecs;
} levels[SK_N_LEVELS] = {
  [SK_LEVEL_INFORMATIONAL] = { "informational", "info", 6, 1 },
  [SK_LEVEL_LOW] = { "low", NULL, 5, 21 },
  [SK_LEVEL_MEDIUM] = { "medium", "med", 4, 47 },
  [SK_LEVEL_HIGH] = { "high", NULL, 3, 73 },
  [SK_LEVEL_CRITICAL] = { "critical", "crit", 2, 99 },
};

static const struct
{
  const char *id;
  SkLevel level;
} reasons[SK_N_REASONS] = {
  [SK_REASON_ENCRYPTED] = { "not-inspected.encrypted", SK_LEVEL_LOW },
  [SK_REASON_LIMIT] = { "not-inspected.limit", SK_LEVEL_LOW },
  [SK_REASON_TIMEOUT] = { "not-inspected.timeout", SK_LEVEL_MEDIUM },
  [SK_REASON_CRASH] = { "not-inspected.crash", SK_LEVEL_MEDIUM },
  [SK_REASON_MEMORY] = { "not-inspected.memory", SK_LEVEL_MEDIUM },
  [SK_REASON_CHANGED] = { "not-inspected.changed", SK_LEVEL_MEDIUM },
  [SK_REASON_UNREADABLE] = { "not-inspected.unreadable", SK_LEVEL_LOW },
  [SK_REASON_MALFORMED] = { "not-inspected.malformed", SK_LEVEL_LOW },
  [SK_REASON_UNSUPPORTED] = { "not-inspected.unsupported", SK_LEVEL_LOW },
  [SK_REASON_TRUNCATED] = { "not-inspected.truncated", SK_LEVEL_LOW },
  [SK_REASON_RULES] = { "not-inspected.rules", SK_LEVEL_LOW },
  [SK_REASON_FAILED] = { "not-inspected.failed", SK_LEVEL_LOW },
  [SK_REASON_CANCELLED] = { "not-inspected.cancelled", SK_LEVEL_LOW },
};

const char *
sk_level_name (SkLevel level)
{
  return levels[level].name;
}

bool
sk_level_parse (const char *text, SkLevel *ret_level)
{
  for (unsigned i = 0; i < SK_N_LEVELS; i++)
    if (g_strcmp0 (text, levels[i].name) == 0
        || (levels[i].short_name != NULL && g_strcmp0 (text, levels[i].short_name) == 0))
      {
        *ret_level = (SkLevel) i;
        return true;
      }
  return false;
}

int
sk_level_syslog (SkLevel level)
{
  return levels[level].syslog;
}

int
sk_level_ecs (SkLevel level)
{
  return levels[level].ecs;
}

const char *
sk_reason_id (SkReason reason)
{
  return reasons[reason].id;
}

const char *
sk_reason_word (SkReason reason)
{
  return reasons[reason].id + strlen ("not-inspected.");
}

bool
sk_reason_parse (const char *word, SkReason *ret_reason)
{
  for (unsigned i = 0; i < SK_N_REASONS; i++)
    if (g_strcmp0 (word, sk_reason_word ((SkReason) i)) == 0)
      {
        *ret_reason = (SkReason) i;
        return true;
      }
  return false;
}

SkLevel
sk_reason_level (SkReason reason)
{
  return reasons[reason].level;
}
