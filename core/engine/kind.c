/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/kind.h"

#include <string.h>

#include "base/i18n.h"

/* ---- life ---- */

static void
clear_route (gpointer item)
{
  SkRecordRoute *route = item;
  g_free (route->kept);
  g_clear_pointer (&route->names, g_hash_table_unref);
  g_clear_pointer (&route->numbers, g_array_unref);
}

static GArray *
new_routes (void)
{
  GArray *routes = g_array_new (FALSE, FALSE, sizeof (SkRecordRoute));
  g_array_set_clear_func (routes, clear_route);
  return routes;
}

void
sk_kind_clear (gpointer item)
{
  SkKind *kind = item;
  g_free (kind->looked);
  g_free (kind->numbers);
  g_free (kind->own_fields);
  g_clear_pointer (&kind->open_names, g_hash_table_unref);
  g_clear_pointer (&kind->routes, g_array_unref);
  g_clear_pointer (&kind->wants, g_array_unref);
}

/* ---- building ---- */

char *
sk_kind_describe (const SkFieldDecl *field)
{
  static const char *const types[] = { "bool", "int", "string" };
  return g_strdup_printf ("%s\t%s%s\t%s", field->name, types[field->type],
                          (field->flags & SK_FIELD_MULTI) != 0 ? " list" : "", field->meaning);
}

static void
add_kind (SkEngine *engine, SkCatalogue *catalogue, const SkKind *given, const char *meaning)
{
  SkKind kind = *given;
  kind.index = engine->kinds->len;
  kind.sigma = SK_SIGMA_NO_KIND;
  kind.looked = g_new0 (bool, kind.n_fields + 1);
  kind.numbers = g_new (uint32_t, kind.n_fields + 1);
  for (uint32_t i = 0; i < kind.n_fields; i++)
    kind.numbers[i] = SK_SIGMA_NO_FIELD;
  kind.open_names = g_hash_table_new (g_str_hash, g_str_equal);
  kind.routes = new_routes ();
  kind.wants = new_routes ();
  g_array_append_val (engine->kinds, kind);
  engine->most_fields = MAX (engine->most_fields, kind.n_fields);
  SkKindInfo info = {
    .name = g_strdup (kind.name),
    .fields = g_new0 (char *, kind.n_fields + 1),
    .open = kind.open,
    .meaning = g_strdup (meaning),
  };
  if (kind.plugin != SK_NO_PLUGIN)
    info.plugin = g_strdup (sk_engine_plugin (engine, kind.plugin)->plugin->name);
  for (uint32_t i = 0; i < kind.n_fields; i++)
    info.fields[i] = sk_kind_describe (&kind.fields[i]);
  g_array_append_val (catalogue->kinds, info);
}

static void
add_own_kind (SkEngine *engine, SkCatalogue *catalogue, uint32_t index)
{
  static const char *const names[] = { [SK_KIND_OBJECT] = "object", [SK_KIND_FILE] = "file" };
  static const char *const meanings[] = {
    [SK_KIND_OBJECT] = "Anything that was opened or found inside of something, once all inside of it "
                       "has been judged",
    [SK_KIND_FILE] = "A file that was found by its path, or a named member of a container",
  };
  uint32_t n_own = sk_own_n_fields (index);
  SkKind kind = { .name = names[index], .plugin = SK_NO_PLUGIN };
  kind.n_fields = n_own + engine->facts->len;
  kind.own_fields = g_new0 (SkFieldDecl, kind.n_fields);
  for (uint32_t i = 0; i < n_own; i++)
    kind.own_fields[i] = *sk_own_field (index, i);
  for (uint32_t i = 0; i < engine->facts->len; i++)
    kind.own_fields[n_own + i] = sk_engine_fact (engine, i)->decl;
  kind.fields = kind.own_fields;
  add_kind (engine, catalogue, &kind, meanings[index]);
}

bool
sk_kinds_build (SkEngine *engine, SkCatalogue *catalogue)
{
  add_own_kind (engine, catalogue, SK_KIND_OBJECT);
  add_own_kind (engine, catalogue, SK_KIND_FILE);
  for (uint32_t p = 0; p < engine->plugins->len; p++)
    {
      SkLoadedPlugin *loaded = &g_array_index (engine->plugins, SkLoadedPlugin, p);
      loaded->kind_base = engine->kinds->len;
      for (size_t i = 0; i < loaded->plugin->n_records; i++)
        {
          const SkRecordDecl *decl = &loaded->plugin->records[i];
          SkKind kind = { .name = decl->kind, .plugin = p, .fields = decl->fields };
          kind.n_fields = (uint32_t) decl->n_fields;
          kind.open = (decl->flags & SK_RECORD_OPEN) != 0;
          add_kind (engine, catalogue, &kind, decl->meaning);
        }
    }
  if (engine->kinds->len <= SK_MAX_KINDS)
    return true;
  sk_catalogue_problem (catalogue, SK_PROBLEM_ERROR, NULL, 0,
                        _ ("the plugins declare more than %d kinds of records"), SK_MAX_KINDS);
  return false;
}

/* ---- routes ---- */

static uint32_t
declared (const SkKind *kind, const char *name)
{
  for (uint32_t i = 0; i < kind->n_fields; i++)
    if (strcmp (kind->fields[i].name, name) == 0)
      return i;
  return SK_NO_FIELD;
}

static gint
by_number (gconstpointer a, gconstpointer b)
{
  uint32_t first = ((const SkRouteField *) a)->number, second = ((const SkRouteField *) b)->number;
  return first < second ? -1 : first > second ? 1 : 0;
}

static void
keep_open (SkRecordRoute *route, const char *name)
{
  if (route->names == NULL)
    route->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (route->names, g_strdup (name));
}

/* A field that rules read is kept by its number, so that its values need no name on their way. */
static void
keep_field (const SkEngine *engine, const SkKind *kind, SkRecordRoute *route, const char *name,
            bool by_rules)
{
  uint32_t position = declared (kind, name);
  if (position != SK_NO_FIELD)
    {
      route->kept[position / 64] |= UINT64_C (1) << (position % 64);
      return;
    }
  if (!kind->open)
    return;
  uint32_t number = SK_SIGMA_NO_FIELD;
  if (by_rules)
    number = sk_sigma_field (engine->sigma, kind->sigma, sk_span_of_text (name));
  if (number == SK_SIGMA_NO_FIELD)
    keep_open (route, name);
  else
    {
      SkRouteField field = { number, name };
      g_array_append_val (route->numbers, field);
    }
}

static SkRecordRoute
make_route (const SkEngine *engine, const SkKind *kind, uint32_t subscription,
            const char *const *fields, bool by_rules)
{
  SkRecordRoute route = { .subscription = subscription, .all = fields == NULL };
  route.kept = g_new0 (uint64_t, kind->n_fields / 64 + 1);
  route.numbers = g_array_new (FALSE, FALSE, sizeof (SkRouteField));
  for (size_t i = 0; fields != NULL && fields[i] != NULL; i++)
    keep_field (engine, kind, &route, fields[i], by_rules);
  g_array_sort (route.numbers, by_number);
  return route;
}

const char *
sk_route_name (const SkRecordRoute *route, uint32_t number)
{
  guint at;
  SkRouteField wanted = { number, NULL };
  if (route->numbers->len == 0 || number == SK_SIGMA_NO_FIELD
      || !g_array_binary_search (route->numbers, &wanted, by_number, &at))
    return NULL;
  return g_array_index (route->numbers, SkRouteField, at).name;
}

static void
note_route (SkKind *kind, const SkRecordRoute *route)
{
  GHashTableIter names;
  gpointer name;
  kind->every_name = kind->every_name || route->all;
  for (uint32_t i = 0; i < kind->n_fields; i++)
    kind->looked[i] = kind->looked[i] || route->all || (route->kept[i / 64] >> (i % 64) & 1) != 0;
  if (route->names == NULL)
    return;
  g_hash_table_iter_init (&names, route->names);
  while (g_hash_table_iter_next (&names, &name, NULL))
    g_hash_table_add (kind->open_names, name);
}

static void
add_subscriptions (SkEngine *engine, SkKind *kind)
{
  for (uint32_t i = 0; i < engine->subscriptions->len; i++)
    {
      const SkSubscription *asked = &g_array_index (engine->subscriptions, SkSubscription, i);
      if (strcmp (asked->kind, "*") != 0 && strcmp (asked->kind, kind->name) != 0)
        continue;
      SkRecordRoute route
          = make_route (engine, kind, i, (const char *const *) asked->fields, false);
      g_array_append_val (kind->routes, route);
      note_route (kind, &route);
    }
}

/* One for each want, also where the want's rule never meets this kind: so its number is its place. */
static void
add_wants (SkEngine *engine, SkKind *kind)
{
  for (size_t i = 0; i < sk_sigma_n_wants (engine->sigma); i++)
    {
      uint32_t subscription = engine->subscriptions->len + (uint32_t) i;
      SkRecordRoute route = make_route (engine, kind, subscription,
                                        sk_sigma_want (engine->sigma, i)->fields, true);
      g_array_append_val (kind->wants, route);
      note_route (kind, &route);
    }
}

static void
join_rules (SkEngine *engine, SkKind *kind)
{
  uint32_t number = sk_sigma_kind (engine->sigma, kind->name);
  if (number == SK_SIGMA_NO_KIND || sk_sigma_kind_rules (engine->sigma, number) == 0)
    return;
  kind->sigma = number;
  kind->asked = true;
  kind->every_value = sk_sigma_wants_all (engine->sigma, kind->sigma);
  for (uint32_t i = 0; i < kind->n_fields; i++)
    {
      kind->numbers[i] = sk_sigma_field (engine->sigma, kind->sigma,
                                         sk_span_of_text (kind->fields[i].name));
      kind->looked[i] = kind->every_value || kind->numbers[i] != SK_SIGMA_NO_FIELD;
    }
  add_wants (engine, kind);
}

/* Only then are the ids of rules worth keeping, and the lists worth gathering. */
static void
join_lists (SkEngine *engine, const SkCatalogue *catalogue)
{
  static const struct
  {
    const char *name;
    uint32_t lists;
  } users[] = {
    { "finding.id", 0 },
    { "child.type", 1u << SK_LIST_TYPES },       { "root.type", 1u << SK_LIST_TYPES },
    { "child.name", 1u << SK_LIST_NAMES },       { "root.name", 1u << SK_LIST_NAMES },
    { "child.finding", 1u << SK_LIST_FINDINGS }, { "root.finding", 1u << SK_LIST_FINDINGS },
  };
  bool findings = false;
  for (uint32_t k = SK_KIND_OBJECT; k <= SK_KIND_FILE; k++)
    for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
      {
        const SkKind *kind = sk_engine_kind (engine, k);
        uint32_t field = declared (kind, users[i].name);
        if (field == SK_NO_FIELD || !kind->looked[field])
          continue;
        engine->lists |= users[i].lists;
        findings = findings || users[i].lists == 0 || users[i].lists == 1u << SK_LIST_FINDINGS;
      }
  if (!findings)
    return;
  engine->rule_ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < catalogue->rules->len; i++)
    g_ptr_array_add (engine->rule_ids, g_strdup (g_array_index (catalogue->rules, SkRule, i).id));
}

void
sk_kinds_join (SkEngine *engine, const SkCatalogue *catalogue)
{
  for (guint i = 0; i < engine->kinds->len; i++)
    {
      SkKind *kind = &g_array_index (engine->kinds, SkKind, i);
      join_rules (engine, kind);
      add_subscriptions (engine, kind);
      kind->asked = kind->asked || kind->routes->len > 0;
    }
  join_lists (engine, catalogue);
}
