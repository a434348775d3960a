/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Rule files and folders that the command line names, in place of all that is
 * configured: which hold YARA rules, which Sigma rules, which tests of them.
 */
#ifndef SK_MAIN_RULE_PATHS_H
#define SK_MAIN_RULE_PATHS_H

#include "base/bundle.h"
#include "main/command.h"

/** The paths take the place of the configured YARA and Sigma rules, hash lists too; nothing happens when
 * none is named. A file is YARA's unless its name ends in .yml or .yaml; a folder is searched for both. A
 * test file stands for the rules beside it. Placeholder lists and tables stay the configured ones. */
gboolean sk_rule_paths_only (const SkCommandLine *line, GError **error);

/** Reads the test files: those that the command line names, those beside rule files that it names, those
 * in folders that it names; when it names nothing, in `folders`. Entries have the kind "test". Transfer
 * full. */
SkBundle *sk_rule_paths_tests (const SkCommandLine *line, char *const *folders, GError **error);

/** The path of a test file or rule file without what says which it is: equal for those that belong
 * together. New string. */
char *sk_rule_paths_stem (const char *path);

#endif
