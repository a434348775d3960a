/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/error.h"
#include "policy/policy.h"
#include "sk-test.h"

#define NOW INT64_C (1795564800) /* 2026-11-25 */
#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define BY "  who: sato\n  why: known\n  expires: 2027-01-01\n"

static SkPolicy *
policy_of (const char *first, const char *second, GError **error)
{
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  ck_assert (sk_bundle_add (bundle, "silences", "/a.yaml", sk_span_of_text (first), 0, NULL));
  ck_assert (sk_bundle_add (bundle, "config", "/c.yaml", sk_span_of_text ("x: ["), 0, NULL));
  if (second != NULL)
    ck_assert (sk_bundle_add (bundle, "silences", "/b.yaml", sk_span_of_text (second), 0, NULL));
  SkPolicySettings settings;
  sk_policy_settings_init (&settings);
  return sk_policy_new (&settings, bundle, NOW, error);
}

static SkPolicy *
policy (const char *text)
{
  GError *error = NULL;
  SkPolicy *made = policy_of (text, NULL, &error);
  ck_assert_msg (made != NULL, "%s", error != NULL ? error->message : "");
  return made;
}

static bool
silenced (const SkPolicy *made, const char *id, const char *path, const char *object,
          const char *root)
{
  return sk_policy_silence (made, id, path, object, root) != NULL;
}

START_TEST (test_by_path)
{
  g_autoptr (SkPolicy) made = policy ("- id: yara.x\n  path: \"/srv/*.exe\"\n" BY);
  ck_assert (silenced (made, "yara.x", "/srv/a/b.exe", "", ""));
  ck_assert (!silenced (made, "yara.x", "/srv/a/b.exe.txt", "", ""));
  ck_assert (!silenced (made, "yara.x", "/srv2/b.exe", "", ""));
  ck_assert (!silenced (made, "yara.xy", "/srv/a.exe", "", ""));
  ck_assert (!silenced (made, "yara", "/srv/a.exe", "", ""));
  ck_assert (!silenced (made, "YARA.X", "/srv/a.exe", "", ""));
}
END_TEST

START_TEST (test_by_content)
{
  g_autoptr (SkPolicy) made = policy ("- id: yara.x\n  sha256: " A "\n" BY);
  ck_assert (silenced (made, "yara.x", "/p", A, B));
  ck_assert (silenced (made, "yara.x", "/p", B, A));
  ck_assert (!silenced (made, "yara.x", "/p", B, B));
  ck_assert (!silenced (made, "yara.x", "/p", "", ""));
  ck_assert (!silenced (made, "yara.y", "/p", A, A));
}
END_TEST

START_TEST (test_all_of_one_content)
{
  g_autoptr (SkPolicy) made = policy ("- id: \"*\"\n  sha256: " A "\n" BY);
  ck_assert (silenced (made, "yara.x", "/p", A, ""));
  ck_assert (silenced (made, "not-inspected.limit", "/p", "", A));
  ck_assert (!silenced (made, "yara.x", "/p", B, ""));
}
END_TEST

START_TEST (test_both_must_hold)
{
  g_autoptr (SkPolicy) made
      = policy ("- id: yara.x\n  path: /a\n  sha256: " B "\n" BY "- id: yara.x\n  path: '*'\n"
                "  sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" BY);
  ck_assert (silenced (made, "yara.x", "/a", B, ""));
  ck_assert (!silenced (made, "yara.x", "/b", B, ""));
  ck_assert (!silenced (made, "yara.x", "/a", "", ""));
  /* Digests may be written in capitals. */
  ck_assert (silenced (made, "yara.x", "/b", A, ""));
}
END_TEST

START_TEST (test_expiry)
{
  g_autoptr (SkPolicy) made = policy ("- id: a\n  path: '*'\n  who: s\n  why: w\n"
                                      "  expires: 2026-11-25\n"
                                      "- id: b\n  path: '*'\n  who: s\n  why: w\n"
                                      "  expires: 2026-11-25T00:00:01Z\n"
                                      "- id: c\n  path: '*'\n  who: s\n  why: w\n"
                                      "  expires: 2026-11-25T09:00:00+09:00\n");
  uint32_t active, expired;
  sk_policy_count (made, &active, &expired);
  ck_assert_uint_eq (active, 1);
  ck_assert_uint_eq (expired, 2);
  ck_assert (!silenced (made, "a", "/p", "", ""));
  ck_assert (silenced (made, "b", "/p", "", ""));
  ck_assert (!silenced (made, "c", "/p", "", ""));
}
END_TEST

START_TEST (test_first_in_order)
{
  GError *error = NULL;
  g_autoptr (SkPolicy) made
      = policy_of ("- id: x\n  path: /none\n" BY "- id: x\n  path: '*'\n" BY,
                   "# more\n- id: \"*\"\n  sha256: " A "\n" BY "- id: y\n  sha256: " A "\n" BY,
                   &error);
  ck_assert_ptr_nonnull (made);
  ck_assert_str_eq (sk_policy_silence (made, "x", "/p", A, A)->where, "/a.yaml:6");
  ck_assert_str_eq (sk_policy_silence (made, "y", "/p", A, "")->where, "/b.yaml:2");
  ck_assert_str_eq (sk_policy_silence (made, "y", "/p", "", A)->who, "sato");
}
END_TEST

START_TEST (test_empty)
{
  const char *const texts[] = { "", "# none\n", "[]", "---\n" };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SkPolicy) made = policy (texts[i]);
      ck_assert (!silenced (made, "x", "/p", A, A));
    }
}
END_TEST

static const struct
{
  const char *text, *message;
} wrong[] = {
  { "id: x\n", "/a.yaml:1:1: a list" },
  { "- x\n", "/a.yaml:1:3: a silence" },
  { "- id: x\n" BY, "/a.yaml:1:3: path or sha256 is missing" },
  { "- path: x\n" BY, "/a.yaml:1:3: id is missing" },
  { "- id: x\n  path: x\n  why: w\n  expires: 2027-01-01\n", "/a.yaml:1:3: who is missing" },
  { "- id: x\n  path: x\n  who: w\n  expires: 2027-01-01\n", "/a.yaml:1:3: why is missing" },
  { "- id: x\n  path: x\n  who: w\n  why: w\n", "/a.yaml:1:3: expires is missing" },
  { "- id: x\n  path: x\n  who: w\n  why: ''\n  expires: 2027-01-01\n",
    "/a.yaml:4:8: why: a text" },
  { "- id: x\n  path: x\n  who: ~\n  why: w\n  expires: 2027-01-01\n", "/a.yaml:3:8: who: a text" },
  { "- id: x\n  path: x\n  who: w\n  why: w\n  expires: never\n", "/a.yaml:5:12: expires: a day" },
  { "- id: x\n  path: x\n  who: w\n  why: w\n  expires: 0\n", "/a.yaml:5:12: expires: a day" },
  { "- id: x\n  path: x\n  when: 2027-01-01\n" BY, "/a.yaml:1:3: it expires before" },
  { "- id: '*'\n  path: x\n" BY, "/a.yaml:1:3: id \"*\" needs" },
  { "- id: 'yara.*'\n  path: x\n" BY, "/a.yaml:1:7: id: a whole id" },
  { "- id: x\n  path: '[a'\n" BY, "/a.yaml:2:9: path: not a pattern" },
  { "- id: x\n  path: [a]\n" BY, "/a.yaml:2:9: path: a text" },
  { "- id: x\n  sha256: 1234\n" BY, "/a.yaml:2:11: sha256: 64" },
  { "- id: x\n  sha256: g" A "\n" BY, "/a.yaml:2:11: sha256: 64" },
  { "- id: x\n  Path: x\n" BY, "/a.yaml:2:3: unknown key \"Path\"" },
  { "- id: x\n  id: x\n" BY, "/a.yaml:2:3: the key \"id\"" },
  { "- id: &a x\n  path: *a\n" BY, "/a.yaml:1:" },
};

START_TEST (test_wrong)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (policy_of (wrong[_i].text, NULL, &error));
  ck_assert (g_error_matches (error, SK_ERROR, SK_ERROR_CONFIG));
  ck_assert_msg (g_str_has_prefix (error->message, wrong[_i].message), "%s", error->message);
}
END_TEST

START_TEST (test_all_mistakes_at_once)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (
      policy_of ("- id: x\n  path: p\n  what: 1\n" BY "- id: y\n" BY, "- [", &error));
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 3);
  ck_assert (g_str_has_prefix (lines[0], "/a.yaml:3:3: "));
  ck_assert (g_str_has_prefix (lines[1], "/a.yaml:7:3: "));
  ck_assert (g_str_has_prefix (lines[2], "/b.yaml:"));
}
END_TEST

START_TEST (test_write_and_read)
{
  SkSilence silence = { .id = (char *)"yara.a \"b\"",
                        .path = (char *)"/m/\\[x]\n*",
                        .sha256 = (char *)A,
                        .who = (char *)"佐藤",
                        .why = (char *)"line\nline: # \xe2\x80\xae",
                        .when = NOW,
                        .expires = NOW + 86400 };
  g_autofree char *text = sk_silence_to_yaml (&silence);
  silence.path = NULL;
  silence.when = 0;
  silence.id = (char *)"*";
  g_autofree char *more = sk_silence_to_yaml (&silence);
  g_autofree char *both = g_strconcat ("- id: q\n  path: '*'\n" BY, text, more, NULL);
  g_autoptr (SkPolicy) made = policy (both);
  const SkSilence *found = sk_policy_silence (made, "yara.a \"b\"", "/m/[x]\nz", A, "");
  ck_assert_ptr_nonnull (found);
  ck_assert_str_eq (found->path, "/m/\\[x]\n*");
  ck_assert_str_eq (found->who, "佐藤");
  ck_assert_str_eq (found->why, "line\nline: # \xe2\x80\xae");
  ck_assert_int_eq (found->when, NOW);
  ck_assert_int_eq (found->expires, NOW + 86400);
  found = sk_policy_silence (made, "other", "/x", A, "");
  ck_assert_ptr_nonnull (found);
  ck_assert_ptr_null (found->path);
  ck_assert_int_eq (found->when, 0);
}
END_TEST

/* 20,000 silences and 200,000 questions: looking at each of them would take minutes. */
START_TEST (test_many)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 10000; i++)
    g_string_append_printf (text,
                            "- {id: '*', sha256: '%064x', who: s, why: w, expires: 2027-01-01}\n"
                            "- {id: rule.%d, path: '*', who: s, why: w, expires: 2027-01-01}\n",
                            i, i);
  g_autoptr (SkPolicy) made = policy (text->str);
  uint32_t active, expired, hits = 0;
  sk_policy_count (made, &active, &expired);
  ck_assert_uint_eq (active, 20000);
  for (int i = 0; i < 200000; i++)
    {
      char id[32], digest[65];
      g_snprintf (id, sizeof id, "rule.%d", i);
      g_snprintf (digest, sizeof digest, "%064x", i + 5000);
      hits += silenced (made, id, "/p", digest, B);
    }
  ck_assert_uint_eq (hits, 10000);
}
END_TEST

START_TEST (test_reason_levels)
{
  SkPolicySettings settings;
  sk_policy_settings_init (&settings);
  ck_assert_int_eq (settings.reason_level[SK_REASON_CRASH], SK_LEVEL_MEDIUM);
  settings.reason_level[SK_REASON_ENCRYPTED] = SK_LEVEL_HIGH;
  g_autoptr (SkBundle) bundle = sk_bundle_new ();
  g_autoptr (SkPolicy) made = sk_policy_new (&settings, bundle, NOW, NULL);
  ck_assert_int_eq (sk_policy_reason_level (made, SK_REASON_ENCRYPTED), SK_LEVEL_HIGH);
  ck_assert_int_eq (sk_policy_reason_level (made, SK_REASON_LIMIT), SK_LEVEL_LOW);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("policy");
  TCase *cover = tcase_create ("cover");
  tcase_add_test (cover, test_by_path);
  tcase_add_test (cover, test_by_content);
  tcase_add_test (cover, test_all_of_one_content);
  tcase_add_test (cover, test_both_must_hold);
  tcase_add_test (cover, test_expiry);
  tcase_add_test (cover, test_first_in_order);
  tcase_add_test (cover, test_many);
  tcase_add_test (cover, test_reason_levels);
  suite_add_tcase (suite, cover);
  TCase *file = tcase_create ("file");
  tcase_add_test (file, test_empty);
  tcase_add_loop_test (file, test_wrong, 0, G_N_ELEMENTS (wrong));
  tcase_add_test (file, test_all_mistakes_at_once);
  tcase_add_test (file, test_write_and_read);
  suite_add_tcase (suite, file);
  return sk_test_main (suite);
}
