#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs with a seccomp filter of their own, which the kernel ends at any call that is not on a list: the lists of
# shim/engine/guard.h, one for each path through the library; and daemons that have such a filter.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  "$PROGRAMS/filter" renameat2=ENOSYS true 2>/dev/null || skip "no seccomp filters here"
  mkdir out other
  ln -s out link
  echo new >new
  echo old >out/old
}

# under CALLS EXPECTED SOURCE DESTINATION [VARIABLE=VALUE...]: a rename by a program that may make these calls alone
under() {
  local calls=$1 expected=$2 source=$3 destination=$4
  shift 4
  env LD_PRELOAD="$SHIM" "$@" "$PROGRAMS/allowed" "$calls" "$expected" "$source" "$destination"
}

LET=renameat2,mmap,openat,close,rename,renameat

@test "nothing in the way" {
  under renameat2 0 "$PWD/new" "$PWD/out/vacant"
  [ -e out/vacant ]
}

@test "a destination that no pattern guards: absolute, relative, by a link, on a long way" {
  mkdir -p out/1/2/3/4/5/6/7/8
  echo old >out/1/2/3/4/5/6/7/8/old
  for destination in "$PWD/out/old" out/old old link/old out/../out/old out/1/2/3/4/5/6/7/8/old; do
    echo new >new
    echo old >old
    under "$LET,readlinkat,getcwd" 0 new "$destination" NOCLOBBER_PROTECT=/nowhere/
    [ "$(cat "$destination")" = new ]
  done
  under "$LET" 0 "$PWD/out/old" "$PWD/old" NOCLOBBER_PROTECT=/nowhere/ # a short way, absolute: words are enough
}

@test "a destination on the filesystem of a protected directory" {
  under "$LET,statx" 0 "$PWD/new" "$PWD/out/old" NOCLOBBER_PROTECT="$PWD/other/"
  [ "$(cat out/old)" = new ]
}

@test "a refusal, and one that is recorded" {
  local refused=renameat2,mmap,openat,close,statx,getpid,clock_gettime,geteuid,faccessat
  under "$refused" 17 "$PWD/new" "$PWD/out/old" NOCLOBBER_PROTECT="$PWD/out/"
  under "$refused,readlinkat,rt_sigprocmask,rt_sigpending,write" 17 "$PWD/new" "$PWD/out/old" \
    NOCLOBBER_PROTECT="$PWD/out/" NOCLOBBER_LOG="$LOG"
  [ "$(refusals)" = 1 ]
  [ "$(cat new out/old | xargs)" = "new old" ]
}

@test "ALLOW_IF=same, and a filter that ends the program at clone: what does not list it needs another exception" {
  local same=$LET,statx,getpid,clock_gettime,geteuid,faccessat,rt_sigprocmask,clone,exit,read,tgkill,sched_yield
  cp -p new out/old
  under "$same" 0 "$PWD/new" "$PWD/out/old" NOCLOBBER_ALLOW_IF=same
  [ ! -e new ]
}

# brokered EXPECTED SOURCE DESTINATION [VARIABLE=VALUE...]: a rename by a program whose SIGSYS handler makes every openat
brokered() {
  local expected=$1 source=$2 destination=$3 status=0
  shift 3
  env LD_PRELOAD="$SHIM" "$@" "$PROGRAMS/brokered" "$expected" "$source" "$destination" || status=$?
  [ "$status" -ne 77 ] || skip "the test's handler knows the registers of x86-64 and aarch64 only"
  return "$status"
}

@test "a program whose SIGSYS handler makes the calls that its filter traps" {
  brokered 17 "$PWD/new" "$PWD/out/old" NOCLOBBER_LOG="$LOG"
  [ "$(refusals)" = 1 ]
  brokered 17 "$PWD/new" "$PWD/out/old" NOCLOBBER_PROTECT="$PWD/out/"
  cp -p new out/old
  brokered 0 "$PWD/new" "$PWD/out/old" NOCLOBBER_ALLOW_IF=same
  [ ! -e new ]
}

# ---- daemons ----

# drift_file: chronyd replaces its drift file when it ends. Status 0 if it did.
drift_file() {
  local before
  mkdir -p run
  : >said
  echo "            -3.210000             5.000000" >drift
  before=$(stat -c %i drift)
  printf '%s\n' "local stratum 8" "driftfile $PWD/drift" "pidfile $PWD/run/pid" "bindcmdaddress /" "cmdport 0" \
    "port 11123" "allow 127.0.0.1" "bindaddress 127.0.0.1" "user root" >chrony.conf
  "$@" -x -d -f "$PWD/chrony.conf" 2>said 3>&- &
  local daemon=$!
  until grep -q 'read from' said || ! kill -0 "$daemon" 2>/dev/null; do :; done
  kill -TERM "$daemon"
  wait "$daemon" || return 1
  [ "$(stat -c %i drift)" != "$before" ]
}

@test "chronyd with its filter replaces its drift file" {
  need_root
  [ -x /usr/sbin/chronyd ] || skip "no chronyd"
  for level in 1 -1; do
    drift_file /usr/sbin/chronyd -F "$level" || skip "chronyd -F $level does not replace it without the library, either"
    drift_file env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT=/nowhere/ /usr/sbin/chronyd -F "$level"
    drift_file env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT="$PWD/other/" /usr/sbin/chronyd -F "$level"
  done
}
