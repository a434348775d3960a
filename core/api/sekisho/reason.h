/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Why something was not looked at fully.
 *
 * Each reason is a finding of its own, `not-inspected.<word>`; an object with
 * one is never called clean.
 */
#ifndef SEKISHO_REASON_H
#define SEKISHO_REASON_H

/** The values are part of the ABI; new ones are appended. The words in the comments stand in ids. */
typedef enum SkReason {
  SK_REASON_ENCRYPTED = 0,  /**< `encrypted`: no secret opened it */
  SK_REASON_LIMIT = 1,      /**< `limit`: over a limit of depth, bytes, count, ratio or work */
  SK_REASON_TIMEOUT = 2,    /**< `timeout`: a plugin made no progress within its backstop */
  SK_REASON_CRASH = 3,      /**< `crash`: a plugin died on it */
  SK_REASON_MEMORY = 4,     /**< `memory`: a plugin ran out of its memory */
  SK_REASON_CHANGED = 5,    /**< `changed`: the file changed, shrank or vanished while it was read */
  SK_REASON_UNREADABLE = 6, /**< `unreadable`: the system refused to give the bytes */
  SK_REASON_MALFORMED = 7,  /**< `malformed`: broken so that part of it could not be read */
  SK_REASON_UNSUPPORTED = 8, /**< `unsupported`: a format or method that nothing here reads */
  SK_REASON_TRUNCATED = 9,  /**< `truncated`: its end is missing */
  SK_REASON_RULES = 10,     /**< `rules`: some rules were abandoned on it; the detail names them */
  SK_REASON_FAILED = 11,    /**< `failed`: a plugin reported an error of its environment */
  SK_REASON_CANCELLED = 12  /**< `cancelled`: the run was ended before its turn */
} SkReason;

/** How many reasons there are. */
#define SK_N_REASONS 13

#endif
