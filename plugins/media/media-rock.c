/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * System use entries: two letters, length, version, then what is theirs.
 */
#include "config.h"

#include "media-rock.h"

/* Areas that one record may go on in. */
#define MAX_AREAS 8
#define MAX_AREA 32768

typedef struct Reading {
  Media *media;
  MediaRockEntry *entry;
  GString *name, *target;
  bool target_goes_on; /* the next component belongs to the last one */
  uint64_t next;       /* where it goes on, bytes; 0: nowhere */
  uint32_t next_size;
  uint32_t block;
} Reading;

void
media_rock_begin (MediaRock *self, SkSpan system)
{
  /* "SP": 4 0xBE, 5 0xEF, 6 bytes to skip. */
  if (system.size >= 7 && memcmp (system.data, "SP", 2) == 0 && system.data[4] == 0xbe
      && system.data[5] == 0xef)
    {
      self->present = true;
      self->skip = system.data[6];
    }
}

void
media_rock_entry_clear (MediaRockEntry *entry)
{
  g_clear_pointer (&entry->name, g_free);
  g_clear_pointer (&entry->target, g_free);
}

/* Components of a link: flags, length, text. Flags: 1 goes on, 2 ".", 4 "..", 8 root. */
static void
take_link (Reading *r, SkSpan field)
{
  for (size_t at = 5; at + 2 <= field.size && at + 2 + field.data[at + 1] <= field.size;
       at += 2u + field.data[at + 1])
    {
      uint8_t flags = field.data[at];
      size_t size = r->target->len;
      if (size > 0 && !r->target_goes_on && r->target->str[size - 1] != '/')
        g_string_append_c (r->target, '/');
      if ((flags & 2) != 0)
        g_string_append_c (r->target, '.');
      else if ((flags & 4) != 0)
        g_string_append (r->target, "..");
      else if ((flags & 8) != 0)
        g_string_append_c (r->target, '/');
      else
        g_string_append_len (r->target, (const char *) field.data + at + 2, field.data[at + 1]);
      r->target_goes_on = (flags & 1) != 0;
    }
  r->entry->type = SK_FILE_LINK;
}

static void
take_mode (Reading *r, uint32_t mode)
{
  switch (mode & 0170000)
    {
    case 0120000:
      r->entry->type = SK_FILE_LINK;
      break;
    case 0020000:
    case 0060000:
    case 0010000:
    case 0140000:
      r->entry->type = SK_FILE_SPECIAL;
      break;
    default:
      break;
    }
}

/* "TF": 4 which times, in the order created, modified, …; each of 7 bytes, or 17 with bit 7. */
static void
take_times (Reading *r, SkSpan field)
{
  if (field.size < 5 || (field.data[4] & 0x82) != 2)
    return;
  size_t at = 5u + ((field.data[4] & 1) != 0 ? 7u : 0u);
  if (at + 7 > field.size)
    return;
  const uint8_t *t = field.data + at;
  r->entry->mtime = media_time (1900 + t[0], t[1], t[2], t[3], t[4], t[5], (int8_t) t[6] * 15);
}

static void
take_field (Reading *r, SkSpan field)
{
  const uint8_t *f = field.data;
  if (memcmp (f, "NM", 2) == 0 && field.size > 5 && (f[4] & 6) == 0
      && r->name->len < MEDIA_MAX_PATH)
    g_string_append_len (r->name, (const char *) f + 5, (gssize) field.size - 5);
  else if (memcmp (f, "SL", 2) == 0 && field.size >= 5 && r->target->len < MEDIA_MAX_PATH)
    take_link (r, field);
  else if (memcmp (f, "PX", 2) == 0 && field.size >= 8)
    take_mode (r, media_u32 (f + 4));
  else if (memcmp (f, "TF", 2) == 0)
    take_times (r, field);
  else if (memcmp (f, "CL", 2) == 0 && field.size >= 12)
    r->entry->child = media_u32 (f + 4);
  else if (memcmp (f, "RE", 2) == 0)
    r->entry->moved = true;
  else if (memcmp (f, "ZF", 2) == 0)
    r->entry->compressed = true;
  else if (memcmp (f, "CE", 2) == 0 && field.size >= 28)
    {
      r->next = (uint64_t) media_u32 (f + 4) * r->block + media_u32 (f + 12);
      r->next_size = media_u32 (f + 20);
    }
}

static void
take_area (Reading *r, SkSpan area)
{
  size_t at = 0;
  while (at + 4 <= area.size && area.data[at + 2] >= 4 && area.data[at + 2] <= area.size - at)
    {
      SkSpan field = { area.data + at, area.data[at + 2] };
      if (memcmp (field.data, "ST", 2) == 0)
        return;
      take_field (r, field);
      at += field.size;
    }
}

static void
finish (Reading *r)
{
  if (r->name->len > 0)
    r->entry->name
        = media_decode (r->media, (SkSpan) { (const uint8_t *) r->name->str, r->name->len });
  if (r->target->len > 0)
    r->entry->target
        = media_decode (r->media, (SkSpan) { (const uint8_t *) r->target->str, r->target->len });
  g_string_free (r->name, TRUE);
  g_string_free (r->target, TRUE);
}

void
media_rock_read (const MediaRock *self, Media *media, const MediaSource *disc, SkSpan system,
                 MediaRockEntry *entry)
{
  if (!self->present)
    return;
  Reading r = { .media = media,
                .entry = entry,
                .name = g_string_new (NULL),
                .target = g_string_new (NULL),
                .block = self->block };
  take_area (&r, sk_span_slice (system, self->skip, system.size));
  for (int i = 0; i < MAX_AREAS && r.next != 0; i++)
    {
      size_t size = MIN (r.next_size, MAX_AREA);
      g_autofree uint8_t *area = g_malloc (size + 1);
      bool read = media_source_read (disc, r.next, area, size);
      r.next = 0;
      if (read)
        take_area (&r, (SkSpan) { area, size });
      else
        media_tell (media, SK_REASON_TRUNCATED, "Rock Ridge: a name goes on behind the disc's end");
    }
  finish (&r);
}
