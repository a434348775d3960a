/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "base/limits.h"
#include "sk-test.h"
#include "source/attributes.h"
#include "source/tree.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Seen
{
  GString *lines;      /* "K path" of each item, the folder's own path cut off */
  size_t prefix;       /* bytes of that */
  GString *whats;      /* what and errno of those that have one */
  GArray *descriptors; /* kept open when not NULL, until a wait */
  void (*react) (const SkWalkItem *item, const char *folder);
  const char *folder;
  unsigned stop_after;
  unsigned count;
} Seen;

static const char letters[] = "FSLXOUMVD";

static bool
collect (void *data, SkWalkItem *item)
{
  Seen *seen = data;
  g_string_append_printf (seen->lines, "%c %s\n", letters[item->kind],
                          item->path + MIN (seen->prefix, strlen (item->path)));
  if (item->what != NULL || item->error_number != 0)
    g_string_append_printf (seen->whats, "%s|%d\n", item->what != NULL ? item->what : "",
                            item->error_number);
  ck_assert_int_eq (item->fd >= 0, item->kind == SK_WALK_FILE);
  if (seen->react != NULL)
    seen->react (item, seen->folder);
  if (seen->descriptors != NULL && item->fd >= 0)
    {
      g_array_append_val (seen->descriptors, item->fd);
      item->fd = -1;
    }
  sk_walk_item_free (item);
  return ++seen->count != seen->stop_after;
}

static bool
let_go (void *data)
{
  Seen *seen = data;
  ck_assert_ptr_nonnull (seen->descriptors);
  for (guint i = 0; i < seen->descriptors->len; i++)
    close (g_array_index (seen->descriptors, int, i));
  g_array_set_size (seen->descriptors, 0);
  return true;
}

static void
seen_init (Seen *seen, const char *folder)
{
  *seen = (Seen){ .lines = g_string_new (NULL),
                  .whats = g_string_new (NULL),
                  .folder = folder,
                  .prefix = strlen (folder) + 1 };
}

static void
seen_clear (Seen *seen)
{
  g_string_free (seen->lines, TRUE);
  g_string_free (seen->whats, TRUE);
}

static bool
walk (Seen *seen, const SkWalkSettings *settings, const SkTreeBounds *bounds, const char *argument)
{
  g_autoptr (SkTree) tree = sk_tree_new (settings, bounds, collect, let_go, seen);
  return sk_tree_walk (tree, argument);
}

/* Walks the folder with the usual settings; the lines. */
static char *
walk_plain (const char *folder, const SkTreeBounds *bounds)
{
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  ck_assert (walk (&seen, &settings, bounds, folder));
  g_string_free (seen.whats, TRUE);
  return g_string_free (seen.lines, FALSE);
}

static void
put (const char *folder, const char *name)
{
  g_free (sk_test_file (folder, name, name, strlen (name)));
}

static char *
in (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
put_link (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = in (folder, name);
  ck_assert_int_eq (symlink (target, path), 0);
}

static void
put_fifo (const char *folder, const char *name)
{
  g_autofree char *path = in (folder, name);
  ck_assert_int_eq (mkfifo (path, 0600), 0);
}

static void
put_socket (const char *folder, const char *name)
{
  g_autofree char *path = in (folder, name);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
  close (fd);
}

START_TEST (test_order_and_kinds)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[]
      = { "00", "-x", "a\nb", "\xff\xfe", "a/z", "a/b/c", "a.txt", "A", "あ", "empty" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  put_link (folder, "a/link-to-parent", "..");
  put_link (folder, "link-to-file", "A");
  put_link (folder, "link-to-nothing", "nothing");
  put_fifo (folder, "pipe");
  put_socket (folder, "sock");
  g_autofree char *lines = walk_plain (folder, NULL);
  ck_assert_str_eq (lines, "F -x\nF 00\nF A\nF a/b/c\nL a/link-to-parent\nF a/z\nF a\nb\nF a.txt\n"
                           "F empty\nL link-to-file\nL link-to-nothing\nS pipe\nS sock\nF あ\n"
                           "F \xff\xfe\n");
  sk_test_remove (folder);
}
END_TEST

static void
check_root (const SkWalkItem *item, const char *folder)
{
  ck_assert_str_eq (item->root, folder);
  bool hidden = (item->attributes & SK_WALK_HIDDEN) != 0;
  ck_assert_int_eq (hidden, strstr (item->path, "/.") != NULL && strstr (item->path, "/f") == NULL);
}

START_TEST (test_folders_when_asked)
{
  g_autofree char *folder = sk_test_folder ();
  put (folder, "a/b/c");
  put (folder, "a/z");
  put (folder, ".hide/f");
  put (folder, "0");
  put (folder, "own/f");
  put_link (folder, "link", "a");
  g_autofree char *own = in (folder, "own");
  g_autofree char *empty = in (folder, "empty");
  ck_assert_int_eq (mkdir (empty, 0700), 0);
  char *skip[] = { own, NULL };
  SkWalkSettings settings = { .folders = true, .skip = skip };
  Seen seen;
  seen_init (&seen, folder);
  seen.react = check_root;
  ck_assert (walk (&seen, &settings, NULL, folder));
  ck_assert_str_eq (seen.lines->str, "D \nD .hide\nF .hide/f\nF 0\nD a\nD a/b\nF a/b/c\nF a/z\n"
                                     "D empty\nL link\nX own\n");
  /* Stopping at a folder stops before its entries. */
  g_string_truncate (seen.lines, 0);
  seen.count = 0;
  seen.stop_after = 2;
  ck_assert (!walk (&seen, &settings, NULL, folder));
  ck_assert_str_eq (seen.lines->str, "D \nD .hide\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_attributes)
{
  ck_assert_uint_eq (sk_attributes_of_bits (0), 0);
  ck_assert_uint_eq (sk_attributes_of_bits (1), SK_WALK_READONLY);
  ck_assert_uint_eq (sk_attributes_of_bits (2), SK_WALK_HIDDEN);
  ck_assert_uint_eq (sk_attributes_of_bits (4), SK_WALK_SYSTEM);
  ck_assert_uint_eq (sk_attributes_of_bits (0xfffffff8), 0);
  ck_assert_uint_eq (sk_attributes_of_bits (7),
                     SK_WALK_HIDDEN | SK_WALK_SYSTEM | SK_WALK_READONLY);
  const struct
  {
    const char *path;
    bool hidden;
  } names[] = { { "/a/.b", true }, { ".b", true },   { "...", true }, { "..b", true }, { "/.a/b", false },
                { ".", false },    { "..", false },  { "/a/..", false }, { "/a/.", false },
                { "b.", false },   { "/a/.b/", false }, { "", false } };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    ck_assert_msg ((sk_attributes_of_name (names[i].path) != 0) == names[i].hidden, "%s",
                   names[i].path);
  /* A file system that has no attributes, asked twice. */
  g_autofree char *folder = sk_test_folder ();
  g_autoptr (SkAttributes) attributes = sk_attributes_new ();
  int fd = open (folder, O_RDONLY | O_DIRECTORY);
  ck_assert_uint_eq (sk_attributes_of (attributes, 1, fd), 0);
  ck_assert_uint_eq (sk_attributes_of (attributes, 1, fd), 0);
  ck_assert_uint_eq (sk_attributes_of (attributes, 2, fd), 0);
  close (fd);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_arguments)
{
  g_autofree char *folder = sk_test_folder ();
  put (folder, "d/f");
  put_link (folder, "to-d", "d");
  put_link (folder, "to-f", "d/f");
  put_link (folder, "to-nothing", "nothing");
  put_link (folder, "round", "round");
  put_fifo (folder, "pipe");
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  const char *const names[]
      = { "d", "d/", "to-d", "d/f", "to-f", "d/f", "to-nothing", "none", "d/f/x", "pipe", "round" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat (folder, "/", names[i], NULL);
      ck_assert (walk (&seen, &settings, NULL, path));
    }
  ck_assert_str_eq (seen.lines->str, "F d/f\nF d/f\nF to-d/f\nF d/f\nF to-f\nF d/f\nM to-nothing\n"
                                     "M none\nM d/f/x\nS pipe\nU round\n");
  g_string_truncate (seen.lines, 0);
  seen.prefix = 0;
  ck_assert (walk (&seen, &settings, NULL, ""));
  ck_assert (walk (&seen, &settings, NULL, "/dev/null"));
  ck_assert_str_eq (seen.lines->str, "M \nS /dev/null\n");
  ck_assert_ptr_nonnull (strstr (seen.whats->str, "character device|0\n"));
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_item_of_a_file)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *path = sk_test_file (folder, "f", "12345", 5);
  struct stat info;
  ck_assert_int_eq (truncate (path, (off_t)1 << 40), 0);
  ck_assert_int_eq (stat (path, &info), 0);
  g_autoptr (SkWalkItem) item = sk_walk_item_new (SK_WALK_FILE, path, &info, -1);
  ck_assert_uint_eq (item->size, UINT64_C (1) << 40);
  ck_assert_uint_eq (item->inode, info.st_ino);
  ck_assert_int_eq (item->mtime_ns / 1000000000, info.st_mtime);
  info.st_mtim.tv_sec = INT64_MAX;
  g_autoptr (SkWalkItem) future = sk_walk_item_new (SK_WALK_FILE, path, &info, -1);
  ck_assert_int_eq (future->mtime_ns, INT64_MAX);
  sk_test_remove (folder);
}
END_TEST

/* procfs gives every file the size 0: that must not look like an empty one. */
START_TEST (test_content_without_size)
{
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, "");
  seen.prefix = 0;
  ck_assert (walk (&seen, &settings, NULL, "/proc/self/status"));
  ck_assert_str_eq (seen.lines->str, "U /proc/self/status\n");
  ck_assert_str_eq (seen.whats->str, "it has content, but its size says that it is empty|0\n");
  seen_clear (&seen);
  g_autofree char *folder = sk_test_folder ();
  g_free (sk_test_file (folder, "empty", "", 0));
  g_autofree char *lines = walk_plain (folder, NULL);
  ck_assert_str_eq (lines, "F empty\n");
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_exclusions)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[]
      = { "a.iso", "a.iso.txt", ".git/x", ".gitignore", "d/.git/y", "d/a.iso", "\xff.iso" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  char *patterns[] = { (char *)"*.iso", (char *)"*/.git", NULL };
  SkWalkSettings settings = { .exclude = patterns };
  Seen seen;
  seen_init (&seen, folder);
  ck_assert (walk (&seen, &settings, NULL, folder));
  ck_assert_str_eq (seen.lines->str, "X .git\nF .gitignore\nX a.iso\nF a.iso.txt\nX d/.git\n"
                                     "X d/a.iso\nX \xff.iso\n");
  ck_assert_ptr_nonnull (strstr (seen.whats->str, "*/.git|0\n*.iso|0\n"));
  g_string_truncate (seen.lines, 0);
  g_autofree char *given = in (folder, "a.iso");
  ck_assert (walk (&seen, &settings, NULL, given));
  ck_assert_str_eq (seen.lines->str, "X a.iso\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_own_paths)
{
  g_autofree char *folder = sk_test_folder ();
  put (folder, "spool/1");
  put (folder, "out");
  put (folder, "d/out");
  put_link (folder, "to-spool", "spool");
  g_autofree char *spool = in (folder, "to-spool"), *late = in (folder, "late");
  g_autofree char *out = in (folder, "out"), *hard = in (folder, "d/hard");
  ck_assert_int_eq (link (out, hard), 0);
  char *skip[] = { spool, out, late, NULL };
  SkWalkSettings settings = { .skip = skip };
  Seen seen;
  seen_init (&seen, folder);
  g_autoptr (SkTree) tree = sk_tree_new (&settings, NULL, collect, let_go, &seen);
  put (folder, "late");
  put (folder, "d/late");
  ck_assert (sk_tree_walk (tree, folder));
  ck_assert_str_eq (seen.lines->str, "X d/hard\nF d/late\nF d/out\nX late\nX out\nX spool\n"
                                     "L to-spool\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

/* As a user who owns nothing. False, and said, where that is not possible. */
static bool
become_nobody (const char *folder)
{
  if (geteuid () != 0)
    return true;
  ck_assert_int_eq (chmod (folder, 0755), 0);
  return setresgid (65534, 65534, 65534) == 0 && setresuid (65534, 65534, 65534) == 0;
}

START_TEST (test_unreadable)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[] = { "closed/f", "no-search/f", "secret", "shown" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  g_autofree char *closed = in (folder, "closed"), *search = in (folder, "no-search");
  g_autofree char *secret = in (folder, "secret"), *shown = in (folder, "shown");
  chmod (closed, 0);
  chmod (search, 0444);
  chmod (secret, 0);
  chmod (shown, 0644);
  pid_t child = fork ();
  ck_assert_int_ge (child, 0);
  if (child == 0)
    {
      ck_assert (become_nobody (folder));
      g_autofree char *lines = walk_plain (folder, NULL);
      ck_assert_str_eq (lines, "U closed\nU no-search/f\nU secret\nF shown\n");
      _exit (0);
    }
  int status;
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert_int_eq (status, 0);
  chmod (closed, 0700);
  chmod (search, 0700);
  sk_test_remove (folder);
}
END_TEST

/* ---- large and deep ---- */

START_TEST (test_many_names_in_little_memory)
{
  g_autofree char *folder = sk_test_folder ();
  for (int i = 0; i < 1500; i++)
    {
      g_autofree char *name = g_strdup_printf ("d%d/%d", i % 3, (i * 7919) % 100003);
      put (folder, name);
    }
  g_autofree char *whole = walk_plain (folder, NULL);
  const SkTreeBounds bounds[] = { { .folder_bytes = 256, .held_bytes = SK_MIB, .open_folders = 2 },
                                  { .folder_bytes = 1, .held_bytes = 1, .open_folders = 2 },
                                  { .folder_bytes = 9000, .held_bytes = 100, .open_folders = 2 } };
  for (size_t i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autofree char *pieces = walk_plain (folder, &bounds[i]);
      ck_assert_str_eq (whole, pieces);
    }
  g_auto (GStrv) lines = g_strsplit (whole, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 1501);
  for (guint i = 1; i < 1500; i++)
    ck_assert_int_lt (strcmp (lines[i - 1], lines[i]), 0);
  sk_test_remove (folder);
}
END_TEST

/* A branch of folders `name`, `depth` deep, with a file `f` in each and `z` at every tenth. */
static void
make_branch (const char *folder, const char *name, int depth)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < depth; i++)
    {
      ck_assert_int_eq (mkdirat (fd, name, 0700), 0);
      int next = openat (fd, name, O_RDONLY | O_DIRECTORY);
      close (fd);
      fd = next;
      int file = openat (fd, i % 10 == 0 ? "z" : "f", O_CREAT | O_WRONLY, 0600);
      ck_assert_int_ge (file, 0);
      close (file);
    }
  close (fd);
}

static void
remove_branch (const char *folder)
{
  const char *argv[] = { "rm", "-rf", folder, NULL };
  ck_assert (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                           NULL, NULL));
}

static guint
count_lines (const char *lines, char letter)
{
  guint count = 0;
  for (const char *at = lines; *at != '\0'; at = strchr (at, '\n') + 1)
    count += *at == letter;
  return count;
}

START_TEST (test_deep)
{
  g_autofree char *folder = sk_test_folder ();
  make_branch (folder, "d", 10000);
  struct rlimit few = { 48, 48 };
  ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &few), 0);
  g_autofree char *lines = walk_plain (folder, NULL);
  ck_assert_uint_eq (count_lines (lines, 'F'), 10000);
  ck_assert_uint_eq (count_lines (lines, 'U') + count_lines (lines, 'V'), 0);
  ck_assert (g_str_has_suffix (lines, "F d/z\n"));
  remove_branch (folder);
}
END_TEST

START_TEST (test_path_too_long)
{
  g_autofree char *folder = sk_test_folder ();
  g_autofree char *name = g_strnfill (255, 'n');
  make_branch (folder, name, 300);
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  ck_assert (walk (&seen, &settings, NULL, folder));
  ck_assert_uint_eq (count_lines (seen.lines->str, 'U'), 1);
  ck_assert_uint_gt (count_lines (seen.lines->str, 'F'), 250);
  ck_assert_uint_lt (count_lines (seen.lines->str, 'F'), 257);
  ck_assert_str_eq (seen.whats->str, "paths below are too long|36\n");
  seen_clear (&seen);
  remove_branch (folder);
}
END_TEST

START_TEST (test_waits_for_descriptors)
{
  g_autofree char *folder = sk_test_folder ();
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d/%d", i / 10, i);
      put (folder, name);
    }
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.descriptors = g_array_new (FALSE, FALSE, sizeof (int));
  int next = dup (0);
  close (next);
  struct rlimit few = { (rlim_t)next + 8, (rlim_t)next + 8 };
  ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &few), 0);
  ck_assert (walk (&seen, &settings, NULL, folder));
  ck_assert_uint_eq (count_lines (seen.lines->str, 'F'), 100);
  ck_assert_uint_eq (seen.count, 100);
  let_go (&seen);
  g_array_unref (seen.descriptors);
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

START_TEST (test_stop)
{
  g_autofree char *folder = sk_test_folder ();
  put (folder, "a/b/c");
  put (folder, "a/b/d");
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.stop_after = 1;
  ck_assert (!walk (&seen, &settings, NULL, folder));
  ck_assert_str_eq (seen.lines->str, "F a/b/c\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

/* ---- races ---- */

static void
replace_others (const SkWalkItem *item, const char *folder)
{
  if (!g_str_has_suffix (item->path, "/0"))
    return;
  const char *const names[] = { "gone", "to-fifo", "to-folder", "to-link", "to-socket" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = in (folder, names[i]);
      ck_assert_int_eq (unlink (path), 0);
    }
  put_fifo (folder, "to-fifo");
  put (folder, "to-folder/f");
  put_link (folder, "to-link", "/etc/passwd");
  put_socket (folder, "to-socket");
}

START_TEST (test_files_that_change_kind)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[]
      = { "0", "gone", "stays", "to-fifo", "to-folder", "to-link", "to-socket" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.react = replace_others;
  ck_assert (walk (&seen, &settings, NULL, folder));
  ck_assert_str_eq (seen.lines->str, "F 0\nV gone\nF stays\nS to-fifo\nV to-folder\nV to-link\n"
                                     "S to-socket\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

static void
rename_in (const char *folder, const char *from, const char *to)
{
  g_autofree char *old = in (folder, from), *new = in (folder, to);
  ck_assert_int_eq (rename (old, new), 0);
}

static void
move_on_f (const SkWalkItem *item, const char *folder)
{
  if (g_str_has_suffix (item->path, "/4/f"))
    rename_in (folder, "1/2/3", "9");
}

static void
rename_on_f (const SkWalkItem *item, const char *folder)
{
  if (g_str_has_suffix (item->path, "/4/f"))
    rename_in (folder, "1/2", "1/0");
}

static const SkTreeBounds narrow = { .folder_bytes = 4096, .held_bytes = 4096, .open_folders = 2 };

/* Folder 3 is taken out while the walk is below it: 2, closed meanwhile, is not above it any more,
 * and is found again by its path. */
START_TEST (test_moved_away)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[] = { "1/2/3/4/5/6/e", "1/2/3/4/f", "1/2/3/z", "1/2/z", "1/z", "8" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.react = move_on_f;
  ck_assert (walk (&seen, &settings, &narrow, folder));
  ck_assert_str_eq (seen.lines->str, "F 1/2/3/4/5/6/e\nF 1/2/3/4/f\nF 1/2/3/z\nF 1/2/z\nF 1/z\n"
                                     "F 8\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

/* Folder 2 gets another name: `..` still leads to it. */
START_TEST (test_renamed)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[] = { "1/2/3/4/5/6/e", "1/2/3/4/f", "1/2/3/z", "1/2/z", "1/z", "8" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.react = rename_on_f;
  ck_assert (walk (&seen, &settings, &narrow, folder));
  ck_assert_str_eq (seen.lines->str, "F 1/2/3/4/5/6/e\nF 1/2/3/4/f\nF 1/2/3/z\nF 1/2/z\nF 1/z\n"
                                     "F 8\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

static void
hide_on_e (const SkWalkItem *item, const char *folder)
{
  if (!g_str_has_suffix (item->path, "/e"))
    return;
  rename_in (folder, "1/2/3/4", "9");
  rename_in (folder, "1/2", "7");
}

/* Neither `..` nor the path leads back to 2 and 3: both are told, what is above goes on. */
START_TEST (test_lost_folders_are_told)
{
  g_autofree char *folder = sk_test_folder ();
  const char *const names[] = { "1/2/3/4/5/6/e", "1/2/3/z", "1/2/z", "1/z" };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i]);
  SkWalkSettings settings = { NULL };
  Seen seen;
  seen_init (&seen, folder);
  seen.react = hide_on_e;
  ck_assert (walk (&seen, &settings, &narrow, folder));
  ck_assert_str_eq (seen.lines->str, "F 1/2/3/4/5/6/e\nV 1/2/3\nV 1/2\nF 1/z\n");
  seen_clear (&seen);
  sk_test_remove (folder);
}
END_TEST

/* ---- mounts ---- */

START_TEST (test_other_file_systems)
{
  struct stat a, b;
  if (stat ("/dev", &a) != 0 || stat ("/dev/shm", &b) != 0 || a.st_dev == b.st_dev)
    return;
  SkWalkSettings settings = { .one_file_system = true };
  Seen seen;
  seen_init (&seen, "/dev");
  ck_assert (walk (&seen, &settings, NULL, "/dev"));
  ck_assert_ptr_nonnull (strstr (seen.lines->str, "O shm\n"));
  ck_assert_ptr_null (strstr (seen.lines->str, "shm/"));
  ck_assert_ptr_nonnull (strstr (seen.lines->str, "S null\n"));
  seen_clear (&seen);
}
END_TEST

START_TEST (test_own_ancestor)
{
  g_autofree char *folder = sk_test_folder ();
  put (folder, "a/b/f");
  put (folder, "a/z");
  g_autofree char *a = in (folder, "a"), *b = in (folder, "a/b");
  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0 && mount (a, b, NULL, MS_BIND, NULL) == 0)
    {
      g_autofree char *lines = walk_plain (folder, NULL);
      ck_assert_str_eq (lines, "U a/b\nF a/z\n");
      ck_assert_int_eq (umount (b), 0);
    }
  sk_test_remove (folder);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("tree");
  TCase *plain = tcase_create ("plain");
  tcase_add_test (plain, test_order_and_kinds);
  tcase_add_test (plain, test_folders_when_asked);
  tcase_add_test (plain, test_attributes);
  tcase_add_test (plain, test_arguments);
  tcase_add_test (plain, test_item_of_a_file);
  tcase_add_test (plain, test_content_without_size);
  tcase_add_test (plain, test_exclusions);
  tcase_add_test (plain, test_own_paths);
  tcase_add_test (plain, test_unreadable);
  tcase_add_test (plain, test_stop);
  suite_add_tcase (suite, plain);
  TCase *large = tcase_create ("large");
  tcase_set_timeout (large, 60);
  tcase_add_test (large, test_many_names_in_little_memory);
  tcase_add_test (large, test_deep);
  tcase_add_test (large, test_path_too_long);
  tcase_add_test (large, test_waits_for_descriptors);
  suite_add_tcase (suite, large);
  TCase *races = tcase_create ("races");
  tcase_add_test (races, test_files_that_change_kind);
  tcase_add_test (races, test_moved_away);
  tcase_add_test (races, test_renamed);
  tcase_add_test (races, test_lost_folders_are_told);
  suite_add_tcase (suite, races);
  TCase *mounts = tcase_create ("mounts");
  tcase_add_test (mounts, test_other_file_systems);
  tcase_add_test (mounts, test_own_ancestor);
  suite_add_tcase (suite, mounts);
  return sk_test_main (suite);
}
