#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Filesystems without some of what others have (filesystems/odd.c), and filesystems that show others': what plain rename does
# without replacing anything is done or answered as plain rename does it, and a protected file is not reached by another spelling.

load ../common

setup_file() {
  pkg-config --exists fuse3 2>/dev/null || return 0
  # shellcheck disable=SC2046 # words
  cc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O1 -o "$BATS_FILE_TMPDIR/odd" "$BATS_TEST_DIRNAME/filesystems/odd.c" \
    $(pkg-config --cflags --libs fuse3)
}

teardown() {
  cd /
  for at in m two srv/t1 srv/t2; do
    ! mountpoint -q "$BATS_TEST_TMPDIR/$at" || umount "$BATS_TEST_TMPDIR/$at" || umount -l "$BATS_TEST_TMPDIR/$at"
  done
}

# odd WORD…: mounts such a filesystem at m.
odd() {
  [ -x "$BATS_FILE_TMPDIR/odd" ] || skip "no libfuse3-dev here"
  mkdir back m
  "$BATS_FILE_TMPDIR/odd" back m "$@" 2>/dev/null || skip "FUSE can't be mounted here"
}

# answers ERRNO SOURCE DESTINATION [NAME=VALUE…]: what the library answers; $LOG has the events.
answers() {
  local expected=$1 source=$2 destination=$3
  shift 3
  shim "$@" "$PROGRAMS/call" "$expected" rename "$source" "$destination"
}

@test "another case alone is renamed, by a file and by a directory; and nothing is replaced" {
  odd fold inodes
  echo text >m/Readme
  mkdir m/Dist
  answers 0 m/Readme m/README
  answers 0 m/Dist m/dist
  [ "$(cd back && echo *)" = "README dist" ]
  echo other >m/tmp
  answers EEXIST m/tmp m/readme
  [ "$(cat m/README)" = text ]
  [ "$(refusals)" = 1 ]
}

@test "where inode numbers are made up, another case alone is refused rather than believed" {
  odd fold
  echo text >m/Readme
  answers EEXIST m/Readme m/README
  [ "$(cat back/Readme)" = text ]
}

@test "two files that differ in case alone are two files" {
  echo one >Readme
  echo two >README
  answers EEXIST Readme README
  answers 0 Readme README NOCLOBBER_PROTECT="$PWD/reAdme:$PWD/Readme"
  [ "$(cat README)" = one ]
}

@test "a protected file is not replaced under another spelling, of its name or its directory" {
  local words
  for words in "fold" "fold inodes"; do
    # shellcheck disable=SC2086 # words
    odd $words
    mkdir m/dist m/Dépôt
    echo old | tee m/dist/App.zip m/Dépôt/x >/dev/null
    echo new >m/tmp
    answers EEXIST m/tmp m/dist/app.ZIP NOCLOBBER_PROTECT="$PWD/m/dist/App.zip"
    answers EEXIST m/tmp m/DIST/App.zip NOCLOBBER_PROTECT="$PWD/m/dist/"
    answers EEXIST m/tmp m/dist/APP.zip NOCLOBBER_PROTECT='*.zip'
    answers EEXIST m/tmp m/DÉPÔT/x NOCLOBBER_PROTECT="$PWD/m/Dépôt/"
    [ "$(cat m/dist/App.zip m/Dépôt/x | xargs)" = "old old" ]
    answers 0 m/tmp m/dist/App.zip NOCLOBBER_PROTECT="$PWD/m/other/"
    umount m
    rm -r back m
  done
}

@test "a directory that nothing renames over an empty one is EOPNOTSUPP, not EEXIST, and leaves nothing" {
  odd over=no
  mkdir m/d
  answers EOPNOTSUPP m/d m/free
  [ "$(events 'e["rule"]')" = fallback ]
  [ "$(cd back && echo *)" = d ]
}

@test "a name that the filesystem does not allow is EINVAL, and no refusal" {
  odd colons=no
  echo a >m/a
  mkdir m/d
  answers EINVAL m/a m/a:b
  answers EINVAL m/d m/d:b
  umount m
  "$BATS_FILE_TMPDIR/odd" back m colons=no links=no
  answers EINVAL m/a m/a:b
  [ "$(refusals)" = 0 ]
  answers EOPNOTSUPP m/a m/free
  [ "$(cd back && echo *)" = "a d" ]
}

@test "audit tells of what enforcing refuses for want of links, and renames it" {
  odd links=no
  echo a >m/a
  echo b >m/b
  answers EOPNOTSUPP m/a m/one
  answers 0 m/a m/one NOCLOBBER_MODE=audit
  [ "$(events 'e["verdict"], e["rule"]' | tail -n 1)" = "('audited', 'fallback')" ] ||
    [[ $(tail -n 1 "$LOG") == *'"audited","rule":"fallback"'* ]]
  [ "$(cat m/one)" = a ]
}

@test "two files with one inode number are two files: bindfs over two filesystems" {
  need_root
  need bindfs
  mkdir -p srv/t1 srv/t2 m
  mount -t tmpfs none srv/t1 || skip "no tmpfs can be mounted here"
  mount -t tmpfs none srv/t2
  python3 -c '
import os
for t in ("srv/t1", "srv/t2"):
    open(t + "/f", "w").write(t)
    os.link(t + "/f", t + "/g")
    os.mkdir(t + "/d")'
  bindfs "$PWD/srv" m || skip "bindfs can't be mounted here"
  [ "$(stat -c %d.%i m/t1/f)" = "$(stat -c %d.%i m/t2/f)" ] || skip "the numbers differ here"
  run "$PROGRAMS/call" EXDEV rename m/t1/f m/t2/f
  for pair in f f d d; do
    ! shim "$PROGRAMS/call" 0 rename "m/t1/$pair" "m/t2/$pair"
    [ -e "srv/t1/$pair" ] && [ -e "srv/t2/$pair" ]
  done
  # One file by two names: nothing happens.
  answers 0 m/t1/f m/t1/g
  [ -e srv/t1/f ] && [ -e srv/t1/g ]
}

@test "a mount point is EBUSY, as source and as destination; and no refusal" {
  need_root
  mkdir one two three
  mount --bind one two || skip "no bind mounts here"
  answers EBUSY one two
  answers EBUSY three two
  answers EBUSY two three
  answers 0 two two
  [ "$(refusals)" = 0 ]
}

@test "a file that is a mount point, as a sealed one is: guarded, a rename onto it is a refusal" {
  need_root
  echo new >one
  echo old >two
  mount --bind two two || skip "no bind mounts here"
  answers EEXIST one two
  answers EBUSY two three
  umount two
  [ "$(refusals)" = 1 ]
  [ "$(cat one two)" = $'new\nold' ]
}

@test "a directory into itself is EINVAL, onto what is there as well" {
  mkdir -p d/e
  echo x >d/f
  answers EINVAL d d/e
  answers EINVAL d d/f
  answers EINVAL d d/free
  [ "$(refusals)" = 0 ]
}

@test "what a user may not replace is EACCES or EPERM as plain rename says, and no refusal" {
  need_root
  need setpriv
  chmod 755 .
  : >"$LOG"
  chmod 666 "$LOG"
  mkdir sticky closed
  echo root | tee sticky/old closed/old >/dev/null
  chmod 1777 sticky
  echo mine >sticky/new
  chown 65534 sticky/new
  for case in "EPERM sticky/new sticky/old" "EACCES closed/old closed/old2" "EACCES sticky/new closed/old"; do
    # shellcheck disable=SC2086 # words
    setpriv --reuid=65534 --regid=65534 --clear-groups env LD_PRELOAD="$SHIM" NOCLOBBER_LOG="$LOG" \
      "$PROGRAMS/call" ${case/ / rename }
  done
  [ "$(cat sticky/old closed/old | xargs)" = "root root" ]
  [ "$(refusals)" = 0 ]
}
