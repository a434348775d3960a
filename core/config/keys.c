/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of keys. Nothing but data and look-up: how a value is read and
 * written stands in values.c.
 *
 * The upper ends of `limits` are what the program can honestly look into:
 * a limit that it could not keep is refused, not cut down in silence.
 */
#include "config.h"

#include "config/keys.h"

#include "base/i18n.h"
#include "base/limits.h"

#include <string.h>

static const char *const level_words[] = { "informational", "low", "medium", "high", "critical", NULL };
static const char *const wall_words[] = { "prefer", "require", NULL };
static const char *const format_words[] = { "auto", "tree", "rfc5424", "json", NULL };
static const char *const language_words[] = { "auto", "en", "ja", NULL };
static const char *const when_words[] = { "auto", "always", "never", NULL };
static const char *const progress_words[] = { "auto", "never", NULL };
static const char *const facility_words[]
    = { "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
        "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3",
        "local4", "local5", "local6", "local7", NULL };
static const char *const auto_word[] = { "auto", NULL };
static const char *const cache_words[] = { "auto", "none", NULL };
static const char *const none_word[] = { "none", NULL };
static const char *const built_in_word[] = { "built-in", NULL };

#define AT(member) offsetof (SkSettings, member)
#define LIMIT(name, type, member, initial, least, most, meaning)                                   \
  { "limits." name, type, AT (member), initial, least, most, NULL, meaning }
#define REASON(word, reason, initial, meaning)                                                     \
  { "not-inspected." word, SK_KEY_WORD, AT (policy.reason_level[reason]), initial, 0, 0,          \
    level_words, meaning }

static const SkKey keys[] = {
  { "jobs", SK_KEY_UINT32, AT (run.jobs), "auto", 1, 256, auto_word,
    N_ ("Workers that inspect side by side; auto is one for each processor that may be used.") },
  { "sandbox", SK_KEY_WORD, AT (sandbox), "prefer", 0, 0, wall_words,
    N_ ("What to do where the kernel lacks Landlock or seccomp: prefer says so and goes on, require "
        "refuses to start.") },
  { "fail-on", SK_KEY_WORD, AT (fail_on), "medium", 0, 0, level_words,
    N_ ("A scan ends with status 1 when a rule's finding has this level or a graver one.") },

  LIMIT ("depth", SK_KEY_UINT32, run.limits.depth, "12", 1, 64,
         N_ ("Containers within containers that are opened.")),
  LIMIT ("objects", SK_KEY_UINT64, run.limits.objects, "100000", 1, 100000000,
         N_ ("Objects that come out of one input.")),
  LIMIT ("object-bytes", SK_KEY_SIZE, run.limits.object_bytes, "2GiB", SK_MIB, 64 * SK_GIB,
         N_ ("Bytes of one object that comes out of a container; not more than job-bytes.")),
  LIMIT ("job-bytes", SK_KEY_SIZE, run.limits.job_bytes, "8GiB", SK_MIB, 1024 * SK_GIB,
         N_ ("Bytes of all objects that come out of one input.")),
  LIMIT ("input-bytes", SK_KEY_SIZE, run.limits.input_bytes, "16GiB", SK_MIB, 1024 * SK_GIB,
         N_ ("Bytes of one input that are looked at, from its start; a longer one is not inspected in "
             "full and gets no digest.")),
  LIMIT ("ratio", SK_KEY_UINT32, run.limits.ratio, "200", 2, 100000,
         N_ ("Bytes that a container gives for each byte of it, counted beyond 16 MiB; runs of one byte "
             "count nothing.")),
  LIMIT ("work", SK_KEY_UINT64, run.limits.work, "100000000", 100000, UINT64_C (1000000000000),
         N_ ("Steps of work for one input (about 1 KiB each) beside those that its size gives.")),
  LIMIT ("windows", SK_KEY_UINT64, run.limits.windows, "1000000", 1, 100000000,
         N_ ("Parts into which one large input may be split.")),
  LIMIT ("backstop", SK_KEY_UINT32, run.backstop, "60", 1, 3600,
         N_ ("Seconds that a plugin may take without any progress.")),
  LIMIT ("worker-memory", SK_KEY_SIZE, zygote.sandbox.memory, "1GiB", 64 * SK_MIB, 256 * SK_GIB,
         N_ ("Memory of one worker beyond the input and the rules that all share.")),
  LIMIT ("results-bytes", SK_KEY_SIZE, run.results_bytes, "256MiB", 64 * SK_KIB, 64 * SK_GIB,
         N_ ("Disk space for results that wait for their turn in the order, and as much for the parts of "
             "inputs that wait to be inspected.")),
  LIMIT ("run-file-bytes", SK_KEY_SIZE, run.run_file_bytes, "4GiB", 64 * SK_KIB, 1024 * SK_GIB,
         N_ ("Disk space for records that wait for the end of a run.")),

  { "plugins.path", SK_KEY_PATHS, AT (zygote.engine.plugin_path), "[built-in]", 0, 0, built_in_word,
    N_ ("Folders in which plugins are looked for, first one first; built-in is the program's own.") },
  { "plugins.load", SK_KEY_TEXTS, AT (zygote.engine.plugin_order), "[identify, name, hash, autorun, zip, archive, media, log, yara]", 0, 0,
    NULL, N_ ("The plugins that are loaded; within each phase they run in this order.") },

  { "rules.yara", SK_KEY_PATHS, AT (yara_paths), "[built-in]", 0, 0, built_in_word,
    N_ ("YARA rule files, and folders with them; built-in are the rules that come with the program.") },
  { "rules.hash-lists", SK_KEY_PATHS, AT (list_paths), "[]", 0, 0, NULL,
    N_ ("Lists of hashes to deny or allow, and folders with them.") },
  { "rules.type-tables", SK_KEY_PATHS, AT (table_paths), "[]", 0, 0, NULL,
    N_ ("Tables of the types that an extension admits (.types), and folders with them; they add to the "
        "built-in one.") },
  { "rules.sigma", SK_KEY_PATHS, AT (sigma_paths), "[built-in]", 0, 0, built_in_word,
    N_ ("Sigma rule files, and folders with them (.yml, .yaml, but no .test.yml); built-in are the rules "
        "that come with the program.") },
  { "rules.logsources", SK_KEY_PATHS, AT (logsource_paths), "[built-in]", 0, 0, built_in_word,
    N_ ("Tables of what the logsources of Sigma rules mean, and folders with them; built-in are those "
        "that come with the program.") },
  { "rules.sigma-lists", SK_KEY_PATHS, AT (placeholder_paths), "[built-in]", 0, 0, built_in_word,
    N_ ("Lists (.txt, a value a line) for the placeholders of Sigma rules, and folders with them; a "
        "list's name is its file's up to the first dot.") },
  { "rules.strict", SK_KEY_BOOL, AT (zygote.engine.strict), "false", 0, 0, NULL,
    N_ ("Refuse to start when a rule file or list has to be left out.") },
  { "rules.cache-dir", SK_KEY_PATH, AT (zygote.engine.cache_dir), "auto", 0, 0, cache_words,
    N_ ("Folder for compiled rules. auto: the system's for root, $XDG_CACHE_HOME/sekisho or "
        "~/.cache/sekisho for others. none: compile at each start.") },

  { "correlate.groups", SK_KEY_UINT64, AT (run.correlate.groups), "1000000", 1, 1000000000, NULL,
    N_ ("Groups of events that all correlation rules keep at one time; past that the one that was quiet "
        "longest is forgotten, and that is reported.") },
  { "correlate.bytes", SK_KEY_SIZE, AT (run.correlate.bytes), "256MiB", SK_MIB, 256 * SK_GIB, NULL,
    N_ ("Memory for those groups.") },

  { "secrets.password-files", SK_KEY_PATHS, AT (password_paths), "[]", 0, 0, NULL,
    N_ ("Files with passwords, one a line, that are tried on whatever is locked; only their owner may be "
        "able to read them.") },

  { "scan.exclude", SK_KEY_TEXTS, AT (walk.exclude), "[]", 0, 0, NULL,
    N_ ("Patterns of paths that are not inspected (* and ? match slashes too); each is reported.") },
  { "scan.one-file-system", SK_KEY_BOOL, AT (walk.one_file_system), "false", 0, 0, NULL,
    N_ ("Do not enter folders on which another file system is mounted.") },
  { "scan.temporary", SK_KEY_PATH, AT (walk.temporary), "auto", 0, 0, auto_word,
    N_ ("Folder for temporary files, which never have a name. auto: the first of $TMPDIR, /var/tmp, "
        "/tmp and /dev/shm that can be written.") },
  { "scan.records", SK_KEY_PATH, AT (records), "none", 0, 0, none_word,
    N_ ("File for all records (of files and objects, lines of logs) as lines of JSON; it is overwritten. "
        "none: they are not kept.") },
  { "scan.progress", SK_KEY_WORD, AT (progress), "auto", 0, 0, progress_words,
    N_ ("The progress bar. auto: when standard error is a terminal.") },

  { "silences", SK_KEY_PATHS, AT (silence_paths), "[built-in]", 0, 0, built_in_word,
    N_ ("Files with silences, as sekisho-allow(1) writes them; it writes to the first.") },

  REASON ("encrypted", SK_REASON_ENCRYPTED, "low", N_ ("Level of what no password opened.")),
  REASON ("limit", SK_REASON_LIMIT, "low", N_ ("Level of what is over a limit.")),
  REASON ("timeout", SK_REASON_TIMEOUT, "medium",
          N_ ("Level of what a plugin did not come to an end with.")),
  REASON ("crash", SK_REASON_CRASH, "medium", N_ ("Level of what a plugin died on.")),
  REASON ("memory", SK_REASON_MEMORY, "medium",
          N_ ("Level of what a plugin had not enough memory for.")),
  REASON ("changed", SK_REASON_CHANGED, "medium",
          N_ ("Level of a file that changed or vanished while it was read.")),
  REASON ("unreadable", SK_REASON_UNREADABLE, "low",
          N_ ("Level of what the system refused to give.")),
  REASON ("malformed", SK_REASON_MALFORMED, "low",
          N_ ("Level of what is broken so that part of it could not be read.")),
  REASON ("unsupported", SK_REASON_UNSUPPORTED, "low",
          N_ ("Level of a format or method that nothing here reads.")),
  REASON ("truncated", SK_REASON_TRUNCATED, "low", N_ ("Level of what lacks its end.")),
  REASON ("rules", SK_REASON_RULES, "low",
          N_ ("Level of an object on which some rules were abandoned.")),
  REASON ("failed", SK_REASON_FAILED, "low",
          N_ ("Level of an object on which a plugin's environment failed.")),
  REASON ("cancelled", SK_REASON_CANCELLED, "low",
          N_ ("Level of what had not had its turn when the run was ended.")),

  { "alert.format", SK_KEY_WORD, AT (format), "auto", 0, 0, format_words,
    N_ ("Format of sinks that do not name their own. auto: tree on a terminal, else rfc5424.") },
  { "alert.facility", SK_KEY_WORD, AT (alert.facility), "local0", 0, 0, facility_words,
    N_ ("Syslog facility of alerts.") },
  { "alert.enterprise-number", SK_KEY_UINT32, AT (alert.enterprise), "32473", 1, UINT32_MAX, NULL,
    N_ ("Private enterprise number in the names of structured data.") },
  { "alert.host", SK_KEY_TEXT, AT (alert.host), "auto", 1, 255, auto_word,
    N_ ("Host name in alerts. auto: the system's.") },
  { "alert.max-size", SK_KEY_UINT32, AT (alert.max_size), "2048", 480, 65536, NULL,
    N_ ("Bytes of one syslog message; what is longer is cut and marked.") },
  { "alert.language", SK_KEY_WORD, AT (language), "auto", 0, 0, language_words,
    N_ ("Language of the titles of findings. auto: that of the locale.") },
  { "alert.color", SK_KEY_WORD, AT (color), "auto", 0, 0, when_words,
    N_ ("Colors in the tree. auto: on a terminal, unless NO_COLOR is set.") },

  { "sinks", SK_KEY_SINKS, AT (sinks), "[{type: stdout}]", 0, 0, NULL,
    N_ ("Where alerts go. Each has a type: stdout, file, syslog or journal; file needs a path, "
        "syslog may have one (default /dev/log) and rfc5424: true where the receiver reads that; "
        "format as in alert.format.") },
};

bool
sk_key_at (size_t index, const SkKey **ret_key)
{
  if (index >= G_N_ELEMENTS (keys))
    return false;
  *ret_key = &keys[index];
  return true;
}

const SkKey *
sk_key_find (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

/** The part of a key's name below `group`, or NULL when it is not below it. */
static const char *
below (const SkKey *key, const char *group)
{
  size_t length = strlen (group);
  if (length == 0)
    return key->name;
  if (strncmp (key->name, group, length) != 0 || key->name[length] != '.')
    return NULL;
  return key->name + length + 1;
}

bool
sk_key_is_group (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (below (&keys[i], name) != NULL)
      return true;
  return false;
}

char *
sk_key_siblings (const char *group)
{
  GString *text = g_string_new (NULL);
  const char *last = NULL;
  size_t last_length = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *part = below (&keys[i], group);
      if (part == NULL)
        continue;
      size_t length = strcspn (part, ".");
      /* Keys of one group stand together, so a repetition is always of the one before. */
      if (last != NULL && length == last_length && strncmp (part, last, length) == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      g_string_append_len (text, part, (gssize) length);
      last = part;
      last_length = length;
    }
  return g_string_free (text, FALSE);
}
