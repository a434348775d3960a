/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Cuts a file of several YAML documents into one piece for each, so that each
 * is parsed by itself: after a mistake libfyaml cannot go on.
 *
 * That is sound because no scalar may hold a line that begins with `---` or
 * `...` and a blank or its end (YAML 1.2.2, 9.1.2, c-forbidden). Lines are
 * ended by LF, CR LF or CR, as libfyaml counts them.
 */
#ifndef SK_BASE_YAML_SPLIT_H
#define SK_BASE_YAML_SPLIT_H

#include <sekisho/span.h>

/** Begin with all zero but `rest`. */
typedef struct SkYamlSplit {
  SkSpan rest;
  uint32_t lines; /**< before `rest` */
} SkYamlSplit;

/** Takes the next piece and how many lines stand before it. A piece may be empty of content. */
bool sk_yaml_split_next (SkYamlSplit *split, SkSpan *ret_document, uint32_t *ret_before);

#endif
