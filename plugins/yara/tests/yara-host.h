/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What every test of this plugin does with the host of paper: gives rule
 * sources and facts, configures, judges bytes, and reads what came out as
 * lines of text.
 */
#ifndef YARA_HOST_H
#define YARA_HOST_H

#include "fake-api.h"

#define HOST_MAX_FACTS 8

typedef struct Host {
  SkSetup *setup;
  SkObject *object;
  void *context; /**< the plugin's */
  SkFieldDecl decls[HOST_MAX_FACTS];
  SkValue values[HOST_MAX_FACTS];
  bool present[HOST_MAX_FACTS];
} Host;

Host *host_new (void);
/** Ends the plugin too. */
void host_free (Host *host);
void host_source (Host *host, const char *path, const char *text);
/** All files below `folder` whose names end in .yar or .yara, in bytewise order; how many. */
size_t host_source_tree (Host *host, const char *folder);
/** Declares a fact; its index. */
uint32_t host_fact (Host *host, const char *name, SkFieldType type);
SkResult host_configure (Host *host);
/** Names the object, empties it. Only then bytes, facts and types can be set. */
void host_object (Host *host, const char *path);
/** Judges borrowed bytes; what was told of the object before is forgotten. */
SkResult host_judge (Host *host, const void *bytes, size_t size);

/** "ID EVIDENCE" of each match, sorted, a line each; transfer full. */
char *host_matches (const Host *host);
/** "REASON detail" of all that was not inspected, as above. */
char *host_not_inspected (const Host *host);
/** "CALL FILE:LINE: text" of what configure said, in its order; transfer full. */
char *host_problems (const Host *host);
/** True when the rule with that id matched. */
bool host_matched (const Host *host, const char *id);
/** NULL when no rule has it. */
const SkRuleInfo *host_rule (const Host *host, const char *id);

#endif
