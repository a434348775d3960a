/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The facts of this plugin, in the order of their handles.
 */
#ifndef ARCHIVE_FACTS_H
#define ARCHIVE_FACTS_H

#include <sekisho/sekisho.h>

enum
{
  /* of a container */
  FACT_FORMAT,
  FACT_FILTERS,
  FACT_MEMBERS,
  FACT_OFFSET,
  FACT_ENCRYPTED,
  FACT_NAMES_HIDDEN,
  FACT_CIPHER,
  FACT_SOLID,
  FACT_VOLUME,
  FACT_COMMENT,
  FACT_TRAILING,
  FACT_STREAMS,
  FACT_STREAM_ESCAPES,
  /* of a member */
  FACT_CRC32,
  FACT_LOCKED,
  FACT_CHARSET,
  N_FACTS
};

extern const SkFieldDecl archive_facts[N_FACTS];

#endif
