/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What most subcommands begin with: configuration, sources, and an engine in
 * this process. Such an engine sees no input, only rules and plugins that the
 * user configured; what scans has a zygote of its own.
 */
#ifndef SK_MAIN_SESSION_H
#define SK_MAIN_SESSION_H

#include "config/settings.h"
#include "main/command.h"

typedef struct SkSession {
  SkSettings settings;
  SkBundle *bundle;       /**< configuration; sources after sk_session_sources */
  SkEngine *engine;       /**< after sk_session_engine */
  SkCatalogue *catalogue; /**< as above */
} SkSession;

/** Reads the configuration that the command line names. Clear it also when this fails. */
gboolean sk_session_open (SkSession *session, const SkCommandLine *line, GError **error);
/** Reads rules, lists and silences. */
gboolean sk_session_sources (SkSession *session, GError **error);
/** Loads the plugins with them, in this process. */
gboolean sk_session_engine (SkSession *session, GError **error);
void sk_session_clear (SkSession *session);

/** The text for one line of a terminal: invisible and control characters are escaped. Names in it that
 * were escaped before stay as they are, so a backslash is left alone. New string. */
char *sk_safe_line (const char *bytes);
/** Prints each line of the message after the program's name, on standard error. */
void sk_say_error (const GError *error);
/** The same without the program's name: editors jump to `file:line:column`. */
void sk_say_places (const GError *error);
/** One line on standard error after the program's name; the text is made safe for a terminal. */
void sk_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
/** The catalogue's problems of one kind, a line each. */
void sk_say_problems (FILE *out, const SkCatalogue *catalogue, SkProblemKind kind);
/** Flushes standard output. FALSE, and said, when what was printed did not all arrive. */
gboolean sk_flush_output (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkSession, sk_session_clear)

#endif
