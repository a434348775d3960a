/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Values as numbers, addresses and times.
 *
 * A number is decimal: digits with a sign and a fraction at most. 64-bit
 * integers are compared exactly.
 */
#include "config.h"

#include "sigma/index.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>

/** The longest text that is read as a number, an address or a time. */
#define LONGEST 128

/* ---- numbers ---- */

/** Copies the text with a NUL behind it; false when it cannot be what is looked for. */
static bool
take_short (SkSpan text, char *to)
{
  if (text.size == 0 || text.size >= LONGEST || memchr (text.data, '\0', text.size) != NULL)
    return false;
  memcpy (to, text.data, text.size);
  to[text.size] = '\0';
  return true;
}

/** `[+-]digits[.digits]`. */
static bool
is_decimal (const char *text, bool *ret_fraction)
{
  const char *at = text + (*text == '+' || *text == '-');
  size_t whole = strspn (at, "0123456789");
  at += whole;
  *ret_fraction = *at == '.';
  size_t digits = *ret_fraction ? strspn (at + 1, "0123456789") : 1;
  at += *ret_fraction ? digits + 1 : 0;
  return whole > 0 && digits > 0 && *at == '\0';
}

static bool
compare (SkSigmaCompare how, int order)
{
  switch (how)
    {
    case SK_SIGMA_EQ:
      return order == 0;
    case SK_SIGMA_NEQ:
      return order != 0;
    case SK_SIGMA_LT:
      return order < 0;
    case SK_SIGMA_LTE:
      return order <= 0;
    case SK_SIGMA_GT:
      return order > 0;
    case SK_SIGMA_GTE:
      return order >= 0;
    }
  return false;
}

/** An integer against a fraction, without the rounding of a conversion. */
static int
order_mixed (int64_t integer, double fraction)
{
  if (fraction >= 0x1p63)
    return -1;
  if (fraction < -0x1p63)
    return 1;
  double below = floor (fraction);
  int64_t whole = (int64_t) below;
  if (integer != whole)
    return integer < whole ? -1 : 1;
  return fraction > below ? -1 : 0;
}

static bool
match_integer (const SkSigmaAtom *atom, int64_t integer)
{
  int order = atom->is_integer ? (integer > atom->integer) - (integer < atom->integer)
                               : order_mixed (integer, atom->number);
  return compare (atom->compare, order);
}

static bool
match_fraction (const SkSigmaAtom *atom, double fraction)
{
  int order = atom->is_integer ? -order_mixed (atom->integer, fraction)
                               : (fraction > atom->number) - (fraction < atom->number);
  return compare (atom->compare, order);
}

static bool
read_integer (const char *text, int64_t *ret_integer)
{
  char *end;
  errno = 0;
  *ret_integer = g_ascii_strtoll (text, &end, 10);
  return errno == 0 && *end == '\0';
}

bool
sigma_number_match (const SkSigmaAtom *atom, const SkValue *value, SkSpan text)
{
  char digits[LONGEST];
  bool fraction;
  int64_t integer;
  if (value->type == SK_FIELD_INT)
    return match_integer (atom, value->integer);
  if (value->type != SK_FIELD_STRING || !take_short (text, digits)
      || !is_decimal (digits, &fraction))
    return false;
  if (!fraction && read_integer (digits, &integer))
    return match_integer (atom, integer);
  return match_fraction (atom, g_ascii_strtod (digits, NULL));
}

/* ---- addresses ---- */

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/** Reads an address, an IPv4 one as mapped, and a mapped one is an IPv4 one. A zone (`fe80::1%eth0`) does not count; only
 * IPv6 has them. */
static bool
read_address (char *text, uint8_t *address, bool *ret_v4)
{
  char *zone = strchr (text, '%');
  if (zone != NULL && (zone[1] == '\0' || strchr (zone + 1, '%') != NULL))
    return false;
  if (zone != NULL)
    *zone = '\0';
  memcpy (address, mapped, sizeof mapped);
  bool good = (zone == NULL && inet_pton (AF_INET, text, address + sizeof mapped) == 1)
              || inet_pton (AF_INET6, text, address) == 1;
  *ret_v4 = good && memcmp (address, mapped, sizeof mapped) == 0;
  return good;
}

static bool
same_bits (const uint8_t *a, const uint8_t *b, unsigned bits)
{
  unsigned whole = bits / 8, rest = bits % 8;
  return memcmp (a, b, whole) == 0
         && (rest == 0 || ((a[whole] ^ b[whole]) & (uint8_t) (0xff00u >> rest)) == 0);
}

/** An IPv4 address is in no network of IPv6 but those of mapped addresses. */
bool
sigma_cidr_match (const SkSigmaAtom *atom, SkSpan text)
{
  char copy[LONGEST];
  uint8_t address[16];
  bool is_v4;
  if (!take_short (text, copy) || !read_address (copy, address, &is_v4))
    return false;
  if ((is_v4 || atom->is_v4) && atom->prefix < 96)
    return false;
  return same_bits (address, atom->address, atom->prefix);
}

/* ---- times ---- */

/** Seconds from which on a whole number is of milliseconds: year 5138. */
#define FIRST_MILLISECONDS INT64_C (100000000000)

typedef struct Reader {
  const char *at;
} Reader;

static bool
take_digits (Reader *reader, int count, int *ret_value)
{
  *ret_value = 0;
  for (int i = 0; i < count; i++)
    {
      if (!g_ascii_isdigit (reader->at[i]))
        return false;
      *ret_value = *ret_value * 10 + (reader->at[i] - '0');
    }
  reader->at += count;
  return true;
}

static bool
take_one (Reader *reader, const char *letters)
{
  if (*reader->at == '\0' || strchr (letters, *reader->at) == NULL)
    return false;
  reader->at++;
  return true;
}

/** `Z`, `+hh:mm` or nothing, which is UTC; in minutes. */
static bool
take_zone (Reader *reader, int *ret_minutes)
{
  int hours, minutes;
  *ret_minutes = 0;
  if (*reader->at == '\0' || take_one (reader, "Zz"))
    return true;
  int sign = *reader->at == '-' ? -1 : 1;
  if (!take_one (reader, "+-") || !take_digits (reader, 2, &hours) || !take_one (reader, ":")
      || !take_digits (reader, 2, &minutes) || hours > 23 || minutes > 59)
    return false;
  *ret_minutes = sign * (hours * 60 + minutes);
  return true;
}

static GDateTime *
read_date (const char *text)
{
  Reader reader = { text };
  int year, month, day, hour, minute, second, zone;
  if (!take_digits (&reader, 4, &year) || !take_one (&reader, "-")
      || !take_digits (&reader, 2, &month) || !take_one (&reader, "-")
      || !take_digits (&reader, 2, &day) || !take_one (&reader, "Tt ")
      || !take_digits (&reader, 2, &hour) || !take_one (&reader, ":")
      || !take_digits (&reader, 2, &minute) || !take_one (&reader, ":")
      || !take_digits (&reader, 2, &second))
    return NULL;
  if (take_one (&reader, ".") && !g_ascii_isdigit (*reader.at))
    return NULL;
  while (g_ascii_isdigit (*reader.at))
    reader.at++;
  if (!take_zone (&reader, &zone) || *reader.at != '\0')
    return NULL;
  /* a leap second is in the minute that it ends */
  g_autoptr (GDateTime) local
      = g_date_time_new_utc (year, month, day, hour, minute, MIN (second, 59));
  return local != NULL && second <= 60 ? g_date_time_add_minutes (local, -zone) : NULL;
}

static GDateTime *
read_time (const char *text)
{
  int64_t number;
  bool fraction;
  if (!is_decimal (text, &fraction))
    return read_date (text);
  if (fraction || !read_integer (text, &number))
    return NULL;
  if (number >= FIRST_MILLISECONDS || number <= -FIRST_MILLISECONDS)
    number = number / 1000 - (number % 1000 < 0);
  return g_date_time_new_from_unix_utc (number);
}

static int
part_of (GDateTime *time, SkSigmaTimePart part)
{
  switch (part)
    {
    case SK_SIGMA_MINUTE:
      return g_date_time_get_minute (time);
    case SK_SIGMA_HOUR:
      return g_date_time_get_hour (time);
    case SK_SIGMA_DAY:
      return g_date_time_get_day_of_month (time);
    case SK_SIGMA_WEEK:
      return g_date_time_get_week_of_year (time);
    case SK_SIGMA_MONTH:
      return g_date_time_get_month (time);
    case SK_SIGMA_YEAR:
      return g_date_time_get_year (time);
    }
  return -1;
}

bool
sigma_timepart_match (const SkSigmaAtom *atom, SkSpan text)
{
  char copy[LONGEST];
  if (!take_short (text, copy))
    return false;
  g_autoptr (GDateTime) time = read_time (copy);
  return time != NULL && part_of (time, atom->part) == (int) atom->number;
}
