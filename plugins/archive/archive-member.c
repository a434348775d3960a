/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One member: its name, what the archive says of it, its content.
 *
 * Content that lies in the object's bytes as it is (a tar, anything stored) is
 * shared and not copied. Content that breaks off is kept as far as it came.
 */
#include "config.h"

#include "archive-job.h"

#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

/* A reader that keeps saying "try again", or warns, is not believed for ever. */
#define MAX_DOUBTS 16

/* ---- names ---- */

/* As the archive has it: a name of 7z or of a RAR in Unicode as UTF-8, others raw. */
static const char *
raw_name (struct archive_entry *entry)
{
  const char *name = archive_entry_pathname (entry);
  if (name == NULL)
    name = archive_entry_pathname_utf8 (entry);
  return name != NULL ? name : "";
}

static const char *
raw_target (struct archive_entry *entry)
{
  const char *target = archive_entry_symlink (entry);
  if (target == NULL)
    target = archive_entry_symlink_utf8 (entry);
  if (target == NULL)
    target = archive_entry_hardlink (entry);
  return target != NULL ? target : archive_entry_hardlink_utf8 (entry);
}

/* Only decoded text is parted: the second byte of 表 and others is a \ in CP932. */
static char *
decode (ArchiveJob *job, const char *raw, ArchiveId id, const char **ret_charset)
{
  g_autofree char *undone = archive_traits (id)->latin1 ? archive_undo_latin1 (raw) : NULL;
  SkSpan text = job->api->name_decode (
      job->object, sk_span_of_text (undone != NULL ? undone : raw), ret_charset);
  char *name = g_strndup ((const char *) text.data, text.size);
  if (archive_traits (id)->backslash)
    g_strdelimit (name, "\\", '/');
  return name;
}

/* A 7z of one file need not name it: 7-Zip shows the archive's own name then. */
static char *
unnamed (ArchiveJob *job, uint64_t index)
{
  const char *name = job->api->name (job->object);
  size_t length = strlen (name);
  if (job->id == ARCHIVE_ID_7Z && length > 3 && g_ascii_strcasecmp (name + length - 3, ".7z") == 0)
    return g_strndup (name, length - 3);
  return g_strdup_printf ("unnamed-%" G_GUINT64_FORMAT, index);
}

/* A folder's name may end in a slash, which says nothing that its type does not. */
static char *
member_name (ArchiveJob *job, struct archive_entry *entry, uint64_t index, const char **ret_charset)
{
  g_autofree char *name = decode (job, raw_name (entry), job->id, ret_charset);
  size_t length = strlen (name);
  while (length > 0 && name[length - 1] == '/')
    name[--length] = '\0';
  /* "/SYM64/" is no path but GNU's index of symbols, as "/" is. */
  if (job->id == ARCHIVE_ID_AR && g_str_equal (name, "/SYM64"))
    return g_strdup (name + 1);
  if (length == 0)
    return unnamed (job, index);
  return g_steal_pointer (&name);
}

/* ---- what the archive says of it ---- */

static SkFileType
type_of (struct archive_entry *entry)
{
  bool filled = archive_entry_size_is_set (entry) && archive_entry_size (entry) > 0;
  /* A hard link may bring the content: of all names of a file in a cpio, the last one does. */
  if (archive_entry_hardlink (entry) != NULL && filled)
    return SK_FILE_REGULAR;
  if (raw_target (entry) != NULL || archive_entry_filetype (entry) == AE_IFLNK)
    return SK_FILE_LINK;
  /* The mode is one of many words of the sender, and other programs write a file where there are bytes. */
  if (filled)
    return SK_FILE_REGULAR;
  switch (archive_entry_filetype (entry))
    {
    case AE_IFREG:
    case 0:
      return SK_FILE_REGULAR;
    case AE_IFDIR:
      return SK_FILE_DIRECTORY;
    default:
      return SK_FILE_SPECIAL;
    }
}

static uint32_t
attributes_of (struct archive_entry *entry)
{
  const char *flags = archive_entry_fflags_text (entry);
  uint32_t attributes = 0;
  if (flags == NULL)
    return 0;
  if (strstr (flags, "rdonly") != NULL || strstr (flags, "readonly") != NULL)
    attributes |= SK_ATTRIBUTE_READONLY;
  if (strstr (flags, "hidden") != NULL)
    attributes |= SK_ATTRIBUTE_HIDDEN;
  if (strstr (flags, "system") != NULL)
    attributes |= SK_ATTRIBUTE_SYSTEM;
  if (archive_entry_hardlink (entry) != NULL)
    attributes |= SK_ATTRIBUTE_HARD_LINK;
  return attributes;
}

static int64_t
mtime_of (struct archive_entry *entry)
{
  int64_t time;
  if (!archive_entry_mtime_is_set (entry)
      || __builtin_mul_overflow ((int64_t) archive_entry_mtime (entry), INT64_C (1000000000), &time)
      || __builtin_add_overflow (time, (int64_t) archive_entry_mtime_nsec (entry), &time))
    return 0;
  return time;
}

static void
tell_info (ArchiveJob *job, SkChild *child, struct archive_entry *entry, ArchiveId id)
{
  const char *raw = type_of (entry) == SK_FILE_LINK ? raw_target (entry) : NULL;
  g_autofree char *target = raw != NULL ? decode (job, raw, id, NULL) : NULL;
  SkFileInfo info = { .type = type_of (entry),
                      .attributes = attributes_of (entry),
                      .mtime = mtime_of (entry),
                      .target = sk_span_of_text (target) };
  job->api->child_info (child, &info);
}

/* ---- content ---- */

typedef struct Content {
  ArchiveJob *job;
  SkChild *child;
  uint64_t size;    /* that came out of libarchive, holes included */
  uint32_t crc;
  bool appending;   /* else all so far lies in the object's bytes, from `first` on */
  size_t first;
  bool full;        /* the host takes no more */
  bool sparse;
  int status;       /* of libarchive, the last */
  bool warned;      /* what came out is not what went in */
} Content;

static bool
lies_in (SkSpan bytes, SkSpan piece, size_t *ret_offset)
{
  uintptr_t from = (uintptr_t) bytes.data, at = (uintptr_t) piece.data;
  if (at < from || at - from > bytes.size || piece.size > bytes.size - (at - from))
    return false;
  *ret_offset = at - from;
  return true;
}

static void
give (Content *c, uint64_t offset, SkSpan piece)
{
  const SkApi *api = c->job->api;
  size_t at;
  if (!c->appending && lies_in (c->job->bytes, piece, &at) && offset == c->size
      && (c->size == 0 || at == c->first + c->size))
    {
      c->first = c->size == 0 ? at : c->first;
      return;
    }
  if (!c->appending && c->size > 0)
    c->full = !api->child_append (
        c->child, sk_span_slice (c->job->bytes, c->first, (size_t) c->size));
  c->appending = true;
  if (!c->full)
    c->full = !api->child_write (c->child, offset, piece);
}

static void
take (Content *c, uint64_t offset, SkSpan piece)
{
  if (offset > c->size)
    c->sparse = true;
  give (c, offset, piece);
  if (!c->sparse)
    c->crc = (uint32_t) crc32_z (c->crc, piece.data, piece.size);
  c->size = MAX (c->size, offset + piece.size);
}

/* Until the end, an error, or the host's limit. */
static void
copy (Content *c, struct archive *archive)
{
  ArchiveJob *job = c->job;
  unsigned doubts = 0;
  do
    {
      const void *data = NULL;
      size_t size = 0;
      la_int64_t offset = 0;
      c->status = archive_read_data_block (archive, &data, &size, &offset);
      c->warned |= c->status == ARCHIVE_WARN;
      if (c->status < ARCHIVE_WARN || c->status == ARCHIVE_EOF)
        break;
      if (offset < 0 || (uint64_t) offset > INT64_MAX - size)
        c->status = ARCHIVE_FATAL;
      else if (size > 0 && c->status != ARCHIVE_RETRY)
        take (c, (uint64_t) offset, (SkSpan){ data, size });
      if (c->status != ARCHIVE_OK && ++doubts == MAX_DOUBTS)
        c->status = MIN (c->status, ARCHIVE_FAILED);
      job->stopped |= !job->api->work (job->object, 1);
    }
  while (c->status >= ARCHIVE_WARN && !c->full && !job->stopped);
}

/* What is not wanted is unpacked all the same where members share a stream: libarchive would do so
 * without a sign of progress. */
static void
pass_over (ArchiveJob *job, struct archive *archive)
{
  bool shared = job->id == ARCHIVE_ID_7Z || job->id == ARCHIVE_ID_CAB
                || (job->id == ARCHIVE_ID_RAR5 && job->solid);
  int status = ARCHIVE_OK;
  while (shared && status == ARCHIVE_OK && !job->stopped)
    {
      const void *data;
      size_t size = 0;
      la_int64_t offset;
      status = archive_read_data_block (archive, &data, &size, &offset);
      job->stopped |= !job->api->work (job->object, 1 + size / 1024);
    }
}

/* A hole at the end comes as no block. */
static void
end_hole (Content *c, struct archive_entry *entry)
{
  uint64_t size = archive_entry_size_is_set (entry) ? (uint64_t) archive_entry_size (entry) : 0;
  if (c->status != ARCHIVE_EOF || c->full || archive_entry_sparse_count (entry) == 0
      || size <= c->size || size > INT64_MAX)
    return;
  c->sparse = true;
  give (c, size - 1, (SkSpan){ (const uint8_t *) "", 1 });
  c->size = size;
}

static void
share (Content *c)
{
  if (!c->appending && c->size > 0)
    c->full |= !c->job->api->child_share (c->child, c->first, (size_t) c->size);
}

/* ---- what went wrong ---- */

typedef struct Codec {
  const char *id; /* as libarchive prints it */
  const char *name;
} Codec;

static const Codec codecs[] = {
  { "40109", "Deflate64" }, { "4f71101", "zstd" },      { "4f71102", "brotli" },
  { "4f71104", "LZ4" },     { "4f71105", "LZ5" },       { "4f71106", "Lizard" },
  { "21", "LZMA2" },        { "3030103", "BCJ x86" },   { "3030205", "BCJ PowerPC" },
  { "3030401", "BCJ IA64" }, { "3030501", "BCJ ARM" },  { "3030701", "BCJ ARMT" },
  { "3030805", "BCJ SPARC" }, { "303011b", "BCJ2" },    { "a", "ARM64" },
  { "b", "RISC-V" },        { "3", "Delta" },           { "40108", "Deflate" },
};

/* libarchive names methods of 7z by number alone. */
static char *
why (struct archive *archive)
{
  const char *text = archive_error_string (archive);
  const char *mark = text != NULL ? strstr (text, "codec ID: ") : NULL;
  for (size_t i = 0; mark != NULL && i < G_N_ELEMENTS (codecs); i++)
    if (g_str_equal (mark + strlen ("codec ID: "), codecs[i].id))
      return g_strdup_printf ("method %s, %s", codecs[i].name, text);
  return g_strdup (text != NULL ? text : "broken");
}

/* libarchive gives nothing and says nothing where it does not know a method. */
static void
tell_short (ArchiveJob *job, const Content *c, const char *name, uint64_t size)
{
  SkReason reason = c->size == 0 ? SK_REASON_UNSUPPORTED : SK_REASON_MALFORMED;
  archive_tell (job, reason, "%s of %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes came out",
                name, archive_traits (job->id)->name, c->size, size);
}

static void
tell_content (ArchiveJob *job, const ArchiveInput *input, struct archive *archive,
              struct archive_entry *entry, const Content *c, const char *name)
{
  g_autofree char *words = why (archive);
  if (c->status < ARCHIVE_WARN)
    archive_tell (job, archive_input_reason (input, archive), "%s: %s", name, words);
  else if (c->warned)
    archive_tell (job, SK_REASON_MALFORMED, "%s: %s", name, words);
  else if (!c->full && c->status == ARCHIVE_EOF && archive_entry_size_is_set (entry)
           && c->size < (uint64_t) MAX (archive_entry_size (entry), 0))
    tell_short (job, c, name, (uint64_t) archive_entry_size (entry));
}

/* ---- the member ---- */

static void
tell_sum (const Content *c, ArchiveId id)
{
  char hex[9];
  if (!archive_traits (id)->sums || c->status != ARCHIVE_EOF || c->warned || c->full || c->sparse)
    return;
  g_snprintf (hex, sizeof hex, "%08x", c->crc);
  c->job->api->child_fact_string (c->child, FACT_CRC32, sk_span_of_text (hex));
}

/* True: what came out under a secret that only seemed right is thrown away. */
static bool
is_garbage (const Content *c, const ArchiveMember *member, bool right_sum)
{
  bool wrong = c->status < ARCHIVE_WARN || c->warned || !right_sum;
  return member->encrypted && member->proof == ARCHIVE_PROOF_WEAK && wrong && !c->full;
}

/* False: it has another sum than it should. libarchive does not check those of stored RAR 5 members. */
static bool
has_its_sum (const Content *c, const ArchiveMember *member, uint64_t index,
             const ArchiveLocked *locked)
{
  const GArray *listed = c->job->listed;
  if (c->full || c->status != ARCHIVE_EOF || c->warned)
    return true;
  if (member->check_sum)
    return archive_locked_sum (locked, index, c->crc);
  if (member->encrypted || listed == NULL || index >= listed->len)
    return true;
  const ArchiveListed *said = &g_array_index (listed, ArchiveListed, index);
  return !said->has_crc || said->crc == c->crc;
}

/* False: it is garbage. */
static bool
read_content (Content *c, ArchiveInput *input, struct archive *archive, struct archive_entry *entry,
              uint64_t index, const ArchiveLocked *locked, const ArchiveMember *member,
              const char *name)
{
  ArchiveJob *job = c->job;
  copy (c, archive);
  end_hole (c, entry);
  bool right_sum = has_its_sum (c, member, index, locked);
  if (!input->stopped && is_garbage (c, member, right_sum))
    return false;
  if (right_sum)
    tell_content (job, input, archive, entry, c, name);
  else
    archive_tell (job, SK_REASON_MALFORMED, "%s: its content has another sum than it should", name);
  share (c);
  tell_sum (c, member->no_sum || !right_sum ? ARCHIVE_ID_NONE : job->id);
  uint64_t said = archive_entry_size_is_set (entry) ? (uint64_t) archive_entry_size (entry) : 0;
  if (c->size == 0 && (c->status < ARCHIVE_WARN || said > 0))
    job->api->child_absent (c->child, said);
  return true;
}

static void
read_absent (ArchiveJob *job, SkChild *child, const ArchiveMember *member)
{
  job->api->child_fact_bool (child, FACT_LOCKED, true);
  job->api->child_absent (child, member->size != UINT64_MAX ? member->size : 0);
}

/* libarchive makes the target of the content, as far as there is no NUL, and gives no byte of it. RAR 5
 * has targets of its own, and nobody looks at the content. */
static void
read_link (ArchiveJob *job, struct archive_entry *entry, uint64_t index, const char *name)
{
  ArchiveMember member = { .size = 0 };
  const char *target = raw_target (entry);
  if (job->id == ARCHIVE_ID_RAR5)
    return;
  if (job->slot != NULL)
    archive_locked_member (job->slot->locked, index, &member);
  uint64_t size = MAX (member.size, (uint64_t) MAX (archive_entry_size (entry), 0));
  if (size > (target != NULL ? strlen (target) : 0))
    archive_tell (job, SK_REASON_MALFORMED, "%s: a link whose content is no path is not read", name);
}

static bool
is_done (const ArchiveJob *job, uint64_t index)
{
  const GByteArray *done = job->slot != NULL ? job->slot->done : NULL;
  return done != NULL && index / 8 < done->len && (done->data[index / 8] >> index % 8 & 1) != 0;
}

static void
set_done (ArchiveJob *job, uint64_t index)
{
  GByteArray *done = job->slot != NULL ? job->slot->done : NULL;
  if (done == NULL)
    return;
  while (index / 8 >= done->len)
    g_byte_array_append (done, (const uint8_t *) "", 1);
  done->data[index / 8] |= (uint8_t) (1u << index % 8);
}

/* Its lock is closed again, and the next secrets are tried. */
static void
reject (ArchiveJob *job, SkChild *child, uint64_t index)
{
  archive_locked_reject (job->slot->locked, index);
  job->rejected = true;
  job->slot->done->data[index / 8] &= (uint8_t) ~(1u << index % 8);
  job->api->child_abort (child);
}

void
archive_member_read (ArchiveJob *job, ArchiveInput *input, struct archive *archive,
                     struct archive_entry *entry, uint64_t index, const ArchiveLocked *locked,
                     bool *ret_fatal)
{
  const SkApi *api = job->api;
  const char *charset = "utf-8";
  ArchiveMember member = { .encrypted = false };
  if (locked != NULL)
    archive_locked_member (locked, index, &member);
  if (is_done (job, index) || (member.locked && !job->absent))
    {
      pass_over (job, archive);
      return;
    }
  g_autofree char *name = job->named != NULL ? g_strdup (job->named)
                                             : member_name (job, entry, index, &charset);
  SkChild *child = api->child_begin (job->object, job->base + index, name);
  if (child == NULL)
    {
      job->stopped = true;
      return;
    }
  set_done (job, index);
  if (!g_str_equal (charset, "utf-8") && !g_str_equal (charset, "us-ascii"))
    api->child_fact_string (child, FACT_CHARSET, sk_span_of_text (charset));
  tell_info (job, child, entry, job->id);
  Content content = { .job = job, .child = child, .status = ARCHIVE_OK };
  bool kept = true;
  if (member.locked)
    read_absent (job, child, &member);
  else if (type_of (entry) == SK_FILE_REGULAR)
    kept = read_content (&content, input, archive, entry, index, locked, &member, name);
  else if (type_of (entry) == SK_FILE_LINK)
    read_link (job, entry, index, name);
  *ret_fatal = content.status == ARCHIVE_FATAL;
  job->stopped |= input->stopped;
  if (kept)
    api->child_commit (child);
  else
    reject (job, child, index);
  if (content.status == ARCHIVE_OK)
    pass_over (job, archive);
}
