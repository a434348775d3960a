/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The types that are known by name here, and what is common to all of them.
 *
 * A type has a media type, at most one more general type that it also is (a
 * docx is a zip, a shell script is text), and a class. Names are those of IANA
 * where it registered one, else those that libmagic and the freedesktop
 * database use, so that rules written for either keep their meaning.
 */
#ifndef IDENTIFY_TYPES_H
#define IDENTIFY_TYPES_H

#include <sekisho/sekisho.h>

/** What a type is good for, as far as telling right from wrong extensions needs it. */
typedef enum IdClass {
  ID_CLASS_DATA = 0, /**< made for a program, shown by none */
  ID_CLASS_TEXT,
  ID_CLASS_EXECUTABLE, /**< runs or starts something when opened: machine code, byte code, links */
  ID_CLASS_SCRIPT,     /**< text that an interpreter runs and that says so itself */
  ID_CLASS_DOCUMENT,
  ID_CLASS_ARCHIVE,
  ID_CLASS_IMAGE,
  ID_CLASS_AUDIO,
  ID_CLASS_VIDEO,
  ID_CLASS_FONT,
  ID_CLASS_DISK
} IdClass;

/** X (identifier, media type, the more general type, class). The more general stand first. */
#define ID_TYPES(X)                                                                                \
  X (NONE, "", NONE, DATA)                                                                         \
  X (OCTETS, "application/octet-stream", NONE, DATA)                                               \
  X (EMPTY, "inode/x-empty", NONE, DATA)                                                           \
  /* text */                                                                                       \
  X (TEXT, "text/plain", NONE, TEXT)                                                               \
  X (XML, "application/xml", TEXT, TEXT)                                                           \
  X (SVG, "image/svg+xml", XML, IMAGE)                                                             \
  X (XHTML, "application/xhtml+xml", XML, TEXT)                                                    \
  X (FLAT_ODF, "application/vnd.oasis.opendocument.flat-xml", XML, DOCUMENT)                       \
  X (WORD_XML, "application/vnd.ms-word.xml", XML, DOCUMENT)                                       \
  X (MSC, "application/x-mmc", XML, TEXT)                                                          \
  X (HTML, "text/html", TEXT, TEXT)                                                                \
  X (JSON, "application/json", TEXT, TEXT)                                                         \
  X (YAML, "application/yaml", TEXT, TEXT)                                                         \
  X (PO, "text/x-gettext-translation", TEXT, TEXT)                                                 \
  X (TROFF, "text/troff", TEXT, TEXT)                                                              \
  X (DIFF, "text/x-diff", TEXT, TEXT)                                                              \
  X (PEM, "application/x-pem-file", TEXT, DATA)                                                    \
  X (PGP_ARMOUR, "application/pgp", TEXT, DATA)                                                    \
  X (SSH_KEY, "text/x-ssh-public-key", TEXT, DATA)                                                 \
  X (MAIL, "message/rfc822", TEXT, DOCUMENT)                                                       \
  X (MBOX, "application/mbox", TEXT, DOCUMENT)                                                     \
  X (CALENDAR, "text/calendar", TEXT, DOCUMENT)                                                    \
  X (VCARD, "text/vcard", TEXT, DOCUMENT)                                                          \
  X (REG, "text/x-ms-regedit", TEXT, TEXT)                                                         \
  X (INI, "text/x-ini", TEXT, TEXT)                                                                \
  X (URL, "application/x-mswinurl", TEXT, TEXT)                                                    \
  X (AUTORUN, "application/x-autorun", TEXT, TEXT)                                                 \
  X (DESKTOP, "application/x-desktop", TEXT, TEXT)                                                 \
  X (SCRIPT, "text/x-script", TEXT, SCRIPT)                                                        \
  X (SHELL, "text/x-shellscript", TEXT, SCRIPT)                                                    \
  X (PYTHON, "text/x-script.python", TEXT, SCRIPT)                                                 \
  X (PERL, "text/x-perl", TEXT, SCRIPT)                                                            \
  X (RUBY, "text/x-ruby", TEXT, SCRIPT)                                                            \
  X (TCL, "text/x-tcl", TEXT, SCRIPT)                                                              \
  X (AWK, "text/x-awk", TEXT, SCRIPT)                                                              \
  X (LUA, "text/x-lua", TEXT, SCRIPT)                                                              \
  X (NODE, "application/javascript", TEXT, SCRIPT)                                                 \
  X (PHP, "text/x-php", TEXT, SCRIPT)                                                              \
  X (MAKE, "text/x-makefile", TEXT, SCRIPT)                                                        \
  X (POWERSHELL, "text/x-powershell", TEXT, SCRIPT)                                                \
  X (BATCH, "text/x-msdos-batch", TEXT, SCRIPT)                                                    \
  X (POSTSCRIPT, "application/postscript", TEXT, DOCUMENT)                                         \
  X (EPS, "image/x-eps", POSTSCRIPT, IMAGE)                                                        \
  X (TYPE1, "application/x-font-type1", NONE, FONT)                                                \
  X (BDF, "application/x-font-bdf", TEXT, FONT)                                                    \
  X (XPM, "image/x-xpixmap", TEXT, IMAGE)                                                          \
  X (XBM, "image/x-xbitmap", TEXT, IMAGE)                                                          \
  X (PNM, "image/x-portable-anymap", NONE, IMAGE)                                                  \
  X (RTF, "text/rtf", NONE, DOCUMENT)                                                              \
  /* machine code, byte code, what starts something */                                             \
  X (DOS, "application/x-dosexec", NONE, EXECUTABLE)                                               \
  X (DOS_COM, "application/x-dos-com", NONE, EXECUTABLE)                                           \
  X (NE, "application/x-ne-executable", DOS, EXECUTABLE)                                           \
  X (LE, "application/x-le-executable", DOS, EXECUTABLE)                                           \
  X (PE, "application/vnd.microsoft.portable-executable", DOS, EXECUTABLE)                         \
  X (ELF, "application/x-elf", NONE, EXECUTABLE)                                                   \
  X (ELF_OBJECT, "application/x-object", ELF, EXECUTABLE)                                          \
  X (ELF_EXECUTABLE, "application/x-executable", ELF, EXECUTABLE)                                  \
  X (ELF_SHARED, "application/x-sharedlib", ELF, EXECUTABLE)                                       \
  X (ELF_PIE, "application/x-pie-executable", ELF, EXECUTABLE)                                     \
  X (ELF_CORE, "application/x-coredump", ELF, DATA)                                                \
  X (MACHO, "application/x-mach-binary", NONE, EXECUTABLE)                                         \
  X (MACHO_FAT, "application/x-mach-fat-binary", MACHO, EXECUTABLE)                                \
  X (COFF, "application/x-coff", NONE, EXECUTABLE)                                                 \
  X (JAVA_CLASS, "application/x-java-class", NONE, EXECUTABLE)                                     \
  X (DEX, "application/x-dex", NONE, EXECUTABLE)                                                   \
  X (WASM, "application/wasm", NONE, EXECUTABLE)                                                   \
  X (PYC, "application/x-bytecode.python", NONE, EXECUTABLE)                                       \
  X (ELC, "application/x-elc", NONE, EXECUTABLE)                                                   \
  X (LUAC, "application/x-bytecode.lua", NONE, EXECUTABLE)                                         \
  X (LLVM, "application/x-llvm", NONE, EXECUTABLE)                                                 \
  X (LNK, "application/x-ms-shortcut", NONE, EXECUTABLE)                                           \
  X (FLASH, "application/x-shockwave-flash", NONE, EXECUTABLE)                                     \
  X (AR, "application/x-archive", NONE, ARCHIVE)                                                   \
  X (DEB, "application/vnd.debian.binary-package", AR, ARCHIVE)                                    \
  X (RPM, "application/x-rpm", NONE, ARCHIVE)                                                      \
  X (FPC_UNIT, "application/x-freepascal-unit", NONE, DATA)                                        \
  X (OCAML, "application/x-ocaml-object", NONE, DATA)                                              \
  /* zip and what is made of it */                                                                 \
  X (ZIP, "application/zip", NONE, ARCHIVE)                                                        \
  X (JAR, "application/java-archive", ZIP, EXECUTABLE)                                             \
  X (APK, "application/vnd.android.package-archive", ZIP, EXECUTABLE)                              \
  X (OOXML, "application/vnd.openxmlformats-officedocument", ZIP, DOCUMENT)                        \
  X (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", OOXML,       \
     DOCUMENT)                                                                                     \
  X (XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", OOXML, DOCUMENT)   \
  X (PPTX, "application/vnd.openxmlformats-officedocument.presentationml.presentation", OOXML,     \
     DOCUMENT)                                                                                     \
  X (VSDX, "application/vnd.ms-visio.drawing", OOXML, DOCUMENT)                                    \
  X (XPS, "application/oxps", ZIP, DOCUMENT)                                                       \
  X (ODF, "application/vnd.oasis.opendocument", ZIP, DOCUMENT)                                     \
  X (ODT, "application/vnd.oasis.opendocument.text", ODF, DOCUMENT)                                \
  X (ODS, "application/vnd.oasis.opendocument.spreadsheet", ODF, DOCUMENT)                         \
  X (ODP, "application/vnd.oasis.opendocument.presentation", ODF, DOCUMENT)                        \
  X (ODG, "application/vnd.oasis.opendocument.graphics", ODF, DOCUMENT)                            \
  X (EPUB, "application/epub+zip", ZIP, DOCUMENT)                                                  \
  X (JMOD, "application/x-java-jmod", NONE, ARCHIVE)                                               \
  X (JIMAGE, "application/x-java-image", NONE, ARCHIVE)                                            \
  /* compound files */                                                                             \
  X (CFB, "application/x-ole-storage", NONE, DOCUMENT)                                             \
  X (DOC, "application/msword", CFB, DOCUMENT)                                                     \
  X (XLS, "application/vnd.ms-excel", CFB, DOCUMENT)                                               \
  X (PPT, "application/vnd.ms-powerpoint", CFB, DOCUMENT)                                          \
  X (MSG, "application/vnd.ms-outlook", CFB, DOCUMENT)                                             \
  X (VSD, "application/vnd.visio", CFB, DOCUMENT)                                                  \
  X (MSI, "application/x-msi", CFB, EXECUTABLE)                                                    \
  X (CFB_ENCRYPTED, "application/x-encrypted-ooxml", CFB, DOCUMENT)                                \
  X (JTD, "application/x-js-taro", CFB, DOCUMENT)                                                  \
  X (THUMBS, "application/x-thumbs-db", CFB, DATA)                                                 \
  /* documents */                                                                                  \
  X (PDF, "application/pdf", NONE, DOCUMENT)                                                       \
  X (ONENOTE, "application/onenote", NONE, DOCUMENT)                                               \
  X (CHM, "application/vnd.ms-htmlhelp", NONE, EXECUTABLE)                                         \
  X (HLP, "application/winhelp", NONE, EXECUTABLE)                                                 \
  X (DVI, "application/x-dvi", NONE, DOCUMENT)                                                     \
  X (DJVU, "image/vnd.djvu", NONE, DOCUMENT)                                                       \
  X (MOBI, "application/x-mobipocket-ebook", NONE, DOCUMENT)                                       \
  X (TNEF, "application/vnd.ms-tnef", NONE, ARCHIVE)                                               \
  /* archives, compressors, packages */                                                            \
  X (SEVENZIP, "application/x-7z-compressed", NONE, ARCHIVE)                                       \
  X (RAR, "application/vnd.rar", NONE, ARCHIVE)                                                    \
  X (RAR4, "application/x-rar-compressed", RAR, ARCHIVE)                                           \
  X (GZIP, "application/gzip", NONE, ARCHIVE)                                                      \
  X (BZIP2, "application/x-bzip2", NONE, ARCHIVE)                                                  \
  X (XZ, "application/x-xz", NONE, ARCHIVE)                                                        \
  X (LZMA, "application/x-lzma", NONE, ARCHIVE)                                                    \
  X (LZIP, "application/x-lzip", NONE, ARCHIVE)                                                    \
  X (LZOP, "application/x-lzop", NONE, ARCHIVE)                                                    \
  X (ZSTD, "application/zstd", NONE, ARCHIVE)                                                      \
  X (LZ4, "application/x-lz4", NONE, ARCHIVE)                                                      \
  X (COMPRESS, "application/x-compress", NONE, ARCHIVE)                                            \
  X (ZLIB, "application/zlib", NONE, ARCHIVE)                                                      \
  X (CAB, "application/vnd.ms-cab-compressed", NONE, ARCHIVE)                                      \
  X (ISCAB, "application/x-installshield", NONE, ARCHIVE)                                          \
  X (TAR, "application/x-tar", NONE, ARCHIVE)                                                      \
  X (CPIO, "application/x-cpio", NONE, ARCHIVE)                                                    \
  X (LHA, "application/x-lzh-compressed", NONE, ARCHIVE)                                           \
  X (ARJ, "application/x-arj", NONE, ARCHIVE)                                                      \
  X (ACE, "application/x-ace-compressed", NONE, ARCHIVE)                                           \
  X (ARC, "application/x-arc", NONE, ARCHIVE)                                                      \
  X (ZOO, "application/x-zoo", NONE, ARCHIVE)                                                      \
  X (XAR, "application/x-xar", NONE, ARCHIVE)                                                      \
  X (EGG, "application/x-egg", NONE, ARCHIVE)                                                      \
  X (APPLEDOUBLE, "multipart/appledouble", NONE, DATA)                                             \
  X (APPLESINGLE, "application/applefile", NONE, ARCHIVE)                                          \
  /* disks and file systems */                                                                     \
  X (ISO9660, "application/x-iso9660-image", NONE, DISK)                                           \
  X (UDF, "application/x-udf-image", NONE, DISK)                                                   \
  X (VHD, "application/x-vhd", NONE, DISK)                                                         \
  X (VHDX, "application/x-vhdx", NONE, DISK)                                                       \
  X (VMDK, "application/x-vmdk", NONE, DISK)                                                       \
  X (VDI, "application/x-vdi", NONE, DISK)                                                         \
  X (QCOW, "application/x-qemu-disk", NONE, DISK)                                                  \
  X (WIM, "application/x-ms-wim", NONE, DISK)                                                      \
  X (DMG, "application/x-apple-diskimage", NONE, DISK)                                             \
  X (SQUASHFS, "application/vnd.squashfs", NONE, DISK)                                             \
  X (EXT, "application/x-ext-image", NONE, DISK)                                                   \
  X (FAT, "application/x-fat-image", NONE, DISK)                                                   \
  X (NTFS, "application/x-ntfs-image", NONE, DISK)                                                 \
  X (FILESYSTEM, "application/x-filesystem-image", NONE, DISK)                                     \
  X (BOOT, "application/x-boot-sector", NONE, DISK)                                                \
  /* images */                                                                                     \
  X (PNG, "image/png", NONE, IMAGE)                                                                \
  X (JPEG, "image/jpeg", NONE, IMAGE)                                                              \
  X (GIF, "image/gif", NONE, IMAGE)                                                                \
  X (BMP, "image/bmp", NONE, IMAGE)                                                                \
  X (WEBP, "image/webp", NONE, IMAGE)                                                              \
  X (TIFF, "image/tiff", NONE, IMAGE)                                                              \
  X (ICO, "image/vnd.microsoft.icon", NONE, IMAGE)                                                 \
  X (CUR, "image/x-win-bitmap", NONE, IMAGE)                                                       \
  X (PSD, "image/vnd.adobe.photoshop", NONE, IMAGE)                                                \
  X (JP2, "image/jp2", NONE, IMAGE)                                                                \
  X (HEIF, "image/heif", NONE, IMAGE)                                                              \
  X (AVIF, "image/avif", NONE, IMAGE)                                                              \
  X (XCF, "image/x-xcf", NONE, IMAGE)                                                              \
  X (ICNS, "image/x-icns", NONE, IMAGE)                                                            \
  X (EMF, "image/emf", NONE, IMAGE)                                                                \
  X (WMF, "image/wmf", NONE, IMAGE)                                                                \
  X (DDS, "image/x-dds", NONE, IMAGE)                                                              \
  X (XCURSOR, "image/x-xcursor", NONE, IMAGE)                                                      \
  /* sound and film */                                                                             \
  X (MP3, "audio/mpeg", NONE, AUDIO)                                                               \
  X (OGG, "application/ogg", NONE, AUDIO)                                                          \
  X (FLAC, "audio/flac", NONE, AUDIO)                                                              \
  X (WAV, "audio/x-wav", NONE, AUDIO)                                                              \
  X (AIFF, "audio/x-aiff", NONE, AUDIO)                                                            \
  X (AU, "audio/basic", NONE, AUDIO)                                                               \
  X (MIDI, "audio/midi", NONE, AUDIO)                                                              \
  X (AMR, "audio/amr", NONE, AUDIO)                                                                \
  X (M4A, "audio/mp4", NONE, AUDIO)                                                                \
  X (MP4, "video/mp4", NONE, VIDEO)                                                                \
  X (MOV, "video/quicktime", NONE, VIDEO)                                                          \
  X (AVI, "video/x-msvideo", NONE, VIDEO)                                                          \
  X (MATROSKA, "video/x-matroska", NONE, VIDEO)                                                    \
  X (WEBM, "video/webm", NONE, VIDEO)                                                              \
  X (ASF, "video/x-ms-asf", NONE, VIDEO)                                                           \
  X (FLV, "video/x-flv", NONE, VIDEO)                                                              \
  X (MPEG, "video/mpeg", NONE, VIDEO)                                                              \
  X (MPEG_TS, "video/mp2t", NONE, VIDEO)                                                           \
  X (RIFF, "application/x-riff", NONE, DATA)                                                       \
  /* fonts */                                                                                      \
  X (TTF, "font/sfnt", NONE, FONT)                                                                 \
  X (OTF, "font/otf", NONE, FONT)                                                                  \
  X (TTC, "font/collection", NONE, FONT)                                                           \
  X (WOFF, "font/woff", NONE, FONT)                                                                \
  X (WOFF2, "font/woff2", NONE, FONT)                                                              \
  X (PCF, "application/x-font-pcf", NONE, FONT)                                                    \
  X (PSF, "application/x-font-linux-psf", NONE, FONT)                                              \
  X (PF2, "application/x-font-grub", NONE, FONT)                                                   \
  X (EOT, "application/vnd.ms-fontobject", NONE, FONT)                                             \
  /* records, databases, compiled data */                                                          \
  X (SQLITE, "application/vnd.sqlite3", NONE, DATA)                                                \
  X (BDB, "application/x-dbm", NONE, DATA)                                                         \
  X (GDBM, "application/x-gdbm", NONE, DATA)                                                       \
  X (JET, "application/x-msaccess", NONE, DATA)                                                    \
  X (ESE, "application/x-ms-ese", NONE, DATA)                                                      \
  X (PST, "application/vnd.ms-outlook-pst", NONE, DATA)                                            \
  X (DBX, "application/x-outlook-express", NONE, DATA)                                             \
  X (PCAP, "application/vnd.tcpdump.pcap", NONE, DATA)                                             \
  X (PCAPNG, "application/x-pcapng", NONE, DATA)                                                   \
  X (EVTX, "application/x-ms-evtx", NONE, DATA)                                                    \
  X (EVT, "application/x-ms-evt", NONE, DATA)                                                      \
  X (REGF, "application/x-ms-registry-hive", NONE, DATA)                                           \
  X (PREFETCH, "application/x-ms-prefetch", NONE, DATA)                                            \
  X (MINIDUMP, "application/x-dmp", NONE, DATA)                                                    \
  X (PDB, "application/x-ms-pdb", NONE, DATA)                                                      \
  X (DER, "application/x-x509-ca-cert", NONE, DATA)                                                \
  X (PKCS7, "application/pkcs7-mime", NONE, DATA)                                                  \
  X (PGP_KEYS, "application/pgp-keys", NONE, DATA)                                                 \
  X (PGP_DATA, "application/pgp-encrypted", NONE, DATA)                                            \
  X (JKS, "application/x-java-keystore", NONE, DATA)                                               \
  X (KDBX, "application/x-keepass2", NONE, DATA)                                                   \
  X (TERMINFO, "application/x-terminfo", NONE, DATA)                                               \
  X (MO, "application/x-gettext-translation", NONE, DATA)                                          \
  X (TZIF, "application/tzif", NONE, DATA)                                                         \
  X (LOCALE, "application/x-locale-data", NONE, DATA)                                              \
  X (COMPILED, "application/x-compiled-data", NONE, DATA)                                          \
  X (YARA_RULES, "application/x-yara-rules", NONE, DATA)                                           \
  X (GIT, "application/x-git", NONE, DATA)                                                         \
  X (JOURNAL, "application/x-journal", NONE, DATA)                                                 \
  X (PLIST, "application/x-bplist", NONE, DATA)                                                    \
  X (DTB, "application/x-dtb", NONE, DATA)                                                         \
  X (NUMPY, "application/x-numpy-data", NONE, DATA)                                                \
  X (PICKLE, "application/x-python-pickle", NONE, DATA)                                            \
  X (HDF5, "application/x-hdf5", NONE, DATA)                                                       \
  X (TEX_FONT, "application/x-tex-font", NONE, DATA)                                               \
  X (TORRENT, "application/x-bittorrent", NONE, DATA)                                              \
  X (JAVA_OBJECT, "application/x-java-serialized-object", NONE, DATA)                              \
  X (DOTNET_RESOURCES, "application/x-dotnet-resources", NONE, DATA)                               \
  X (GCC_PCH, "application/x-gcc-pch", NONE, DATA)                                                 \
  X (DSSTORE, "application/x-apple-dsstore", NONE, DATA)

typedef enum IdType {
#define X(id, media, general, class) ID_##id,
  ID_TYPES (X)
#undef X
      ID_N_TYPES
} IdType;

/** A set of types. */
#define ID_SET_WORDS 4
typedef struct IdSet {
  uint64_t word[ID_SET_WORDS];
} IdSet;
_Static_assert(ID_N_TYPES <= ID_SET_WORDS * 64, "IdSet holds every type");

/** The media type; "" for ID_NONE. Static. */
const char *id_type_media (IdType type);
/** The more general type that it also is, or ID_NONE. */
IdType id_type_general (IdType type);
IdClass id_type_class (IdType type);
/** The type with that media type (any case), or ID_NONE. Some common synonyms are known. */
IdType id_type_of_media (SkSpan media);

static inline void
id_set_add (IdSet *set, IdType type)
{
  set->word[(unsigned) type / 64] |= UINT64_C (1) << ((unsigned) type % 64);
}

static inline bool
id_set_has (const IdSet *set, IdType type)
{
  return (set->word[(unsigned) type / 64] >> ((unsigned) type % 64) & 1) != 0;
}

#endif
