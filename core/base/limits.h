/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Every maximum of the program, with its reason.
 *
 * Those that an operator may set are the defaults of `limits:` in
 * sekisho.yaml (config/keys.c); the others are fixed, because they bound what
 * one process accepts from another.
 */
#ifndef SK_BASE_LIMITS_H
#define SK_BASE_LIMITS_H

#include <stdint.h>

#define SK_KIB (UINT64_C (1) << 10)
#define SK_MIB (UINT64_C (1) << 20)
#define SK_GIB (UINT64_C (1) << 30)

/* ---- defaults of what an operator may set ---- */

/** Containers in containers; honest mail stays under 4. */
#define SK_DEFAULT_DEPTH 12
/** Objects a job; a maintenance archive holds thousands, a bomb millions. */
#define SK_DEFAULT_OBJECTS 100000
/** Bytes of one child object. */
#define SK_DEFAULT_OBJECT_BYTES (2 * SK_GIB)
/** Bytes of all children of a job. */
#define SK_DEFAULT_JOB_BYTES (8 * SK_GIB)
/** Bytes of an input that are walked: more would take hours, and a sparse file of a terabyte costs
 * its sender nothing. */
#define SK_DEFAULT_INPUT_BYTES (16 * SK_GIB)
/** Bytes out per byte in, counted once a child passes 16 MiB; deflate's ceiling is 1032. */
#define SK_DEFAULT_RATIO 200
/** Work units a job (about 1 KiB handled each). */
#define SK_DEFAULT_WORK 100000000
/** Deferred windows a root: a 10 GB mbox has about 200,000 messages. */
#define SK_DEFAULT_WINDOWS 1000000
/** Seconds that one hook call may take without progress. */
#define SK_DEFAULT_BACKSTOP 60
/** Memory of a worker beyond the mapped input and the shared rules. */
#define SK_DEFAULT_WORKER_MEMORY (1 * SK_GIB)
/** Bytes that wait in the results file for their turn. */
#define SK_DEFAULT_RESULTS_BYTES (256 * SK_MIB)
/** Bytes of records that wait for the end of a run. */
#define SK_DEFAULT_RUN_FILE_BYTES (4 * SK_GIB)

/* ---- fixed ---- */

/** A frame between two of our processes; the largest is a reply with 1,000 findings. What has no
 * such bound (records, windows) goes in frames of its own before the reply. */
#define SK_MAX_FRAME (4 * SK_MIB)
/** Descriptors of one frame: SCM_RIGHTS allows 253. */
#define SK_MAX_FRAME_FDS 64
/** Jobs of one batch: more saves nothing (42 µs alone, 3 µs at 32). */
#define SK_MAX_BATCH 32
/** Files up to this size share a batch and are read into a buffer, larger ones are mapped. */
#define SK_SMALL_FILE (1 * SK_MIB)
/** A child up to this size lives in the worker's memory, a larger one in a lent file. */
#define SK_SMALL_CHILD (8 * SK_MIB)
/** Lent files a job, open at one time. */
#define SK_MAX_LENT 64
/** Findings of one rule on a job's objects, and of all; the rest is counted. */
#define SK_MAX_FINDINGS_PER_RULE 20
/** The same of one rule on a job's records: lines of a log are counted in thousands, and each that hit is
 * worth its place. A job is at most 64 MiB of a log. */
#define SK_MAX_RECORD_FINDINGS_PER_RULE 200
#define SK_MAX_FINDINGS 1000
/** An object's name as a container gives it, in bytes of UTF-8. */
#define SK_MAX_NAME 4096
/** A path: PATH_MAX is no limit for a tree walked by openat. */
#define SK_MAX_PATH (64 * SK_KIB)
/** Walked entries that wait for the supervisor, and the bytes of their paths; at most half as many
 * open descriptors, and an eighth of what the process may have. */
#define SK_MAX_WALK_QUEUE 1024
#define SK_MAX_WALK_QUEUE_BYTES (4 * SK_MIB)
/** An object's id: its job's id and a part for each level. */
#define SK_MAX_OBJECT_ID (128 * SK_KIB)
/** A media type. */
#define SK_MAX_TYPE 128
/** Evidence or detail of a finding. */
#define SK_MAX_EVIDENCE 512
/** One value of a fact or field, and all facts of an object. */
#define SK_MAX_VALUE (64 * SK_KIB)
#define SK_MAX_FACTS_PER_OBJECT 4096
/** Bytes of all facts that a job holds at one time. */
#define SK_MAX_FACT_BYTES (64 * SK_MIB)
/** A record with all its values. */
#define SK_MAX_RECORD (1 * SK_MIB)
/** Bytes of children in memory at one time (parked ones stay); more go to lent files. */
#define SK_MAX_CHILD_MEMORY (192 * SK_MIB)
/** A lent file into which small deferred children are packed, before the next is begun. */
#define SK_MAX_PACK (64 * SK_MIB)
/** Context of a deferred window. */
#define SK_MAX_CONTEXT (64 * SK_KIB)
/** Contexts and names of all windows of one job. */
#define SK_MAX_CONTEXTS (256 * SK_MIB)
/** Windows go to the supervisor whenever so many bytes of them are there: well below a frame, with
 * the one that passes it. */
#define SK_WINDOWS_FLUSH (1 * SK_MIB)
/** Or so many windows: each takes about 1 KiB once it is a job, and more where paths are long. */
#define SK_MAX_WINDOWS_A_FRAME 1024
/** Type candidates of an object. */
#define SK_MAX_CANDIDATES 16
/** A secret, and all secrets of a root. */
#define SK_MAX_SECRET 1024
#define SK_MAX_SECRETS 1000
/** Passwords of the operator's lists: each is tried on each locked object, at up to a second a try. */
#define SK_MAX_PASSWORDS 10000
/** Rounds in which parked objects are tried again. */
#define SK_MAX_ROUNDS 3
/** Parked objects of a root: each keeps its bytes and its ancestors; more are encrypted at once. */
#define SK_MAX_PARKED 1000
/** How often a job is run again with a longer exclusion list. */
#define SK_MAX_RERUNS 8
/** Jobs after which a worker is replaced (never before 100). */
#define SK_WORKER_JOBS 100000
/** A rule or list file: 5 million SHA-256 in text have 330 MB. And all of them together. */
#define SK_MAX_SOURCE (512 * SK_MIB)
#define SK_MAX_SOURCES (1 * SK_GIB)
/** A file in YAML: configuration and silences; its reader needs many times its size. */
#define SK_MAX_YAML (64 * SK_MIB)
/** Levels and nodes of one YAML file: people write 5 levels, libfyaml itself stops at 64; a node
 * takes about 100 bytes. */
#define SK_MAX_YAML_DEPTH 64
#define SK_MAX_YAML_NODES 2000000
/** Plugins of one generation: sets of them are bits of one word. */
#define SK_MAX_PLUGINS 64
/** A text of a rule, in bytes; the longest of public rule sets has some 2,000. */
#define SK_MAX_RULE_TEXT (16 * SK_KIB)
/** Expansion is not counted before so many bytes: every small text packs well. */
#define SK_RATIO_FREE (16 * SK_MIB)
/** Kinds of records of one job, as its reply counts them. */
#define SK_MAX_KINDS 64
/** Names of fields beyond the declared ones that a job's records may bring, when all are asked for. */
#define SK_MAX_OPEN_FIELDS 65536
/** Bytes of such names. */
#define SK_MAX_OPEN_FIELD_BYTES (16 * SK_MIB)
/** Values of one record that are looked at; each takes 40 bytes, and a line of 1 MiB could hold more. */
#define SK_MAX_RECORD_VALUES 65536
/** Values of one child.* or root.* list; the rest only counts. */
#define SK_MAX_LIST_VALUES 256
/** Groups that all correlation rules keep at one time, and the bytes of what they keep. A key chosen by
 * an attacker fills them; what is forgotten is said. */
#define SK_DEFAULT_GROUPS 1000000
#define SK_DEFAULT_CORRELATE_BYTES (256 * SK_MIB)
/** Groups that one event belongs to: each value of a list makes one. */
#define SK_MAX_GROUPS_PER_EVENT 64
/** Places of events that a correlation's finding names. */
#define SK_MAX_CORRELATE_PLACES 8
/** Steps of one expression on one value (PCRE2's match limit). */
#define SK_MAX_REGEX_STEPS 100000
/** One Sigma rule: comparisons with values (the largest public rule has some 4,400; `windash` and
 * `base64offset` make several of one), nodes with the places where they stand, levels of brackets in
 * its condition, selections, and the bytes of its patterns. */
#define SK_MAX_SIGMA_ATOMS 200000
#define SK_MAX_SIGMA_NODES 100000
#define SK_MAX_SIGMA_DEPTH 64
#define SK_MAX_SIGMA_SELECTIONS 1000
/** Values and nodes of filters in rules, each counted in each: a filter may be for any rule. Compiled, each
 * takes some 130 bytes. */
#define SK_MAX_SIGMA_FILTERED 4000000
/** Correlations made of correlations. */
#define SK_MAX_SIGMA_LEVELS 16
#define SK_MAX_SIGMA_PATTERN_BYTES (16 * SK_MIB)
/** Patterns that are made of one value: five dashes are 3,125, a list of placeholders may be long. */
#define SK_MAX_SIGMA_ALTERNATIVES 50000
/** All Sigma rules together, read. */
#define SK_MAX_SIGMA_BYTES (1 * SK_GIB)
/** Rules of one generation. */
#define SK_MAX_RULES 500000

#endif
