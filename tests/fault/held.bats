#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What was judged is what is renamed, and what ALLOW_IF=same loses: nothing. The programs judge themselves (tests/programs).

load ../common

@test "a link to a directory that another process flips leads to no guarded file" {
  shim NOCLOBBER_PROTECT="$PWD/guarded/" timeout 300 "$PROGRAMS/flip" 5000
}

@test "the same by relative patterns, and by a path below the link" {
  mkdir -p way
  cd way
  shim NOCLOBBER_PROTECT=way/guarded/ timeout 300 "$PROGRAMS/flip" 2000
}

@test "a name with its own directory before it: ./ and ././, allowed, equal, onto itself, refused" {
  mkdir sub
  cd sub
  echo new >a
  echo old | tee ./b >ok
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" EEXIST rename a ./b
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" 0 rename a ./a
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" 0 rename ././ok ./b
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW=b "$PROGRAMS/call" 0 rename ./a ././b
  [ "$(cat b)" = new ] && [ "$(ls)" = b ]
}

@test "ALLOW_IF=same: two processes that rename equal files crosswise leave one" {
  shim NOCLOBBER_ALLOW_IF=same timeout 300 "$PROGRAMS/cross" 2000
  shim NOCLOBBER_ALLOW_IF=same timeout 300 "$PROGRAMS/cross" 2000 links
}

@test "ALLOW_IF=same leaves no trace: locks, threads, children, signals, descriptors" {
  shim NOCLOBBER_ALLOW_IF=same timeout 300 "$PROGRAMS/no_trace"
}

@test "ALLOW_IF=same: access list and capabilities of the source arrive with it" {
  need setfacl getfacl
  echo x | tee new >old
  setfacl -m u:65534:rw old || skip "no access lists here"
  setfacl -m u:65534:- new
  setfacl -m m:rw new
  shim NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" 0 rename new old
  [ "$(getfacl -c old | grep -c 'user:.*:rw')" = 1 ] # the owner alone
  need_root
  need setcap getcap
  rm old
  cp /bin/true old
  cp /bin/true new
  setcap cap_net_raw+ep new || skip "no file capabilities here"
  shim NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" 0 rename new old
  getcap old | grep -q cap_net_raw
}

@test "ALLOW_IF=same: who still writes to the source writes to the destination" {
  : >app.log
  : >app.log.1
  exec 9>>app.log
  shim NOCLOBBER_ALLOW_IF=same "$PROGRAMS/call" 0 rename app.log app.log.1
  echo later >&9
  exec 9>&-
  [ "$(cat app.log.1)" = later ]
}

@test "audit reads no file: ALLOW_IF=same is recorded as audited" {
  echo x | tee new >old
  shim NOCLOBBER_MODE=audit NOCLOBBER_ALLOW_IF=same strace -f -o calls "$PROGRAMS/call" 0 rename new old ||
    skip "no strace here"
  [ "$(grep -c 'clone(\|read(.*"x' calls)" = 0 ]
  [ "$(events 'e["verdict"]')" = audited ]
}

@test "a protected directory is guarded by its other paths: a bind mount, another mount namespace, a chroot" {
  need_root
  need unshare
  mkdir -p root/dist alias
  echo old >root/dist/app
  unshare -m sh -c 'mount --bind root/dist alias &&
    echo new >root/dist/tmp && exec "$@"' sh env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT="$PWD/root/dist/" \
    "$PROGRAMS/call" EEXIST rename alias/tmp alias/app
  [ "$(cat root/dist/app)" = old ]
  echo new >root/new
  shim NOCLOBBER_PROTECT="$PWD/root/dist/" python3 -c '
import os
os.chroot("root")
os.chdir("/")
try:
    os.rename("/new", "/dist/app")
except FileExistsError:
    raise SystemExit(0)
raise SystemExit(1)'
  [ "$(cat root/dist/app)" = old ]
}
