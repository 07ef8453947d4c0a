#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A filesystem without RENAME_NOREPLACE: bindfs, through FUSE. Each case has a folder of its own on it, and the same one below.

load ../common
load mounts

setup_file() {
  WORK=$(mktemp -d)
  export WORK
  chmod 755 "$WORK"
  mkdir "$WORK/real" "$WORK/fuse" "$WORK/bound"
  [ "$(id -u)" = 0 ] && command -v bindfs >/dev/null && [ -c /dev/fuse ] || return 0
  mount --bind "$WORK/real" "$WORK/bound" || return 0
  bindfs "$WORK/real" "$WORK/fuse" >/dev/null 2>&1 3>&- || true
}

teardown_file() {
  umount -l "$WORK/fuse" 2>/dev/null || true
  umount -l "$WORK/bound" 2>/dev/null || true
  rm -rf --one-file-system "$WORK"
}

setup() {
  need_fuse
  mountpoint -q "$WORK/fuse" || skip "bindfs can't be mounted here"
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  BELOW=$WORK/real/$BATS_TEST_NUMBER
  mkdir "$BELOW"
  cd "$WORK/fuse/$BATS_TEST_NUMBER" || return 1
}

# rename_by_python SOURCE DESTINATION: prints what os.rename says: "0" or the name of the errno.
rename_by_python() {
  shim python3 -c '
import errno, os, sys
try:
    os.rename(sys.argv[1], sys.argv[2])
    print(0)
except OSError as e:
    print(errno.errorcode[e.errno].replace("ENOTSUP", "EOPNOTSUPP"))' "$@"
}

# everything: what the folder holds, with the bytes of the files.
everything() {
  (cd "$BELOW" && find . -mindepth 1 -printf '%P %y %l %n ' \( -type f -exec cat {} \; -o -true \) -printf '\n' | sort)
}

@test "there is no flag here" {
  echo new >a
  "$PROGRAMS/call" EINVAL noreplace a b
  [ -e a ]
  [ ! -e b ]
}

@test "files, links and directories go to a free name, and leave nothing else" {
  echo new >file
  ln -s nowhere link
  mkfifo fifo
  mkdir directory && echo in >directory/x
  for name in file link fifo directory; do
    [ "$(rename_by_python "$name" "$name.2")" = 0 ]
  done
  [ "$(find . -mindepth 1 | sort | xargs)" = "./directory.2 ./directory.2/x ./fifo.2 ./file.2 ./link.2" ]
  [ "$(cat file.2)" = new ]
  [ "$(readlink link.2)" = nowhere ]
  [ "$(cat directory.2/x)" = in ]
  [ "$(stat -c %h "$BELOW/file.2")" = 1 ]
  [ "$(refusals)" = 0 ]
}

@test "an existing destination is refused, whatever it is" {
  echo new >a
  echo old >file
  : >empty
  ln -s nowhere dangling
  mkfifo fifo
  before=$(everything)
  for name in file empty dangling fifo; do
    [ "$(rename_by_python a "$name")" = EEXIST ]
  done
  [ "$(everything)" = "$before" ]
  [ "$(refusals)" = 4 ]
}

@test "directories: onto an empty one refused, onto a full one EEXIST, onto a file ENOTDIR, a file onto one EISDIR" {
  mkdir a empty full
  echo 1 >a/x
  echo 2 >full/y
  echo 3 >file
  before=$(everything)
  [ "$(rename_by_python a empty)" = EEXIST ]
  [ "$(refusals)" = 1 ]
  [ "$(rename_by_python a full)" = EEXIST ]
  [ "$(rename_by_python a file)" = ENOTDIR ]
  [ "$(rename_by_python file empty)" = EISDIR ]
  [ "$(everything)" = "$before" ]
  [ "$(refusals)" = 1 ]
}

@test "into its own subtree is a real EINVAL, and no directory stays behind" {
  mkdir -p a/b
  before=$(everything)
  [ "$(rename_by_python a a/c)" = EINVAL ]
  [ "$(rename_by_python a a/b/c)" = EINVAL ]
  [ "$(everything)" = "$before" ]
}

@test "an empty directory of mode 0600 is refused like any other" {
  mkdir a && mkdir -m 600 left
  echo 1 >a/x
  [ "$(rename_by_python a left)" = EEXIST ]
  [ "$(refusals)" = 1 ]
}

@test "killed between two calls, and tried again" {
  "$PROGRAMS/filter" renameat2=ENOSYS true || skip "no seccomp filters here"
  mkdir a && echo 1 >a/x
  echo 2 >file
  run "$PROGRAMS/filter" renameat=KILL env LD_PRELOAD="$SHIM" "$PROGRAMS/call" 0 rename a b
  [ "$status" = 159 ]
  [ "$(find . -mindepth 1 | sort | xargs)" = "./a ./a/x ./b ./file" ]
  # What was left blocks the name, until it is removed.
  [ "$(rename_by_python a b)" = EEXIST ]
  rmdir b
  [ "$(rename_by_python a b)" = 0 ]
  run "$PROGRAMS/filter" unlinkat=KILL env LD_PRELOAD="$SHIM" "$PROGRAMS/call" 0 rename file moved
  [ "$status" = 159 ]
  [ "$(cat file moved | xargs)" = "2 2" ]
  [ "$(rename_by_python file moved)" = 0 ]
  [ "$(cat b/x moved | xargs)" = "1 2" ]
}

@test "slashes" {
  echo new >file
  mkdir directory real
  ln -s real link
  before=$(everything)
  [ "$(rename_by_python file b/)" = ENOTDIR ]
  [ "$(rename_by_python file/ b)" = ENOTDIR ]
  [ "$(rename_by_python link/ b)" = ENOTDIR ]
  [ "$(rename_by_python directory link/)" = ENOTDIR ]
  [ "$(everything)" = "$before" ]
  [ "$(rename_by_python directory/ other/)" = 0 ]
  [ -d other ]
  [ ! -e directory ]
}

@test "one file by two names: success, and both stay" {
  echo one >a
  ln a b
  [ "$(rename_by_python a b)" = 0 ]
  [ "$(rename_by_python a ./a)" = 0 ]
  [ "$(cat a b | xargs)" = "one one" ]
}

@test "what the policy allows is replaced by plain rename" {
  mkdir in out
  for directory in in out; do
    echo old >"$directory/kept.txt"
    echo old >"$directory/may.log"
  done
  export NOCLOBBER_PROTECT="**/in/" NOCLOBBER_ALLOW='*.log'
  for name in in/may.log out/kept.txt; do
    echo new >a
    [ "$(rename_by_python a "$name")" = 0 ]
    [ "$(cat "$name")" = new ]
  done
  echo new >a
  [ "$(rename_by_python a in/kept.txt)" = EEXIST ]
  [ "$(cat in/kept.txt a | xargs)" = "old new" ]
}

@test "FALLBACK=refuse: EOPNOTSUPP, recorded, and nothing moves" {
  echo new >a
  mkdir d
  export NOCLOBBER_FALLBACK=refuse
  before=$(everything)
  [ "$(rename_by_python a b)" = EOPNOTSUPP ]
  [ "$(rename_by_python d e)" = EOPNOTSUPP ]
  [ "$(rename_by_python a d)" = EISDIR ]
  [ "$(rename_by_python no b)" = ENOENT ]
  [ "$(everything)" = "$before" ]
  [ "$(events 'e["verdict"] + " " + e["rule"]' | sort | uniq -c | xargs)" = "2 refused fallback" ]
}

@test "a program's own NOREPLACE works, and its EEXIST is no refusal" {
  echo new >a
  echo old >b
  mkdir d
  before=$(everything)
  shim "$PROGRAMS/call" EEXIST noreplace a b EEXIST noreplace d b EEXIST noreplace a d
  [ "$(everything)" = "$before" ]
  shim "$PROGRAMS/call" --any-errno 0 noreplace a c 0 noreplace d e
  [ "$(cat c)" = new ]
  [ -d e ]
  [ ! -e a ]
  [ ! -e d ]
  [ "$(refusals)" = 0 ]
}

@test "no program here speaks of subdirectories of itself" {
  echo new >a
  echo old >b
  mkdir d e
  for command in "mv -f a b" "mv -T a b" "mv -u a b" "mv -fT d e" "busybox mv -f a b" "mv -f a c" "mv d f"; do
    # shellcheck disable=SC2086 # a command and its arguments
    run shim $command
    [[ $output != *subdirectory* && $output != *"nvalid argument"* ]]
  done
  [ "$(cat b c | xargs)" = "old new" ]
  [ -d e ]
  [ -d f ]
}

@test "another's file, which may not be linked: EOPNOTSUPP, and nothing changes" {
  [ "$(cat /proc/sys/fs/protected_hardlinks)" = 1 ] || skip "fs.protected_hardlinks is off"
  need setpriv
  chmod 777 .
  echo root >a
  : >"$LOG" && chmod 666 "$LOG"
  cp "$SHIM" "$PROGRAMS/call" "$WORK" # that user may have no way to the sources
  before=$(everything)
  SHIM=$WORK/libnoclobber.so run shim setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$WORK/call" EOPNOTSUPP rename "$PWD/a" "$PWD/b"
  echo "$output"
  [ "$status" = 0 ]
  [ "$(everything)" = "$before" ]
  # Without the library, rename does it.
  setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/call" 0 rename "$PWD/a" "$PWD/b"
}

@test "ALLOW_IF=same never takes the one file that two mounts show" {
  echo one >a
  export NOCLOBBER_ALLOW_IF=same
  for pair in "$BELOW/a $PWD/a" "$PWD/a $BELOW/a" "$BELOW/a $WORK/bound/$BATS_TEST_NUMBER/a" "$PWD/a $WORK/bound/$BATS_TEST_NUMBER/a"; do
    # shellcheck disable=SC2086 # two paths
    [ "$(rename_by_python $pair)" = EEXIST ]
    # shellcheck disable=SC2086
    run shim mv -f $pair
    # shellcheck disable=SC2086
    run shim busybox mv $pair
    [ "$(cat "$BELOW/a")" = one ]
  done
}

@test "ALLOW_IF=same lets one of two equal files replace the other" {
  echo one >a
  cp -p a b
  export NOCLOBBER_ALLOW_IF=same
  before=$(stat -c %i "$BELOW/a")
  [ "$(rename_by_python a b)" = 0 ]
  [ ! -e a ]
  [ "$(stat -c %i "$BELOW/b")" = "$before" ]
  [ "$(cat b)" = one ]
}
