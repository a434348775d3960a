/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The reader of JSON: see log-json.h. Format: RFC 8259.
 *
 *     object = "{" [ member *( "," member ) ] "}"      member = string ":" value
 *     array  = "[" [ value *( "," value ) ] "]"
 *     value  = object / array / string / number / "true" / "false" / "null"
 *
 * No recursion: a stack of LOG_JSON_MAX_LEVELS levels, below which bits tell
 * objects from arrays. Level 0 is the text itself. Pointers into the text are
 * handed from function to function, as in log-token.h.
 */
#include "config.h"

#include "log-json.h"
#include "log-names.h"
#include "log-token.h"

#include <string.h>

/* Records within records: wrapped events, and wrappers that are wrapped. */
#define MAX_FRAMES 4

enum {
  LEVEL_ARRAY = 1,
  LEVEL_RECORDS = 2, /* its objects are records */
  LEVEL_RECORD = 4,  /* an object that is a record */
  LEVEL_PAIR = 8     /* a name and a text of Windows */
};

typedef struct Level {
  uint32_t name; /* of the values of an array; of what stands above the members of an object */
  uint32_t flags;
} Level;

/* The object of such a pair; another one may stand inside. */
typedef struct Pair {
  SkSpan name;
  size_t first; /* value */
  uint32_t outer; /* level of the pair around it, 0: none */
} Pair;

/* What comes next. */
typedef enum Want { WANT_VALUE, WANT_FIRST_VALUE, WANT_KEY, WANT_FIRST_KEY, WANT_NEXT } Want;

/* A record being read. */
typedef struct Frame {
  const uint8_t *begin;
  uint64_t line;
  int64_t time;
  size_t first_value;
  uint32_t level;
  uint8_t rank; /* of the name that the time is from, 0: none yet */
  bool wrapper, resumed;
} Frame;

struct LogJson {
  const uint8_t *start, *pos, *end;
  unsigned flags; /* of the start */
  bool unended;
  Want want;
  const uint8_t *item;   /* where the last document began, and its line */
  uint64_t item_line;
  const uint8_t *done; /* behind the last event */
  uint32_t last;  /* the name that came last */
  uint32_t depth; /* of `levels` */
  uint32_t n_frames;
  Level levels[LOG_JSON_MAX_LEVELS + 1];
  Frame frames[MAX_FRAMES];
  Pair pairs[LOG_JSON_MAX_LEVELS + 1]; /* by their levels */
  uint32_t pair; /* level of the innermost that is open, 0: none */
  size_t n_values;
  LogJsonValue values[LOG_JSON_MAX_VALUES];
  LogNames names;
  LogTokens tokens; /* its limit is `end`, or where the record in hand has become too long */
  const LogZone *zone;
  LogJsonUnread unread;
};

/* A value of the text of a pair, until its name is known. */
#define PENDING (SK_NO_FIELD - 1)

/* ---- values ---- */

static inline Frame *
frame_of (LogJson *json)
{
  return &json->frames[json->n_frames - 1];
}

static inline void
push_value (LogJson *json, uint32_t field, const LogJsonValue *value)
{
  if (json->n_values == LOG_JSON_MAX_VALUES)
    {
      json->unread.values++;
      return;
    }
  json->values[json->n_values] = *value;
  json->values[json->n_values++].field = field;
}

static bool
time_of (const LogJson *json, const LogName *name, const LogJsonValue *value, int64_t *ret_time)
{
  static const LogZone utc = { NULL, 0 };
  SkSpan text = value->text;
  if (value->type == LOG_JSON_INT)
    {
      char number_text[24];
      g_snprintf (number_text, sizeof number_text, "%" G_GINT64_FORMAT, value->integer);
      return log_time_epoch (sk_span_of_text (number_text), ret_time);
    }
  if (value->type == LOG_JSON_BOOL)
    return false;
  /* what PowerShell makes of a date */
  if (text.size > 9 && memcmp (text.data, "\\/Date(", 7) == 0)
    {
      const uint8_t *close = memchr (text.data, ')', text.size);
      return close != NULL
             && log_time_epoch ((SkSpan){ text.data + 7, (size_t) (close - text.data - 7) },
                                ret_time);
    }
  return log_time_iso (text, name->utc ? &utc : json->zone, NULL, ret_time)
         || log_time_epoch (text, ret_time);
}

/* Values that are more than kept. */
static void
special_value (LogJson *json, const LogName *name, const LogJsonValue *value)
{
  Frame *frame = frame_of (json);
  int64_t time;
  if ((name->flags & LOG_NAME_LONG) != 0)
    {
      json->unread.names++;
      return;
    }
  if ((name->flags & LOG_NAME_PAIR_NAME) != 0)
    {
      if (value->type == LOG_JSON_TEXT || value->type == LOG_JSON_ESCAPED)
        json->pairs[json->pair].name = value->text;
      return;
    }
  if ((name->flags & LOG_NAME_TIME) != 0 && (frame->rank == 0 || name->rank < frame->rank)
      && time_of (json, name, value, &time))
    {
      frame->rank = name->rank;
      frame->time = time;
    }
  if ((name->flags & LOG_NAME_PAIR_TEXT) != 0)
    push_value (json, PENDING, value);
  else if (name->field != SK_NO_FIELD)
    push_value (json, name->field, value);
}

static inline void
keep_value (LogJson *json, uint32_t name_number, const LogJsonValue *value)
{
  const LogName *name = &json->names.names[name_number];
  if (G_UNLIKELY ((name->flags & LOG_NAME_SPECIAL) != 0))
    special_value (json, name, value);
  else if (name->field != SK_NO_FIELD)
    push_value (json, name->field, value);
}

/* The object of a pair ends: its text is a value of its name. */
static void
end_pair (LogJson *json)
{
  uint32_t data = json->levels[json->depth].name, field;
  const Pair *pair = &json->pairs[json->depth];
  json->pair = pair->outer;
  if (pair->name.data == NULL)
    field = json->names.names[data].field;
  else
    {
      uint32_t name = log_names_get (&json->names, json->names.names[data].parent, pair->name);
      if (name == UINT32_MAX || (json->names.names[name].flags & LOG_NAME_LONG) != 0)
        json->unread.names++;
      field = name == UINT32_MAX ? SK_NO_FIELD : json->names.names[name].field;
    }
  size_t kept = pair->first;
  for (size_t i = pair->first; i < json->n_values; i++)
    {
      LogJsonValue value = json->values[i];
      if (value.field == PENDING)
        value.field = field;
      if (value.field != SK_NO_FIELD)
        json->values[kept++] = value;
    }
  json->n_values = kept;
}

/* ---- records ---- */

/* Makes room for the names of a record. Around it are arrays, whose names nobody needs any more, wrappers,
 * which are nameless, and what is called hits in them. */
static void
forget_names (LogJson *json)
{
  log_names_reset (&json->names);
  for (uint32_t i = 1; i <= json->depth; i++)
    {
      Level *level = &json->levels[i];
      bool hits = level->name != 0 && (level->flags & LEVEL_ARRAY) == 0;
      level->name = hits ? log_names_get (&json->names, 0, sk_span_of_text ("hits")) : 0;
    }
}

static void
begin_record (LogJson *json, const uint8_t *p)
{
  if (log_names_crowded (&json->names))
    forget_names (json);
  size_t left = (size_t) (json->end - p);
  json->tokens.limit = left > LOG_JSON_MAX_RECORD ? p + LOG_JSON_MAX_RECORD : json->end;
  if (json->n_frames == 0)
    json->n_values = 0;
  json->pair = 0;
  json->frames[json->n_frames++]
      = (Frame){ .begin = p, .line = json->tokens.line, .first_value = json->n_values, .level = json->depth + 1 };
  json->last = 0;
}

/* True: there is an event to hand out. */
static bool
end_record (LogJson *json, const uint8_t *p, LogJsonEvent *event)
{
  const Frame *frame = frame_of (json);
  size_t n_values = json->n_values - frame->first_value;
  json->n_frames--;
  json->n_values = frame->first_value;
  json->tokens.limit = json->end;
  json->done = p;
  if (frame->wrapper && (frame->rank == 0 || frame->resumed))
    return false;
  *event = (LogJsonEvent){
    .begin = (size_t) (frame->begin - json->start),
    .end = (size_t) (p - json->start),
    .line = frame->line,
    .time = frame->time,
    .values = json->values + frame->first_value,
    .n_values = n_values,
    .wrapper = frame->wrapper,
  };
  return true;
}

/* An array of objects that an export wraps its events in. `p` stands behind its bracket. */
static bool
holds_records (LogJson *json, const uint8_t *p)
{
  const Level *level = &json->levels[json->depth];
  if ((level->flags & LEVEL_RECORDS) != 0)
    return true;
  if (json->n_frames == 0 || json->n_frames == MAX_FRAMES || json->last == 0
      || (json->names.names[json->last].flags & LOG_NAME_WRAPPER) == 0
      || (level->flags & LEVEL_ARRAY) != 0 || frame_of (json)->rank != 0)
    return false;
  p = log_blanks (&json->tokens, p);
  if (p == json->end && (json->flags & LOG_JSON_OPEN_END) != 0)
    return true; /* cut in front of its first record */
  return p < json->tokens.limit && *p == '{';
}

/* ---- the walk over levels ---- */

static inline void
push_level (LogJson *json, uint32_t name, uint32_t flags)
{
  json->levels[++json->depth] = (Level){ name, flags };
}

static void
open_object (LogJson *json, const uint8_t *p, uint32_t name)
{
  uint32_t flags = 0;
  if ((json->levels[json->depth].flags & LEVEL_RECORDS) != 0)
    {
      begin_record (json, p);
      name = 0;
      flags = LEVEL_RECORD;
    }
  else if ((json->names.names[name].flags & LOG_NAME_DATA) != 0)
    {
      flags = LEVEL_PAIR;
      json->pairs[json->depth + 1] = (Pair){ { NULL, 0 }, json->n_values, json->pair };
      json->pair = json->depth + 1;
    }
  push_level (json, name, flags);
  json->want = WANT_FIRST_KEY;
}

static void
open_array (LogJson *json, const uint8_t *p, uint32_t name)
{
  uint64_t line = json->tokens.line;
  uint32_t flags = LEVEL_ARRAY;
  if (holds_records (json, p + 1))
    {
      flags |= LEVEL_RECORDS;
      json->tokens.limit = json->end;
      if (json->n_frames > 0)
        frame_of (json)->wrapper = true;
    }
  json->tokens.line = line;
  push_level (json, name, flags);
  json->want = WANT_FIRST_VALUE;
}

static inline bool
same_bytes (const uint8_t *a, const uint8_t *b, size_t size)
{
  if (size < 8)
    return memcmp (a, b, size) == 0;
  for (size_t i = 0; i + 8 <= size; i += 8)
    if (log_word_at (a + i) != log_word_at (b + i))
      return false;
  return log_word_at (a + size - 8) == log_word_at (b + size - 8);
}

/* The key at `p` is the one that followed the last one before: which of the two, or 0. */
static inline uint32_t
guess_key (const LogJson *json, const uint8_t *p, uint32_t parent)
{
  const LogName *last = &json->names.names[json->last];
  for (int i = 0; i < 2; i++)
    {
      const LogName *guess = &json->names.names[last->next[i]];
      if (last->next[i] != 0 && guess->parent == parent
          && (size_t) (json->tokens.limit - p) > guess->quoted_size
          && same_bytes (p, guess->quoted, guess->quoted_size))
        return last->next[i];
    }
  return 0;
}

static const uint8_t *
find_key (LogJson *json, const uint8_t *p, uint32_t parent)
{
  bool escaped;
  const uint8_t *end = log_string_end (&json->tokens, p + 1, &escaped);
  if (end == NULL)
    return NULL;
  uint32_t name = log_names_get (&json->names, parent, (SkSpan){ p + 1, (size_t) (end - p - 1) });
  p = log_blanks (&json->tokens, end + 1);
  if (p == json->tokens.limit || *p != ':')
    return log_broken (&json->tokens, p);
  if (name != UINT32_MAX)
    {
      LogName *last = &json->names.names[json->last];
      if (last->next[0] != name)
        {
          last->next[1] = last->next[0];
          last->next[0] = name;
        }
    }
  json->last = name;
  return p + 1;
}

/* Reads a key and its colon. */
static inline const uint8_t *
key (LogJson *json, const uint8_t *p)
{
  uint32_t parent = json->levels[json->depth].name;
  p = log_blanks (&json->tokens, p);
  if (p == json->tokens.limit || *p != '"')
    return log_broken (&json->tokens, p);
  uint32_t name = guess_key (json, p, parent);
  if (name == 0)
    return find_key (json, p, parent);
  json->last = name;
  return p + json->names.names[name].quoted_size;
}

/* A value that has no place: below the last level, or of a name for which there is no room. */
static const uint8_t *
pass_over (LogJson *json, const uint8_t *p)
{
  if (json->last == UINT32_MAX)
    {
      json->last = 0;
      json->unread.names++;
    }
  else
    json->unread.deep++;
  json->want = WANT_NEXT;
  return log_skip_value (&json->tokens, p);
}

static inline const uint8_t *
value (LogJson *json, const uint8_t *p)
{
  const Level *level = &json->levels[json->depth];
  bool array = (level->flags & LEVEL_ARRAY) != 0;
  p = log_blanks (&json->tokens, p);
  if (p == json->tokens.limit)
    return log_broken (&json->tokens, p);
  uint32_t name = array || json->depth == 0 ? level->name : json->last;
  if (G_UNLIKELY (name == UINT32_MAX))
    return pass_over (json, p);
  if (*p == '{' || *p == '[')
    {
      if (json->depth == LOG_JSON_MAX_LEVELS)
        return pass_over (json, p);
      if (*p == '{')
        open_object (json, p, name);
      else
        open_array (json, p, name);
      return p + 1;
    }
  LogJsonValue found;
  bool null;
  const uint8_t *end = log_scalar (&json->tokens, p, &found, &null);
  if (end == NULL)
    return NULL;
  if (G_UNLIKELY ((level->flags & LEVEL_RECORDS) != 0))
    {
      if (json->depth == 0)
        return log_broken (&json->tokens, p);
      json->unread.loose++;
    }
  else if (!null && json->n_frames > 0)
    keep_value (json, name, &found);
  json->want = WANT_NEXT;
  return end;
}

/* At a closing mark. True in `*ret_event`: an event ended. */
static inline const uint8_t *
close_level (LogJson *json, const uint8_t *p, LogJsonEvent *event, bool *ret_event)
{
  uint32_t flags = json->levels[json->depth].flags;
  if ((flags & LEVEL_PAIR) != 0)
    end_pair (json);
  json->depth--;
  json->want = WANT_NEXT;
  if ((flags & LEVEL_RECORD) != 0)
    *ret_event = end_record (json, p + 1, event);
  return p + 1;
}

static inline const uint8_t *
next (LogJson *json, const uint8_t *p, LogJsonEvent *event, bool *ret_event)
{
  uint32_t flags = json->levels[json->depth].flags;
  bool array = (flags & LEVEL_ARRAY) != 0;
  p = log_blanks (&json->tokens, p);
  if (p == json->tokens.limit)
    return log_broken (&json->tokens, p);
  if (*p == ',')
    {
      json->want = array ? WANT_VALUE : WANT_KEY;
      return p + 1;
    }
  if (*p != (array ? ']' : '}'))
    return log_broken (&json->tokens, p);
  return close_level (json, p, event, ret_event);
}

/* ---- where it is broken ---- */

static const uint8_t *
line_start (const LogJson *json, const uint8_t *p)
{
  const uint8_t *end = memrchr (json->start, '\n', (size_t) (p - json->start));
  return end != NULL ? end + 1 : json->start;
}

static bool
is_blank (const uint8_t *p, const uint8_t *end)
{
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  return p == end;
}

/* Stands at a document, or at a record indented as the broken one is. */
static bool
resume_at (LogJson *json, const uint8_t *p, SkSpan indent, uint32_t level)
{
  size_t left = (size_t) (json->end - p);
  if (level > 0 && left > indent.size && p[indent.size] == '{'
      && memcmp (p, indent.data, indent.size) == 0)
    {
      json->depth = level;
      json->pos = p + indent.size;
      json->want = WANT_VALUE;
      return true;
    }
  if (left == 0 || (*p != '{' && *p != '['))
    return false;
  json->depth = json->n_frames = 0;
  json->pos = p;
  json->want = WANT_NEXT;
  return true;
}

/* Documents over several lines: goes on at the next line that looks like a beginning. */
static void
resume_below (LogJson *json, const uint8_t *begin, const uint8_t *where)
{
  uint32_t level = 0;
  SkSpan indent = { line_start (json, begin), 0 };
  indent.size = (size_t) (begin - indent.data);
  if (json->n_frames > 0 && frame_of (json)->level > 1 && !frame_of (json)->wrapper
      && is_blank (indent.data, begin))
    {
      level = frame_of (json)->level - 1;
      json->n_frames--;
    }
  const uint8_t *p = line_start (json, where);
  if (p > begin && p >= json->done && resume_at (json, p, indent, level))
    return;
  p = where;
  while ((p = memchr (p, '\n', (size_t) (json->end - p))) != NULL)
    {
      p++;
      json->tokens.line++;
      if (resume_at (json, p, indent, level))
        return;
    }
  json->depth = json->n_frames = 0;
  json->pos = json->end;
  json->want = WANT_NEXT;
}

static void
resume_next_line (LogJson *json, const uint8_t *where)
{
  const uint8_t *end = memchr (where, '\n', (size_t) (json->end - where));
  json->depth = json->n_frames = 0;
  json->want = WANT_NEXT;
  json->pos = end != NULL ? end + 1 : json->end;
  json->tokens.line += end != NULL ? 1 : 0;
}

/* A record over its size that is good JSON is passed over as one. */
static bool
pass_long (LogJson *json)
{
  const Frame *frame = frame_of (json);
  json->tokens.limit = json->end;
  json->depth = frame->level;
  json->tokens.line = frame->line;
  const uint8_t *p = log_skip_value (&json->tokens, frame->begin);
  if (p == NULL)
    return false;
  json->depth = frame->level - 1;
  json->n_frames--;
  json->n_values = frame->first_value;
  json->pos = p;
  json->want = WANT_NEXT;
  return true;
}

/* The beginning of a longer text ends between two records: nothing is broken. */
static bool
is_open_end (LogJson *json)
{
  if ((json->flags & LOG_JSON_OPEN_END) == 0 || json->tokens.broken != json->end
      || (json->n_frames > 0 && !frame_of (json)->wrapper))
    return false;
  json->depth = json->n_frames = 0;
  json->pos = json->end;
  json->want = WANT_NEXT;
  return true;
}

static LogJsonStatus
recover (LogJson *json, LogJsonEvent *event)
{
  if (is_open_end (json))
    return LOG_JSON_END;
  bool framed = json->n_frames > 0 && !frame_of (json)->resumed;
  const uint8_t *begin = framed ? frame_of (json)->begin : json->item;
  *event = (LogJsonEvent){ .begin = (size_t) (begin - json->start),
                           .line = framed ? frame_of (json)->line : json->item_line,
                           .wrapper = json->n_frames > 0
                                      && (frame_of (json)->level > 1 || frame_of (json)->wrapper) };
  if (json->n_frames == 0 || json->tokens.limit == json->end || json->tokens.broken < json->tokens.limit
      || !pass_long (json))
    {
      const uint8_t *where = json->tokens.broken;
      json->tokens.limit = json->end;
      json->unended = where == json->end;
      if ((json->flags & LOG_JSON_LINES) != 0)
        resume_next_line (json, where);
      else
        resume_below (json, begin, where);
    }
  event->end = (size_t) (json->pos - json->start);
  json->last = 0;
  return LOG_JSON_BAD;
}

/* ---- the reader ---- */

/* Between documents. */
static const uint8_t *
top (LogJson *json, const uint8_t *p)
{
  p = log_skip_between (&json->tokens, p);
  json->item = p;
  json->item_line = json->tokens.line;
  json->want = WANT_VALUE;
  return p;
}

LogJsonStatus
log_json_next (LogJson *json, LogJsonEvent *ret_event)
{
  const uint8_t *p = json->pos;
  bool event = false;
  json->unended = false;
  while (p != NULL && !event)
    {
      switch (json->want)
        {
        case WANT_FIRST_KEY:
          p = log_blanks (&json->tokens, p);
          if (p < json->tokens.limit && *p == '}')
            {
              p = close_level (json, p, ret_event, &event);
              break;
            }
          /* fall through */
        case WANT_KEY:
          p = key (json, p);
          if (p == NULL)
            break;
          /* fall through */
        case WANT_VALUE:
          p = value (json, p);
          break;
        case WANT_FIRST_VALUE:
          p = log_blanks (&json->tokens, p);
          p = p < json->tokens.limit && *p == ']' ? close_level (json, p, ret_event, &event)
                                           : value (json, p);
          break;
        case WANT_NEXT:
          if (json->depth > 0)
            p = next (json, p, ret_event, &event);
          else if ((p = top (json, p)) == json->end)
            {
              json->want = WANT_NEXT;
              json->pos = p;
              return LOG_JSON_END;
            }
          break;
        }
    }
  if (p == NULL)
    return recover (json, ret_event);
  json->pos = p;
  return LOG_JSON_EVENT;
}

bool
log_json_unended (const LogJson *json)
{
  return json->unended;
}

const LogJsonUnread *
log_json_unread (const LogJson *json)
{
  return &json->unread;
}

/* ---- between two records ---- */

/* A letter for each level: `a` an array of records, `o` a wrapper, `h` what is called hits in it. */
size_t
log_json_place (const LogJson *json, char place[LOG_JSON_MAX_LEVELS])
{
  for (uint32_t i = 1; i <= json->depth; i++)
    {
      uint32_t flags = json->levels[i].flags;
      place[i - 1] = (flags & LEVEL_ARRAY) != 0    ? 'a'
                     : (flags & LEVEL_RECORD) != 0 ? 'o'
                                                   : 'h';
    }
  return json->depth;
}

static void
enter (LogJson *json, SkSpan place)
{
  for (size_t i = 0; i < place.size && i < LOG_JSON_MAX_LEVELS; i++)
    {
      uint32_t name = 0;
      uint32_t flags = place.data[i] == 'a' ? LEVEL_ARRAY | LEVEL_RECORDS : 0;
      if (place.data[i] == 'h')
        name = log_names_get (&json->names, 0, sk_span_of_text ("hits"));
      else if (place.data[i] == 'o' && json->n_frames < MAX_FRAMES - 1)
        {
          flags = LEVEL_RECORD;
          json->frames[json->n_frames++] = (Frame){ .begin = json->start,
                                                    .line = json->tokens.line,
                                                    .level = (uint32_t) i + 1,
                                                    .wrapper = true,
                                                    .resumed = true };
        }
      push_level (json, name, flags);
      json->want = WANT_VALUE;
    }
}

void
log_json_start (LogJson *json, SkSpan text, uint64_t line, unsigned flags, SkSpan place)
{
  static const uint8_t nothing;
  const uint8_t *start = text.size > 0 ? text.data : &nothing;
  json->start = json->pos = json->item = json->done = start;
  json->end = json->tokens.limit = json->start + text.size;
  json->tokens.line = json->item_line = line;
  json->flags = flags;
  json->tokens.one_line = (flags & LOG_JSON_LINES) != 0;
  json->unended = false;
  json->depth = json->n_frames = 0;
  json->n_values = 0;
  json->last = json->pair = 0;
  json->levels[0] = (Level){ 0, LEVEL_RECORDS };
  json->want = WANT_NEXT;
  if (json->end - start >= 3 && memcmp (start, "\xef\xbb\xbf", 3) == 0)
    json->pos += 3;
  enter (json, place);
}

LogJson *
log_json_new (LogJsonField field, void *data, const LogZone *zone)
{
  LogJson *json = g_new (LogJson, 1);
  log_names_init (&json->names, field, data);
  json->zone = zone;
  json->unread = (LogJsonUnread){ 0 };
  log_json_start (json, (SkSpan){ NULL, 0 }, 1, 0, (SkSpan){ NULL, 0 });
  return json;
}

void
log_json_free (LogJson *json)
{
  if (json == NULL)
    return;
  log_names_clear (&json->names);
  g_free (json);
}
