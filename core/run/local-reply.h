/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Replies that the supervisor makes itself, because no worker could.
 */
#ifndef SK_RUN_LOCAL_REPLY_H
#define SK_RUN_LOCAL_REPLY_H

#include "base/catalogue.h"
#include "run/job.h"
#include "run/schedule.h"

/** For a task that FAILED or was CANCELLED: one entry object, and a finding for each reason. */
SkReply *sk_local_reply (const SkTask *task, const SkCatalogue *catalogue);
/** Says on the entry object that something of it was not inspected. */
void sk_local_finding (SkReply *reply, SkReason reason, uint32_t plugin, const char *evidence);

#endif
