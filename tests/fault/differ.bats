#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random renames in random trees, each asked of the kernel plain, of the kernel exclusively, and of the library, in copies of one
# tree (tests/programs/differ.c): some 100,000 together. What fails is printed with a seed that makes it again. More of them:
# tests/fault/prove-differ.

load ../common
load mounts

setup() {
  FOLDER=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "$BATS_TEST_TMPDIR")/differ.XXXXXX")
}

teardown() {
  rm -rf "$FOLDER" "$FOLDER.bin"
}

# differs CALLS MODE [ARGUMENT…] [-- COMMAND…]: so many random calls below $FOLDER, by that command.
differs() {
  local calls=$1 mode=$2 arguments=()
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    arguments+=("$1")
    shift
  done
  shift $(($# > 0))
  run "$@" env LD_PRELOAD="$SHIM" "$PROGRAMS/differ" -t 4 -c "$calls" "${arguments[@]}" "$mode" "$FOLDER"
  echo "$output"
  [ "$status" != 77 ] || skip "${lines[-1]}"
  [ "$status" = 0 ]
  [[ ${lines[-1]} =~ ^([0-9]+)\ calls,\ ([0-9]+)\ moved,.*,\ 0\ wrong$ ]]
  [ "${BASH_REMATCH[1]}" -ge "$calls" ] && [ "${BASH_REMATCH[2]}" -ge $((calls / 20)) ]
}

@test "random renames are answered as the kernel answers exclusive ones" {
  differs 50000 enforce
}

@test "of a user without rights, too" {
  need_root
  need setpriv
  chown 65534 "$FOLDER"
  mkdir -m 755 "$FOLDER.bin" # that user may have no way to the sources
  cp "$SHIM" "$PROGRAMS/differ" "$FOLDER.bin"
  SHIM=$FOLDER.bin/libnoclobber.so PROGRAMS=$FOLDER.bin
  differs 15000 enforce -- setpriv --reuid=65534 --regid=65534 --clear-groups
}

@test "what ALLOW_IF excepts goes as the kernel takes plain ones" {
  NOCLOBBER_ALLOW_IF=symlink,empty differs 10000 enforce -a
}

@test "audit answers as the kernel answers plain ones" {
  NOCLOBBER_MODE=audit differs 10000 audit
}

@test "emulations answer as the kernel's flag does" {
  "$PROGRAMS/filter" renameat2=ENOSYS true || skip "no seccomp filters here"
  differs 15000 enforce -f renameat2=ENOSYS
}

@test "emulations on bindfs answer as the flag does below it" {
  need_fuse
  export WORK=$BATS_TEST_TMPDIR
  # shellcheck disable=SC2016 # for the inner shell
  run privately bash -c 'mounted "$@"' - bindfs "$WORK" bash -c \
    'mkdir "$WORK/mnt/dd" "$WORK/real/o" && LD_PRELOAD=$SHIM "$PROGRAMS/differ" -c 3000 -o "$WORK/real/o" enforce "$WORK/mnt/dd"'
  [ "$status" != 77 ] || skip "bindfs can't be mounted here, or there is no openat2"
  echo "$output"
  [ "$status" = 0 ]
  [[ ${lines[-1]} == *", 0 wrong" ]]
}
