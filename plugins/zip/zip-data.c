/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * One loop for all methods, and a few lines for each library.
 *
 * LZMA (method 14) has a head of its own: two bytes of version, two with the
 * length of the properties, which are five: lc/lp/pb and the size of the
 * dictionary. The stream itself may have no end mark, so the size of what it
 * holds tells where it ends.
 */
#include "config.h"

#include "zip-data.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM ((size_t) 128 * 1024)
#define LZMA_HEAD 9
#define LZMA_PROPERTIES 5
/* A window of 2^27 bytes is what zstd itself allows. */
#define ZSTD_WINDOW 27
/** What zstd may keep from one member to the next: archives lie in archives, and all are open. */
#define ZSTD_KEPT ((size_t) 8 * 1024 * 1024)

/** What one step of a method came to. */
typedef enum Step { STEP_MORE, STEP_END, STEP_BROKEN, STEP_MEMORY } Step;

/** Where a step reads and writes; moved by it. */
typedef struct Flow {
  const uint8_t *in;
  size_t n_in;
  uint8_t *out;
  size_t n_out;
  bool last; /* no packed bytes will follow */
} Flow;

struct ZipUnpacker {
  z_stream zlib;
  bool zlib_ready;
  bz_stream bzip;
  lzma_stream lzma;
  ZSTD_DStream *zstd;
  uint8_t head[LZMA_HEAD];
  size_t n_head;
  bool lzma_open; /* the head was read */
  const ZipStream *stream;
  uint8_t out[ROOM];
};

typedef struct Method {
  uint16_t number;
  const char *name;
  bool (*begin) (ZipUnpacker *u); /* NULL: not unpacked here */
  Step (*step) (ZipUnpacker *u, Flow *flow);
  void (*end) (ZipUnpacker *u);
} Method;

/* ---- stored ---- */

static bool
stored_begin (ZipUnpacker *u)
{
  (void) u;
  return true;
}

static void
stored_end (ZipUnpacker *u)
{
  (void) u;
}

/* ---- deflate ---- */

static bool
deflate_begin (ZipUnpacker *u)
{
  if (u->zlib_ready)
    return inflateReset (&u->zlib) == Z_OK;
  u->zlib = (z_stream){ .next_in = NULL };
  u->zlib_ready = inflateInit2 (&u->zlib, -MAX_WBITS) == Z_OK;
  return u->zlib_ready;
}

static Step
deflate_step (ZipUnpacker *u, Flow *flow)
{
  uInt n_in = (uInt) MIN (flow->n_in, G_MAXINT);
  u->zlib.next_in = (Bytef *) flow->in;
  u->zlib.avail_in = n_in;
  u->zlib.next_out = flow->out;
  u->zlib.avail_out = (uInt) flow->n_out;
  int result = inflate (&u->zlib, Z_NO_FLUSH);
  flow->in += n_in - u->zlib.avail_in;
  flow->n_in -= n_in - u->zlib.avail_in;
  flow->out = u->zlib.next_out;
  flow->n_out = u->zlib.avail_out;
  switch (result)
    {
    case Z_OK:
    case Z_BUF_ERROR:
      return STEP_MORE;
    case Z_STREAM_END:
      return STEP_END;
    case Z_MEM_ERROR:
      return STEP_MEMORY;
    default:
      return STEP_BROKEN;
    }
}

static void
deflate_end (ZipUnpacker *u)
{
  (void) u;
}

/* ---- bzip2 ---- */

static bool
bzip_begin (ZipUnpacker *u)
{
  u->bzip = (bz_stream){ .next_in = NULL };
  return BZ2_bzDecompressInit (&u->bzip, 0, 0) == BZ_OK;
}

static Step
bzip_step (ZipUnpacker *u, Flow *flow)
{
  unsigned n_in = (unsigned) MIN (flow->n_in, G_MAXINT);
  u->bzip.next_in = (char *) flow->in;
  u->bzip.avail_in = n_in;
  u->bzip.next_out = (char *) flow->out;
  u->bzip.avail_out = (unsigned) flow->n_out;
  int result = BZ2_bzDecompress (&u->bzip);
  flow->in += n_in - u->bzip.avail_in;
  flow->n_in -= n_in - u->bzip.avail_in;
  flow->out = (uint8_t *) u->bzip.next_out;
  flow->n_out = u->bzip.avail_out;
  switch (result)
    {
    case BZ_OK:
      return STEP_MORE;
    case BZ_STREAM_END:
      return STEP_END;
    case BZ_MEM_ERROR:
      return STEP_MEMORY;
    default:
      return STEP_BROKEN;
    }
}

static void
bzip_end (ZipUnpacker *u)
{
  BZ2_bzDecompressEnd (&u->bzip);
}

/* ---- LZMA and xz ---- */

static Step
lzma_step_any (ZipUnpacker *u, Flow *flow)
{
  u->lzma.next_in = flow->in;
  u->lzma.avail_in = flow->n_in;
  u->lzma.next_out = flow->out;
  u->lzma.avail_out = flow->n_out;
  lzma_ret result = lzma_code (&u->lzma, LZMA_RUN);
  flow->in = u->lzma.next_in;
  flow->n_in = u->lzma.avail_in;
  flow->out = u->lzma.next_out;
  flow->n_out = u->lzma.avail_out;
  switch (result)
    {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
      return STEP_MORE;
    case LZMA_STREAM_END:
      return STEP_END;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
      return STEP_MEMORY;
    default:
      return STEP_BROKEN;
    }
}

static bool
xz_begin (ZipUnpacker *u)
{
  u->lzma = (lzma_stream) LZMA_STREAM_INIT;
  return lzma_stream_decoder (&u->lzma, ZIP_MAX_MEMORY, 0) == LZMA_OK;
}

static void
lzma_end_any (ZipUnpacker *u)
{
  lzma_end (&u->lzma);
}

static bool
lzma_begin (ZipUnpacker *u)
{
  u->lzma = (lzma_stream) LZMA_STREAM_INIT;
  u->lzma_open = false;
  u->n_head = 0;
  return true;
}

/* A dictionary larger than all that there is to unpack is never filled. */
static Step
lzma_open (ZipUnpacker *u)
{
  lzma_filter filters[] = { { LZMA_FILTER_LZMA1, NULL }, { LZMA_VLI_UNKNOWN, NULL } };
  uint64_t size = u->stream->size;
  if (u->head[2] != LZMA_PROPERTIES || u->head[3] != 0
      || lzma_properties_decode (&filters[0], NULL, u->head + 4, LZMA_PROPERTIES) != LZMA_OK)
    return STEP_BROKEN;
  lzma_options_lzma *options = filters[0].options;
  if (size < options->dict_size)
    options->dict_size = (uint32_t) MAX (size, LZMA_DICT_SIZE_MIN);
  Step step = STEP_MEMORY;
  if (lzma_raw_decoder_memusage (filters) <= ZIP_MAX_MEMORY)
    step = lzma_raw_decoder (&u->lzma, filters) == LZMA_OK ? STEP_MORE : STEP_MEMORY;
  free (options); /* liblzma's, by malloc */
  u->lzma_open = true;
  return step;
}

static Step
lzma_step (ZipUnpacker *u, Flow *flow)
{
  while (u->n_head < LZMA_HEAD && flow->n_in > 0)
    {
      u->head[u->n_head++] = *flow->in++;
      flow->n_in--;
    }
  if (u->n_head < LZMA_HEAD)
    return STEP_MORE;
  Step step = u->lzma_open ? STEP_MORE : lzma_open (u);
  return step == STEP_MORE ? lzma_step_any (u, flow) : step;
}

/* ---- Zstandard ---- */

static bool
zstd_begin (ZipUnpacker *u)
{
  if (u->zstd == NULL)
    u->zstd = ZSTD_createDStream ();
  return u->zstd != NULL && !ZSTD_isError (ZSTD_initDStream (u->zstd))
         && !ZSTD_isError (ZSTD_DCtx_setParameter (u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW));
}

static Step
zstd_step (ZipUnpacker *u, Flow *flow)
{
  ZSTD_inBuffer in = { flow->in, flow->n_in, 0 };
  ZSTD_outBuffer out = { flow->out, flow->n_out, 0 };
  size_t result = ZSTD_decompressStream (u->zstd, &out, &in);
  flow->in += in.pos;
  flow->n_in -= in.pos;
  flow->out += out.pos;
  flow->n_out -= out.pos;
  if (ZSTD_isError (result))
    return STEP_BROKEN;
  return result == 0 ? STEP_END : STEP_MORE;
}

static void
zstd_end (ZipUnpacker *u)
{
  if (ZSTD_sizeof_DStream (u->zstd) <= ZSTD_KEPT)
    return;
  ZSTD_freeDStream (u->zstd);
  u->zstd = NULL;
}

/* ---- the table ---- */

/* APPNOTE 4.4.5. */
static const Method methods[] = {
  { 0, "stored", stored_begin, NULL, stored_end },
  { 1, "shrink", NULL, NULL, NULL },
  { 2, "reduce-1", NULL, NULL, NULL },
  { 3, "reduce-2", NULL, NULL, NULL },
  { 4, "reduce-3", NULL, NULL, NULL },
  { 5, "reduce-4", NULL, NULL, NULL },
  { 6, "implode", NULL, NULL, NULL },
  { 8, "deflate", deflate_begin, deflate_step, deflate_end },
  { 9, "deflate64", NULL, NULL, NULL },
  { 10, "dcl-implode", NULL, NULL, NULL },
  { 12, "bzip2", bzip_begin, bzip_step, bzip_end },
  { 14, "lzma", lzma_begin, lzma_step, lzma_end_any },
  { 16, "cmpsc", NULL, NULL, NULL },
  { 18, "terse", NULL, NULL, NULL },
  { 19, "lz77", NULL, NULL, NULL },
  { 20, "zstd", zstd_begin, zstd_step, zstd_end },
  { 93, "zstd", zstd_begin, zstd_step, zstd_end },
  { 94, "mp3", NULL, NULL, NULL },
  { 95, "xz", xz_begin, lzma_step_any, lzma_end_any },
  { 96, "jpeg", NULL, NULL, NULL },
  { 97, "wavpack", NULL, NULL, NULL },
  { 98, "ppmd", NULL, NULL, NULL },
  { 99, "aes", NULL, NULL, NULL },
};

static const Method *
find_method (uint16_t number)
{
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    if (methods[i].number == number)
      return &methods[i];
  return NULL;
}

bool
zip_method_is_known (uint16_t method)
{
  const Method *found = find_method (method);
  return found != NULL && found->begin != NULL;
}

const char *
zip_method_name (uint16_t method)
{
  const Method *found = find_method (method);
  return found != NULL ? found->name : NULL;
}

/* ---- the loop ---- */

static bool
hand_out (const ZipStream *stream, SkSpan bytes, ZipOutcome *outcome)
{
  if (bytes.size == 0)
    return true;
  outcome->crc = (uint32_t) crc32_z (outcome->crc, bytes.data, bytes.size);
  outcome->made += bytes.size;
  return stream->take (stream->take_data, bytes);
}

static bool
next_piece (const ZipStream *stream, Flow *flow, ZipOutcome *outcome)
{
  SkSpan piece;
  if (flow->last || !stream->give (stream->give_data, &piece))
    {
      flow->last = true;
      return false;
    }
  outcome->taken += piece.size;
  flow->in = piece.data;
  flow->n_in = piece.size;
  return true;
}

static void
copy (const ZipStream *stream, ZipOutcome *outcome)
{
  Flow flow = { .in = NULL };
  while (next_piece (stream, &flow, outcome))
    if (!hand_out (stream, (SkSpan){ flow.in, flow.n_in }, outcome))
      {
        outcome->ending = ZIP_STOPPED;
        return;
      }
  outcome->ending = ZIP_ENDED;
}

/* Without a mark the size is the end. */
static bool
is_complete (const ZipStream *stream, const ZipOutcome *outcome)
{
  return stream->method == 14 && !stream->marker && outcome->made >= stream->size;
}

static size_t
room_for (const ZipStream *stream, const ZipOutcome *outcome)
{
  if (stream->method != 14 || stream->marker || stream->size == ZIP_UNKNOWN)
    return ROOM;
  return (size_t) MIN (stream->size - outcome->made, ROOM);
}

static ZipEnding
pump (ZipUnpacker *u, const Method *method, ZipOutcome *outcome, Flow *flow)
{
  const ZipStream *stream = u->stream;
  for (;;)
    {
      if (is_complete (stream, outcome) && (stream->size > 0 || u->n_head == LZMA_HEAD))
        return ZIP_ENDED;
      if (flow->n_in == 0)
        next_piece (stream, flow, outcome);
      size_t before = flow->n_in;
      flow->out = u->out;
      flow->n_out = room_for (stream, outcome);
      Step step = method->step (u, flow);
      SkSpan made = { u->out, (size_t) (flow->out - u->out) };
      if (!hand_out (stream, made, outcome))
        return ZIP_STOPPED;
      if (step == STEP_END)
        return ZIP_ENDED;
      if (step != STEP_MORE)
        return step == STEP_MEMORY ? ZIP_MEMORY : ZIP_BROKEN;
      if (made.size == 0 && flow->n_in == before && (flow->last || before > 0))
        return is_complete (stream, outcome) ? ZIP_ENDED : flow->last ? ZIP_SHORT : ZIP_BROKEN;
    }
}

/* Padding, which is zeros. False: nothing else is there. */
static bool
skip_padding (const ZipStream *stream, Flow *flow, ZipOutcome *outcome)
{
  do
    while (flow->n_in > 0 && *flow->in == 0)
      {
        flow->in++;
        flow->n_in--;
      }
  while (flow->n_in == 0 && next_piece (stream, flow, outcome));
  return flow->n_in > 0;
}

static ZipEnding
pump_next (ZipUnpacker *u, const Method *method, ZipOutcome *outcome, Flow *flow)
{
  if (!u->stream->again (u->stream->give_data))
    return ZIP_STOPPED;
  method->end (u);
  return method->begin (u) ? pump (u, method, outcome, flow) : ZIP_MEMORY;
}

/* What is deflated, or LZMA, is one stream to everybody. */
static bool
has_many (const Method *method)
{
  return method->step != deflate_step && method->step != lzma_step;
}

/* Some programs go on with the next stream while something is missing. What does not end and makes
 * nothing is none. */
static ZipEnding
pump_all (ZipUnpacker *u, const Method *method, ZipOutcome *outcome, Flow *flow)
{
  const ZipStream *stream = u->stream;
  ZipEnding ending = pump (u, method, outcome, flow);
  while (ending == ZIP_ENDED && has_many (method) && outcome->made < stream->size)
    {
      uint64_t taken = outcome->taken - flow->n_in, made = outcome->made;
      bool more = skip_padding (stream, flow, outcome);
      if (more)
        ending = pump_next (u, method, outcome, flow);
      if (!more || ((ending == ZIP_BROKEN || ending == ZIP_SHORT) && outcome->made == made))
        {
          outcome->taken = taken;
          flow->n_in = 0;
          return ZIP_ENDED;
        }
    }
  return ending;
}

void
zip_unpack (ZipUnpacker *unpacker, const ZipStream *stream, ZipOutcome *ret_outcome)
{
  const Method *method = find_method (stream->method);
  ZipOutcome outcome = { .ending = ZIP_MEMORY };
  Flow flow = { .in = unpacker->out }; /* nothing yet, but somewhere */
  unpacker->stream = stream;
  if (method->step == NULL)
    copy (stream, &outcome);
  else if (method->begin (unpacker))
    {
      outcome.ending = pump_all (unpacker, method, &outcome, &flow);
      outcome.taken -= flow.n_in;
      method->end (unpacker);
    }
  unpacker->stream = NULL;
  *ret_outcome = outcome;
}

ZipUnpacker *
zip_unpacker_new (void)
{
  return g_new0 (ZipUnpacker, 1);
}

void
zip_unpacker_free (ZipUnpacker *unpacker)
{
  if (unpacker == NULL)
    return;
  if (unpacker->zlib_ready)
    inflateEnd (&unpacker->zlib);
  ZSTD_freeDStream (unpacker->zstd);
  g_free (unpacker);
}
