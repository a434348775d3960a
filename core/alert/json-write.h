/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Writes one JSON value on one line.
 *
 * Our own, because what a library would bring (a tree of values, parsing) is
 * not needed and what is needed it lacks: every character that a terminal or a
 * log viewer might obey leaves as `\uXXXX`, in a fixed order of members.
 */
#ifndef SK_ALERT_JSON_WRITE_H
#define SK_ALERT_JSON_WRITE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SkJson {
  GString *out;
  bool comma; /**< a member or item stands before the next */
} SkJson;

void sk_json_init (SkJson *json);
/** The text; `json` is empty afterwards. Transfer full. */
char *sk_json_steal (SkJson *json);

/* `key` is NULL inside a list and for the outermost value. It is a plain ASCII name. */
void sk_json_begin (SkJson *json, const char *key);
void sk_json_end (SkJson *json);
void sk_json_begin_list (SkJson *json, const char *key);
void sk_json_end_list (SkJson *json);
/** Valid UTF-8. A NULL or empty text with a key is left out. */
void sk_json_text (SkJson *json, const char *key, const char *text);
void sk_json_number (SkJson *json, const char *key, uint64_t value);
void sk_json_integer (SkJson *json, const char *key, int64_t value);
/** Nanoseconds since 1970 as RFC 3339; left out where it has no such form. */
void sk_json_time (SkJson *json, const char *key, int64_t time_ns);
/** A key of any UTF-8; the value follows by a call with the key NULL. */
void sk_json_name (SkJson *json, const char *name);
void sk_json_bool (SkJson *json, const char *key, bool value);
/** With three decimals. */
void sk_json_seconds (SkJson *json, const char *key, double value);

#endif
