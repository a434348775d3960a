/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rules in groups and literals before rules: what is kept apart on which
 * proof, and that findings are those of libyara alone.
 *
 * The second is tried on rules and objects that are made of the same few
 * bytes, so that matches, near misses and matches that touch each other or the
 * ends of the object are the normal case.
 */
#include "config.h"

#include "sk-test.h"
#include "yara-host.h"
#include "yara-plugin.h"

#include <stdlib.h>
#include <string.h>

/* ---- which groups ---- */

static const YaraSet *
set_of (const Host *host)
{
  return ((const YaraContext *) host->context)->set;
}

/** "ANY PROGRAM…" of the groups in which the rule stands, `*` after it where unfiltered. */
static char *
gates_of (const Host *host, const char *id)
{
  static const char *const names[] = { "any", "program", "other", "elf" };
  GString *text = g_string_new (NULL);
  const GPtrArray *groups = set_of (host)->groups;
  for (guint i = 0; i < groups->len; i++)
    {
      const YaraGroup *group = groups->pdata[i];
      for (guint k = 0; k < group->infos->len; k++)
        if (strcmp (g_array_index (group->infos, YaraRule, k).info.id, id) == 0)
          g_string_append_printf (text, "%s%s%s", text->len > 0 ? " " : "", names[group->gate],
                                  group->filtered ? "" : "*");
    }
  return g_string_free (text, FALSE);
}


static const struct
{
  const char *condition, *gates;
} conditions[] = {
  { "filesize > 3", "any" },
  { "uint16(0) == 0x5a4d", "program" },
  { "uint16(0) == 23117", "program" },
  { "uint16be(0) == 0x4D5A", "program" },
  { "0x5A4D == uint16(0)", "program" },
  { "uint32(0) == 0x00905a4d", "program" },
  { "uint16(0) == 0x5a4d and filesize < 3", "program" },
  { "(filesize < 3 and (uint16(0) == 0x5a4d))", "program" },
  { "uint16(0) == 0x5a4d and 1 == 1 or uint16(0) == 0x5a4d and 2 == 2", "program" },
  { "uint16(0) == 0x5a4d or filesize < 3", "any" },
  { "not uint16(0) == 0x5a4d", "any" },
  { "uint16(0) != 0x5a4d", "any" },
  { "uint16(0) == 0x5a4e", "any" },
  { "uint16(1) == 0x5a4d", "any" },
  { "uint8(0) == 0x4d", "any" },
  { "uint32(0) == 0x5a4d0000", "any" },
  { "defined uint16(0)", "any" },
  { "uint32(0) == 0x464c457f", "elf" },
  { "uint32be(0) == 0x7f454c46 and filesize < 3", "elf" },
  { "uint16(0) == 0x457f", "any" },
  { "pe.number_of_sections > 3", "program" },
  { "pe.is_pe", "program" },
  { "pe.is_dll()", "program" },
  { "pe.imphash() == \"x\" and filesize < 3", "program" },
  { "pe.exports(\"a\") or pe.imports(\"b\")", "program" },
  { "for any i in (0..pe.number_of_sections - 1) : ( pe.sections[i].name == \"x\" )", "program" },
  { "for any i in (0..pe.number_of_sections - 1) : ( uint8(i) == 3 )", "program" },
  { "not pe.is_pe", "any" },
  { "pe.is_pe == 0", "any" },
  { "not defined pe.number_of_sections", "any" },
  { "pe.MACHINE_I386 == 0x14c", "any" },
  { "pe.is_pe or filesize < 3", "program other" },
  { "filesize < 3 or (pe.imphash() == \"x\" and filesize < 9)", "program other" },
  { "filesize < 3 or pe.entry_point == filesize", "any" },
  { "filesize < 3 or (uint16(0) == 0x5a4d and pe.entry_point == filesize)", "program other" },
  { "filesize < 3 and not pe.is_pe", "any" },
};

START_TEST (conditions_are_kept_apart_on_proof_only)
{
  Host *host = host_new ();
  g_autofree char *rule = g_strdup_printf ("import \"pe\" rule r { condition: %s }",
                                           conditions[_i].condition);
  host_source (host, "/rules/test.yar", rule);
  host_configure (host);
  g_autofree char *gates = gates_of (host, "yara.test.r");
  ck_assert_str_eq (gates, conditions[_i].gates);
  host_free (host);
}
END_TEST

static const struct
{
  const char *rule, *gates;
} rules[] = {
  { "rule r { strings: $m = \"MZ\" condition: $m at 0 and filesize > 3 }", "program" },
  { "rule r { strings: $m = { 4D 5A 90 00 } condition: $m at 0 }", "program" },
  { "rule r { strings: $m = \"MZ\" nocase condition: $m at 0 }", "any" },
  { "rule r { strings: $m = \"MZ\" wide condition: $m at 0 }", "any" },
  { "rule r { strings: $m = \"MX\" condition: $m at 0 }", "any" },
  { "rule r { strings: $m = \"MZ\" condition: $m at 1 }", "any" },
  { "rule r { strings: $m = \"MZ\" condition: not $m at 0 }", "any" },
  { "rule r { strings: $m = { 4D 5? 90 00 } condition: $m at 0 }", "any" },
  { "rule r { strings: $a = \"needle\" condition: $a at pe.entry_point }", "program" },
  { "rule r { strings: $a = \"needle\" condition: $a or $a at pe.entry_point }", "program other" },
  { "rule r { strings: $a = \"needle\" $b = \"thread\" condition: $a or ($b and pe.is_pe) }",
    "program other" },
  { "private rule p { condition: uint16(0) == 0x5a4d } rule r { condition: p and filesize > 1 }",
    "program" },
  { "private rule p { condition: uint16(0) == 0x5a4d } rule r { condition: not p }", "any" },
  { "global rule p { condition: uint16(0) == 0x5a4d } rule r { condition: true }", "program" },
  { "rule p { condition: filesize > 1 } rule r { condition: p and uint16(0) == 0x5a4d }", "any" },
  { "rule r { strings: $a = { 00 00 00 00 } condition: $a }", "any*" },
  { "rule r { strings: $a = /[a-z]{8}/ condition: $a }", "any*" },
  { "rule r { strings: $a = \"needle\" condition: $a and entrypoint > 3 }", "any*" },
  { "rule r { strings: $a = \"needle\" $b = /[0-9]+/ condition: all of them }", "any*" },
  { "rule r { strings: $a = { 8B ?? 83 ?? E8 ?? 75 } condition: $a }", "any" },
  { "rule r { strings: $a = /(foo|bar)[0-9]{2,8}/ condition: $a }", "any" },
  { "rule r { strings: $a = \"http://\" xor condition: $a }", "any" },
  { "rule r { strings: $a = \"needle\" base64 condition: $a }", "any" },
};

START_TEST (rules_are_kept_apart_on_proof_only)
{
  Host *host = host_new ();
  g_autofree char *text = g_strdup_printf ("import \"pe\" %s", rules[_i].rule);
  host_source (host, "/rules/test.yar", text);
  host_configure (host);
  g_autofree char *gates = gates_of (host, "yara.test.r");
  ck_assert_str_eq (gates, rules[_i].gates);
  host_free (host);
}
END_TEST

START_TEST (it_can_be_switched_off)
{
  Host *host = host_new ();
  sk_fake_setup_option (host->setup, "prefilter", "false");
  host_source (host, "/rules/test.yar", "import \"pe\" rule r { condition: pe.is_pe }");
  host_configure (host);
  g_autofree char *gates = gates_of (host, "yara.test.r");
  ck_assert_str_eq (gates, "any*");
  host_free (host);
}
END_TEST

START_TEST (a_rule_in_two_groups_is_one_rule)
{
  Host *host = host_new ();
  host_source (host, "/rules/test.yar",
               "import \"pe\"\nrule r { strings: $a = \"needle\" condition: $a or pe.is_pe }");
  host_configure (host);
  ck_assert_uint_eq (host->setup->rules->len, 1);
  ck_assert_uint_eq (host_rule (host, "yara.test.r")->line, 2);
  host_judge (host, "a needle", 8);
  g_autofree char *plain = host_matches (host);
  ck_assert_str_eq (plain, "yara.test.r $a@0x2\n");
  host_judge (host, "MZ needle", 9);
  g_autofree char *program = host_matches (host);
  ck_assert_str_eq (program, "yara.test.r $a@0x3\n");
  host_free (host);
}
END_TEST

/* ---- the same findings ---- */

typedef struct Pair {
  Host *plain, *filtered;
  uint64_t matches;
} Pair;

static Pair
pair_new (void)
{
  Pair pair = { host_new (), host_new (), 0 };
  sk_fake_setup_option (pair.plain->setup, "prefilter", "false");
  return pair;
}

static void
pair_source (Pair *pair, const char *path, const char *text)
{
  host_source (pair->plain, path, text);
  host_source (pair->filtered, path, text);
}

static void
pair_start (Pair *pair)
{
  ck_assert_int_eq (host_configure (pair->plain), SK_OK);
  ck_assert_int_eq (host_configure (pair->filtered), SK_OK);
  g_autofree char *plain = host_problems (pair->plain);
  g_autofree char *filtered = host_problems (pair->filtered);
  ck_assert_str_eq (plain, filtered);
}

static void
pair_judge (Pair *pair, const void *bytes, size_t size)
{
  host_judge (pair->plain, bytes, size);
  host_judge (pair->filtered, bytes, size);
  g_autofree char *plain = host_matches (pair->plain);
  g_autofree char *filtered = host_matches (pair->filtered);
  ck_assert_str_eq (plain, filtered);
  g_autofree char *plain_missed = host_not_inspected (pair->plain);
  g_autofree char *filtered_missed = host_not_inspected (pair->filtered);
  ck_assert_str_eq (plain_missed, filtered_missed);
  for (const char *p = plain; *p != '\0'; p++)
    pair->matches += *p == '\n';
}

static void
pair_free (Pair *pair)
{
  host_free (pair->plain);
  host_free (pair->filtered);
}

static const char alphabet[] = "abAB_ \0";

static char
any_byte (GRand *rand)
{
  return alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
}

static const char *
one_of (GRand *rand, const char *const *list, int count)
{
  return list[g_rand_int_range (rand, 0, count)];
}

#define ONE_OF(rand, list) one_of (rand, list, (int) G_N_ELEMENTS (list))

static void
put_text_string (GRand *rand, GString *rule)
{
  static const char *const modifiers[]
      = { "",      "",       "wide",      "ascii wide", "nocase", "fullword", "fullword wide",
          "xor",   "wide nocase", "ascii wide fullword", "private" };
  int length = g_rand_int_range (rand, 2, 9);
  g_string_append (rule, "\"");
  for (int i = 0; i < length; i++)
    g_string_append_printf (rule, "\\x%02x", (unsigned char) any_byte (rand));
  g_string_append_printf (rule, "\" %s", ONE_OF (rand, modifiers));
}

static void
put_hex_string (GRand *rand, GString *rule)
{
  static const char *const gaps[] = { "?? ", "4? ", "?1 ", "[1-3] ", "[0-40] ", "(61 | 41 42) ",
                                      "[2-300] ", "[0-] " };
  int length = g_rand_int_range (rand, 3, 10);
  g_string_append (rule, "{ ");
  for (int i = 0; i < length; i++)
    {
      g_string_append_printf (rule, "%02X ", (unsigned char) any_byte (rand));
      if (i + 1 < length && g_rand_int_range (rand, 0, 4) == 0)
        g_string_append (rule, ONE_OF (rand, gaps));
    }
  g_string_append (rule, "}");
}

static void
put_expression (GRand *rand, GString *rule)
{
  static const char *const pieces[]
      = { "ab",   "a",  "B",   "_",   "[aA]", "a+",   "b*",      "(ab|B_)", ".",    "a{2,5}",
          "\\x20", "\\b", "\\w", "\\s", "abA",  "A_B", ".{0,20}", "[^a]",   "b{1,}", "(a|b|AB)" };
  static const char *const modifiers[] = { "", "", "nocase", "wide", "ascii wide", "fullword" };
  int length = g_rand_int_range (rand, 2, 7);
  g_string_append (rule, "/");
  if (g_rand_int_range (rand, 0, 8) == 0)
    g_string_append (rule, "^");
  for (int i = 0; i < length; i++)
    g_string_append (rule, ONE_OF (rand, pieces));
  if (g_rand_int_range (rand, 0, 8) == 0)
    g_string_append (rule, "$");
  g_string_append_printf (rule, "/%s %s", g_rand_boolean (rand) ? "" : "s",
                          ONE_OF (rand, modifiers));
}

static char *
random_rule (GRand *rand, unsigned number)
{
  static const char *const forms[]
      = { "any of them",
          "all of them",
          "2 of them",
          "#a > 2",
          "#a == 1 and any of them",
          "$a and not $b",
          "$a at 0 or $b",
          "$a in (10..200) or #b > 3",
          "@a[1] < @b[1]",
          "for any of them : ( # > 4 )",
          "for all i in (1..#a) : ( @a[i] < 500 ) and $b",
          "uint16(0) == 0x5a4d and any of them",
          "uint32(0) == 0x464c457f and $a",
          "any of them or pe.is_pe",
          "filesize < 800 and ($a or $b)",
          "!a[1] > 3 or $b",
          "$a at 2 and filesize > 3 or $b at 4",
          "not $a and not $b",
          "#a in (0..100) > 1 or $b" };
  GString *rule = g_string_new ("import \"pe\"\n");
  g_string_append_printf (rule, "rule r%u { strings: ", number);
  for (unsigned i = 0; i < 2; i++)
    {
      g_string_append_printf (rule, " $%c = ", 'a' + (int) i);
      int kind = g_rand_int_range (rand, 0, 3);
      if (kind == 0)
        put_text_string (rand, rule);
      else if (kind == 1)
        put_hex_string (rand, rule);
      else
        put_expression (rand, rule);
    }
  g_string_append_printf (rule, " condition: (%s) and (#a >= 0 or #b >= 0) }",
                          ONE_OF (rand, forms));
  return g_string_free (rule, FALSE);
}

/** Mostly bytes that no string has, with pieces of the alphabet in between and at the ends. */
static GByteArray *
random_object (GRand *rand)
{
  GByteArray *object = g_byte_array_new ();
  int pieces = g_rand_int_range (rand, 0, 12);
  bool is_wide = g_rand_int_range (rand, 0, 4) == 0;
  if (g_rand_int_range (rand, 0, 4) == 0)
    g_byte_array_append (object, (const guint8 *) "MZ", 2);
  else if (g_rand_int_range (rand, 0, 4) == 0)
    g_byte_array_append (object, (const guint8 *) "\x7f" "ELF", 4);
  for (int i = 0; i < pieces; i++)
    {
      int run = g_rand_int_range (rand, 1, 40), gap = g_rand_int_range (rand, 0, 200);
      guint8 key = g_rand_int_range (rand, 0, 5) == 0 ? (guint8) g_rand_int (rand) : 0;
      for (int k = 0; k < run; k++)
        {
          guint8 bytes[2] = { (guint8) any_byte (rand) ^ key, key };
          g_byte_array_append (object, bytes, is_wide ? 2 : 1);
        }
      for (int k = 0; k < gap && i + 1 < pieces; k++)
        g_byte_array_append (object, (const guint8 *) "~", 1);
    }
  return object;
}

START_TEST (random_rules_find_the_same)
{
  GRand *rand = g_rand_new_with_seed ((guint32) (4711 + _i));
  Pair pair = pair_new ();
  for (unsigned i = 0; i < 120; i++)
    {
      g_autofree char *path = g_strdup_printf ("/rules/r%03u.yar", i);
      g_autofree char *rule = random_rule (rand, i);
      pair_source (&pair, path, rule);
    }
  pair_start (&pair);
  ck_assert_uint_ge (pair.plain->setup->rules->len, 60);
  for (unsigned i = 0; i < 150; i++)
    {
      g_autoptr (GByteArray) object = random_object (rand);
      pair_judge (&pair, object->data, object->len);
    }
  ck_assert_uint_ge (pair.matches, 1000);
  pair_free (&pair);
  g_rand_free (rand);
}
END_TEST

/** A needle at each distance from what would make it no whole word, from the ends, from others. */
START_TEST (edges_of_windows)
{
  Pair pair = pair_new ();
  pair_source (
      &pair, "/rules/test.yar",
      "rule is_word { strings: $a = \"needle\" fullword condition: $a }"
      "rule is_wide { strings: $a = \"needle\" fullword wide condition: $a }"
      "rule at_start { strings: $a = /^needle/ condition: $a }"
      "rule at_end { strings: $a = /needle$/ condition: $a }"
      "rule at_border { strings: $a = /\\bneedle\\b/ condition: $a }"
      "rule in_number { strings: $a = \"needle\" $b = \"thread\" condition: #a == 2 and #b == 1 "
      "and @b[1] > @a[1] }"
      "rule in_chain { strings: $a = { 6E 65 65 64 6C 65 [250-700] 74 68 72 65 61 64 } "
      "condition: $a }"
      "rule over_much { strings: $a = /needle.{0,600}thread/s condition: $a }"
      "rule at_seven { strings: $a = \"needle\" fullword condition: $a at 7 }");
  pair_start (&pair);
  for (size_t gap = 0; gap < 40; gap++)
    for (size_t kind = 0; kind < 4; kind++)
      {
        static const char fillers[] = { '~', 'x', '\0', 'n' };
        g_autoptr (GByteArray) object = g_byte_array_new ();
        guint8 filler = (guint8) fillers[kind];
        for (size_t i = 0; i < gap; i++)
          g_byte_array_append (object, &filler, 1);
        g_byte_array_append (object, (const guint8 *) "needle", 6);
        for (size_t i = 0; i < gap * 19; i++)
          g_byte_array_append (object, &filler, 1);
        g_byte_array_append (object, (const guint8 *) "thread", 6);
        for (size_t i = 0; i < gap / 3; i++)
          g_byte_array_append (object, &filler, 1);
        g_byte_array_append (object, (const guint8 *) "needle", 6);
        pair_judge (&pair, object->data, object->len);
      }
  ck_assert_uint_ge (pair.matches, 300);
  pair_free (&pair);
}
END_TEST

START_TEST (a_large_object_in_pieces)
{
  const size_t size = (size_t) 130 << 20;
  g_autofree char *bytes = g_malloc0 (size);
  memcpy (bytes + (((size_t) 64 << 20) - 3), "needle", 6); /* across the border of a piece */
  memcpy (bytes + size - 6, "needle", 6);
  Host *host = host_new ();
  host_source (host, "/rules/test.yar",
               "rule r { strings: $a = \"needle\" condition: #a == 2 and @a[2] == filesize - 6 }");
  host_configure (host);
  host_judge (host, bytes, size);
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.r $a@0x3fffffd\n");
  ck_assert_uint_ge (host->object->worked, size / 1024);
  host_free (host);
}
END_TEST

START_TEST (rules_without_string_see_all_of_the_object)
{
  Host *host = host_new ();
  host_source (
      host, "/rules/test.yar",
      "import \"hash\" import \"math\" "
      "rule a_size { condition: filesize == 12 } rule a_byte { condition: uint8(11) == 0x78 } "
      "rule a_hash { condition: hash.md5(0, 3) == \"900150983cd24fb0d6963f7d28e17f72\" } "
      "rule a_mean { condition: math.mean (0, filesize) > 90.0 } "
      "rule a_none { strings: $a = \"needle\" condition: not $a }");
  host_configure (host);
  host_judge (host, "abcxxxxxxxxx", 12);
  g_autofree char *matches = host_matches (host);
  ck_assert_str_eq (matches, "yara.test.a_byte -\nyara.test.a_hash -\nyara.test.a_mean -\n"
                             "yara.test.a_none -\nyara.test.a_size -\n");
  host_free (host);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("yara-filter");
  TCase *groups = tcase_create ("groups");
  tcase_add_loop_test (groups, conditions_are_kept_apart_on_proof_only, 0,
                       (int) G_N_ELEMENTS (conditions));
  tcase_add_loop_test (groups, rules_are_kept_apart_on_proof_only, 0, (int) G_N_ELEMENTS (rules));
  tcase_add_test (groups, it_can_be_switched_off);
  tcase_add_test (groups, a_rule_in_two_groups_is_one_rule);
  suite_add_tcase (suite, groups);
  TCase *same = tcase_create ("same");
  tcase_set_timeout (same, 240);
  tcase_add_loop_test (same, random_rules_find_the_same, 0, 8);
  tcase_add_test (same, edges_of_windows);
  tcase_add_test (same, a_large_object_in_pieces);
  tcase_add_test (same, rules_without_string_see_all_of_the_object);
  suite_add_tcase (suite, same);
  return sk_test_main (suite);
}
