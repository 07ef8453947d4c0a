#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Across mounts: real programs that copy once rename has told them EXDEV. The destination is on a tmpfs of its own, on a bind
# mount of the source's own filesystem, or across the inner borders that overlayfs and btrfs have.

load ../common
load mounts

setup_file() {
  WORK=$(mktemp -d)
  export WORK
  mkdir "$WORK/tmpfs" "$WORK/bound" "$WORK/plain"
  [ "$(id -u)" = 0 ] || return 0
  mount -t tmpfs none "$WORK/tmpfs" || return 0
  mount --bind "$WORK/plain" "$WORK/bound" || true
}

teardown_file() {
  umount -l "$WORK/tmpfs" 2>/dev/null || true
  umount -l "$WORK/bound" 2>/dev/null || true
  rm -rf --one-file-system "$WORK"
}

setup() {
  need_root
  mountpoint -q "$WORK/bound" || skip "nothing can be mounted here"
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  rm -rf "$WORK/plain/"* "$WORK/tmpfs/"*
  cd "$WORK/plain" || return 1
}

# refused COMMAND…: runs it with `SOURCE DESTINATION` behind it, onto a destination that exists: it must fail, both files stay
# as they are, and one refusal be recorded at least.
refused() {
  local to
  for to in "$WORK/tmpfs/out" "$WORK/bound/out"; do
    echo new >"$WORK/plain/in"
    echo old >"$to"
    # -u wants a source that is newer.
    touch -d '2001-01-01' "$to"
    rm -f "$LOG"
    run shim "$@" "$WORK/plain/in" "$to"
    echo "$output"
    [ "$status" != 0 ]
    [ "$(cat "$WORK/plain/in")" = new ]
    [ "$(cat "$to")" = old ]
    [ "$(refusals)" -ge 1 ]
  done
}

# copied COMMAND…: the same with nothing at the destination: it must copy as ever.
copied() {
  local to
  for to in "$WORK/tmpfs/free" "$WORK/bound/free"; do
    echo new >"$WORK/plain/in"
    rm -f "$to"
    run shim "$@" "$WORK/plain/in" "$to"
    echo "$output"
    [ "$status" = 0 ]
    [ "$(cat "$to")" = new ]
    [ ! -e "$WORK/plain/in" ]
    rm "$to"
  done
}

@test "GNU mv onto an existing file: refused, with -f, -u and -T too" {
  refused mv -f
  refused mv -u
  refused mv -T
}

@test "GNU mv to a free name copies" {
  copied mv
  copied mv -f
  copied mv -T
}

@test "busybox mv" {
  need busybox
  refused busybox mv
  refused busybox mv -f
  copied busybox mv
}

@test "Ruby FileUtils.mv" {
  need ruby
  refused ruby -rfileutils -e 'FileUtils.mv(*ARGV)'
  copied ruby -rfileutils -e 'FileUtils.mv(*ARGV)'
}

@test "Python os.rename: EEXIST where something is, EXDEV where nothing is" {
  refused python3 -c 'import os, sys; os.rename(*sys.argv[1:])'
  [[ $output == *FileExistsError* ]]
  echo new >in
  run shim python3 -c 'import os, sys; os.rename(*sys.argv[1:])' in "$WORK/tmpfs/free"
  [[ $output == *"Invalid cross-device link"* ]]
  [ "$(cat in)" = new ]
}

@test "a dangling link is something, too" {
  echo new >in
  ln -s nowhere "$WORK/tmpfs/out"
  run shim mv in "$WORK/tmpfs/out"
  [ "$status" != 0 ]
  [ "$(readlink "$WORK/tmpfs/out")" = nowhere ]
  [ "$(cat in)" = new ]
}

@test "where the policy allows it, mv copies over the destination" {
  echo new >in
  echo old >"$WORK/tmpfs/out"
  NOCLOBBER_PROTECT="$WORK/plain/" shim mv in "$WORK/tmpfs/out"
  [ "$(cat "$WORK/tmpfs/out")" = new ]
}

@test "an audit lets mv copy, and notes it" {
  echo new >in
  echo old >"$WORK/tmpfs/out"
  NOCLOBBER_MODE=audit shim mv in "$WORK/tmpfs/out"
  [ "$(cat "$WORK/tmpfs/out")" = new ]
  [ "$(events 'e["verdict"]' | sort -u)" = audited ]
}

@test "ALLOW_IF=same: one file that a bind mount shows twice is not taken" {
  for command in "mv -f" "busybox mv" "python3 -c __import__('os').rename(*__import__('sys').argv[1:])"; do
    echo one >in
    # shellcheck disable=SC2086 # a command and its arguments
    NOCLOBBER_ALLOW_IF=same run shim $command "$WORK/plain/in" "$WORK/bound/in"
    [ "$status" != 0 ]
    [ "$(cat in)" = one ]
  done
}

@test "ALLOW_IF=same: equal files on two filesystems are not taken either" {
  echo one >in
  cp -p in "$WORK/tmpfs/out"
  run shim env NOCLOBBER_ALLOW_IF=same python3 -c 'import os, sys; os.rename(*sys.argv[1:])' in "$WORK/tmpfs/out"
  [[ $output == *FileExistsError* ]]
  [ "$(cat in "$WORK/tmpfs/out" | xargs)" = "one one" ]
}

# inner_border: in a folder with two directories `one` and `two` between which, or of which, this filesystem does not rename.
inner_border() {
  local source=$1 to=$2
  cd "$WORK/mnt" || return 1
  LD_PRELOAD=$SHIM "$PROGRAMS/call" EXDEV rename "$source" "$to" || return 1
  mkdir "$to" && touch "$to/x"
  LD_PRELOAD=$SHIM "$PROGRAMS/call" --any-errno EEXIST rename "$source" "$to" || return 1
  rmdir "$source/x" 2>/dev/null
  rm "$to/x" && rmdir "$to"
  LD_PRELOAD=$SHIM mv "$source" "$to" && [ -d "$to" ] && [ ! -e "$source" ]
}

@test "overlayfs: a directory of the lower layer is EXDEV, and mv copies it" {
  need_mounts
  export -f inner_border
  run privately bash -c 'mounted "$@"' - overlay "$WORK" bash -c 'inner_border old new'
  [ "$status" != 77 ] || skip "overlayfs can't be mounted here"
  echo "$output"
  [ "$status" = 0 ]
}

# subvolumes: a file from one subvolume of btrfs to another.
subvolumes() {
  cd "$WORK/mnt" && btrfs -q subvolume create one && btrfs -q subvolume create two || return 77
  echo new >one/a
  echo old >two/b
  LD_PRELOAD=$SHIM "$PROGRAMS/call" --any-errno EEXIST rename one/a two/b EXDEV rename one/a two/c || return 1
  LD_PRELOAD=$SHIM mv one/a two/b && return 1
  [ "$(cat two/b)" = old ] && LD_PRELOAD=$SHIM mv one/a two/c && [ "$(cat two/c)" = new ]
}

@test "btrfs: between subvolumes a file is refused, or copied to a free name" {
  need_mounts
  need btrfs mkfs.btrfs
  export -f subvolumes
  run privately bash -c 'mounted "$@"' - btrfs "$WORK" bash -c subvolumes
  [ "$status" != 77 ] || skip "btrfs can't be mounted here"
  echo "$output"
  [ "$status" = 0 ]
}
