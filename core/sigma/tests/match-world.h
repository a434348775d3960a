/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What tests of matching share: rules and tables from text, records from
 * short lists.
 */
#ifndef MATCH_WORLD_H
#define MATCH_WORLD_H

#include "sigma/sigma.h"

/** Rules compiled for two kinds: `log.json`, open, and `file`, closed (file.path, file.size,
 * file.root known later). */
typedef struct World {
  SkBundle *bundle;
  SkCatalogue *catalogue;
  SkSigma *sigma, *twin;
  SkSigmaScan *scan, *twin_scan;
  bool good;
} World;

/** A value of a record as tests write it. */
typedef struct Field {
  const char *name;
  SkFieldType type;
  bool json;
  const char *text; /* STRING */
  size_t size;
  int64_t integer;
  bool boolean;
} Field;

#define TEXT(name, text) { name, SK_FIELD_STRING, false, text, sizeof (text) - 1, 0, false }
#define JSON(name, text) { name, SK_FIELD_STRING, true, text, sizeof (text) - 1, 0, false }
#define INT(name, number) { name, SK_FIELD_INT, false, NULL, 0, number, false }
#define BOOL(name, yes) { name, SK_FIELD_BOOL, false, NULL, 0, 0, yes }

/** `rules`: documents of one file; `table` NULL: every record of log.json is `product: test`, every
 * one of file `category: file`. `cache_dir` may be NULL. */
World *world_new (const char *table, const char *rules, bool strict, const char *cache_dir);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/** Makes a record; free with g_free. */
SkSigmaValue *world_values (const SkSigma *sigma, uint32_t kind, const Field *fields, size_t n);
/** The truth of the rule as sk_sigma_match tells it; fails the test when sk_sigma_judge differs. */
SkSigmaTruth world_match (const World *world, const char *kind, uint32_t rule, const Field *fields,
                          size_t n);
/** Problems of the catalogue that hold the text. */
uint32_t world_problems (const World *world, const char *text);

#endif
