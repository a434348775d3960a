/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Alerts and the summary, their formats, and the sinks they go to.
 *
 * An alert is a finding on its way out. Every text in it is valid UTF-8 but
 * otherwise hostile: each format escapes for itself, so that no name can make a
 * second record, a false field or a terminal command.
 */
#ifndef SK_ALERT_ALERT_H
#define SK_ALERT_ALERT_H

#include "base/catalogue.h"
#include "base/reply.h"

/** A finding of a root on its way out. All borrowed while the sink call lasts. */
typedef struct SkAlert {
  const SkRule *rule;
  SkLevel level;           /**< after policy */
  const char *object_id;   /**< whole id: root's id and `plugin:position` parts */
  const char *const *path; /**< names from the root (its own name or path) to the object,
                                NULL-terminated, at least one: shown with ` » ` */
  const char *type;        /**< media type or "" */
  uint64_t size;
  const char *sha256;      /**< or "" */
  const char *plugin;      /**< that reported it, or "" */
  const char *evidence;    /**< or "" */
  uint32_t count;
  uint64_t record;         /**< position of the record that it speaks of, or SK_NO_RECORD */
  int64_t time_ns;         /**< of that record, or of the last event of a correlation; 0: none */
  int64_t since_ns;        /**< of the first event of a correlation; 0: none */
} SkAlert;

/** What a root result comes from that is no file, but what several had in common. */
#define SK_SOURCE_CORRELATION "correlation"

/** All of one root (a walked file). */
typedef struct SkRootResult {
  const char *path;        /**< of the root, UTF-8 */
  const char *source;      /**< "file"; "correlation" when it speaks of several */
  int64_t time_ns;         /**< when it was judged, UTC */
  const char *generation;  /**< digest of the rules */
  SkLevel highest;         /**< of the alerts; meaningless without any */
  bool complete;           /**< nothing was left uninspected */
  const SkAlert *alerts;
  size_t n_alerts;
} SkRootResult;

/** Records of one kind. */
typedef struct SkSummaryKind {
  const char *kind;
  uint64_t records;
  uint64_t applicable; /**< of them, those that some rule was there for */
  bool expected;       /**< nobody wonders when no rule is there for any of them */
} SkSummaryKind;

/** End of a run. */
typedef struct SkSummary {
  uint64_t files, objects, bytes;
  uint64_t findings[SK_N_LEVELS];      /**< of rules, by level, silenced ones not counted */
  uint64_t not_inspected[SK_N_REASONS]; /**< objects by reason */
  uint64_t silenced, excluded, special, links, other_medium, unreadable, missing, vanished;
  uint64_t dropped;                    /**< findings over the limit of a job */
  const SkSummaryKind *kinds;          /**< records that were read */
  size_t n_kinds;
  uint32_t rules, rule_files, rules_left_out, lists;
  uint32_t silences_active, silences_expired;
  int64_t rules_newest;                /**< seconds since 1970, 0: none */
  int64_t ended;                       /**< seconds since 1970; 0: the age of the rules is not said */
  const char *digest;                  /**< of the rules */
  int landlock;
  bool seccomp;
  const char *sandbox_note;            /**< "" or what is missing */
  double seconds;
  bool interrupted;
} SkSummary;

typedef enum SkFormat { SK_FORMAT_TREE, SK_FORMAT_RFC5424, SK_FORMAT_JSON } SkFormat;
bool sk_format_parse (const char *text, SkFormat *ret_format);

typedef struct SkAlertSettings {
  int facility;         /**< 0 to 23; default 16, local0 */
  uint32_t enterprise;  /**< private enterprise number of the SD-IDs; default 32473 */
  char *host;           /**< HOSTNAME field; NULL: gethostname */
  uint32_t max_size;    /**< bytes of one message; default 2048, least 480 */
  bool color;           /**< tree only */
  char *language;       /**< "en" or "ja": titles */
} SkAlertSettings;

void sk_alert_settings_init (SkAlertSettings *settings);
void sk_alert_settings_clear (SkAlertSettings *settings);

/* Formats: new strings without a line end. Pure functions: same input, same bytes. */
char *sk_alert_to_rfc5424 (const SkAlertSettings *settings, const SkRootResult *root, const SkAlert *alert);
/** For a traditional /dev/log: RFC 3164 head, the structured data inside the text. */
char *sk_alert_to_rfc3164 (const SkAlertSettings *settings, const SkRootResult *root, const SkAlert *alert);
char *sk_alert_to_json (const SkAlertSettings *settings, const SkRootResult *root, const SkAlert *alert);
/** Several lines. */
char *sk_root_to_tree (const SkAlertSettings *settings, const SkRootResult *root);
/** The summary for people (several lines), and as one machine line in each format. */
char *sk_summary_to_text (const SkAlertSettings *settings, const SkSummary *summary);
char *sk_summary_to_rfc5424 (const SkAlertSettings *settings, const SkSummary *summary, int64_t time_ns);
char *sk_summary_to_json (const SkAlertSettings *settings, const SkSummary *summary, int64_t time_ns);
/** SHA-256 of object id, rule id and the record's position, first 16 hex digits: equal alerts are
 * replays. New string. */
char *sk_alert_id (const SkAlert *alert);

/** Where alerts go. */
typedef struct SkSink SkSink;
typedef enum SkSinkKind { SK_SINK_STDOUT, SK_SINK_FILE, SK_SINK_SYSLOG, SK_SINK_JOURNAL } SkSinkKind;

typedef struct SkSinkSettings {
  SkSinkKind kind;
  SkFormat format;
  char *path;    /**< FILE: appended; SYSLOG: the datagram socket, default /dev/log */
  bool rfc5424;  /**< SYSLOG: the receiver parses RFC 5424 on the socket (rsyslog:
                      UseSpecialParser="off"); otherwise RFC 3164 with the data in the text */
} SkSinkSettings;

/** Opens it. An absent /dev/log or journal is an error here, at start, not a silent loss later. */
SkSink *sk_sink_new (const SkSinkSettings *settings, const SkAlertSettings *alert, GError **error);
/** Writes everything of one root. FALSE: not all arrived (full disk, closed pipe, receiver gone);
 * the message names the sink. */
gboolean sk_sink_root (SkSink *sink, const SkRootResult *root, GError **error);
/** Writes the summary (not to a tree's standard output: `main` prints it on standard error). */
gboolean sk_sink_summary (SkSink *sink, const SkSummary *summary, int64_t time_ns, GError **error);
/** Flushes and closes; files are fsynced. FALSE as above. */
gboolean sk_sink_close (SkSink *sink, GError **error);
void sk_sink_free (SkSink *sink);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSink, sk_sink_free)

#endif
