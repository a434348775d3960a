/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Bytes of unknown make turned into text that is safe to show.
 */
#ifndef SK_BASE_TEXT_H
#define SK_BASE_TEXT_H

#include <glib.h>
#include <sekisho/span.h>

/** UTF-8 of a file name or other bytes: valid UTF-8 stays as it is (control characters too), each
 * byte that is not part of valid UTF-8 becomes `\xNN`, and a backslash before what looks like that
 * becomes `\x5c`: different bytes give different texts. No decoder. New string, transfer full. */
char *sk_text_from_bytes (SkSpan bytes);

/** For a terminal or a log line: control characters (C0, C1, DEL), line and paragraph separators
 * become `\n`, `\r`, `\t` or `\u{HEX}`; bidirectional and invisible format characters become
 * `\u{HEX}`; a backslash becomes `\\`. `text` is valid UTF-8. New string, transfer full. */
char *sk_text_escape (const char *text);

/** Length in bytes of the longest head of `text` that is at most `maximum` bytes and ends at a
 * character border. */
size_t sk_text_cut (const char *text, size_t maximum);

/** The code point is bidirectional control, zero-width or otherwise invisible (U+200B-200F,
 * U+202A-202E, U+2060-2069, U+FEFF, U+00AD, U+034F, U+061C, U+115F, U+1160, U+180E, U+2800,
 * U+3164, U+FFA0, U+FE00-FE0F, U+E0000-E01EF). */
bool sk_text_is_invisible (uint32_t code_point);

/** Lower-case hexadecimal. New string, transfer full. */
char *sk_text_hex (SkSpan bytes);

/** The last part of a path: after the last `/`, or all of it. Borrowed from `path`. */
const char *sk_text_base_name (const char *path);
/** Between the path of a container and what is in it. */
#define SK_TEXT_INSIDE " » "

/** The name begins with a dot, by which all but Windows hide it; not `.` and `..`. */
bool sk_text_is_dotted (const char *name);

/** A file name's last extension, without the dot: `gz` of `a.tar.gz`; "", at the name's end, where it
 * has none (`README`, `.profile`, `a.`). Borrowed from `name`. */
const char *sk_text_extension (const char *name);

/** Lower case, each character by itself: the same in every locale (a Turkish one has its own for `I`).
 * `text` is valid UTF-8. New string, transfer full. */
char *sk_text_lower (const char *text);
/** Writes the number's digits so that they end before `end`, which has 20 bytes of room before it. The
 * first digit. No NUL. For hot paths, where printf costs more than all else. */
char *sk_text_digits (char *end, uint64_t number);

/** `1234567` as `1,234,567`; `bytes` form with KiB, MiB, GiB and one decimal. New strings. */
char *sk_text_count (uint64_t count);
char *sk_text_size (uint64_t bytes);

#endif
