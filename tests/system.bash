# SPDX-License-Identifier: MIT
# For tests that change a system: `load ../system` after `load ../common`. A system of a test's own is this machine's, copied on
# write, with libnoclobber installed where install_once has been called; nothing that happens in it is seen outside but what it
# leaves in its folder /mnt, which is the case's.
# shellcheck shell=bash

RECIPES=$ROOT/scripts/recipes
export RECIPES

# install_once: installs what was built, by `make install`, for all cases of a file.
install_once() {
  make -s -C "$ROOT" install DESTDIR="$BATS_FILE_TMPDIR/installed" PREFIX=/usr/local
}

# in_system SCRIPT: runs it by `bash -eu` in such a system, as root, in /mnt, with a plain environment, and leaves $status and
# $output as `run` does; /recipes is scripts/recipes there, /runners the test's folder.
# shellcheck disable=SC2016,SC2154
in_system() {
  need_root
  need unshare mount chroot
  unshare --mount true 2>/dev/null || skip "no mount namespace of one's own here"
  mkdir -p place
  run unshare --mount --propagation private --pid --fork --kill-child bash -eu -c '
    mount -t tmpfs tmpfs place
    mkdir place/{upper,work,root}
    mount -t overlay overlay -o lowerdir=/,upperdir=place/upper,workdir=place/work place/root 2>/dev/null || exit 77
    root=$PWD/place/root
    mount -t proc proc "$root/proc"
    for folder in dev sys; do mount --rbind "/$folder" "$root/$folder"; done
    for folder in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$folder"; done
    mount --bind "$PWD" "$root/mnt"
    mkdir -p "$root"/{recipes,runners} "$root"/srv/{incoming,releases}
    [ ! -d "$1" ] || cp -a "$1/." "$root"
    cp -a "$2/." "$root/recipes"
    cp -a "$3/." "$root/runners"
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
      chroot "$root" bash -eu -c "cd /mnt; ldconfig; $4"
  ' in_system "$BATS_FILE_TMPDIR/installed" "$RECIPES" "$BATS_TEST_DIRNAME" "$1"
  echo "$output"
  [ "$status" -ne 77 ] || skip "no overlay of / can be mounted here"
}

# Part of a script for in_system: something is published, another version of it and something new have come in.
PUBLISHED='echo published >/srv/releases/app; echo another >/srv/incoming/app; echo new >/srv/incoming/more'
export PUBLISHED
