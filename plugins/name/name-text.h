/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Names as people and systems read them: characters that are not seen, the
 * parts between dots, names that Windows gives a meaning of its own, and the
 * marks of a shell. Knows nothing of the host.
 */
#ifndef NAME_TEXT_H
#define NAME_TEXT_H

#include <glib.h>
#include <sekisho/span.h>
#include <unicode/unorm2.h>

/** A longer part behind a dot is a piece of a sentence, not an extension. */
#define NAME_MAX_EXTENSION 16 /* characters */
/** Parts between dots that are told, the ones nearest to the end. */
#define NAME_MAX_EARLIER 8
/** Different characters of a kind that are told. */
#define NAME_MAX_MARKS 16

/** A name's code points. */
typedef struct NameText {
  uint32_t *at;
  size_t length;
} NameText;

/** Decodes valid UTF-8. Free with name_text_clear. */
NameText name_text (const char *utf8);
void name_text_clear (NameText *text);

/** The name as it is compared: what is not seen left out, NFKC, simple case folding. */
NameText name_plain (const UNormalizer2 *nfkc, NameText name);

/** Looks like a space: White_Space, and the fillers and blank patterns that show nothing either. */
bool name_is_blank (uint32_t c);
/** The longest run of blanks, what is not seen inside it passed over. */
size_t name_blank_run (NameText name);

/** Embeddings, overrides and isolates: U+202A-202E, U+2066-2069. */
bool name_is_bidi (uint32_t c);
/** The character at `i` is not seen, and stands where no script or emoji needs it: a joiner between
 * letters of Arabic or Devanagari, a variation selector behind an ideograph, direction marks in a
 * Hebrew name are in their place. Bidi controls are not counted here. */
bool name_is_hidden (NameText name, size_t i);

/** The extensions of a plain name, all in one buffer of UTF-8. */
typedef struct NameParts {
  char *last;                      /**< or NULL */
  char *inner;                     /**< the one right before the last; or NULL */
  char *earlier[NAME_MAX_EARLIER]; /**< all before the last, in their order */
  size_t n_earlier;
} NameParts;

/** Splits at dots; dots and blanks at the end do not count. Free with name_parts_clear. */
void name_parts (NameText plain, NameParts *ret_parts);
void name_parts_clear (NameParts *parts);

/** The character before the last extension, when it only looks like a dot; else 0. */
uint32_t name_dot_like (NameText name);

/** "cyrillic" or "greek" when letters of it that look like Latin ones stand inside a Latin word;
 * else NULL. Static. */
const char *name_mixed_script (NameText name);

/** The device that Windows means by the plain name (`con`, `lpt1`), or NULL. Static. */
const char *name_device (NameText plain);

/** How a path of a container leaves the folder that it is unpacked to; a bit for each word of
 * `name_escapes`. */
#define NAME_ESCAPES_PARENT 1u    /**< `..` above it */
#define NAME_ESCAPES_SPACED 2u    /**< `.. ` and the like, which Windows takes for `..` */
#define NAME_ESCAPES_ABSOLUTE 4u
#define NAME_ESCAPES_DRIVE 8u
#define NAME_ESCAPES_UNC 16u
#define NAME_ESCAPES_DEVICE 32u   /**< some part of it is a device of Windows */
#define NAME_ESCAPES_LINK 64u     /**< it is a link that leads out */

extern const char *const name_escapes[]; /**< NULL-terminated */

/** Of a member's whole path. */
uint32_t name_escapes_of (const char *path);
/** Of a link with that path and target; of a hard link, whose target is seen from the root, "". */
bool name_link_escapes (const char *path, SkSpan target);

/** Marks that a shell obeys, and names of commands, bit by bit; the words for them are in the
 * tables. */
typedef struct NameShell {
  uint32_t marks, words;
} NameShell;

extern const char *const name_shell_marks[]; /**< NULL-terminated */
extern const char *const name_shell_words[]; /**< NULL-terminated */

NameShell name_shell (const char *name);

/** In `FILE.EXT:STREAM` and `FILE.EXT:STREAM:$DATA` the part behind the first colon; else empty. */
SkSpan name_stream (const char *name);

#endif
