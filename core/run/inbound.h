/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Everything that a worker sends or leaves in its page, checked: what comes
 * out of here can be used as it is. Pure functions.
 */
#ifndef SK_RUN_INBOUND_H
#define SK_RUN_INBOUND_H

#include "base/reply.h"
#include "process/page.h"
#include "run/run-file.h"
#include "run/windows.h"

/** What a job's reply may say. */
typedef struct SkInboundJob {
  uint64_t number;
  uint64_t offset, length;     /**< its part of its blob */
  const uint64_t *lent_sizes;  /**< of the files lent to it in this run */
  size_t n_lent;
  uint64_t lent_maximum;       /**< largest size that a lent file may have */
  uint64_t windows;            /**< that it may still hand back */
  uint64_t contexts;           /**< bytes of their contexts and names, likewise */
  bool may_defer;              /**< its depth allows it */
  uint32_t n_rules, n_plugins; /**< of its generation */
  uint32_t n_subscriptions;
} SkInboundJob;

/** NULL with SK_ERROR_PROTOCOL: not a reply to this job, or a window outside of what it has. */
SkReply *sk_inbound_reply (const SkInboundJob *job, SkSpan payload, GError **error);
/** Some of its windows, at least one. `ret_list` is borrowed from the payload. */
bool sk_inbound_windows (const SkInboundJob *job, SkSpan payload, SkSpan *ret_list,
                         SkWindowSums *ret_sums);
/** The entry is borrowed from the payload. */
bool sk_inbound_record (const SkInboundJob *job, SkSpan payload, SkRunEntry *ret_entry);
/** It asks for a file for this job. */
bool sk_inbound_lend (const SkInboundJob *job, SkSpan payload);

/** What a page says. */
typedef struct SkPageSaid {
  uint64_t job;     /**< UINT64_MAX: none */
  uint32_t plugin;  /**< SK_NO_PLUGIN: between hooks, or nothing plausible */
  char *object;     /**< owned; never NULL; "" when the plugin is none */
  bool out_of_memory;
} SkPageSaid;

/** A mark of this job: `ret_said` as of a page. */
bool sk_inbound_mark (const SkInboundJob *job, SkSpan payload, SkPageSaid *ret_said);
/** Copies it first: a living worker may write at any time. A name that is cut, not UTF-8 or no
 * object's id, and a plugin that does not exist, count as nothing said. */
void sk_inbound_page (const SkPage *page, uint32_t n_plugins, SkPageSaid *ret_said);
void sk_page_said_clear (SkPageSaid *said);

#endif
