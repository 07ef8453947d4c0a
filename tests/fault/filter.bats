#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Under a seccomp filter, as old container runtimes have: real programs, and filters that take the emulation's own means.
# The whole decision table under such filters is in decide.bats.

load ../common

# Each of these is how some kernel, profile or preload says "no such call".
ANSWERS="ENOSYS EINVAL EPERM EOPNOTSUPP"

filter() {
  "$PROGRAMS/filter" "$@"
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  filter renameat2=ENOSYS true 2>/dev/null || skip "no seccomp filters here"
}

# The shim comes after the filter, so that only the command has both.
both() {
  local answers=$1
  shift
  filter "$answers" env LD_PRELOAD="$SHIM" NOCLOBBER_LOG="$LOG" "$@"
}

@test "mv and Python move to free names" {
  for answer in $ANSWERS; do
    mkdir "$answer"
    echo 1 >"$answer/a"
    mkdir "$answer/d"
    both "renameat2=$answer" mv "$answer/a" "$answer/b"
    both "renameat2=$answer" mv "$answer/d" "$answer/e"
    both "renameat2=$answer" python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$answer/b" "$answer/c"
    [ "$(find "$answer" -mindepth 1 | sort | xargs)" = "$answer/c $answer/e" ]
  done
  [ "$(refusals)" = 0 ]
}

@test "mv and Python are refused what exists, in words that fit" {
  local commands=("mv -f a b" "mv -T a b" "mv -fT d e")
  ! command -v busybox >/dev/null || commands+=("busybox mv -f a b")
  mkdir d e
  for answer in $ANSWERS; do
    echo new >a
    echo old >b
    for command in "${commands[@]}"; do
      rm -f "$LOG"
      # shellcheck disable=SC2086 # a command and its arguments
      run both "renameat2=$answer" $command
      echo "$output"
      [ "$status" != 0 ]
      [[ $output == *"File exists"* ]]
      [ "$(refusals)" = 1 ]
    done
    run both "renameat2=$answer" python3 -c 'import os; os.replace("a", "b")'
    [[ $output == *FileExistsError* ]]
    [ "$(cat a b | xargs)" = "new old" ]
    [ -d d ]
  done
}

@test "into its own subtree is a real EINVAL, and no directory stays behind" {
  mkdir a
  for answer in $ANSWERS; do
    both "renameat2=$answer" "$PROGRAMS/call" EINVAL rename a a/b EINVAL renameat a a/b
    [ -z "$(ls a)" ]
  done
}

@test "a program's own NOREPLACE works" {
  for answer in $ANSWERS; do
    echo new >a
    echo old >b
    both "renameat2=$answer" "$PROGRAMS/call" --any-errno EEXIST noreplace a b 0 noreplace a c
    [ "$(cat b c | xargs)" = "old new" ]
    rm c
  done
  [ "$(refusals)" = 0 ]
}

@test "no links either: EOPNOTSUPP for files, and nothing moves; directories still do" {
  for answer in ENOSYS EPERM EOPNOTSUPP EMLINK EIO EINVAL; do
    echo new >a
    mkdir d
    both "renameat2=ENOSYS,linkat=$answer" "$PROGRAMS/call" --any-errno EOPNOTSUPP rename a b 0 rename d e
    [ "$(cat a)" = new ]
    [ ! -e b ]
    rmdir e
  done
}

@test "no links, and something in the way: refused all the same" {
  echo new >a
  echo old >b
  run both renameat2=ENOSYS,linkat=EPERM mv -f a b
  [ "$status" != 0 ]
  [ "$(cat a b | xargs)" = "new old" ]
}

@test "no directories to be made: the directory stays" {
  mkdir d
  run both renameat2=ENOSYS,mkdirat=EACCES python3 -c 'import os; os.rename("d", "e")'
  [ "$status" != 0 ]
  [ -d d ]
  [ ! -e e ]
}

@test "nothing can be unlinked, the link neither: the error says so, and one file has two names" {
  echo new >a
  run both renameat2=ENOSYS,unlinkat=EACCES python3 -c 'import os; os.rename("a", "b")'
  [ "$status" != 0 ]
  [[ $output == *PermissionError* ]]
  [ "$(cat a)" = new ]
  [ a -ef b ]
}

@test "statx forbidden: what exists is refused, a free name is free" {
  for answer in ENOSYS EPERM EACCES; do
    echo new >a
    echo old >b
    run both "statx=$answer" "$PROGRAMS/call" --any-errno EEXIST rename a b 0 rename a c
    echo "$answer: $output"
    [ "$status" = 0 ]
    [ "$(cat b c | xargs)" = "old new" ]
    rm c
  done
}

@test "statx and renameat2 forbidden: nothing is replaced, and nothing lost" {
  for answer in ENOSYS EPERM EACCES; do
    echo new >a
    echo old >b
    run both "renameat2=ENOSYS,statx=$answer" python3 -c 'import os; os.rename("a", "b")'
    [ "$status" != 0 ]
    run both "renameat2=ENOSYS,statx=$answer" python3 -c 'import os; os.rename("a", "c")'
    [ "$(cat b)" = old ]
    [ "$(cat a c 2>/dev/null)" = new ]
    rm -f c
  done
}

@test "statx forbidden: a bad policy is still complained of" {
  for answer in ENOSYS EPERM; do
    echo new >a
    run both "statx=$answer" NOCLOBBER_MODE=typo "$PROGRAMS/call" 0 rename a c
    [ "$status" = 0 ]
    [[ $output == "libnoclobber: NOCLOBBER_MODE 'typo': must be "* ]]
    rm c
  done
}

@test "the hosts that are hard to live in: threads, a vfork child, 8 KiB of stack, a handler in malloc, a cancelled thread" {
  local host
  export NOCLOBBER_ALLOW=free/
  for host in threads vfork_child signal_malloc; do
    mkdir "$host.d"
    (cd "$host.d" && both renameat2=ENOSYS timeout 300 "$PROGRAMS/$host")
  done
  unset NOCLOBBER_ALLOW
  export NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW_IF=same
  for host in small_stack cancelled; do
    mkdir "$host.d"
    (cd "$host.d" && both renameat2=ENOSYS timeout 300 "$PROGRAMS/$host")
  done
}

# What os.rename says of a directory that a sticky one keeps, to a user that owns neither.
sticky() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@" env LD_PRELOAD="$SHIM" python3 -c '
import os
try:
    os.rename("a", "b")
except PermissionError as e:
    print(e.errno)'
}

@test "a real EPERM stays EPERM, with a filter and without" {
  need_root
  need setpriv
  mkdir -m 1777 sticky
  cd sticky
  mkdir a
  [ "$(sticky)" = 1 ]
  for answer in $ANSWERS; do
    [ "$(sticky "$PROGRAMS/filter" "renameat2=$answer")" = 1 ]
    [ "$(ls)" = a ]
  done
}
