/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * What the parts of the plugin share: the opening of one object, and how
 * members of file systems become children.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include "media-source.h"

/** Levels of directories; Windows stops at some 128, optical discs at 8. */
#define MEDIA_MAX_DEPTH 128
/** Bytes of a member's path: what the engine takes. */
#define MEDIA_MAX_PATH 4096
/** Pieces of one file: 2 TiB in pieces of 1 MiB. */
#define MEDIA_MAX_EXTENTS 2000000
/** Different labels of one object: entries of a hostile FAT may all be one. */
#define MEDIA_MAX_LABELS 64
/** Findings of one object that name what could not be read; the rest is one more. */
#define MEDIA_MAX_TOLD 32

/** Facts, as handles. */
enum {
  MEDIA_FORMAT,
  MEDIA_FILESYSTEM,
  MEDIA_LABEL,
  MEDIA_PARTITIONS,
  MEDIA_MEMBERS,
  MEDIA_DELETED,
  MEDIA_BOOTABLE,
  MEDIA_TREES_DIFFER,
  MEDIA_PARTITION,
  MEDIA_STREAM,
  MEDIA_TREE,
  MEDIA_N_FACTS
};

/** The opening of one object. */
typedef struct Media {
  const SkApi *api;
  SkObject *object;
  uint64_t position;  /**< of the next child */
  int64_t members;    /**< files, not directories */
  int64_t deleted;    /**< names of deleted files that were passed over */
  int64_t partition;  /**< that is being walked, from 1; 0: the whole disk */
  unsigned told;      /**< findings */
  bool stopped;       /**< a limit: nothing more */
  bool broken;        /**< something was malformed or missing */
  size_t held;        /**< bytes of the trees of an optical disc */
  uint8_t *chunk;     /**< for pieces that are read; NULL before the first */
  GHashTable *labels; /**< of char *: those that were told */
  bool disc;          /**< trees of an optical disc over the whole disk have been shown */
  GHashTable *shown;  /**< of MediaPlace: files of optical trees of this disk */
  GHashTable *starts; /**< of MediaStart: where they begin */
} Media;

/** A piece of a file. */
typedef struct MediaExtent {
  uint64_t offset; /**< in the source; MEDIA_HOLE: zeros that are stored nowhere */
  uint64_t length;
} MediaExtent;

#define MEDIA_HOLE UINT64_MAX

/** A member of a file system. */
typedef struct MediaMember {
  const char *path; /**< UTF-8, `/` between the parts, no leading one */
  SkFileInfo info;
  uint64_t size;      /**< of a file: bytes; what the extents lack is missing */
  const char *stream; /**< name of an alternate stream; the path ends in `:stream`; or NULL */
  const char *tree;   /**< the only tree that shows it, or NULL */
} MediaMember;

/** Spends work. False when it is spent, which the host tells: the walk ends. */
bool media_work (Media *media, uint64_t units);

/** Records that something was not looked at; `format` says what. */
void media_tell (Media *media, SkReason reason, const char *format, ...) SK_PRINTF (3, 4);

/** Sets a fact of the object to a text (bytes that are no UTF-8 are decoded); empty: not. */
void media_fact (Media *media, uint32_t fact, const char *text);
/** A volume label, once: without blanks at its end. */
void media_label (Media *media, const char *label);

/** Adds a piece; one that follows the last without a gap makes it longer. False past the limit. */
bool media_extents_add (GArray *extents, uint64_t offset, uint64_t length);

/** Reads `size` bytes at `offset` of what the pieces hold, all or none. */
bool media_extents_read (Media *media, const MediaSource *source, const GArray *extents,
                         uint64_t offset, uint8_t *buffer, size_t size);

/** Begins a member's child and says what is known of it. NULL past a limit: the walk ends. */
SkChild *media_member_begin (Media *media, const MediaMember *member);
/** A directory, link or special file; or a file without content. False past a limit. */
bool media_member_bare (Media *media, const MediaMember *member);
/** A file in pieces of `source` (MediaExtent); its end is cut at `size`. What the pieces lack, or
 * what cannot be read of them, is told. False past a limit. */
bool media_member_extents (Media *media, const MediaMember *member, const MediaSource *source,
                           const GArray *extents);
/** A file whose content is given. False past a limit. */
bool media_member_bytes (Media *media, const MediaMember *member, SkSpan bytes);
/** A file of which only the name is known; `reason` is told. False past a limit. */
bool media_member_absent (Media *media, const MediaMember *member, SkReason reason,
                          const char *why);

/** `folder` and `name` joined; `folder` may be "". NULL, and told, when that is too long. Free with
 * g_free. */
char *media_path (Media *media, const char *folder, const char *name);
/** The same of a stream of the file `path`: `path:name`. */
char *media_stream_path (Media *media, const char *path, const char *name);

/** Text of UTF-16 code units as UTF-8; what is no text becomes U+FFFD, also NUL. Free with g_free.
 */
char *media_utf16 (SkSpan text, bool big_endian);
/** Bytes of unknown charset as UTF-8, NUL as U+FFFD. Free with g_free. */
char *media_decode (Media *media, SkSpan text);

/** Nanoseconds since 1970 of a date, whose `zone` is in minutes; 0 when it is none. */
int64_t media_time (int year, int month, int day, int hour, int minute, int second, int zone);
/** Of a date and time of FAT, without a zone: taken as UTC. */
int64_t media_dos_time (uint16_t date, uint16_t time);

/* ---- readers ----
 * Each says what it finds by facts, children and findings. Those that return bool: false means that
 * the bytes are nothing of theirs. */

/** Everything that is on a disk: optical trees, a file system, partitions. False: nothing known. */
bool media_disk (Media *media, const MediaSource *disk);

void media_fat (Media *media, const MediaSource *volume);
void media_exfat (Media *media, const MediaSource *volume);
void media_ntfs (Media *media, const MediaSource *volume);

/** ISO 9660 and UDF, on one disc or alone. False: neither. */
bool media_optical (Media *media, const MediaSource *disc);
/** True when the marks of one of them are there. */
bool media_optical_probe (const MediaSource *disc);
/** True when a file of an optical tree that was shown begins at `offset` of `source` and is as long
 * as `size`, but for the rest of its last sector. */
bool media_is_shown (const Media *media, const MediaSource *source, uint64_t offset, uint64_t size);

/** Virtual disks. NULL when opening fails or the format is one that is only named; that is told.
 * `media_virtual_close` frees. */
typedef struct MediaVirtual MediaVirtual;
/** True of the types of virtual disks and of images, which are no disks until they are opened. */
bool media_virtual_is (const char *type);
/** `type` is one of them. */
MediaVirtual *media_virtual_open (Media *media, const MediaSource *file, const char *type,
                                  MediaSource *ret_disk);
void media_virtual_close (MediaVirtual *self);

#endif
