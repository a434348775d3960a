/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What a member is by its headers. Programs believe the directory or the local
 * header; where these lead to other content, both readings count.
 */
#include "config.h"

#include "zip-job.h"

/** Bits of the difference that lead to other content. */
#define OTHER_CONTENT (ZIP_DIFF_METHOD | ZIP_DIFF_ENCRYPTION | ZIP_DIFF_PACKED)

/* ZipCrypto's check is the high byte of the CRC, or of the time where a program streams; some take the
 * other one, so both may be. */
static void
find_cipher (ZipReading *reading)
{
  const ZipHeader *h = &reading->header;
  reading->method = h->method;
  reading->cipher = ZIP_CIPHER_NONE;
  if ((h->flags & ZIP_FLAG_ENCRYPTED) == 0)
    return;
  if ((h->flags & ZIP_FLAG_STRONG) != 0)
    reading->cipher = ZIP_CIPHER_STRONG;
  else if (h->method != ZIP_METHOD_AES)
    reading->cipher = ZIP_CIPHER_ZIPCRYPTO;
  else if (reading->extra.aes && reading->extra.aes_strength >= 1 && reading->extra.aes_strength <= 3)
    {
      static const ZipCipher ciphers[]
          = { ZIP_CIPHER_AES128, ZIP_CIPHER_AES192, ZIP_CIPHER_AES256 };
      reading->cipher = ciphers[reading->extra.aes_strength - 1];
      reading->method = reading->extra.aes_method;
      reading->no_crc = reading->extra.aes_version == 2;
    }
  else
    reading->cipher = ZIP_CIPHER_UNKNOWN;
  reading->checks[0] = (uint8_t) (h->crc >> 24);
  reading->checks[1] = (h->flags & ZIP_FLAG_STREAMED) != 0 ? (uint8_t) (h->time >> 8)
                                                           : reading->checks[0];
}

/* Where nothing of it is there it is empty, and yet somewhere. */
static void
cut_data (ZipReading *reading, SkSpan bytes, uint64_t start, uint64_t limit)
{
  uint64_t from = MIN (start, bytes.size), left = from < limit ? limit - from : 0;
  reading->cut = reading->header.packed > left;
  reading->data = (SkSpan){ bytes.data + from, (size_t) MIN (left, reading->header.packed) };
}

/* The directory's values with the local header's place. */
static void
read_central (const ZipJob *job, const ZipHeader *central, const ZipHeader *local, ZipReading *reading)
{
  *reading = (ZipReading){ .header = *central, .position = central->offset };
  zip_extra_read (central, &reading->extra);
  cut_data (reading, job->bytes, local->offset + local->length, job->bytes.size);
  find_cipher (reading);
}

/* What a streaming writer left open in the local header the directory has to say. */
static void
read_local (const ZipJob *job, const ZipHeader *central, const ZipHeader *local, ZipReading *reading)
{
  bool open = (local->flags & ZIP_FLAG_STREAMED) != 0
              && (local->packed == 0 || local->packed == UINT32_MAX);
  *reading = (ZipReading){ .header = *local, .position = central->offset | ZIP_AS_LOCAL, .reading = "local" };
  zip_extra_read (local, &reading->extra);
  reading->header.host = central->host;
  reading->header.external = central->external;
  if (open)
    {
      reading->header.packed = central->packed;
      reading->header.size = central->size;
      reading->header.crc = central->crc;
    }
  cut_data (reading, job->bytes, local->offset + local->length, job->bytes.size);
  find_cipher (reading);
}

size_t
zip_readings_of (ZipJob *job, uint64_t number, ZipReading ret_readings[2])
{
  const ZipMember *member = &g_array_index (job->slot->index->members, ZipMember, number);
  ZipHeader central, local;
  if (!zip_header_central (job->bytes, member->central, &central))
    return 0;
  if (member->local == ZIP_NOWHERE || !zip_header_local (job->bytes, member->local, &local))
    {
      job->differs |= ZIP_DIFF_LOCAL;
      ret_readings[0] = (ZipReading){ .header = central, .position = central.offset, .cut = true };
      zip_extra_read (&central, &ret_readings[0].extra);
      find_cipher (&ret_readings[0]);
      ret_readings[0].origin = (ZipOrigin){ number, 0, 0 };
      return 1;
    }
  /* Any number of members may have one local header. */
  zip_pay (job, (central.length + local.length) / 1024);
  uint32_t differs = zip_header_compare (&central, &local);
  if ((differs & ZIP_DIFF_NAME) != 0 && zip_name_is_same (job, &central, &local))
    differs &= ~(uint32_t) ZIP_DIFF_NAME;
  read_central (job, &central, &local, &ret_readings[0]);
  /* Of those that share a local header the first one tells. */
  if ((differs & ZIP_DIFF_NAME) != 0 && (member->flags & ZIP_MEMBER_SAME) == 0)
    ret_readings[0].local_name = local.name;
  if (zip_name_is_twofold (&central, &ret_readings[0].extra))
    differs |= ZIP_DIFF_UNICODE;
  job->differs |= differs;
  ret_readings[0].origin = (ZipOrigin){ number, 0, 0 };
  ret_readings[0].same = (member->flags & ZIP_MEMBER_SAME) != 0;
  ret_readings[0].again = (member->flags & (ZIP_MEMBER_SAME | ZIP_MEMBER_OVERLAPS)) != 0;
  if ((differs & OTHER_CONTENT) == 0)
    return 1;
  read_local (job, &central, &local, &ret_readings[1]);
  ret_readings[1].again = true;
  ret_readings[1].origin = (ZipOrigin){ number, 0, 1 };
  return 2;
}

bool
zip_reading_hidden (ZipJob *job, uint64_t offset, uint64_t limit, ZipReading *ret_reading)
{
  ZipHeader local;
  if (!zip_header_local (job->bytes, offset, &local) || local.name.size == 0
      || local.length > limit - offset || !zip_pay (job, 1 + local.length / 1024))
    return false;
  *ret_reading = (ZipReading){ .header = local, .position = offset, .hidden = true };
  zip_extra_read (&local, &ret_reading->extra);
  ret_reading->open_ended = (local.flags & ZIP_FLAG_STREAMED) != 0
                            && (local.packed == 0 || local.packed == UINT32_MAX);
  if (ret_reading->open_ended)
    {
      ZipHeader *h = &ret_reading->header;
      h->packed = limit - offset - local.length;
      h->size = ZIP_UNKNOWN;
      ret_reading->open_ended
          = zip_descriptor_at (job->bytes, limit, h->packed, &h->crc, &h->size) == 0;
    }
  cut_data (ret_reading, job->bytes, offset + local.length, limit);
  find_cipher (ret_reading);
  ret_reading->origin = (ZipOrigin){ offset, limit, 0 };
  return true;
}

bool
zip_reading_again (ZipJob *job, const ZipOrigin *origin, ZipReading *ret_reading)
{
  ZipReading readings[2];
  if (origin->limit > 0)
    return zip_reading_hidden (job, origin->place, origin->limit, ret_reading);
  if (zip_readings_of (job, origin->place, readings) <= origin->number)
    return false;
  *ret_reading = readings[origin->number];
  return true;
}
