/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * LZNT1 (MS-XCA 2.5), by which NTFS compresses. A reader of our own: libtsk's
 * writes past its buffer when a file's runs are broken.
 */
#ifndef MEDIA_LZNT1_H
#define MEDIA_LZNT1_H

#include <sekisho/sekisho.h>

/** Unpacks into `size` bytes; what the packed bytes do not fill is zeros. False: they are broken;
 * what came before is there. */
bool media_lznt1 (SkSpan packed, uint8_t *buffer, size_t size);

#endif
