/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The trying of secrets on locked members: as they are typed, in UTF-8, and as
 * Windows programs in Japan hand them on, in CP932.
 *
 * Most archives have one password: those that opened a member are tried first
 * on the next. Each secret is tried once on each member.
 */
#include "config.h"

#include "zip-job.h"

#include <string.h>
#include <unicode/ucnv.h>

/** So many secrets that are passed over, or tried on ZipCrypto, are one unit of work. */
#define PASSED_SECRETS 64
/** A secret has at most 1,024 bytes of UTF-8, CP932 never takes more. */
#define SECRET_ROOM 1024

/** One member and who tries on it. */
typedef struct Trial {
  ZipJob *job;
  const ZipReading *reading;
  ZipLock lock;
  size_t number;    /* of the secret at hand */
  size_t tried;     /* those before were tried on it */
  bool known_right; /* only those that opened another member, or only the others */
  bool opened;
} Trial;

static bool
has_opened (const ZipSlot *slot, size_t number)
{
  return number < slot->right->len && g_array_index (slot->right, bool, number);
}

static void
note_right (ZipSlot *slot, size_t number)
{
  if (number >= slot->right->len)
    g_array_set_size (slot->right, (guint) number + 1);
  g_array_index (slot->right, bool, number) = true;
}

static bool
try_bytes (Trial *trial, SkSpan secret)
{
  ZipKey key;
  bool aes = trial->lock.cipher != ZIP_CIPHER_ZIPCRYPTO;
  if (aes && !zip_pay (trial->job, ZIP_AES_TRY_COST))
    return false;
  if (!zip_key_open (&trial->lock, secret, &key))
    return false;
  bool right = !aes
               || (zip_pay (trial->job, trial->lock.data.size / 1024)
                   && zip_key_verify (&key, &trial->lock));
  trial->opened = right
                  && zip_member_with_key (trial->job, trial->reading, &key,
                                          trial->known_right || aes);
  zip_key_close (&key);
  return trial->opened;
}

/* False when it is the same, or has characters that CP932 lacks. */
static bool
to_cp932 (SkSpan secret, char room[SECRET_ROOM], SkSpan *ret_secret)
{
  bool ascii = true;
  for (size_t i = 0; i < secret.size; i++)
    ascii = ascii && secret.data[i] < 0x80;
  if (ascii || secret.size > SECRET_ROOM)
    return false;
  UErrorCode error = U_ZERO_ERROR;
  UChar wide[SECRET_ROOM];
  int32_t n_wide = 0, size = 0;
  UConverter *converter = ucnv_open ("ibm-943_P15A-2003", &error);
  u_strFromUTF8 (wide, SECRET_ROOM, &n_wide, (const char *) secret.data, (int32_t) secret.size, &error);
  if (U_SUCCESS (error))
    {
      ucnv_setFallback (converter, TRUE);
      ucnv_setFromUCallBack (converter, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
      size = ucnv_fromUChars (converter, room, SECRET_ROOM, wide, n_wide, &error);
    }
  ucnv_close (converter);
  explicit_bzero (wide, sizeof wide);
  if (U_FAILURE (error))
    {
      explicit_bzero (room, SECRET_ROOM); /* it may have the secret's beginning */
      return false;
    }
  *ret_secret = (SkSpan){ (const uint8_t *) room, (size_t) size };
  return true;
}

static bool
try_secret (SkSpan secret, const char *origin, void *data)
{
  Trial *trial = data;
  ZipJob *job = trial->job;
  size_t number = trial->number++;
  char room[SECRET_ROOM];
  SkSpan other;
  (void) origin;
  bool right = has_opened (job->slot, number);
  if (number % PASSED_SECRETS == 0 && !zip_pay (job, 1))
    return false;
  if (right != trial->known_right || number < trial->tried)
    return true;
  if (!try_bytes (trial, secret) && !job->stopped && to_cp932 (secret, room, &other))
    {
      try_bytes (trial, other);
      explicit_bzero (room, sizeof room);
    }
  if (trial->opened)
    note_right (job->slot, number);
  return !trial->opened && !job->stopped;
}

static size_t
try_all (Trial *trial, bool known_right)
{
  trial->known_right = known_right;
  trial->number = 0;
  trial->job->api->secret_each (trial->job->object, try_secret, trial);
  return trial->number;
}

static void
try_on (ZipJob *job, ZipWaiting *waiting)
{
  ZipReading reading;
  if (!zip_reading_again (job, &waiting->origin, &reading)
      || reading.cipher >= ZIP_CIPHER_STRONG)
    return;
  Trial trial = { .job = job,
                  .reading = &reading,
                  .tried = waiting->tried,
                  .lock = { reading.cipher, reading.data, { reading.checks[0], reading.checks[1] } } };
  try_all (&trial, true);
  if (!trial.opened && !job->stopped)
    waiting->tried = (uint32_t) try_all (&trial, false);
  waiting->opened = trial.opened;
  job->slot->n_left -= trial.opened;
}

void
zip_secrets_try (ZipJob *job)
{
  GArray *waiting = job->slot->waiting;
  for (guint i = 0; i < waiting->len && !job->stopped; i++)
    if (!g_array_index (waiting, ZipWaiting, i).opened)
      try_on (job, &g_array_index (waiting, ZipWaiting, i));
}

static void
tell_locked (ZipJob *job)
{
  for (guint i = 0; i < job->slot->waiting->len && !job->stopped; i++)
    {
      const ZipWaiting *waiting = &g_array_index (job->slot->waiting, ZipWaiting, i);
      ZipReading reading;
      if (!waiting->opened && zip_reading_again (job, &waiting->origin, &reading))
        zip_member_locked (job, &reading);
    }
}

static char *
detail_of (ZipJob *job)
{
  const ZipSlot *slot = job->slot;
  ZipReading reading;
  const char *cipher = "encrypted";
  for (guint i = 0; i < slot->waiting->len; i++)
    {
      const ZipWaiting *waiting = &g_array_index (slot->waiting, ZipWaiting, i);
      if (!waiting->opened && zip_reading_again (job, &waiting->origin, &reading))
        {
          cipher = zip_cipher_names[reading.cipher];
          break;
        }
    }
  return g_strdup_printf ("%" G_GUINT64_FORMAT " of %u members are locked (%s): no password opened them",
                          slot->n_left, slot->index->members->len, cipher);
}

void
zip_secrets_park (ZipJob *job)
{
  if (job->slot->n_left == 0 || job->stopped)
    return;
  g_autofree char *detail = detail_of (job);
  /* Many archives may wait at once. */
  g_clear_pointer (&job->slot->unpacker, zip_unpacker_free);
  if (!job->api->park (job->object, detail))
    tell_locked (job);
}
