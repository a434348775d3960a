/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The page that a worker shares with the supervisor: what it is doing now.
 *
 * The worker writes it before each hook and with each progress; the supervisor
 * reads it to tell a hang from work, and after a death to know whom to blame.
 * It is as untrusted as everything a worker says.
 */
#ifndef SK_PROCESS_PAGE_H
#define SK_PROCESS_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SK_PAGE_OBJECT 4000

typedef struct SkPage {
  _Atomic uint64_t progress; /**< grows with each mark and each progress */
  _Atomic uint64_t job;      /**< number of the job in hand; UINT64_MAX: none */
  _Atomic uint32_t plugin;   /**< in a hook of this plugin; SK_NO_PLUGIN: between hooks */
  _Atomic uint32_t out_of_memory; /**< set before a death for want of memory */
  _Atomic uint32_t object_size;
  char object[SK_PAGE_OBJECT]; /**< the object's id below the job; one longer than this is cut, and
                                    then the whole job is to blame */
} SkPage;

/** A memory file of one page, mapped. -1 on error. */
int sk_page_new (SkPage **ret_page);
SkPage *sk_page_map (int fd);
void sk_page_unmap (SkPage *page);

#endif
