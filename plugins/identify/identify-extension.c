/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of extensions, its reader, and the comparison with the content.
 *
 * Not in the table, on purpose: extensions that everybody uses for data of
 * their own (.dat, .bin, .tmp, .bak, .img of firmware …). What is not in it
 * promises nothing, and nothing can be wrong with it.
 */
#include "config.h"

#include "identify-extension.h"

static const char *const built_in[] = {
  /* to read and to look at */
  "pdf document application/pdf",
  "doc,dot document application/msword =application/x-ole-storage application/x-encrypted-ooxml"
  " text/rtf =application/xml"
  " application/vnd.ms-word.xml text/html =text/plain message/rfc822"
  " application/vnd.openxmlformats-officedocument",
  "xls,xlt,xlm,xla document application/vnd.ms-excel =application/x-ole-storage"
  " application/x-encrypted-ooxml =application/xml"
  " application/vnd.ms-word.xml text/html =text/plain message/rfc822"
  " application/vnd.openxmlformats-officedocument",
  "ppt,pps,pot document application/vnd.ms-powerpoint =application/x-ole-storage "
  "application/x-encrypted-ooxml"
  " application/vnd.openxmlformats-officedocument",
  "docx,docm,dotx,dotm document"
  " application/vnd.openxmlformats-officedocument.wordprocessingml.document"
  " =application/vnd.openxmlformats-officedocument application/x-encrypted-ooxml",
  "xlsx,xlsm,xltx,xltm,xlsb,xlam document"
  " application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
  " =application/vnd.openxmlformats-officedocument application/x-encrypted-ooxml",
  "pptx,pptm,potx,ppsx,ppsm document"
  " application/vnd.openxmlformats-officedocument.presentationml.presentation"
  " =application/vnd.openxmlformats-officedocument application/x-encrypted-ooxml",
  "vsd document application/vnd.visio =application/x-ole-storage",
  "vsdx document application/vnd.ms-visio.drawing =application/vnd.openxmlformats-officedocument",
  "xps,oxps document application/oxps application/vnd.openxmlformats-officedocument",
  "odt document application/vnd.oasis.opendocument.text =application/vnd.oasis.opendocument",
  "ods document application/vnd.oasis.opendocument.spreadsheet =application/vnd.oasis.opendocument",
  "odp document application/vnd.oasis.opendocument.presentation"
  " =application/vnd.oasis.opendocument",
  "odg document application/vnd.oasis.opendocument.graphics =application/vnd.oasis.opendocument",
  "rtf document text/rtf application/msword",
  "jtd,jtt document application/x-js-taro =application/x-ole-storage",
  "one,onepkg document application/onenote application/vnd.ms-cab-compressed",
  "epub document application/epub+zip",
  "mobi document application/x-mobipocket-ebook",
  "djvu,djv document image/vnd.djvu",
  "ps document application/postscript",
  "eps document application/postscript image/x-eps image/emf image/tiff",
  "dvi document application/x-dvi",
  "msg document application/vnd.ms-outlook =application/x-ole-storage @text",
  "eml document message/rfc822 text/plain",
  "mbox document application/mbox message/rfc822 text/plain",
  "ics document text/calendar text/plain",
  "vcf document text/vcard text/plain",
  /* text */
  "txt,text,log,me,1st text text/plain",
  "md,markdown,rst text text/plain",
  "csv,tsv text text/plain",
  "htm,html,shtml text text/html application/xhtml+xml application/xml text/plain",
  "xhtml,xht text application/xhtml+xml application/xml text/html",
  "mht,mhtml document message/rfc822 text/plain",
  "xml,xsl,xslt,xsd,rng text application/xml text/plain",
  "json,geojson,jsonl,ndjson text application/json text/plain",
  "yaml,yml text application/yaml text/plain",
  "ini,inf,cfg,conf,properties text text/plain",
  "tex,bib,sty text text/plain",
  "c,h,cc,cpp,cxx,hh,hpp,java,cs,go,rs text text/plain",
  "css,scss,less text text/plain",
  "sql text text/plain",
  "po,pot text text/x-gettext-translation text/plain application/vnd.ms-powerpoint",
  /* images */
  "png image image/png",
  "jpg,jpeg,jpe,jfif image image/jpeg =image/png image/webp",
  "gif image image/gif",
  "bmp,dib image image/bmp",
  "webp image image/webp",
  "tif,tiff image image/tiff",
  "ico image image/vnd.microsoft.icon image/png image/x-win-bitmap image/bmp",
  "cur,ani image image/x-win-bitmap image/vnd.microsoft.icon",
  "psd image image/vnd.adobe.photoshop",
  "svg image image/svg+xml application/xml text/plain",
  "svgz image application/gzip",
  "heic,heif image image/heif image/avif",
  "avif image image/avif",
  "jp2,jpx,j2k image image/jp2",
  "emf,wmf image image/emf image/wmf",
  "xpm image image/x-xpixmap text/plain",
  "xcf image image/x-xcf application/gzip application/x-bzip2 application/x-xz",
  /* sound and film */
  "mp3 audio audio/mpeg application/x-riff audio/x-wav",
  "wav audio audio/x-wav application/x-riff",
  "flac audio audio/flac",
  "ogg,oga,opus,ogv,spx audio application/ogg",
  "m4a,m4b audio audio/mp4 video/mp4 video/quicktime",
  "wma,wmv,asf video video/x-ms-asf",
  "mid,midi audio audio/midi",
  "aif,aiff audio audio/x-aiff",
  "au,snd audio audio/basic",
  "mp4,m4v,3gp,3g2 video video/mp4 video/quicktime audio/mp4",
  "mov,qt video video/quicktime video/mp4",
  "avi video video/x-msvideo",
  "mkv,mka,webm video video/x-matroska video/webm",
  "flv video video/x-flv",
  "mpg,mpeg,vob video video/mpeg video/mp2t audio/mpeg",
  "swf executable application/x-shockwave-flash",
  /* archives */
  "zip archive application/zip",
  "jar,war,ear archive application/java-archive application/zip",
  "apk,xapk archive application/vnd.android.package-archive application/zip",
  "whl,egg,nupkg,xpi,vsix,oxt archive application/zip text/plain",
  "7z archive application/x-7z-compressed",
  "rar archive application/vnd.rar",
  "gz,tgz,taz archive application/gzip application/x-compress",
  "bz2,tbz,tbz2 archive application/x-bzip2",
  "xz,txz archive application/x-xz",
  "zst,tzst archive application/zstd",
  "lz4 archive application/x-lz4",
  "lzma archive application/x-lzma",
  "lz archive application/x-lzip",
  "lzo archive application/x-lzop",
  "tar archive application/x-tar",
  "cpio archive application/x-cpio",
  "lzh,lha archive application/x-lzh-compressed",
  "arj archive application/x-arj",
  "ace archive application/x-ace-compressed",
  "cab archive application/vnd.ms-cab-compressed application/x-installshield",
  "deb,udeb,ddeb archive application/vnd.debian.binary-package application/x-archive",
  "rpm archive application/x-rpm",
  "a,lib archive application/x-archive text/plain application/x-coff application/x-object",
  /* disks */
  "iso disk application/x-iso9660-image application/x-udf-image application/x-boot-sector"
  " application/x-fat-image",
  "vhd,avhd disk application/x-vhd application/x-boot-sector application/x-ntfs-image"
  " application/x-fat-image",
  "vhdx,avhdx disk application/x-vhdx",
  "vmdk disk application/x-vmdk application/x-boot-sector text/plain",
  "vdi disk application/x-vdi",
  "wim,esd,swm disk application/x-ms-wim",
  "dmg disk application/x-apple-diskimage application/x-bzip2 application/zlib",
  "qcow2 disk application/x-qemu-disk",
  /* fonts */
  "ttf font font/sfnt font/otf font/collection",
  "otf font font/otf font/sfnt",
  "ttc font font/collection",
  "woff font font/woff",
  "woff2 font font/woff2",
  "fon font application/x-ne-executable application/vnd.microsoft.portable-executable",
  "pfb font application/x-font-type1 application/postscript",
  /* records, keys */
  "pcap,cap,dmp data application/vnd.tcpdump.pcap application/x-pcapng application/x-dmp *",
  "pcapng data application/x-pcapng application/vnd.tcpdump.pcap",
  "evtx data application/x-ms-evtx",
  "sqlite,sqlite3 data application/vnd.sqlite3",
  "mdb,accdb data application/x-msaccess",
  "pst,ost data application/vnd.ms-outlook-pst",
  "pem,crt,cer,csr data application/x-pem-file application/x-x509-ca-cert application/pkcs7-mime"
  " text/plain",
  "p7s,p7m,p7c,p7b data application/pkcs7-mime application/x-pem-file application/octet-stream",
  "mo,gmo data application/x-gettext-translation",
  /* what runs; these promise so, and so nothing that runs is out of place under them */
  "exe,scr,pif executable application/vnd.microsoft.portable-executable application/x-dosexec",
  "com executable application/x-dos-com *",
  "dll,ocx,cpl,xll,mui,ax,drv,tlb,olb,icl,pyd executable"
  " application/vnd.microsoft.portable-executable application/x-dosexec application/x-msaccess"
  " application/octet-stream",
  "sys,vxd executable application/vnd.microsoft.portable-executable *",
  "efi executable application/vnd.microsoft.portable-executable",
  "msi,msp,mst executable application/x-msi application/x-ole-storage",
  "lnk executable application/x-ms-shortcut",
  "url executable application/x-mswinurl text/plain",
  "chm executable application/vnd.ms-htmlhelp",
  "hlp executable application/winhelp *",
  "hta executable text/html text/plain",
  "class executable application/x-java-class",
  "dex executable application/x-dex",
  "pyc,pyo executable application/x-bytecode.python",
  "wasm executable application/wasm",
  "ko,so,o executable application/x-elf application/x-coff application/x-llvm"
  " application/x-mach-binary text/plain",
  "dylib executable application/x-mach-binary",
  "msc executable application/x-mmc application/xml",
  "bat,cmd script text/x-msdos-batch text/plain",
  "ps1,psm1,psd1 script text/x-powershell text/plain",
  "vbs,vbe,wsf,wsh script text/plain application/xml",
  "js,mjs,cjs script application/javascript text/plain",
  "jse script text/plain",
  "py,pyw script text/x-script.python text/plain",
  "pl,pm script text/x-perl text/plain",
  "rb script text/x-ruby text/plain",
  "sh,bash script text/x-shellscript text/plain",
  "php,phtml script text/x-php text/plain",
  "reg script text/x-ms-regedit text/plain",
};

/* ---- names ---- */

bool
id_extension_of (const char *name, char ret_extension[ID_MAX_EXTENSION + 1])
{
  const char *slash = strrchr (name, '/');
  if (slash != NULL)
    name = slash + 1;
  size_t end = strlen (name);
  while (end > 0 && (name[end - 1] == '.' || name[end - 1] == ' '))
    end--;
  size_t begin = end;
  while (begin > 0 && name[begin - 1] != '.')
    begin--;
  /* A dot at the beginning hides a file, it does not end its name. */
  if (begin < 2 || end == begin || end - begin > ID_MAX_EXTENSION)
    return false;
  for (size_t i = begin; i < end; i++)
    ret_extension[i - begin] = g_ascii_tolower (name[i]);
  ret_extension[end - begin] = '\0';
  return true;
}

/* ---- the table's lines ---- */

static const char *const class_names[]
    = { "data",  "text",  "executable", "script", "document", "archive",
        "image", "audio", "video",      "font",   "disk" };

static bool
class_of_word (const char *word, IdClass *ret_class)
{
  for (size_t i = 0; i < G_N_ELEMENTS (class_names); i++)
    if (strcmp (word, class_names[i]) == 0)
      {
        *ret_class = (IdClass) i;
        return true;
      }
  return false;
}

static bool
is_kind_of (IdType type, IdType general)
{
  for (; type != ID_NONE; type = id_type_general (type))
    if (type == general)
      return true;
  return false;
}

static void
admit (IdPromise *promise, IdType general)
{
  for (unsigned i = 1; i < ID_N_TYPES; i++)
    if (is_kind_of ((IdType) i, general))
      id_set_add (&promise->admits, (IdType) i);
}

static void
admit_class (IdPromise *promise, IdClass class)
{
  for (unsigned i = 1; i < ID_N_TYPES; i++)
    if (id_type_class ((IdType) i) == class)
      id_set_add (&promise->admits, (IdType) i);
}

static const char *
parse_type (IdPromise *promise, const char *word)
{
  IdClass class;
  if (strcmp (word, "*") == 0)
    {
      promise->anything = true;
      return NULL;
    }
  if (word[0] == '@')
    {
      if (!class_of_word (word + 1, &class))
        return "unknown class after @";
      admit_class (promise, class);
      return NULL;
    }
  bool exact = word[0] == '=';
  IdType type = id_type_of_media (sk_span_of_text (word + exact));
  if (type == ID_NONE)
    return "unknown media type";
  if (promise->type == ID_NONE)
    promise->type = type;
  if (exact)
    id_set_add (&promise->admits, type);
  else
    admit (promise, type);
  return NULL;
}

static const char *
add_extensions (IdPromises *promises, const char *list, const IdPromise *promise)
{
  g_auto (GStrv) extensions = g_strsplit (list, ",", -1);
  for (size_t i = 0; extensions[i] != NULL; i++)
    {
      size_t length = strlen (extensions[i]);
      if (length == 0 || length > ID_MAX_EXTENSION)
        return "an extension has 1 to 16 characters";
      g_hash_table_replace (promises, g_ascii_strdown (extensions[i], -1),
                            g_memdup2 (promise, sizeof (*promise)));
    }
  return NULL;
}

static const char *
parse_line (IdPromises *promises, const char *line)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t\r", -1);
  IdPromise promise = { .type = ID_NONE };
  const char *extensions = NULL;
  unsigned n_words = 0;
  for (size_t i = 0; words[i] != NULL; i++)
    {
      const char *error = NULL;
      if (words[i][0] == '\0')
        continue;
      if (n_words == 0)
        extensions = words[i];
      else if (n_words == 1 && !class_of_word (words[i], &promise.class))
        error = "the second word is no class";
      else if (n_words > 1)
        error = parse_type (&promise, words[i]);
      if (error != NULL)
        return error;
      n_words++;
    }
  if (n_words == 0)
    return NULL;
  return n_words < 3 ? "expected: extensions, class, types"
                     : add_extensions (promises, extensions, &promise);
}

static gboolean
move_promise (void *extension, void *promise, void *promises)
{
  g_hash_table_replace (promises, extension, promise);
  return TRUE;
}

bool
id_promises_parse (IdPromises *promises, SkSpan text, uint32_t *ret_line, const char **ret_error)
{
  g_autoptr (GHashTable) read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  uint32_t number = 0;
  for (SkCursor cursor = sk_cursor (text); sk_cursor_left (&cursor) > 0;)
    {
      size_t left = sk_cursor_left (&cursor);
      const uint8_t *end = memchr (cursor.pos, '\n', left);
      size_t length = end == NULL ? left : (size_t) (end - cursor.pos);
      const uint8_t *comment = memchr (cursor.pos, '#', length);
      size_t used = comment == NULL ? length : (size_t) (comment - cursor.pos);
      g_autofree char *line = g_strndup ((const char *) cursor.pos, used);
      sk_cursor_skip (&cursor, end == NULL ? length : length + 1);
      number++;
      const char *error = strlen (line) == used ? parse_line (read, line) : "a NUL in the line";
      if (error != NULL)
        {
          *ret_line = number;
          *ret_error = error;
          return false;
        }
    }
  g_hash_table_foreach_steal (read, move_promise, promises);
  return true;
}

IdPromises *
id_promises_new (void)
{
  IdPromises *promises = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (size_t i = 0; i < G_N_ELEMENTS (built_in); i++)
    {
      const char *error = parse_line (promises, built_in[i]);
      if (error != NULL)
        g_error ("built-in table, %s: %s", built_in[i], error);
    }
  return promises;
}

const IdPromise *
id_promises_get (IdPromises *promises, const char *extension)
{
  return g_hash_table_lookup (promises, extension);
}

/* ---- the comparison ---- */

/* Binary programs are out of place under whatever is only looked at; text that an interpreter could
 * run only where no text belongs: a README may well begin with #!. */
static bool
runs_out_of_place (IdClass promised, IdClass found)
{
  switch (promised)
    {
    case ID_CLASS_DOCUMENT:
    case ID_CLASS_IMAGE:
    case ID_CLASS_AUDIO:
    case ID_CLASS_VIDEO:
    case ID_CLASS_FONT:
    case ID_CLASS_ARCHIVE:
    case ID_CLASS_DISK:
      return found == ID_CLASS_EXECUTABLE || found == ID_CLASS_SCRIPT;
    case ID_CLASS_TEXT:
    case ID_CLASS_DATA:
      return found == ID_CLASS_EXECUTABLE;
    case ID_CLASS_EXECUTABLE:
    case ID_CLASS_SCRIPT:
      return false;
    }
  return false;
}

static bool
is_apple_double (const IdContent *content, const char *name)
{
  const char *slash = strrchr (name, '/');
  const char *last = slash != NULL ? slash + 1 : name;
  return content->n_found > 0 && content->found[0].type == ID_APPLEDOUBLE
         && (g_str_has_prefix (last, "._") || strstr (name, "__MACOSX") != NULL);
}

IdAgreement
id_agree (const IdPromise *promise, const IdContent *content, const char *name)
{
  IdAgreement agreement = { false, false, false };
  if (promise == NULL || content->n_found == 0 || content->found[0].strength != SK_STRENGTH_CONTENT)
    return agreement;
  agreement.known = true;
  if (promise->anything || content->found[0].type == ID_EMPTY || is_apple_double (content, name))
    return agreement;
  bool fits = false, runs = false;
  for (size_t i = 0; i < content->n_found; i++)
    {
      IdFound found = content->found[i];
      if (found.strength != SK_STRENGTH_CONTENT)
        continue;
      if (id_set_has (&promise->admits, found.type))
        fits = true;
      else
        runs |= runs_out_of_place (promise->class, id_type_class (found.type));
    }
  agreement.mismatch = !fits;
  agreement.executable = runs;
  return agreement;
}
