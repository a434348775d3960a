/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * See fake-engine.h.
 */
#include "config.h"

#include "fake-engine.h"

#include "base/error.h"
#include "base/limits.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct SkEngine
{
  int unused;
};

struct SkWalker
{
  SkEngineHost host;
};

SkEngine *
sk_engine_new (const SkEngineSettings *settings, const SkBundle *bundle,
               SkCatalogue **ret_catalogue, GError **error)
{
  (void) bundle;
  *ret_catalogue = sk_catalogue_new ();
  if (settings->plugin_order == NULL || g_strcmp0 (settings->plugin_order[0], "bad") != 0)
    return g_new0 (SkEngine, 1);
  sk_catalogue_problem (*ret_catalogue, SK_PROBLEM_ERROR, "bad.so", 0, "cannot be loaded");
  g_set_error (error, SK_ERROR, SK_ERROR_PLUGIN, "bad.so: cannot be loaded");
  return NULL;
}

void
sk_engine_free (SkEngine *engine)
{
  g_free (engine);
}

SkWalker *
sk_walker_new (const SkEngine *engine, const SkEngineHost *host)
{
  (void) engine;
  return g_memdup2 (&(SkWalker) { *host }, sizeof (SkWalker));
}

void
sk_walker_free (SkWalker *walker)
{
  g_free (walker);
}

static uint64_t
count_fds (void)
{
  uint64_t n = 0;
  for (int fd = 0; fd < 1024; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

static uint64_t
use_lent (const SkEngineHost *host)
{
  int fd = host->lend (host->data);
  if (fd < 0)
    return 0;
  bool good = pwrite (fd, "lent", 4, 100) == 4;
  close (fd);
  return good ? 1 : 2;
}

static void
send_records (const SkEngineHost *host)
{
  for (int i = 0; i < 3; i++)
    host->record (host->data, sk_span_of_text ("one\0two\0six" + 4 * i));
}

/* Never comes back. */
static void
die (const char *how)
{
  if (strcmp (how, "socket") == 0)
    socket (AF_INET, SOCK_STREAM, 0);
  else if (strcmp (how, "trap-memory") == 0)
    g_free (g_malloc (SK_GIB));
  else if (strcmp (how, "null-memory") == 0)
    for (volatile char *p; (p = malloc (100000)) != NULL;)
      *p = 1;
  else if (strcmp (how, "crash") != 0)
    for (;;)
      pause ();
  signal (SIGALRM, SIG_DFL);
  *(volatile int *) g_getenv ("NO_SUCH_VARIABLE") = 1;
}

static void
make_large (SkReply *reply)
{
  for (size_t i = 0; i < SK_MAX_FRAME / SK_MAX_EVIDENCE + 100; i++)
    {
      SkReplyFinding finding = { .rule = SK_RULE_OF_REASON (SK_REASON_CRASH),
                                 .plugin = SK_NO_PLUGIN, .count = 1, .record = SK_NO_RECORD,
                                 .evidence = g_strnfill (SK_MAX_EVIDENCE, 'e') };
      g_array_append_val (reply->finding_list, finding);
    }
}

static void
add_windows (SkReply *reply, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      SkReplyWindow window = { .name = g_strdup (""),
                               .context = g_bytes_new_take (g_strnfill (SK_MAX_CONTEXT, 'c'),
                                                            SK_MAX_CONTEXT) };
      g_array_append_val (reply->window_list, window);
    }
}

/* Some before the reply; the rest fits a frame, but not the one of the reply. */
static void
hand_back (const SkEngineHost *host, SkReply *reply)
{
  add_windows (reply, 3);
  host->windows (host->data, reply->window_list);
  g_array_set_size (reply->window_list, 0);
  make_large (reply);
  g_array_set_size (reply->finding_list, SK_MAX_FINDINGS);
  add_windows (reply, 60);
}

static void
obey (const SkEngineHost *host, const SkJob *job, SkReply *reply)
{
  uint8_t byte = 0;
  if (strcmp (job->path, "ok") == 0)
    return;
  if (strcmp (job->path, "read") == 0)
    reply->bytes = pread (job->input.fd, &byte, 1, 0) == 1 ? byte : UINT64_MAX;
  else if (strcmp (job->path, "fds") == 0)
    reply->objects = count_fds ();
  else if (strcmp (job->path, "lend") == 0)
    reply->bytes = use_lent (host);
  else if (strcmp (job->path, "record") == 0)
    send_records (host);
  else if (strcmp (job->path, "large") == 0)
    make_large (reply);
  else if (strcmp (job->path, "windows") == 0)
    hand_back (host, reply);
  else if (strcmp (job->path, "nap") == 0)
    g_usleep (100000);
  else
    {
      host->mark (host->data, FAKE_OBJECT, FAKE_PLUGIN);
      die (job->path);
    }
}

SkReply *
sk_walker_run (SkWalker *walker, const SkJob *job)
{
  SkReply *reply = sk_reply_new ();
  SkReplyObject entry = { .plugin = SK_NO_PLUGIN, .name = g_strdup (job->path),
                          .type = g_strdup (""), .sha256 = g_strdup ("") };
  g_array_append_val (reply->object_list, entry);
  reply->job = job->number;
  reply->complete = true;
  reply->objects = 1;
  obey (&walker->host, job, reply);
  return reply;
}
