#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many renames onto one name at once: exactly one wins each round, and nobody loses a byte (tests/programs/race.c). By the
# kernel's flag; by the emulation under a filter that takes the call away; and on bindfs, which lacks the flag. A small number
# of rounds: the proof is tests/fault/prove-races.

load ../common
load mounts

# races [COMMAND…]: two, four and eight racers, and each adversary, run by the command; on tmpfs where there is one.
races() {
  local race
  need timeout
  if [ -w /dev/shm ]; then
    FOLDER=$(mktemp -d /dev/shm/race.XXXXXX)
    cd "$FOLDER" || return 1
  fi
  for race in "2 15000 mixed" "4 10000 mixed" "8 5000 mixed" "3 4000 mixed create" "3 4000 mixed plain" "3 4000 mixed append"; do
    mkdir here
    # shellcheck disable=SC2086 # its arguments
    run env -C here "$@" env LD_PRELOAD="$SHIM" timeout 300 "$PROGRAMS/race" $race
    echo "$race: $output"
    [ "$status" = 0 ]
    rm -r here
  done
}

teardown() {
  rm -rf "${FOLDER:-}"
}

@test "by the flag, one wins" {
  races
}

@test "by the emulation, one wins" {
  "$PROGRAMS/filter" renameat2=ENOSYS true || skip "no seccomp filters here"
  races "$PROGRAMS/filter" renameat2=ENOSYS
}

@test "where some have the flag and some have not, one wins" {
  "$PROGRAMS/filter" renameat2=ENOSYS true || skip "no seccomp filters here"
  for round in {1..150}; do
    echo flag >"flag.$round"
    echo link >"link.$round"
  done
  export LD_PRELOAD=$SHIM
  # shellcheck disable=SC2016 # for the inner shell
  move='for i in {1..150}; do mv "$1.$i" "to.$i" 2>/dev/null; done; true'
  bash -c "$move" - flag &
  "$PROGRAMS/filter" renameat2=ENOSYS bash -c "$move" - link &
  wait
  unset LD_PRELOAD
  for round in {1..150}; do
    # One of them is there, and the other one still where it was.
    [ "$(cat "flag.$round" "link.$round" "to.$round" 2>/dev/null | sort | xargs)" = "flag link" ]
    [ -e "to.$round" ]
  done
}

# on_fuse: a shorter list, in a mount namespace of its own.
on_fuse() {
  cd "$WORK/mnt" || return 1
  for race in "2 1000 mixed" "4 1000 mixed" "8 500 mixed" "3 500 mixed create" "3 500 mixed plain" "3 500 mixed append"; do
    mkdir here
    # shellcheck disable=SC2086 # its arguments
    env -C here LD_PRELOAD="$SHIM" timeout 300 "$PROGRAMS/race" $race || return 1
    rm -r here
  done
}

@test "on bindfs, one wins" {
  need_fuse
  export WORK=$BATS_TEST_TMPDIR
  export -f on_fuse
  run privately bash -c 'mounted "$@"' - bindfs "$WORK" bash -c on_fuse
  [ "$status" != 77 ] || skip "bindfs can't be mounted here"
  echo "$output"
  [ "$status" = 0 ]
}
