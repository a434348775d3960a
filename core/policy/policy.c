/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Which findings are silenced. The reading of the files stands in silences.c.
 *
 * Thousands of silences must not slow a run with many findings: those that
 * name a content are found by its digest, all others by their id.
 */
#include "config.h"

#include "policy/policy.h"

#include "base/glob.h"
#include "policy/silences.h"

#include <string.h>

struct SkPolicy
{
  SkPolicySettings settings;
  GPtrArray *silences;   /* of SkSilence, those in force, in the files' order */
  GHashTable *by_sha256; /* digest → GArray of index */
  GHashTable *by_id;     /* id → GArray of index: those without a digest */
  uint32_t expired;
};

void
sk_policy_settings_init (SkPolicySettings *settings)
{
  for (int reason = 0; reason < SK_N_REASONS; reason++)
    settings->reason_level[reason] = sk_reason_level ((SkReason)reason);
}

static void
index_under (GHashTable *table, const char *key, guint index)
{
  GArray *list = g_hash_table_lookup (table, key);
  if (list == NULL)
    {
      list = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (table, (char *)key, list);
    }
  g_array_append_val (list, index);
}

static void
take_silence (void *data, SkSilence *silence, int64_t now)
{
  SkPolicy *policy = data;
  if (silence->expires <= now)
    {
      policy->expired++;
      sk_silence_free (silence);
      return;
    }
  guint index = policy->silences->len;
  g_ptr_array_add (policy->silences, silence);
  if (silence->sha256 != NULL)
    index_under (policy->by_sha256, silence->sha256, index);
  else
    index_under (policy->by_id, silence->id, index);
}

static GHashTable *
index_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
}

static void
free_silence (gpointer silence)
{
  sk_silence_free (silence);
}

SkPolicy *
sk_policy_new (const SkPolicySettings *settings, const SkBundle *bundle, int64_t now,
               GError **error)
{
  g_autoptr (SkPolicy) policy = g_new0 (SkPolicy, 1);
  policy->settings = *settings;
  policy->silences = g_ptr_array_new_with_free_func (free_silence);
  policy->by_sha256 = index_new ();
  policy->by_id = index_new ();
  g_autoptr (GString) problems = g_string_new (NULL);
  SkBundleEntry entry;
  for (size_t i = 0; sk_bundle_of_kind (bundle, "silences", i, &entry); i++)
    sk_silences_read (&entry, now, problems, take_silence, policy);
  return sk_yaml_no_problem (problems, error) ? g_steal_pointer (&policy) : NULL;
}

void
sk_policy_free (SkPolicy *policy)
{
  if (policy == NULL)
    return;
  g_hash_table_unref (policy->by_sha256);
  g_hash_table_unref (policy->by_id);
  g_ptr_array_unref (policy->silences);
  g_free (policy);
}

SkLevel
sk_policy_reason_level (const SkPolicy *policy, SkReason reason)
{
  return policy->settings.reason_level[reason];
}

static const SkSilence *
silence_at (const SkPolicy *policy, guint index)
{
  return g_ptr_array_index (policy->silences, index);
}

static bool
covers (const SkSilence *silence, const char *id, const char *root_path)
{
  return (strcmp (silence->id, "*") == 0 || strcmp (silence->id, id) == 0)
         && (silence->path == NULL || sk_glob_match (silence->path, root_path));
}

/* Lowers `*first` to the first silence under the key that covers the finding. */
static void
look_under (const SkPolicy *policy, GHashTable *table, const char *key, const char *id,
            const char *root_path, guint *first)
{
  const GArray *list = g_hash_table_lookup (table, key);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      guint index = g_array_index (list, guint, i);
      if (index >= *first)
        return;
      if (covers (silence_at (policy, index), id, root_path))
        *first = index;
    }
}

const SkSilence *
sk_policy_silence (const SkPolicy *policy, const char *id, const char *root_path,
                   const char *object_sha256, const char *root_sha256)
{
  guint none = policy->silences->len, first = none;
  look_under (policy, policy->by_sha256, object_sha256, id, root_path, &first);
  look_under (policy, policy->by_sha256, root_sha256, id, root_path, &first);
  look_under (policy, policy->by_id, id, id, root_path, &first);
  return first < none ? silence_at (policy, first) : NULL;
}

void
sk_policy_count (const SkPolicy *policy, uint32_t *ret_active, uint32_t *ret_expired)
{
  *ret_active = policy->silences->len;
  *ret_expired = policy->expired;
}

const SkSilence *
sk_policy_at (const SkPolicy *policy, uint32_t index)
{
  return index < policy->silences->len ? g_ptr_array_index (policy->silences, index) : NULL;
}
