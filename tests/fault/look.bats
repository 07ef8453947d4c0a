#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the programs under test expand these
# The look at protected files where the filesystem or the kernel says less than one would like: made-up inode numbers, whole seconds,
# no statx. Each is tried in both directions: what changed is told, and what did not is not.

load ../common
load mounts

# look STATUS SCRIPT [OPTION…]: runs the script under noclobber with dist/ protected, which must end so.
look() {
  local wanted=$1 script=$2 status=0
  shift 2
  "$NOCLOBBER" -p dist/ "$@" -- sh -c "$script" 2>said || status=$?
  [ "$status" = "$wanted" ] || { echo "$script: $status, not $wanted" && cat said && return 1; }
}

# on KIND FUNCTION: runs it in a fresh filesystem.
on() {
  local kind=$1 status=0
  # shellcheck disable=SC2163 # the function of that name
  export -f look both_ways "$2"
  privately bash -c 'mounted "$1" "$PWD" bash -c "cd mnt && set -e && $2"' bash "$kind" "$2" >output 2>&1 || status=$?
  [ $status != 77 ] || skip "this machine can't mount $kind"
  [ $status = 0 ] || { cat output && false; }
}

# both_ways: what every filesystem must get right.
both_ways() {
  mkdir -p dist
  echo published >dist/a
  echo PUBLISHED >alike
  touch -d @1000000000 dist/a alike
  look 0 true
  look 0 'chmod 600 dist/a; chmod 644 dist/a'
  look 0 'cat dist/a >/dev/null'
  look 17 'cp -p alike dist/a'
  look 0 true
  look 17 'rm dist/a; echo published >dist/a; touch -d @1000000000 dist/a'
  look 17 'echo more >>dist/a'
  look 17 'rm dist/a'
}

both_ways_with_links() {
  both_ways
  echo one >dist/a
  ln dist/a dist/b
  look 0 'ln dist/a dist/c; rm dist/c'
  look 17 'rm dist/b'
  look 0 'mv dist/a dist/d'
}

@test "a changed file and an untouched one, on each filesystem" {
  need_mounts
  for kind in tmpfs ext4 xfs btrfs; do
    type "mkfs.$kind" >/dev/null 2>&1 || [ $kind = tmpfs ] || continue
    on $kind both_ways_with_links
  done
}

@test "a tree of two filesystems: moved within each, and across" {
  need_mounts
  across() {
    mkdir -p dist/other
    mount -t tmpfs none dist/other
    echo a >dist/a
    echo b >dist/other/b
    look 0 'mv dist/a dist/a2; mv dist/other/b dist/other/b2'
    look 17 'mv dist/a2 dist/other/a2' # a copy, and a removal
    umount dist/other
  }
  on tmpfs across
}

@test "overlayfs: a file that is copied up was not replaced" {
  need_mounts
  from_below() {
    mkdir lower upper work m
    mkdir lower/dist
    echo a >lower/dist/a
    ln lower/dist/a lower/dist/b
    echo other >lower/dist/c
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none m || exit 77
    cd m
    look 0 'chmod 600 dist/a'
    look 0 'chmod 600 dist/c' --verify=hash
    look 0 ': >>dist/c'
    look 17 'echo more >>dist/b'
    look 17 'rm dist/a; echo b >dist/a'
  }
  on tmpfs from_below
}

@test "FUSE servers that make inode numbers up" {
  need_fuse
  need sshfs
  [ -x /usr/lib/openssh/sftp-server ] || skip "no sftp-server"
  [ -w /proc/sys/vm/drop_caches ] || skip "no drop_caches"
  by_sftp() {
    printf '#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n' >ssh
    chmod +x ssh
    mkdir back back/dist dist
    sshfs -o "ssh_command=$PWD/ssh" "localhost:$PWD/back" dist 2>/dev/null 3>&- || exit 77
    for i in 1 2 3; do echo "release $i" >back/dist/app$i; done
    touch -d @1000000000 back/dist/app* # its times are whole seconds
    look 0 'echo 2 >/proc/sys/vm/drop_caches'
    look 0 'echo 2 >/proc/sys/vm/drop_caches' --verify=hash
    look 17 'echo 2 >/proc/sys/vm/drop_caches; echo more >>dist/dist/app1'
    look 17 'rm dist/dist/app2'
    umount -l dist
  }
  on tmpfs by_sftp
}

@test "bindfs: both ways" {
  need_fuse
  on bindfs both_ways
}

@test "bindfs: what is removed while a process has it open has not been moved" {
  need_fuse
  removed_while_open() {
    mkdir -p dist
    echo published >dist/a
    mkfifo gate
    look 17 'exec 3<dist/a; rm dist/a; cat gate 2>/dev/null >&2 &'
    : >gate
    echo published >dist/a
    look 17 'rm dist/a' --restore
  }
  on bindfs removed_while_open
}

@test "a filesystem with times of whole seconds, or two: what is written twice in one" {
  need_mounts
  in_one_second() {
    mkdir dist
    for i in 1 2 3; do
      echo aaaa >dist/f
      look 17 'echo bbbb >dist/f'
      look 0 true
    done
  }
  for kind in 'ext4 -I 128' vfat; do
    type "mkfs.${kind%% *}" >/dev/null 2>&1 || continue
    export -f look in_one_second
    status=0
    unshare -m --propagation private bash -c '
      truncate -s 32M image && mkfs.$1 image >/dev/null 2>&1 && mkdir -p mnt && mount -o loop image mnt || exit 77
      rm image; cd mnt; set -e; in_one_second' bash "$kind" >output 2>&1 || status=$?
    [ $status != 77 ] || continue
    [ $status = 0 ] || { echo "$kind" && cat output && false; }
  done
}

@test "without statx, before Linux 4.11 or in a container of that time, the look is the same" {
  mkdir dist
  echo PUBLISHED >alike
  for error in ENOSYS EPERM; do
    echo published >dist/a
    touch -d @1000000000 dist/a alike
    for row in '17 echo x >dist/a' '17 rm dist/a' '17 cp -p alike dist/a' '0 chmod 600 dist/a' '0 true'; do
      rm -f dist/a
      echo published >dist/a
      touch -d @1000000000 dist/a
      status=0
      "$PROGRAMS/filter" statx=$error "$NOCLOBBER" -q -p dist/ -- sh -c "${row#* }" || status=$?
      [ "$status" = "${row%% *}" ] || { echo "$error: $row: $status" && false; }
    done
  done
}
