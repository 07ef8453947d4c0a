#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The decision table on each filesystem and in each mode (tests/programs/decide.c). Whatever is mounted here is mounted in a
# mount namespace of its own, so that it goes with the process that wanted it.

load ../common
load mounts

setup_file() {
  WORK=$(mktemp -d)
  export WORK
  # A user without rights walks to the log, too.
  chmod 755 "$WORK"
}

teardown_file() {
  rm -rf "$WORK"
}

# below DIRECTORY COMMAND [ARGUMENT…]: runs the command with a log that anybody may write to and a folder DIRECTORY/mnt/d.
below() {
  : >"$1/log"
  chmod 666 "$1/log"
  mkdir -p "$1/mnt/d"
  shift
  "$@"
}

# table KIND MODE [ARGUMENT…] [-- NAME=VALUE…]: the decision table on a filesystem of that kind. Passes when no row fails, and
# those that can't be set up there are few.
table() {
  local kind=$1 mode=$2 arguments=()
  shift 2
  need_mounts
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    arguments+=("$1")
    shift
  done
  shift $(($# > 0))
  export -f below
  run privately bash -c 'mounted "$@"' - "$kind" "$WORK" bash -c 'below "$@"' - "$WORK" \
    env LD_PRELOAD="$SHIM" NOCLOBBER_LOG="$WORK/log" "$@" \
    "$PROGRAMS/decide" "${arguments[@]}" "$mode" "$WORK/mnt/d"
  judge "$kind"
}

# judge KIND: what decide said, in $output, is as it should be.
judge() {
  [ "$status" != 77 ] || skip "$1 can't be mounted here"
  echo "$output"
  [ "$status" = 0 ]
  [[ ${lines[-1]} =~ ^([0-9]+)\ rows,\ ([0-9]+)\ calls,\ 0\ failed,\ ([0-9]+)\ skipped$ ]]
  [ "${BASH_REMATCH[1]}" -ge 300 ] && [ "${BASH_REMATCH[2]}" -ge 1000 ] && [ "${BASH_REMATCH[3]}" -le 40 ]
}

# ask_twice WORK MODE [ARGUMENT…] [-- OPTION…]: the kernel alone is asked first, then the table under the tracer, whose options
# these are. On a kernel that $LACKS names (tests/programs/filter.h), where it is set.
ask_twice() {
  local work=$1 mode=$2 arguments=() before=()
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    arguments+=("$1")
    shift
  done
  shift $(($# > 0))
  [ -z "${LACKS-}" ] || before=("$PROGRAMS/filter" "$LACKS")
  "$PROGRAMS/decide" "${arguments[@]}" -w "$work/answers" "$mode" "$work/mnt/d" >"$work/said" || return
  "${before[@]}" "$ROOT/$BUILD/noclobber" --trace --quiet --no-verify --refused-status 0 --log "$work/log" "$@" \
    "$PROGRAMS/decide" "${arguments[@]}" -l "$work/log" -r "$work/answers" "$mode" "$work/mnt/d"
}

# traced_table KIND MODE [ARGUMENT…] [-- OPTION…]: the same table with the tracer in the library's place.
traced_table() {
  local kind=$1
  shift
  need_mounts
  "$ROOT/$BUILD/noclobber" --trace -P -q --no-verify true || skip "no tracing here"
  export -f below ask_twice
  run privately bash -c 'mounted "$@"' - "$kind" "$WORK" bash -c 'below "$@"' - "$WORK" bash -c 'ask_twice "$@"' - "$WORK" "$@"
  judge "$kind"
}

@test "the table on tmpfs" {
  table tmpfs enforce
}

@test "the table on ext4" {
  need mkfs.ext4
  table ext4 enforce
}

@test "the table on xfs" {
  need mkfs.xfs
  table xfs enforce
}

@test "the table on btrfs" {
  need mkfs.btrfs
  table btrfs enforce
}

@test "the table on overlayfs" {
  table overlay enforce
}

@test "audit answers as plain rename, on tmpfs" {
  table tmpfs audit -- NOCLOBBER_MODE=audit
}

@test "audit answers as plain rename, on ext4" {
  need mkfs.ext4
  table ext4 audit -- NOCLOBBER_MODE=audit
}

@test "audit answers as plain rename, on btrfs" {
  need mkfs.btrfs
  table btrfs audit -- NOCLOBBER_MODE=audit
}

@test "audit answers as plain rename, on overlayfs" {
  table overlay audit -- NOCLOBBER_MODE=audit
}

@test "off answers as plain rename" {
  table tmpfs plain -- NOCLOBBER_MODE=off
}

@test "a policy that guards another place answers as plain rename" {
  table tmpfs plain -- NOCLOBBER_PROTECT=/no/such/place/
}

@test "a policy that guards every place by a pattern answers as one without" {
  table tmpfs enforce -- 'NOCLOBBER_PROTECT=**'
}

@test "an exception for every place answers as plain rename" {
  table tmpfs plain -- 'NOCLOBBER_ALLOW=**' NOCLOBBER_LOG=
}

@test "renameat2 answers ENOSYS: the same table" {
  table tmpfs enforce -f renameat2=ENOSYS
}

@test "renameat2 answers EINVAL: the same table" {
  table tmpfs enforce -f renameat2=EINVAL
}

@test "renameat2 answers EPERM: the same table" {
  table tmpfs enforce -f renameat2=EPERM
}

@test "renameat2 answers EOPNOTSUPP: the same table" {
  table tmpfs enforce -f renameat2=EOPNOTSUPP
}

@test "renameat2 answers ENOSYS on ext4: the same table" {
  need mkfs.ext4
  table ext4 enforce -f renameat2=ENOSYS
}

@test "bindfs, which lacks the flag: the same table as below it" {
  need_fuse
  table bindfs enforce -o "$WORK/real"
}

@test "audit answers as plain rename, on bindfs" {
  need_fuse
  table bindfs plain -- NOCLOBBER_MODE=audit NOCLOBBER_LOG=
}

# ---- the tracer --------------------------------------------------------------------------------

@test "the tracer: the table on tmpfs" {
  traced_table tmpfs enforce -- --protect-all
}

@test "the tracer: the table on ext4, where the kernel has no PTRACE_SET_SYSCALL_INFO" {
  need mkfs.ext4
  LACKS=ptrace:0x4212=EIO traced_table ext4 enforce -- --protect-all
}

@test "the tracer: the table on overlayfs" {
  traced_table overlay enforce -- --protect-all
}

@test "the tracer: bindfs, which lacks the flag: the same table as below it" {
  need_fuse
  traced_table bindfs enforce -o "$WORK/real" -- --protect-all
}

@test "the tracer: audit answers as plain rename" {
  traced_table tmpfs audit -- --protect-all --audit
}

@test "the tracer: a policy that guards another place answers as plain rename" {
  traced_table tmpfs plain -- --protect /no/such/place/
}
