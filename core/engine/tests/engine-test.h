/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What tests of the engine share: an engine with the test plugins `script` and
 * `trace`, a host that notes what it is asked, and a reply as comparable text.
 */
#ifndef SK_ENGINE_TEST_H
#define SK_ENGINE_TEST_H

#include "base/limits.h"
#include "engine/engine.h"
#include "sk-test.h"

/** One engine and its walker. Settings may be changed before bench_start. */
typedef struct Bench {
  SkEngineSettings settings;
  SkBundle *bundle;   /**< rules; NULL at first */
  SkEngine *engine;
  SkCatalogue *catalogue;
  SkEngineHost host;
  SkWalker *walker;
  SkJob job;
  GArray *exclusions; /**< of SkExclusion */
  GString *marks;     /**< "object plugin\n" a mark */
  GPtrArray *records; /**< of GBytes */
  GArray *lent;       /**< of int: descriptors of our own, by number - 1 */
  uint64_t progress;
  bool refuse_lend;
} Bench;

/** Settings for the plugins named ("script,trace"), an empty host, an empty job named `job`. */
void bench_init (Bench *bench, const char *plugins);
void bench_option (Bench *bench, const char *plugin, const char *name, const char *value);
void bench_exclude (Bench *bench, const char *object, uint32_t plugin, SkReason reason);
/** Builds engine and walker; they must build. */
void bench_start (Bench *bench);
void bench_clear (Bench *bench);

/** Runs bytes as a job. Transfer full. */
SkReply *bench_run (Bench *bench, SkSpan bytes);
/** Runs a script (without its head line), and gives the findings as text: a line each,
 * "<rule id> <names from the entry object, joined by />: <evidence>", and " xN" where N is not 1.
 * Transfer full. */
char *bench_script (Bench *bench, const char *script);
char *bench_text (Bench *bench, const SkReply *reply);
/** True when `text` has that very line. */
bool has_line (const char *text, const char *line);
/** A line of a script that makes a child of `script`. Transfer full. */
char *child_line (const char *phase, unsigned position, const char *name, const char *script);
/** When the test runs as root: gives up its rights, and takes them back (needed by the sanitizer's
 * leak check at the end). */
void become_nobody (void);
void become_root (void);
/** The folder with the test plugins. Static. */
const char *plugin_folder (void);

#define assert_line(text, line) \
  ck_assert_msg (has_line (text, line), "no line \"%s\" in:\n%s", line, text)
/** Adds a file to the bundle. */
void bench_source (Bench *bench, const char *kind, const char *path, const char *text);
/** Asks for records of that kind; `fields` separated by commas, NULL: all. Before bench_start. */
void bench_subscribe (Bench *bench, const char *kind, const char *fields);
/** The record with that index as it came up: `<subscription> <kind> <position> <time> [<object>]
 * name=value…`. New string. */
char *bench_record (const Bench *bench, guint index);
/** All of them, a line each. New string. */
char *bench_records (const Bench *bench);
/** "kind records applicable" a line. New string. */
char *bench_kinds (const SkReply *reply);

#define assert_no_line(text, line) \
  ck_assert_msg (!has_line (text, line), "line \"%s\" in:\n%s", line, text)

#endif
