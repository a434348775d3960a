/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The plugin interface of Sekisho, ABI 0.
 *
 * A plugin is one shared object, `<name>.so`, that exports exactly one symbol:
 *
 *     const SkPlugin sekisho_plugin = { .size = sizeof (SkPlugin), .abi_major = SK_ABI_MAJOR, … };
 *
 * It opens objects (bytes become child objects) and describes them (facts,
 * records). It never says that something is bad: rules do. It links to nothing
 * of Sekisho; everything it needs comes through the table `SkApi` that is
 * handed to each hook.
 *
 * Life cycle and processes
 * - The object is opened, and `configure` called once, in the *zygote*: one
 *   process, one thread, with the rights of the user who started Sekisho, before
 *   any byte of input is seen. Whatever a library opens lazily is opened here.
 * - The zygote forks *workers*. A worker has no file system, no network, no
 *   exec, no other thread and a bounded memory. `identify`, `open`, `judge` and
 *   `free_slot` run there, on hostile bytes. Static data and the context are
 *   constant from the fork on; what changes lives in the slot of an object.
 * - A hook that crashes, hangs or eats the memory costs the object one finding:
 *   the job is run again without this plugin on this object.
 *
 * Three phases on each object: `identify` of every plugin in the built order
 * (then type candidates and simple facts stand), `open` of every plugin that
 * accepts one of the candidates (each child is walked to its end before the
 * next one is begun), and after the whole subtree `judge`.
 *
 * Conventions
 * - Text is UTF-8 unless a comment says otherwise. Names of objects may be any
 *   bytes as the container gave them after decoding; the host makes them safe.
 * - What is passed in is borrowed until the call returns; strings given to the
 *   host are copied by it.
 * - Sizes and offsets are bytes, times are nanoseconds since 1970 in UTC.
 * - A function that returns false has recorded why; the plugin only stops.
 * - `SkSetup` is valid inside `configure` only, `SkObject` inside the hook that
 *   it was given to.
 */
#ifndef SEKISHO_PLUGIN_H
#define SEKISHO_PLUGIN_H

#include <sekisho/level.h>
#include <sekisho/reason.h>
#include <sekisho/span.h>

/** The ABI that these headers describe. While it is 0 a plugin must be built
 * against exactly the host's headers; any other number is refused. */
#define SK_ABI_MAJOR 0

/** Marks a function as taking printf arguments. */
#define SK_PRINTF(text, first) __attribute__ ((format (printf, text, first)))

typedef struct SkSetup SkSetup;   /**< the host's side of `configure`; opaque */
typedef struct SkObject SkObject; /**< bytes with name, parent, types and facts; opaque */
typedef struct SkChild SkChild;   /**< a child object being written; opaque */
typedef struct SkRecord SkRecord; /**< a record being filled; opaque */
typedef struct SkApi SkApi;

/** What a hook says of its work. Malformed input is MALFORMED, never FAILED. */
typedef enum SkResult {
  SK_OK = 0,        /**< done, or nothing to do */
  SK_NOT_MINE = 1,  /**< the bytes are not what the type promised; says nothing of the object */
  SK_PARTIAL = 2,   /**< some could not be read, and `not_inspected` was called for it */
  SK_MALFORMED = 3, /**< broken so that reading stopped; the host records it */
  SK_LIMIT = 4,     /**< stopped by a limit; the host has or makes the record */
  SK_FAILED = 5     /**< the environment failed (memory, library); in `configure`: refuse to start */
} SkResult;

/** How much a type candidate is worth; stronger is greater. */
typedef enum SkStrength {
  SK_STRENGTH_DECLARED = 0, /**< somebody said so (a Content-Type) */
  SK_STRENGTH_NAME = 1,     /**< from the file name's extension */
  SK_STRENGTH_WEAK = 2,     /**< from content, by a mark so short that other data has it too */
  SK_STRENGTH_CONTENT = 3   /**< from content */
} SkStrength;

/** The type of a fact or record field. */
typedef enum SkFieldType {
  SK_FIELD_BOOL = 0,
  SK_FIELD_INT = 1,   /**< int64_t */
  SK_FIELD_STRING = 2 /**< UTF-8; bytes that are not are replaced by U+FFFD */
} SkFieldType;

/** A value of a fact or field. `text` is borrowed from the object for the hook's duration. */
typedef struct SkValue {
  SkFieldType type;
  bool boolean;    /**< for BOOL */
  int64_t integer; /**< for INT */
  SkSpan text;     /**< for STRING; not NUL-terminated */
} SkValue;

/** May be added more than once; the values form a list. */
#define SK_FIELD_MULTI 1u

/** Declares a fact that the plugin sets, or a field of its records. The
 * position in the plugin's array is the handle that the calls take. */
typedef struct SkFieldDecl {
  const char *name; /**< `<plugin>.<noun>` for facts: lower case ASCII, digits, `.` and `-` */
  SkFieldType type;
  uint32_t flags; /**< SK_FIELD_MULTI or 0 */
  const char *meaning; /**< one line for people */
} SkFieldDecl;

/** The input itself names more fields than those declared (a JSON line); see `record_field`. */
#define SK_RECORD_OPEN 1u

/** Nobody looks at the field: skip it. */
#define SK_NO_FIELD UINT32_MAX

/** Declares a kind of record (a log line, a connection). The position is the handle. */
typedef struct SkRecordDecl {
  const char *kind; /**< `<plugin>.<noun>` */
  const SkFieldDecl *fields;
  size_t n_fields;
  const char *meaning;
  uint32_t flags; /**< SK_RECORD_OPEN or 0 */
} SkRecordDecl;

/** The type of an option in sekisho.yaml. */
typedef enum SkOptionType {
  SK_OPTION_BOOL = 0,
  SK_OPTION_INT = 1,
  SK_OPTION_STRING = 2
} SkOptionType;

/** Declares an option, set in sekisho.yaml as `plugins: <name>: <option>: value`.
 * The position is the handle. */
typedef struct SkOptionDecl {
  const char *name; /**< lower case ASCII and `-` */
  SkOptionType type;
  const char *default_value; /**< as it would be written: "true", "4096", "text" */
  int64_t minimum, maximum;  /**< for INT, both inclusive */
  const char *meaning;
} SkOptionDecl;

/** Parses formats whose readers have a history of memory errors: its worker is
 * retired after a job on which it returned MALFORMED or LIMIT. */
#define SK_PLUGIN_RISKY 1u

/** The one exported symbol, `sekisho_plugin`. All pointers are to static data. */
typedef struct SkPlugin {
  size_t size;         /**< sizeof (SkPlugin) */
  uint32_t abi_major;  /**< SK_ABI_MAJOR */
  uint32_t flags;      /**< SK_PLUGIN_RISKY or 0 */
  const char *name;    /**< equals the file's name without `.so`; lower case ASCII, digits, `-` */
  const char *version; /**< free text */
  const char *summary; /**< one line for `sekisho plugins` */
  const char *licence; /**< SPDX expression */

  /** Media types for which `open` and `judge` run, NULL-terminated; `"*"` is every
   * object. `identify` runs on every object. NULL: `open` and `judge` never run. */
  const char *const *accepts;

  const SkOptionDecl *options;
  size_t n_options;
  const SkFieldDecl *facts; /**< the facts that it sets */
  size_t n_facts;
  const char *const *reads; /**< names of facts of any plugin that it reads, NULL-terminated, or NULL;
                                 the position is the handle of `fact_get` */
  const SkRecordDecl *records;
  size_t n_records;

  /** Zygote, once. Sets `*ret_context` (may be left NULL), the plugin's constant
   * data. SK_FAILED, after `setup->error`, refuses the start. */
  SkResult (*configure) (const SkApi *api, SkSetup *setup, void **ret_context);

  /** Worker: adds type candidates and simple facts. */
  SkResult (*identify) (const SkApi *api, void *context, SkObject *object);

  /** Worker: makes children, records and facts. On a deferred window only this
   * hook of the deferring plugin runs; see `window`. */
  SkResult (*open) (const SkApi *api, void *context, SkObject *object);

  /** Worker: after all descendants; facts that need them, and matching. */
  SkResult (*judge) (const SkApi *api, void *context, SkObject *object);

  /** Worker: frees what the plugin left in the object's slot; called once if the slot is not NULL. */
  void (*free_slot) (void *slot);

  /** Zygote, at its end: frees the context. */
  void (*free_context) (void *context);
} SkPlugin;

/** A file that the supervisor read before the start on the plugin's behalf. */
typedef struct SkSource {
  const char *path; /**< absolute; any bytes but NUL */
  SkSpan bytes;     /**< its whole content, constant, valid as long as the process */
  int64_t mtime;    /**< seconds since 1970 */
} SkSource;

/** What a rule says of itself. Strings may be NULL where noted; all are copied. */
typedef struct SkRuleInfo {
  const char *id;        /**< the finding's id: `file.type.mismatch`, `yara.<namespace>.<rule>` */
  SkLevel level;
  int32_t score;         /**< 0 to 100 as public rule sets give it, -1 when absent */
  const char *title;     /**< English, one line */
  const char *title_ja;  /**< or NULL */
  const char *description;       /**< or NULL */
  const char *description_ja;    /**< or NULL */
  const char *falsepositives;    /**< or NULL */
  const char *falsepositives_ja; /**< or NULL */
  const char *reference; /**< or NULL; several are separated by newlines */
  const char *attack;    /**< ATT&CK ids separated by spaces, or NULL */
  const char *det;       /**< row of the detection table, `FL-01`, or NULL */
  const char *author;    /**< or NULL */
  const char *file;      /**< where the rule stands */
  uint32_t line;         /**< from 1; 0 when unknown */
} SkRuleInfo;

/** Receives one candidate password: borrowed until the call returns, wiped when the root ends; copy
 * it nowhere but into what decrypts. Return false to stop. */
typedef bool (*SkSecretFunc) (SkSpan secret, const char *origin, void *data);

/** Receives one value of a descendant's fact. `type` is the descendant's best type or "".
 * Return false to stop. */
typedef bool (*SkDescendantFunc) (const char *name, const char *type, const SkValue *value,
                                  void *data);

/** What a member of a container is. */
typedef enum SkFileType {
  SK_FILE_REGULAR = 0,
  SK_FILE_DIRECTORY = 1,
  SK_FILE_LINK = 2,   /**< symbolic or hard: another name of something else */
  SK_FILE_SPECIAL = 3 /**< device, pipe, socket */
} SkFileType;

/** Attributes of FAT and NTFS (MS-FSCC 2.6), as bits. */
#define SK_ATTRIBUTE_READONLY 1u
#define SK_ATTRIBUTE_HIDDEN 2u
#define SK_ATTRIBUTE_SYSTEM 4u
/** Not of a file system: the link is a hard one, its target a path from the container's root. */
#define SK_ATTRIBUTE_HARD_LINK 0x80000000u

/** What a container says of a member, beyond its name. */
typedef struct SkFileInfo {
  SkFileType type;
  uint32_t attributes; /**< SK_ATTRIBUTE_… */
  int64_t mtime;       /**< last written, nanoseconds since 1970 in UTC; 0: not told */
  SkSpan target;       /**< of a link: where it leads, UTF-8; else empty */
} SkFileInfo;

/** A window that an object is the content of; see `SkApi.window`. */
typedef struct SkWindow {
  uint64_t offset;  /**< where the window begins in the input that was split */
  uint64_t length;  /**< bytes */
  SkSpan context;   /**< what the deferring call gave */
} SkWindow;

/** The host's functions. The same table in every process and hook; constant. */
struct SkApi {
  size_t size;        /**< of this table; a later minor version only appends */
  uint32_t abi_major; /**< SK_ABI_MAJOR of the host */

  /* ---- configure only ---- */

  /** The value of option `option` (handle); the default when not configured. Already in range. */
  bool (*option_bool) (SkSetup *setup, uint32_t option);
  int64_t (*option_int) (SkSetup *setup, uint32_t option);
  /** Never NULL; lives as long as the setup. */
  const char *(*option_string) (SkSetup *setup, uint32_t option);

  /** Source files of `kind` ("yara", "hash-list", "type-table"), in order of their paths. False past the last. */
  bool (*source) (SkSetup *setup, const char *kind, size_t index, SkSource *ret_source);

  /** Says why the start is refused. `file` may be NULL, `line` 0. Then return SK_FAILED. */
  void (*error) (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
      SK_PRINTF (4, 5);

  /** A source that is left out: named, counted, and an error in a strict start. */
  void (*left_out) (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
      SK_PRINTF (4, 5);

  /** Something the operator should know that stops nothing. */
  void (*warning) (SkSetup *setup, const char *file, uint32_t line, const char *format, ...)
      SK_PRINTF (4, 5);

  /** Registers a rule; the number it returns is what `match` takes. Ids may repeat. */
  uint32_t (*rule_add) (SkSetup *setup, const SkRuleInfo *rule);

  /** All declared facts of all plugins, for a matcher that offers them to its rules. The index is
   * that of `fact_value`. False past the last. */
  bool (*fact_decl) (SkSetup *setup, uint32_t index, SkFieldDecl *ret_decl);

  /** A folder for compiled files that only this user or root can write, or NULL: no cache. */
  const char *(*cache_dir) (SkSetup *setup);

  /* ---- the object ---- */

  /** All its bytes, or what a limit left of them (`complete` tells). Stays valid until `judge` of the object ends. */
  SkSpan (*bytes) (SkObject *object);
  /** Its name, NUL-terminated, "" when it has none: the last part of a path, UTF-8. */
  const char *(*name) (SkObject *object);
  /** For a job's first object the path it was found by, else the whole name that the container
   * gave, folders included. UTF-8. */
  const char *(*path) (SkObject *object);
  /** The containing object, or NULL. */
  SkObject *(*parent) (SkObject *object);
  /** The window that this object is the content of, or false: a whole object. */
  bool (*window) (SkObject *object, SkWindow *ret_window);
  /** This plugin's own pointer for this object; NULL at first. Freed by `free_slot`. */
  void **(*slot) (SkObject *object);

  /** Adds a type candidate, in lower case and without parameters; repeating one keeps the stronger.
   * Past SK_MAX_CANDIDATES (16) the weakest gives way, and that is recorded. */
  void (*type_add) (SkObject *object, const char *media_type, SkStrength strength);
  /** Candidates, strongest first. False past the last. The string lives as long as the object. */
  bool (*type_at) (SkObject *object, size_t index, const char **ret_type, SkStrength *ret_strength);

  /** Set fact `fact` (handle in the plugin's `facts`). A second value of a fact without
   * SK_FIELD_MULTI replaces the first. Values over the limits are cut and that is recorded. */
  void (*fact_bool) (SkObject *object, uint32_t fact, bool value);
  void (*fact_int) (SkObject *object, uint32_t fact, int64_t value);
  void (*fact_string) (SkObject *object, uint32_t fact, SkSpan value);
  /** Value number `nth` of the fact `reads[read]`. False when absent. */
  bool (*fact_get) (SkObject *object, uint32_t read, size_t nth, SkValue *ret_value);
  /** First value of the fact with that index of `fact_decl`. False when absent. */
  bool (*fact_value) (SkObject *object, uint32_t index, SkValue *ret_value);
  /** Each value of the fact `reads[read]` on the descendants, in their order. `judge` only. */
  void (*descendants) (SkObject *object, uint32_t read, SkDescendantFunc func, void *data);

  /* ---- children (`open`) ---- */

  /** Begins a child written piece by piece. `position` (offset, member index) makes its id and
   * must be unique within parent and plugin. NULL past a limit. One child at a time. */
  SkChild *(*child_begin) (SkObject *object, uint64_t position, const char *name);
  /** Adds bytes at the end. False past a limit: the head is kept; commit it or abort. */
  bool (*child_append) (SkChild *child, SkSpan bytes);
  /** Writes bytes at any offset; gaps read as zeros. False as above. */
  bool (*child_write) (SkChild *child, uint64_t offset, SkSpan bytes);
  /** Says what somebody declared the type of the child to be (a Content-Type). */
  void (*child_declare) (SkChild *child, const char *media_type);
  /** Ends the child: it is walked, its whole subtree with it, before this returns. */
  void (*child_commit) (SkChild *child);
  /** Throws the child away: it was no object, and what it took of the limits is given back, but for
   * the work. That a limit cut it is then not told: who gives up because of that says so. */
  void (*child_abort) (SkChild *child);
  /** A child that is a part of the object's own bytes: nothing is copied. Walked before it
   * returns. False past a limit or when the part does not lie inside. */
  bool (*child_slice) (SkObject *object, uint64_t position, const char *name, size_t offset,
                       size_t length);

  /** Hands a part of the entry object's bytes back as a job of its own instead of walking it; only
   * on the job's entry object. On that job only `open` of this plugin runs, with `window` telling
   * the place; children made there are walked as usual. Ordered by the calls. False past a limit. */
  bool (*defer) (SkObject *object, uint64_t offset, uint64_t length, SkSpan context);
  /** The same for a child being written, instead of `child_commit`: its bytes become the window.
   * Ends the child either way. */
  bool (*defer_child) (SkChild *child, SkSpan context);

  /* ---- records: judged by Sigma rules as they end, and handed on to who asks for them ---- */

  /** The handle of the field `name` (UTF-8, at most SK_MAX_VALUE bytes) in records of kind `record`
   * (handle), for the `record_…` calls on the same object: a declared field's position, else, where
   * the kind is open, a number. SK_NO_FIELD when nobody looks at such a field. Cheap: one look in a
   * hash table. */
  uint32_t (*record_field) (SkObject *object, uint32_t record, SkSpan name);
  /** Begins a record of kind `record` (handle). `position` (the offset of its first byte) names it within
   * the object and orders those of equal time; `time` is nanoseconds since 1970, 0 when it has none.
   * NULL when nobody asks for records of this kind: then skip the rest. */
  SkRecord *(*record_begin) (SkObject *object, uint32_t record, uint64_t position, int64_t time);
  /** Add a value; a field that is not SK_FIELD_MULTI keeps the last, one that is not declared keeps
   * all. Strings are borrowed until `record_end`, not copied. SK_NO_FIELD does nothing. */
  void (*record_bool) (SkRecord *record, uint32_t field, bool value);
  void (*record_int) (SkRecord *record, uint32_t field, int64_t value);
  void (*record_string) (SkRecord *record, uint32_t field, SkSpan value);
  /** A string as it stands between the quotes of JSON (RFC 8259), escapes and all: they are undone
   * only if somebody looks. The reader has checked that they are well-formed. */
  void (*record_json) (SkRecord *record, uint32_t field, SkSpan value);
  /** Ends the record: it is judged and handed on. */
  void (*record_end) (SkRecord *record);

  /* ---- what was not looked at, work, secrets, matches ---- */

  /** Records that something of the object was not looked at. `detail` says what, in English, for
   * people; no user data but names. */
  void (*not_inspected) (SkObject *object, SkReason reason, const char *detail);

  /** Spends `units` of the job's work (1 unit: about 1 KiB handled or one small step) and counts
   * as progress for the backstop. False when the work is spent: it is recorded, return SK_LIMIT. */
  bool (*work) (SkObject *object, uint64_t units);

  /** Offers a candidate password found in this object to the whole root. `origin` tells where it
   * is from ("mail body"). Kept in locked memory, wiped, never leaves the worker. */
  void (*secret_offer) (SkObject *object, SkSpan secret, const char *origin);
  /** Each candidate offered so far in this root, in order of the offers. */
  void (*secret_each) (SkObject *object, SkSecretFunc func, void *data);
  /** The object is encrypted, in whole or in part, and no secret opened it. True: `open` is called
   * again, when new secrets have appeared or for a last time when all rounds have passed; tell then
   * what is new since. False: it was the last time, `encrypted` has been recorded with `detail`; make
   * children (`child_absent`) of the members of which only the names are to be had. */
  bool (*park) (SkObject *object, const char *detail);

  /** Rule `rule` (from `rule_add`) matches the object. `evidence` tells what and where, or NULL. */
  void (*match) (SkObject *object, uint32_t rule, const char *evidence);

  /** A debug line of the program log, with the object's id. */
  void (*debug) (SkObject *object, const char *format, ...) SK_PRINTF (2, 3);

  /** True when `bytes` are all of the object: no limit cut it. A digest of what is cut would be that
   * of something else. */
  bool (*complete) (SkObject *object);

  /* ---- members of containers (`open`, between child_begin and child_commit) ---- */

  /** Its bytes are a part of the object's own; nothing is copied. Instead of `child_append`. False
   * past a limit (the head is kept) or when the part does not lie inside. */
  bool (*child_share) (SkChild *child, size_t offset, size_t length);
  /** Its `size` bytes (0: not known either) cannot be had: only `identify` runs, on its name. Say
   * with `not_inspected` or `park` why. Instead of `child_append`: refused when it has bytes. */
  void (*child_absent) (SkChild *child, uint64_t size);
  /** What the container says of it. A directory, link or special file has no bytes; only `identify`
   * runs, on its name, and it is told as a `file` record, not as an object. One with bytes is a regular
   * file, whatever its type here. Copied. The last call counts. */
  void (*child_info) (SkChild *child, const SkFileInfo *info);
  /** Set a fact of this plugin on the child, as `fact_…` do on an object. */
  void (*child_fact_bool) (SkChild *child, uint32_t fact, bool value);
  void (*child_fact_int) (SkChild *child, uint32_t fact, int64_t value);
  void (*child_fact_string) (SkChild *child, uint32_t fact, SkSpan value);

  /** What its container said of the object; false when it is the job's first or nothing was said.
   * The target is borrowed from the object. */
  bool (*info) (SkObject *object, SkFileInfo *ret_info);

  /** A name of unknown charset as UTF-8: as it stands when it is valid UTF-8, else from CP932 (as
   * Windows has it), else from CP437. `ret_charset` may be NULL, else "us-ascii", "utf-8",
   * "windows-31j" or "ibm437". Borrowed until the next call of this function. */
  SkSpan (*name_decode) (SkObject *object, SkSpan name, const char **ret_charset);
};

#endif
