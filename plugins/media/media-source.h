/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes of a disk, wherever they are: a part of the object's own, or made by
 * a library from a virtual disk as they are asked for. Partitions and file
 * systems are read through this and nothing else; no disk is ever copied.
 *
 * Each read spends work, so that a reader that walks in circles comes to an
 * end, and counts as progress for the backstop.
 */
#ifndef MEDIA_SOURCE_H
#define MEDIA_SOURCE_H

#include <glib.h>
#include <sekisho/sekisho.h>

/** Gives `size` bytes at `offset`, all or none. */
typedef bool (*MediaReadFunc) (void *handle, uint64_t offset, void *buffer, size_t size);

/** A value; copies and windows borrow what it stands on. */
typedef struct MediaSource {
  uint64_t size;
  uint64_t start;     /**< of a window: where it begins for `read` */
  SkSpan memory;      /**< the same bytes, where they lie in the object; empty: by `read` */
  size_t place;       /**< of `memory` in the object */
  MediaReadFunc read; /**< NULL where `memory` is used */
  void *handle;
  uint32_t sector; /**< bytes of a sector as the virtual disk says, or 512 */
  const SkApi *api;
  SkObject *object;
  bool *stopped; /**< set when the work is spent */
} MediaSource;

/** The object's own bytes. */
MediaSource media_source_object (const SkApi *api, SkObject *object, bool *stopped);

/** A part of `source`, cut to what is there. */
MediaSource media_source_window (const MediaSource *source, uint64_t offset, uint64_t size);

/** Reads `size` bytes at `offset`, all or none. False also when the work is spent. */
bool media_source_read (const MediaSource *source, uint64_t offset, void *buffer, size_t size);

/** True when the part lies inside and in memory: the place in the object where it begins. */
bool media_source_place (const MediaSource *source, uint64_t offset, uint64_t size,
                         size_t *ret_place);

/** True when `text` stands at `offset`. */
bool media_source_has (const MediaSource *source, uint64_t offset, const char *text, size_t size);

#define MEDIA_HAS(source, offset, text) media_source_has (source, offset, text, sizeof (text) - 1)

/** True when all bytes of the part are zeros; bytes that cannot be read are none. */
bool media_source_is_zero (const MediaSource *source, uint64_t offset, uint64_t size);

/** The `bits` (16, 32 or 64) wide integers of structures that were read whole. */
static inline uint16_t
media_u16 (const uint8_t *p)
{
  return (uint16_t) (p[0] | p[1] << 8);
}

static inline uint32_t
media_u32 (const uint8_t *p)
{
  return media_u16 (p) | (uint32_t) media_u16 (p + 2) << 16;
}

static inline uint64_t
media_u64 (const uint8_t *p)
{
  return media_u32 (p) | (uint64_t) media_u32 (p + 4) << 32;
}

#endif
