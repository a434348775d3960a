/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Compiled rules on disk, so that a start does not compile what the last one
 * compiled.
 *
 * libyara believes a compiled file whatever it holds, so ours is read only
 * from a folder and file that nobody but this user or root can write, and
 * handed on only when its digest is right. The digest finds damage; it is no
 * signature. A file that cannot be used is ignored and written anew.
 *
 * Layout: "SKYARA2\0", SHA-256 of all that follows, then u32 counts and texts
 * (u32 length, bytes; length UINT32_MAX: no text), all little-endian:
 * externals, problems, groups (units, gate, filtered, rules, compiled bytes with u64 length),
 * filters (yara-filter.c).
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "yara-plugin.h"

#define MAGIC "SKYARA2"
#define DIGEST_SIZE 32
#define HEAD_SIZE (sizeof MAGIC + DIGEST_SIZE)
/** Compiled sets kept in the folder: those of different configurations. */
#define KEPT_FILES 4
#define NO_TEXT UINT32_MAX

/* ---- the key ---- */

static void
digest_text (EVP_MD_CTX *digest, const char *text)
{
  EVP_DigestUpdate (digest, text, strlen (text) + 1);
}

static void
digest_number (EVP_MD_CTX *digest, uint64_t number)
{
  char text[24];
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, number);
  digest_text (digest, text);
}

/** libyara has no call that tells its version; its file does. */
static void
digest_library (EVP_MD_CTX *digest)
{
  Dl_info info;
  struct stat status;
  digest_number (digest, YR_VERSION_HEX);
  if (dladdr ((void *) (uintptr_t) yr_initialize, &info) == 0 || info.dli_fname == NULL
      || stat (info.dli_fname, &status) != 0)
    return;
  digest_text (digest, info.dli_fname);
  digest_number (digest, (uint64_t) status.st_size);
  digest_number (digest, (uint64_t) status.st_mtim.tv_sec);
  digest_number (digest, (uint64_t) status.st_mtim.tv_nsec);
}

static char *
hexadecimal (const uint8_t *bytes, size_t size)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
yara_cache_key (const GPtrArray *sources, const GArray *externals, bool split)
{
  EVP_MD_CTX *digest = EVP_MD_CTX_new ();
  uint8_t bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (digest == NULL || EVP_DigestInit_ex (digest, EVP_sha256 (), NULL) != 1)
    g_error ("SHA-256 is not available");
  digest_text (digest, MAGIC YARA_PLUGIN_VERSION);
  digest_library (digest);
  g_autofree char *platform = yara_filter_platform ();
  digest_text (digest, split ? platform : "whole");
  for (guint i = 0; i < externals->len; i++)
    {
      const YaraExternal *external = &g_array_index (externals, YaraExternal, i);
      digest_text (digest, external->name);
      digest_number (digest, external->type);
    }
  for (guint i = 0; i < sources->len; i++)
    {
      const YaraSource *source = sources->pdata[i];
      digest_text (digest, source->file.path);
      digest_number (digest, source->file.bytes.size);
      EVP_DigestUpdate (digest, source->file.bytes.data, source->file.bytes.size);
    }
  EVP_DigestFinal_ex (digest, bytes, &size);
  EVP_MD_CTX_free (digest);
  return hexadecimal (bytes, size);
}

/* ---- writing ---- */

static void
put_u32 (GByteArray *to, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (to, (const uint8_t *) &value, sizeof value);
}

static void
put_u64 (GByteArray *to, uint64_t value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (to, (const uint8_t *) &value, sizeof value);
}

static void
put_text (GByteArray *to, const char *text)
{
  put_u32 (to, text != NULL ? (uint32_t) strlen (text) : NO_TEXT);
  if (text != NULL)
    g_byte_array_append (to, (const uint8_t *) text, (guint) strlen (text));
}

static void
put_rule (GByteArray *to, const YaraRule *rule)
{
  const SkRuleInfo *info = &rule->info;
  put_u32 (to, rule->origin);
  put_u32 (to, rule->unit);
  put_u32 (to, rule->is_private);
  put_u32 (to, info->level);
  put_u32 (to, (uint32_t) info->score);
  put_u32 (to, info->line);
  const char *const texts[]
      = { info->id,        info->title,  info->title_ja, info->description,
          info->description_ja, info->falsepositives,
          info->falsepositives_ja, info->reference, info->attack,   info->det, info->author,
          info->file };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    put_text (to, texts[i]);
}

static size_t
stream_write (const void *bytes, size_t size, size_t count, void *data)
{
  GByteArray *to = data;
  if (size * count > YARA_MAX_CACHE - to->len)
    return 0;
  g_byte_array_append (to, bytes, (guint) (size * count));
  return count;
}

static bool
put_group (GByteArray *to, const YaraGroup *group)
{
  put_u32 (to, group->n_units);
  put_u32 (to, group->gate);
  put_u32 (to, group->filtered);
  put_u32 (to, group->infos->len);
  for (guint i = 0; i < group->infos->len; i++)
    put_rule (to, &g_array_index (group->infos, YaraRule, i));
  g_autoptr (GByteArray) compiled = g_byte_array_new ();
  YR_STREAM stream = { .user_data = compiled, .write = stream_write };
  if (yr_rules_save_stream (group->rules, &stream) != ERROR_SUCCESS)
    return false;
  put_u64 (to, compiled->len);
  return stream_write (compiled->data, 1, compiled->len, to) == compiled->len;
}

static bool
put_set (GByteArray *to, const YaraSet *set)
{
  put_u32 (to, set->uses_magic);
  put_u32 (to, set->externals->len);
  for (guint i = 0; i < set->externals->len; i++)
    put_text (to, g_array_index (set->externals, YaraExternal, i).name);
  put_u32 (to, set->problems->len);
  for (guint i = 0; i < set->problems->len; i++)
    {
      const YaraProblem *problem = &g_array_index (set->problems, YaraProblem, i);
      put_u32 (to, problem->left_out);
      put_u32 (to, problem->line);
      put_text (to, problem->file);
      put_text (to, problem->text);
    }
  put_u32 (to, set->groups->len);
  for (guint i = 0; i < set->groups->len; i++)
    if (!put_group (to, set->groups->pdata[i]))
      return false;
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    {
      put_u32 (to, set->filters[gate] != NULL);
      if (set->filters[gate] != NULL && !yara_filter_save (set->filters[gate], to))
        return false;
    }
  return to->len <= YARA_MAX_CACHE;
}

/* ---- reading ---- */

/** A text that lives in `strings`; NULL for none. False when the bytes end before. */
static bool
take_text (SkCursor *from, GStringChunk *strings, const char **ret_text)
{
  uint32_t length;
  SkSpan span;
  *ret_text = NULL;
  if (!sk_cursor_take_u32le (from, &length))
    return false;
  if (length == NO_TEXT)
    return true;
  if (!sk_cursor_take (from, length, &span))
    return false;
  *ret_text = g_string_chunk_insert_len (strings, (const char *) span.data, (gssize) span.size);
  return true;
}

static bool
take_rule (SkCursor *from, GStringChunk *strings, YaraRule *rule)
{
  SkRuleInfo *info = &rule->info;
  uint32_t is_private, level, score;
  if (!sk_cursor_take_u32le (from, &rule->origin) || !sk_cursor_take_u32le (from, &rule->unit)
      || !sk_cursor_take_u32le (from, &is_private) || !sk_cursor_take_u32le (from, &level)
      || !sk_cursor_take_u32le (from, &score) || !sk_cursor_take_u32le (from, &info->line)
      || level >= SK_N_LEVELS)
    return false;
  rule->is_private = is_private != 0;
  info->level = (SkLevel) level;
  info->score = (int32_t) score;
  const char **const texts[] = { &info->id,
                                 &info->title,
                                 &info->title_ja,
                                 &info->description,
                                 &info->description_ja,
                                 &info->falsepositives,
                                 &info->falsepositives_ja,
                                 &info->reference,
                                 &info->attack,
                                 &info->det,
                                 &info->author,
                                 &info->file };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!take_text (from, strings, texts[i]))
      return false;
  return info->id != NULL && info->title != NULL;
}

static size_t
stream_read (void *bytes, size_t size, size_t count, void *data)
{
  SkCursor *from = data;
  SkSpan span;
  size_t bytes_wanted;
  if (__builtin_mul_overflow (size, count, &bytes_wanted)
      || !sk_cursor_take (from, bytes_wanted, &span))
    return 0;
  if (span.size > 0)
    memcpy (bytes, span.data, span.size);
  return count;
}

static bool
take_group (SkCursor *from, YaraSet *set)
{
  uint32_t n_rules, gate, filtered;
  uint64_t size;
  SkCursor compiled;
  YaraGroup *group = yara_group_new ();
  g_ptr_array_add (set->groups, group);
  if (!sk_cursor_take_u32le (from, &group->n_units) || !sk_cursor_take_u32le (from, &gate)
      || !sk_cursor_take_u32le (from, &filtered) || !sk_cursor_take_u32le (from, &n_rules)
      || gate >= YARA_N_GATES)
    return false;
  group->gate = (YaraGate) gate;
  group->filtered = filtered != 0;
  for (uint32_t i = 0; i < n_rules; i++)
    {
      YaraRule rule = { 0 };
      if (!take_rule (from, set->strings, &rule) || rule.unit >= group->n_units)
        return false;
      g_array_append_val (group->infos, rule);
    }
  if (!sk_cursor_take_u64le (from, &size) || !sk_cursor_sub (from, size, &compiled))
    return false;
  YR_STREAM stream = { .user_data = &compiled, .read = stream_read };
  return yr_rules_load_stream (&stream, &group->rules) == ERROR_SUCCESS
         && group->rules->num_rules == n_rules;
}

static bool
take_filters (SkCursor *from, YaraSet *set)
{
  for (unsigned gate = 0; gate < YARA_N_GATES; gate++)
    {
      uint32_t present;
      if (!sk_cursor_take_u32le (from, &present))
        return false;
      if (present != 0)
        set->filters[gate] = yara_filter_load (from, set->groups->len);
      if (present != 0 && set->filters[gate] == NULL)
        return false;
    }
  return true;
}

static bool
take_external (SkCursor *from, YaraSet *set)
{
  const char *name;
  if (!take_text (from, set->strings, &name) || name == NULL)
    return false;
  /* subject and fact are the caller's to fill: they may differ from start to start */
  YaraExternal external = { .name = g_strdup (name) };
  g_array_append_val (set->externals, external);
  return true;
}

static bool
take_problem (SkCursor *from, YaraSet *set)
{
  uint32_t left_out, line;
  const char *file, *text;
  if (!sk_cursor_take_u32le (from, &left_out) || !sk_cursor_take_u32le (from, &line)
      || !take_text (from, set->strings, &file) || !take_text (from, set->strings, &text))
    return false;
  yara_set_problem (set, left_out != 0, file, line, text);
  return true;
}

static bool
take_list (SkCursor *from, YaraSet *set, bool (*take_one) (SkCursor *, YaraSet *))
{
  uint32_t count;
  if (!sk_cursor_take_u32le (from, &count))
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (!take_one (from, set))
      return false;
  return true;
}

static void
external_clear (void *data)
{
  g_free (((YaraExternal *) data)->name);
}

static YaraSet *
take_set (SkCursor *from)
{
  YaraSet *set = yara_set_new ();
  uint32_t uses_magic = 0;
  set->externals = g_array_new (FALSE, TRUE, sizeof (YaraExternal));
  g_array_set_clear_func (set->externals, external_clear);
  if (!sk_cursor_take_u32le (from, &uses_magic) || !take_list (from, set, take_external)
      || !take_list (from, set, take_problem) || !take_list (from, set, take_group)
      || !take_filters (from, set) || sk_cursor_left (from) != 0)
    g_clear_pointer (&set, yara_set_free);
  else
    set->uses_magic = uses_magic != 0;
  return set;
}

/* ---- files ---- */

/** Nobody but this user or root can change it. */
static bool
is_ours (const struct stat *status)
{
  return (status->st_uid == geteuid () || status->st_uid == 0)
         && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/** The folder, opened; -1 when others could write there. */
static int
open_folder (const char *folder)
{
  struct stat status;
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && (fstat (fd, &status) != 0 || !is_ours (&status)))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static char *
file_name (const char *key)
{
  return g_strdup_printf ("yara-%s.cache", key);
}

static bool
read_all (int fd, uint8_t *bytes, size_t size)
{
  for (size_t done = 0; done < size;)
    {
      ssize_t got = pread (fd, bytes + done, size - done, (off_t) done);
      if (got == 0 || (got < 0 && errno != EINTR))
        return false;
      done += got > 0 ? (size_t) got : 0;
    }
  return true;
}

/** The file's bytes; NULL with the reason. */
static uint8_t *
read_file (int folder_fd, const char *name, size_t *ret_size, const char **ret_why)
{
  struct stat status;
  uint8_t *bytes = NULL;
  int fd = openat (folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  *ret_why = NULL;
  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || !is_ours (&status))
    *ret_why = "others can write it";
  else if (status.st_size < (off_t) HEAD_SIZE || (uint64_t) status.st_size > YARA_MAX_CACHE)
    *ret_why = "it is damaged";
  else
    {
      *ret_size = (size_t) status.st_size;
      bytes = g_malloc (*ret_size);
      if (!read_all (fd, bytes, *ret_size))
        g_clear_pointer (&bytes, g_free);
    }
  close (fd);
  return bytes;
}

static bool
digest_fits (const uint8_t *bytes, size_t size)
{
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  return memcmp (bytes, MAGIC, sizeof MAGIC) == 0
         && EVP_Digest (bytes + HEAD_SIZE, size - HEAD_SIZE, digest, &length, EVP_sha256 (), NULL)
                == 1
         && memcmp (bytes + sizeof MAGIC, digest, DIGEST_SIZE) == 0;
}

YaraSet *
yara_cache_load (const char *folder, const char *key, const char **ret_why)
{
  size_t size = 0;
  int folder_fd = open_folder (folder);
  *ret_why = folder_fd < 0 ? "the folder is missing or others can write it" : NULL;
  if (folder_fd < 0)
    return NULL;
  g_autofree char *name = file_name (key);
  g_autofree uint8_t *bytes = read_file (folder_fd, name, &size, ret_why);
  close (folder_fd);
  if (bytes == NULL)
    return NULL;
  YaraSet *set = NULL;
  if (digest_fits (bytes, size))
    {
      SkCursor from = sk_cursor ((SkSpan) { bytes + HEAD_SIZE, size - HEAD_SIZE });
      set = take_set (&from);
    }
  if (set == NULL)
    *ret_why = "it is damaged";
  return set;
}

static bool
write_all (int fd, const uint8_t *bytes, size_t size)
{
  for (size_t done = 0; done < size;)
    {
      ssize_t put = write (fd, bytes + done, size - done);
      if (put < 0 && errno != EINTR)
        return false;
      done += put > 0 ? (size_t) put : 0;
    }
  return true;
}

/** Writes beside and renames, so that no reader sees half of it. */
static bool
write_file (int folder_fd, const char *name, const GByteArray *bytes)
{
  g_autofree char *beside = g_strdup_printf ("%s.%ld.new", name, (long) getpid ());
  unlinkat (folder_fd, beside, 0);
  int fd = openat (folder_fd, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  bool written = write_all (fd, bytes->data, bytes->len) && fsync (fd) == 0;
  written = close (fd) == 0 && written;
  if (written && renameat (folder_fd, beside, folder_fd, name) == 0)
    return true;
  unlinkat (folder_fd, beside, 0);
  return false;
}

typedef struct Entry {
  char *name;
  int64_t mtime;
} Entry;

static int
newer_first (const void *a, const void *b)
{
  int64_t left = ((const Entry *) a)->mtime, right = ((const Entry *) b)->mtime;
  return (left < right) - (left > right);
}

static void
entry_clear (void *data)
{
  g_free (((Entry *) data)->name);
}

/** Removes all but the newest files, and what an interrupted start left behind. */
static void
remove_old (const char *folder, int folder_fd, const char *kept)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (entries, entry_clear);
  const char *name;
  struct stat status;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "yara-") && strstr (name, ".cache") != NULL
        && strcmp (name, kept) != 0
        && fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
      {
        Entry entry = { g_strdup (name), status.st_mtim.tv_sec };
        g_array_append_val (entries, entry);
      }
  g_array_sort (entries, newer_first);
  for (guint i = KEPT_FILES - 1; i < entries->len; i++)
    unlinkat (folder_fd, g_array_index (entries, Entry, i).name, 0);
}

bool
yara_cache_save (const char *folder, const char *key, const YaraSet *set)
{
  int folder_fd = open_folder (folder);
  if (folder_fd < 0)
    return false;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const uint8_t room[HEAD_SIZE];
  g_byte_array_append (bytes, room, sizeof room);
  bool saved = put_set (bytes, set);
  if (saved)
    {
      g_autofree char *name = file_name (key);
      unsigned length = 0;
      uint8_t digest[EVP_MAX_MD_SIZE];
      EVP_Digest (bytes->data + HEAD_SIZE, bytes->len - HEAD_SIZE, digest, &length, EVP_sha256 (),
                  NULL);
      memcpy (bytes->data, MAGIC, sizeof MAGIC);
      memcpy (bytes->data + sizeof MAGIC, digest, DIGEST_SIZE);
      saved = write_file (folder_fd, name, bytes);
      if (saved)
        remove_old (folder, folder_fd, name);
    }
  close (folder_fd);
  return saved;
}
