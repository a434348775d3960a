/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Small worlds for tests of matching.
 */
#include "config.h"

#include "match-world.h"
#include "sk-test.h"

static const char plain_table[]
    = "sources:\n"
      "  - {logsource: {product: test}, kind: log.json}\n"
      "  - {logsource: {category: file}, kind: file}\n"
      "default: {kind: log.json}\n";

static void
add_kind (SkCatalogue *catalogue, const char *name, bool open, const char *const *fields)
{
  SkKindInfo kind = { .name = g_strdup (name),
                      .fields = g_strdupv ((char **) fields),
                      .open = open,
                      .meaning = g_strdup ("") };
  g_array_append_val (catalogue->kinds, kind);
}

static SkCatalogue *
catalogue_new (void)
{
  static const char *const none[] = { NULL };
  static const char *const file[]
      = { "file.path\ttext\tpath", "file.size\tnumber\tsize", "file.root\ttext\troot", NULL };
  SkCatalogue *catalogue = sk_catalogue_new ();
  add_kind (catalogue, "file", false, file);
  add_kind (catalogue, "log.json", true, none);
  return catalogue;
}

static void
add (SkBundle *bundle, const char *kind, const char *path, const char *text)
{
  ck_assert (sk_bundle_add (bundle, kind, path, sk_span_of_text (text), 1000, NULL));
}

World *
world_new (const char *table, const char *rules, bool strict, const char *cache_dir)
{
  static const char *const later[] = { "partner.", "file/file.root", NULL };
  SkSigmaSettings settings = { later, strict, cache_dir };
  World *world = g_new0 (World, 1);
  world->bundle = sk_bundle_new ();
  add (world->bundle, "logsource-table", "/t.yml", table != NULL ? table : plain_table);
  add (world->bundle, "sigma", "/r.yml", rules);
  add (world->bundle, "placeholder-list", "/admins.txt", "root\nadmin*\n");
  world->catalogue = catalogue_new ();
  world->sigma = sk_sigma_new (&settings, world->bundle, world->catalogue, &world->good);
  g_autoptr (GError) error = NULL;
  world->twin = sk_sigma_new_twin (&settings, world->bundle, world->catalogue, &error);
  ck_assert_msg (world->twin != NULL, "%s", error != NULL ? error->message : "");
  world->scan = sk_sigma_scan_new (world->sigma);
  world->twin_scan = sk_sigma_scan_new (world->twin);
  return world;
}

void
world_free (World *world)
{
  sk_sigma_scan_free (world->scan);
  sk_sigma_scan_free (world->twin_scan);
  sk_sigma_free (world->sigma);
  sk_sigma_free (world->twin);
  sk_catalogue_free (world->catalogue);
  sk_bundle_free (world->bundle);
  g_free (world);
}

SkSigmaValue *
world_values (const SkSigma *sigma, uint32_t kind, const Field *fields, size_t n)
{
  SkSigmaValue *values = g_new0 (SkSigmaValue, n + 1);
  for (size_t i = 0; i < n; i++)
    {
      values[i].field = sk_sigma_field (sigma, kind, sk_span_of_text (fields[i].name));
      values[i].json = fields[i].json;
      values[i].value = (SkValue){ .type = fields[i].type,
                                   .boolean = fields[i].boolean,
                                   .integer = fields[i].integer,
                                   .text = { (const uint8_t *) fields[i].text, fields[i].size } };
    }
  return values;
}

typedef struct Seen {
  uint32_t rule;
  int64_t last;
  SkSigmaTruth truth;
} Seen;

static void
see (void *data, uint32_t rule, SkSigmaTruth truth)
{
  Seen *seen = data;
  ck_assert_msg ((int64_t) rule > seen->last, "rules come in order, each once");
  ck_assert_int_ne (truth, SK_SIGMA_FALSE);
  seen->last = rule;
  if (rule == seen->rule)
    seen->truth = truth;
}

SkSigmaTruth
world_match (const World *world, const char *kind, uint32_t rule, const Field *fields, size_t n)
{
  uint32_t number = sk_sigma_kind (world->sigma, kind);
  Seen seen = { rule, -1, SK_SIGMA_FALSE };
  if (number == SK_SIGMA_NO_KIND)
    return SK_SIGMA_FALSE;
  g_autofree SkSigmaValue *values = world_values (world->sigma, number, fields, n);
  SkSigmaRecord record = { number, values, n };
  sk_sigma_match (world->scan, &record, see, &seen);
  SkSigmaTruth alone = sk_sigma_judge (world->scan, &record, rule);
  ck_assert_msg (alone == seen.truth, "rule %u: triggered %d, alone %d", rule, (int) seen.truth,
                 (int) alone);
  return seen.truth;
}

uint32_t
world_problems (const World *world, const char *text)
{
  uint32_t n = 0;
  for (guint i = 0; i < world->catalogue->problems->len; i++)
    n += strstr (g_array_index (world->catalogue->problems, SkProblem, i).text, text) != NULL;
  return n;
}
