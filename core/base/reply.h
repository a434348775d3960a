/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a worker says of one job, as a type and on the wire.
 *
 * The supervisor treats every byte of it as untrusted: sk_reply_decode checks
 * all numbers, so a decoded reply can be used without further checks (rule and
 * plugin numbers are below the counts given, an object's parent stands before
 * it, texts are valid UTF-8 within their limits).
 */
#ifndef SK_BASE_REPLY_H
#define SK_BASE_REPLY_H

#include "base/buffer.h"
#include "base/level.h"

/** No plugin: the engine or the supervisor itself. */
#define SK_NO_PLUGIN UINT32_MAX

/** Rules 0 … SK_N_REASONS-1 of every generation are the engine's `not-inspected.<reason>`; rules
 * that plugins register follow. */
#define SK_RULE_OF_REASON(reason) ((uint32_t) (reason))

/** An object that a finding speaks of, or an ancestor of one. Index 0 is the job's entry object. */
typedef struct SkReplyObject {
  uint32_t parent;   /**< index; of object 0: 0 */
  uint32_t plugin;   /**< that made it; SK_NO_PLUGIN for object 0 */
  uint64_t position; /**< in its parent */
  char *name;        /**< owned */
  char *type;        /**< best candidate, "" when none; owned */
  uint64_t size;     /**< bytes */
  char *sha256;      /**< hexadecimal or ""; owned */
} SkReplyObject;

/** The finding is of the object, not of one of its records. */
#define SK_NO_RECORD UINT64_MAX

typedef struct SkReplyFinding {
  uint32_t rule;
  uint32_t object;
  uint32_t plugin; /**< that reported it, or SK_NO_PLUGIN */
  SkLevel level;   /**< as the rule has it */
  uint32_t count;  /**< 1, and more for those that were joined */
  char *evidence;  /**< or ""; owned */
  uint64_t record; /**< position of the record that it speaks of, or SK_NO_RECORD */
  int64_t time;    /**< of that record, nanoseconds since 1970; 0: none */
} SkReplyFinding;

/** Records of one kind that a job made. */
typedef struct SkReplyKind {
  char *kind;          /**< owned */
  uint64_t records;
  uint64_t applicable; /**< of them, those that at least one rule was there for */
} SkReplyKind;

/** A window that is to become a job. */
typedef struct SkReplyWindow {
  uint32_t plugin;
  uint32_t blob;     /**< 0: the job's own blob; n: the n-th file lent to it in this run, from 1 */
  uint64_t offset;   /**< in that blob, absolute */
  uint64_t length;
  uint64_t position; /**< in the entry object; makes the new job's id */
  char *name;        /**< owned */
  GBytes *context;   /**< owned */
} SkReplyWindow;

typedef struct SkReply {
  uint64_t job;      /**< the number under which the supervisor sent it */
  bool complete;     /**< nothing of it is not-inspected */
  bool risky_broken; /**< a risky plugin said MALFORMED or LIMIT: retire the worker */
  uint64_t objects;  /**< walked, the entry object too */
  uint64_t bytes;    /**< of all objects */
  uint64_t findings_dropped;
  GArray *object_list;  /**< of SkReplyObject */
  GArray *finding_list; /**< of SkReplyFinding, in the order of the walk */
  GArray *kind_list;    /**< of SkReplyKind, at most SK_MAX_KINDS */
  GArray *window_list;  /**< of SkReplyWindow, in order; those that were not handed back before */
} SkReply;

SkReply *sk_reply_new (void);
void sk_reply_free (SkReply *reply);
/** Appends the encoding. False when it does not fit the buffer's maximum. */
bool sk_reply_encode (const SkReply *reply, SkBuffer *buffer);
/** NULL with SK_ERROR_PROTOCOL when anything is out of place. */
SkReply *sk_reply_decode (SkSpan bytes, uint32_t n_rules, uint32_t n_plugins, GError **error);

/** A list of windows alone, as it travels before the reply. False as above. */
bool sk_windows_encode (const GArray *window_list, SkBuffer *buffer);
/** Transfer full. NULL with SK_ERROR_PROTOCOL when anything is out of place. */
GArray *sk_windows_decode (SkSpan bytes, uint32_t n_plugins, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkReply, sk_reply_free)

#endif
