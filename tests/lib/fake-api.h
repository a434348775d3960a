/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * A host of paper for unit tests of plugins: it hands out what the test put
 * in, and notes what the plugin said, the records and the children that it
 * made. No walk into the children, no rules, no limits but the work and the
 * children's number and bytes: what a hook does with those is tested with the
 * real engine.
 *
 * Calls that it does not offer are NULL in the table, so a plugin that makes
 * one crashes in its test instead of being believed.
 */
#ifndef SK_FAKE_API_H
#define SK_FAKE_API_H

#include <glib.h>
#include <sekisho/sekisho.h>

/** Something that the plugin said. */
typedef struct SkFakeNote {
  const char
      *call;       /**< "error", "left-out", "warning", "not-inspected", "match", "park", "debug" */
  char *file;      /**< for configure's; may be NULL */
  uint32_t number; /**< line, reason, or the rule */
  char *text;      /**< may be NULL */
} SkFakeNote;

typedef struct SkFakeFact {
  uint32_t fact; /**< handle */
  SkFieldType type;
  bool boolean;
  int64_t integer;
  char *text; /**< for STRING, made NUL-terminated */
} SkFakeFact;

typedef struct SkFakeType {
  char *media_type;
  SkStrength strength;
} SkFakeType;

/** A rule as `rule_add` got it; strings copied, NULL stays NULL. */
typedef struct SkFakeRule {
  SkRuleInfo info;
} SkFakeRule;

/** A value of a record. While the record is open `given` is the plugin's own memory; when it ends
 * it is copied to `text`, so that a sanitizer sees what was not kept until then. */
typedef struct SkFakeField {
  char *name;
  SkFieldType type;
  bool json;    /**< given by `record_json`: `text` is as it stands in JSON */
  bool boolean;
  int64_t integer;
  SkSpan given;
  char *text;   /**< for STRING, made NUL-terminated; NULL before the record's end */
  size_t size;  /**< bytes of `text` */
} SkFakeField;

/** A record as the plugin made it. */
struct SkRecord {
  SkObject *object;
  uint32_t record; /**< handle */
  uint64_t position;
  int64_t time;
  bool ended;
  GPtrArray *fields; /**< of SkFakeField, in the order of the calls; of a declared field that is no
                          list the last value alone */
};

/** A child as the plugin made it: facts and `info` as of an object. */
struct SkChild {
  SkObject *object;     /**< the parent */
  uint64_t position;
  char *name;
  GByteArray *bytes;
  char *declared;       /**< or NULL */
  bool ended, aborted, absent, shared;
  uint64_t absent_size;
  SkFileInfo info;      /**< its target is `target` */
  char *target;         /**< or NULL */
  GPtrArray *facts;     /**< of SkFakeFact */
};

/** A part that was deferred. */
typedef struct SkFakeDefer {
  uint64_t offset, length;
  char *context; /**< copied, made NUL-terminated */
  size_t context_size;
} SkFakeDefer;

/** The host's side of `configure`. */
struct SkSetup {
  const SkPlugin *plugin;
  GHashTable *options;      /**< name → text */
  GPtrArray *sources;       /**< private */
  char *cache_dir;          /**< NULL: none */
  const SkFieldDecl *decls; /**< what `fact_decl` gives; borrowed */
  size_t n_decls;
  GPtrArray *notes; /**< of SkFakeNote */
  GPtrArray *rules; /**< of SkFakeRule; the number of a rule is its index */
};

/** An object without a walk. */
struct SkObject {
  const SkPlugin *plugin;
  SkSpan bytes; /**< own memory of exactly that size, so that a sanitizer sees a read past it */
  bool cut;     /**< `bytes` are not all of it */
  char *name, *path;
  void *slot;
  uint64_t work_left; /**< UINT64_MAX at first */
  uint64_t worked;    /**< units spent */
  GPtrArray *notes;   /**< of SkFakeNote */
  GPtrArray *types;   /**< of SkFakeType, in the order of the calls */
  GPtrArray *facts;   /**< of SkFakeFact, in the order of the calls */
  SkValue *values;    /**< what `fact_value` gives by index, or NULL; borrowed */
  bool *present;      /**< which of them are there; borrowed */
  size_t n_values;
  const SkWindow *window; /**< that the object is the content of, or NULL; borrowed */
  bool deaf;              /**< nobody asks for records: `record_begin` gives NULL */
  const char *const *wanted; /**< names of fields that somebody looks at, NULL-terminated; NULL: all */
  GPtrArray *records;     /**< of SkRecord, in the order in which they were begun */
  GPtrArray *defers;      /**< of SkFakeDefer */
  GPtrArray *children;    /**< of SkChild, in the order in which they were begun */
  uint64_t child_room;    /**< bytes that all children may still have; UINT64_MAX at first */
  size_t children_left;   /**< SIZE_MAX at first */
  GPtrArray *secrets;     /**< of char *: what `secret_each` gives */
  bool parks;             /**< what `park` returns; true at first */
  SkFileInfo info;        /**< what `info` gives; borrowed */
  bool informed;          /**< false at first: `info` gives nothing */
  GByteArray *decoded;    /**< private */
  GPtrArray *names;       /**< of the fields that are not declared; private */
};

/** The table. */
const SkApi *sk_fake_api (void);

SkSetup *sk_fake_setup_new (const SkPlugin *plugin);
void sk_fake_setup_free (SkSetup *setup);
/** Configures an option as it would be written. */
void sk_fake_setup_option (SkSetup *setup, const char *name, const char *value);
/** Adds a source file; bytes are copied and live until the setup is freed. Sorted by the caller. */
void sk_fake_setup_source (SkSetup *setup, const char *kind, const char *path, const void *bytes,
                           size_t size);

/** A new object with a copy of the bytes. `name` may be "". */
SkObject *sk_fake_object_new (const SkPlugin *plugin, const char *name, const void *bytes,
                              size_t size);
/** Calls the plugin's free_slot where there is something. */
void sk_fake_object_free (SkObject *object);

/** How many notes of that call there are, and the nth's; NULL past the last. */
size_t sk_fake_count (GPtrArray *notes, const char *call);
const SkFakeNote *sk_fake_note (GPtrArray *notes, const char *call, size_t nth);
/** The last value of the fact with that name, or NULL. */
const SkFakeFact *sk_fake_fact (const SkObject *object, const char *name);
/** Its text, "" when absent; true only when it is there and true. */
const char *sk_fake_text (const SkObject *object, const char *name);
bool sk_fake_bool (const SkObject *object, const char *name);
/** The nth record, NULL past the last. All of them have ended, or the test fails. */
const SkRecord *sk_fake_record (const SkObject *object, size_t nth);
/** How many values the field has, and the nth of them; NULL past the last. */
size_t sk_fake_field_count (const SkRecord *record, const char *name);
const SkFakeField *sk_fake_field (const SkRecord *record, const char *name, size_t nth);
/** The text of its first value (of json as it stands there); "" when absent. Its number, or -1. */
const char *sk_fake_field_text (const SkRecord *record, const char *name);
int64_t sk_fake_field_int (const SkRecord *record, const char *name);
/** The nth child that was not thrown away, NULL past the last. All of them have ended, or the test fails. */
const SkChild *sk_fake_child (const SkObject *object, size_t nth);
/** The first child of that name, or NULL. */
const SkChild *sk_fake_child_named (const SkObject *object, const char *name);
/** The last value of the child's fact with that name, or NULL. Its text, "" when absent. */
const SkFakeFact *sk_fake_child_fact (const SkChild *child, const char *name);
const char *sk_fake_child_text (const SkChild *child, const char *name);
/** The candidate's strength, or -1. */
int sk_fake_strength (const SkObject *object, const char *media_type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSetup, sk_fake_setup_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkObject, sk_fake_object_free)

#endif
