#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# What stands in a tree beside ordinary files: nothing of it hangs the scan,
# ends outside of the tree or is passed over in silence.
. "$abs_top_srcdir/tests/lib/tap.sh"
. "$abs_top_srcdir/tests/lib/scan.sh"

# ---- the smallest files, and none ----
mkdir "$work/small"
: >"$work/small/empty"
printf 'x' >"$work/small/one"
scan "$work/small"
is "an empty file and one byte: clean" 0 "$status"
is "an empty file and one byte: both inspected" "2 2 1" \
  "$(counted files objects bytes)"
printf 'rule one { meta: sekisho_id = "test.one" condition: filesize == 1 }
rule empty { meta: sekisho_id = "test.none" condition: filesize == 0 }\n' >"$work/sizes.yar"
scan --rules "$work/sizes.yar" "$work/small"
is "an empty file and one byte: both are judged" "test.none empty
test.one one" "$(listed | awk -F '\t' '{ print $1, $4 }')"

mkdir "$work/empty"
scan "$work/empty"
is "an empty folder: clean, nothing inspected" "0 0" "$status $(counted files)"
printf '' | scan -
is "empty standard input: clean, one file" "0 1" "$status $(counted files)"

scan "$work/nowhere" "$work/small"
is "a missing path: status" 2 "$status"
is "a missing path: counted" 1 "$(counted missing)"
is "a missing path: the others are inspected" 2 "$(counted files)"
like "a missing path: named" "^sekisho: $work/nowhere: No such file or directory$" "$(cat "$work/err")"
scan "$work/small/one/below"
is "a path below a file: status" 2 "$status"

# ---- FIFO, socket, device ----
mkdir "$work/special"
printf 'BAD BYTES' >"$work/special/file"
mkfifo "$work/special/fifo"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/special/socket"
specials=2
if mknod "$work/special/null" c 1 3 2>/dev/null; then
  specials=3
  # A loop device without anything behind it: opening a block device has effects.
  mknod "$work/special/block" b 7 250 2>/dev/null && specials=4
else
  skip "device nodes" "mknod is not permitted"
fi
scan --set scan.progress=never "$work/special"
is "special files: only the file's finding counts" 1 "$status"
is "special files: counted" "$specials" "$(counted special)"
is "special files: the file beside them is inspected" "1 1" "$(counted files) $(hits test.bad)"
like "a FIFO is named and not opened" "not opened $work/special/fifo \(FIFO\)" "$(cat "$work/err")"
like "a socket is named and not opened" "not opened $work/special/socket \(socket\)" "$(cat "$work/err")"
rm "$work/special/file"
scan "$work/special"
is "special files alone: neither error nor not inspected" 0 "$status"
scan "$work/special/fifo"
is "a FIFO as argument: does not hang, is counted" "0 1" "$status $(counted special)"

# ---- links ----
mkdir "$work/links" "$work/links/sub" "$work/outside"
printf 'BAD BYTES' >"$work/outside/target"
printf 'BAD BYTES' >"$work/links/sub/inside"
ln -s . "$work/links/loop"
ln -s ../sub "$work/links/sub/up"
ln -s "$work/outside" "$work/links/folder-out"
ln -s "$work/outside/target" "$work/links/file-out"
ln -s nowhere "$work/links/dangling"
ln -s self "$work/links/self"
scan "$work/links"
is "links are not followed: only the file inside" "$work/links/sub/inside" "$(listed | cut -f 3)"
is "links: counted" "6 1" "$(counted links files)"
ln -s "$work/links/sub" "$work/given"
scan "$work/given"
is "a link given itself is followed" "$work/given/inside" "$(listed | cut -f 3)"
ln "$work/links/sub/inside" "$work/links/sub/hard"
scan "$work/links"
is "a hard link is a file: both paths are told" "2 2" "$(hits test.bad) $(counted files)"

# ---- exclusions ----
mkdir -p "$work/ex/skip/deep" "$work/ex/keep"
printf 'BAD BYTES' >"$work/ex/skip/deep/a"
printf 'BAD BYTES' >"$work/ex/keep/skipper"
printf 'BAD BYTES' >"$work/ex/keep/b.iso"
scan --exclude '*/skip' --exclude '*.iso' "$work/ex"
is "exclusions: what is near them is inspected" "$work/ex/keep/skipper" "$(listed | cut -f 3)"
is "exclusions: counted, not as files" "2 1" "$(counted excluded files)"
is "exclusions: each is printed with its pattern" \
  "sekisho: excluded $work/ex/keep/b.iso (*.iso)
sekisho: excluded $work/ex/skip (*/skip)" "$(grep ' excluded /' "$work/err")"
like "exclusions: the summary says so" '^Passed over: 2 excluded$' "$(cat "$work/err")"
scan --exclude '*' "$work/ex"
is "all excluded: nothing is called inspected" "0 0 1" "$status $(counted files excluded)"
unlike "all excluded: nothing is called clean" 'clean' "$(cat "$work/out" "$work/err")"

# ---- other file systems ----
mkdir -p "$work/fs/mounted"
printf 'BAD BYTES' >"$work/fs/here"
cat >"$work/inside" <<'END'
mount -t tmpfs none "$work/fs/mounted" || exit 1
printf 'BAD BYTES' >"$work/fs/mounted/there"
scan() { "$SEKISHO" scan --config "$work/sekisho.yaml" --cache-dir none --rules "$work/test.yar" --format json "$@"; }
scan "$work/fs" >"$work/both" 2>/dev/null
scan --one-file-system "$work/fs" >"$work/first" 2>"$work/first.err"
scan --one-file-system "$work/fs/mounted" >"$work/second" 2>/dev/null
END
export work SEKISHO
if is_root && unshare --mount --propagation private sh "$work/inside" 2>/dev/null; then :; fi
if [ -e "$work/second" ]; then
  is "other file systems are entered" "$work/fs/here
$work/fs/mounted/there" "$(alerts list json "$work/both" | cut -f 3)"
  is "--one-file-system: only the first" "$work/fs/here" "$(alerts list json "$work/first" | cut -f 3)"
  is "--one-file-system: counted" "1 1" \
    "$(alerts count json "$work/first" other-medium files)"
  is "--one-file-system: named" "sekisho: not entered $work/fs/mounted (another file system)" \
    "$(grep 'not entered' "$work/first.err")"
  is "--one-file-system: the path given is its own medium" "$work/fs/mounted/there" \
    "$(alerts list json "$work/second" | cut -f 3)"
else
  skip "other file systems" "no right to mount"
fi

# ---- what the system refuses ----
mkdir "$work/locked" "$work/locked/folder" "$work/locked/entered"
printf 'BAD BYTES' >"$work/locked/open"
printf 'BAD BYTES' >"$work/locked/closed"
printf 'BAD BYTES' >"$work/locked/folder/unseen"
printf 'BAD BYTES' >"$work/locked/entered/unopened"
chmod 0 "$work/locked/closed" "$work/locked/folder"
chmod 444 "$work/locked/entered" # listed, but nothing in it can be opened
if can_be_other; then
  scan_as_other "$work/locked"
  is "unreadable: the rest is found" 1 "$status"
  is "unreadable: each is a finding, the rest is inspected" \
    "not-inspected.unreadable	low	$work/locked/closed	closed
not-inspected.unreadable	low	$work/locked/entered/unopened	unopened
not-inspected.unreadable	low	$work/locked/folder	folder
test.bad	high	$work/locked/open	open" "$(listed)"
  is "unreadable: counted" "3 3 1" "$(counted unreadable not-inspected.unreadable files)"
  rm "$work/locked/open"
  scan_as_other "$work/locked"
  is "unreadable alone is not clean" 3 "$status"
  scan_as_other "$work/locked/closed"
  is "an unreadable argument exists: not inspected" 3 "$status"
  scan_as_other --set not-inspected.unreadable=critical "$work/locked"
  is "its level is the configuration's" critical "$(listed | cut -f 2 | sort -u)"
else
  skip "unreadable" "no other user to be, or the program is not readable for others"
fi
chmod 755 "$work/locked/folder" "$work/locked/entered"

done_testing
