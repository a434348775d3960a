/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the formats share, inside alert/ only: an alert or a summary as a list
 * of named values, escaped once, and the fitting of a syslog message.
 *
 * A value stands here as sk_text_escape leaves it (no control character, no
 * invisible character, every backslash doubled), so a format adds only its own
 * quoting and a receiver gets the original back by undoing both.
 */
#ifndef SK_ALERT_FORMAT_H
#define SK_ALERT_FORMAT_H

#include "alert/alert.h"

/** What a fit may do to a value when a message is too large. */
typedef enum SkFieldKeep {
  SK_KEEP_WHOLE, /**< neither cut nor left out */
  SK_KEEP_CUT,   /**< may be cut, not left out */
  SK_KEEP_DROP   /**< may be left out; cut before if it `may_cut` */
} SkFieldKeep;

/** One named value. `element` and `name` are static. */
typedef struct SkField {
  const char *element; /**< SD-NAME without the enterprise number */
  const char *name;    /**< PARAM-NAME */
  char *value;         /**< escaped, owned */
  SkFieldKeep keep;
  bool may_cut;
  uint8_t rank; /**< of those that may be left out: greater goes first */
} SkField;

/** The values of an alert, without absent ones, elements together, in their order on the wire. New
 * array of SkField. */
GArray *sk_fields_of_alert (const SkRootResult *root, const SkAlert *alert);
/** The same for the summary. */
GArray *sk_fields_of_summary (const SkSummary *summary);

/** The names from the root to the object joined by ` » `, escaped; inside a name `»` itself
 * becomes `\u{BB}`, so that the parts can be told apart. New string. */
char *sk_alert_path (const SkAlert *alert);
/** Where the object lies: the root's path and then the names below it, escaped. New string. */
char *sk_alert_where (const SkRootResult *root, const SkAlert *alert);
/** "log" for a finding of a record, else the root's. Borrowed. */
const char *sk_alert_source (const SkRootResult *root, const SkAlert *alert);
/** The alert speaks of several inputs: it has no file of its own. */
bool sk_alert_is_related (const SkRootResult *root);
/** The rule's title in the language of the settings, as it stands in the rule. Borrowed. */
const char *sk_alert_title (const SkAlertSettings *settings, const SkAlert *alert);
/** One escaped line: `level: title: where (evidence)`. New string. */
char *sk_alert_line (const SkAlertSettings *settings, const SkRootResult *root,
                     const SkAlert *alert);
/** One line that tells a whole run. New string. */
char *sk_summary_line (const SkSummary *summary);

/** The MSGID of a finding id: at most 32 printable ASCII characters; `sigma.<8>` and `yara.<27>`
 * for foreign rules. New string. */
char *sk_message_id (const char *finding_id);
/** MSGID of a summary. */
#define SK_SUMMARY_MESSAGE_ID "scan.summary"

/** `2026-11-25T01:02:03.456789Z`, or "-" outside of the years 1 to 9999. New string. */
char *sk_time_text (int64_t time_ns);
/** HOSTNAME: the setting or the system's name, printable ASCII, at most 255. New string. */
char *sk_host_name (const SkAlertSettings *settings);
/** PRI for a level's severity. */
int sk_priority (const SkAlertSettings *settings, int severity);

/** RFC 5424 head up to and with the blank before the structured data. New string. */
char *sk_head_rfc5424 (const SkAlertSettings *settings, int severity, int64_t time_ns,
                       const char *message_id);
/** RFC 3164 head as libc's syslog() writes it to a local socket (no host), with the blank. */
char *sk_head_rfc3164 (const SkAlertSettings *settings, int severity, int64_t time_ns);
/** Before UTF-8 text in RFC 5424. */
#define SK_BOM "\xEF\xBB\xBF"

/**
 * Joins head, structured data and text into at most `maximum` bytes. Too large, the text is cut
 * first, then the values that may be cut, longest first, then values are left out by rank. A cut
 * text or value ends in `…`; the parameter `cut` of the first element says `text` or `data`.
 * `mark` stands before the text (the BOM or ""). New string.
 */
char *sk_message_fit (const char *head, uint32_t enterprise, const GArray *fields,
                      const char *mark, const char *text, size_t maximum);

/** As sk_alert_to_rfc3164 for the summary. */
char *sk_summary_to_rfc3164 (const SkAlertSettings *settings, const SkSummary *summary,
                             int64_t time_ns);

#endif
