/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * UDF.
 */
#include "config.h"

#include "media-trees.h"

bool
media_udf (Media *media, const MediaSource *disc, GPtrArray *trees)
{
  (void) media;
  (void) disc;
  (void) trees;
  return false;
}
