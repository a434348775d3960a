/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The zygote: builds the engine once, then forks workers on request.
 *
 * Started by fork+exec of the program itself (`--role zygote`), with its
 * channel on descriptor 3 and the sealed bundle on descriptor 4.
 */
#ifndef SK_PROCESS_ZYGOTE_H
#define SK_PROCESS_ZYGOTE_H

#include "engine/engine.h"
#include "process/sandbox.h"

#define SK_ZYGOTE_CHANNEL_FD 3
#define SK_ZYGOTE_BUNDLE_FD 4

typedef struct SkZygoteSettings {
  SkEngineSettings engine;
  SkSandboxSettings sandbox;
} SkZygoteSettings;

/** The zygote's whole life. Returns the exit status. */
int sk_zygote_main (const SkZygoteSettings *settings, const SkBundle *bundle);

/** Exit statuses of a worker, beside 0: the supervisor sent what it must not; the sandbox is
 * required and could not be entered. */
#define SK_WORKER_EXIT_PROTOCOL 70
#define SK_WORKER_EXIT_SANDBOX 71

/** A worker's whole life, after the fork: enters the sandbox, serves jobs from `channel_fd`
 * (blocking; taken) until it ends. Returns the exit status, for _exit. Tests that need one process
 * call it with `sandbox` NULL: nothing is entered or closed. `page_fd` stays the caller's; -1: no
 * page. */
int sk_worker_main (const SkEngine *engine, const SkSandboxSettings *sandbox, int channel_fd,
                    int page_fd);

/** Supervisor side: starts a zygote. `argv` is the program with its role (exec of
 * /proc/self/exe). Returns its process id, and the channel's end, non-blocking; -1 on error. The
 * zygote is killed when the calling thread ends. */
int sk_zygote_start (char *const *argv, int bundle_fd, int *ret_channel_fd, GError **error);

#endif
