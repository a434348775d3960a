/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Reading of disks, in memory or through a library.
 */
#include "config.h"

#include "media-source.h"

MediaSource
media_source_object (const SkApi *api, SkObject *object, bool *stopped)
{
  SkSpan bytes = api->bytes (object);
  return (MediaSource) { .size = bytes.size,
                         .memory = bytes,
                         .sector = 512,
                         .api = api,
                         .object = object,
                         .stopped = stopped };
}

MediaSource
media_source_window (const MediaSource *source, uint64_t offset, uint64_t size)
{
  MediaSource window = *source;
  if (offset > source->size)
    offset = source->size;
  window.size = MIN (size, source->size - offset);
  if (source->read != NULL)
    {
      window.start += offset;
      return window;
    }
  window.memory = sk_span_slice (source->memory, (size_t) offset, (size_t) window.size);
  window.place += (size_t) offset;
  return window;
}

bool
media_source_read (const MediaSource *source, uint64_t offset, void *buffer, size_t size)
{
  if (offset > source->size || size > source->size - offset)
    return false;
  if (!source->api->work (source->object, 1 + size / 1024))
    {
      *source->stopped = true;
      return false;
    }
  if (source->read != NULL)
    return source->read (source->handle, source->start + offset, buffer, size);
  if (size > 0)
    memcpy (buffer, source->memory.data + offset, size);
  return true;
}

bool
media_source_place (const MediaSource *source, uint64_t offset, uint64_t size, size_t *ret_place)
{
  if (source->read != NULL || offset > source->size || size > source->size - offset)
    return false;
  *ret_place = source->place + (size_t) offset;
  return true;
}

bool
media_source_has (const MediaSource *source, uint64_t offset, const char *text, size_t size)
{
  uint8_t found[16];
  return size <= sizeof found && media_source_read (source, offset, found, size)
         && memcmp (found, text, size) == 0;
}

bool
media_source_is_zero (const MediaSource *source, uint64_t offset, uint64_t size)
{
  uint8_t block[4096];
  while (size > 0)
    {
      size_t part = (size_t) MIN (size, sizeof block);
      if (!media_source_read (source, offset, block, part) || block[0] != 0
          || memcmp (block, block + 1, part - 1) != 0)
        return false;
      offset += part;
      size -= part;
    }
  return true;
}
