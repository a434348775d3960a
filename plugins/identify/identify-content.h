/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What an object's bytes say that it is: pure functions, without the host.
 */
#ifndef IDENTIFY_CONTENT_H
#define IDENTIFY_CONTENT_H

#include "identify-types.h"

/** Bytes at the beginning that text is judged by, and that libmagic is shown. */
#define ID_PREFIX 4096
/** Different types that one object may have by its content. */
#define ID_MAX_FOUND 6

typedef struct IdFound {
  IdType type;
  SkStrength strength; /**< WEAK or CONTENT */
} IdFound;

/** What was found, best first once id_content has returned. */
typedef struct IdContent {
  IdFound found[ID_MAX_FOUND];
  size_t n_found;
  const char *charset; /**< static, for text; else NULL */
} IdContent;

/** Adds a type; one that is there keeps the greater strength. Past the maximum it is dropped. */
void id_content_add (IdContent *content, IdType type, SkStrength strength);

/** Puts the sure ones first; otherwise they stay in the order in which they were found. */
void id_content_order (IdContent *content);

/** Looks at the bytes by every means of this folder. True when something is known of them; false
 * means that somebody with more signatures should look (then `found` holds at most weak ones). */
bool id_content (SkSpan bytes, IdContent *ret_content);

/** The binary formats: signatures at fixed places and the checks behind them. */
void id_magic (SkSpan bytes, IdContent *content);

/** Text: its charset, and the kinds that say what they are. Adds nothing when it is not text. */
void id_text (SkSpan bytes, IdContent *content);

/** The charset of what may be text, or NULL when it is none: "us-ascii", "utf-8", "utf-16le",
 * "utf-16be", "iso-2022-jp", "shift_jis", "euc-jp", "iso-8859-1", "unknown-8bit". `complete` tells
 * that the bytes do not end in the middle of something. Static. */
const char *id_charset (SkSpan prefix, bool complete);

/* Checks behind a signature: a closer type, or ID_NONE when the bytes are something else. */
IdType id_check_mz (SkSpan bytes);
IdType id_check_elf (SkSpan bytes);
IdType id_check_macho (SkSpan bytes);
IdType id_check_cafebabe (SkSpan bytes);
IdType id_check_coff (SkSpan bytes);
IdType id_check_pyc (SkSpan bytes);
IdType id_check_zip (SkSpan bytes);
/** The end of the bytes is that of a zip archive: end record and, where it says, the directory. */
bool id_ends_as_zip (SkSpan bytes);
IdType id_check_cfb (SkSpan bytes);
IdType id_check_ar (SkSpan bytes);

#endif
