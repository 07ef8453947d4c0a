# SPDX-License-Identifier: MIT
# For tests that change a system: `load ../system` after `load ../common`. Each test gets a copy-on-write view of this machine, with
# libnoclobber installed if install_once was called. Only changes in its folder /mnt, which is that of the case, are visible
# outside.
# shellcheck shell=bash

RECIPES=$ROOT/scripts/recipes
export RECIPES

# install_once: installs the build with `make install`, once for all cases of a file.
install_once() {
  make -s -C "$ROOT" BUILD="$BUILD" install DESTDIR="$BATS_FILE_TMPDIR/installed" PREFIX=/usr/local
}

# in_system SCRIPT: runs the script with `bash -eu` in such a system, as root, in /mnt, with a clean environment. Sets $status and
# $output as `run` does. There /recipes is scripts/recipes, and /runners the folder of the test file.
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

# For scripts of in_system: something is published; another version of it, and something new, are ready.
PUBLISHED='echo published >/srv/releases/app; echo another >/srv/incoming/app; echo new >/srv/incoming/more'
export PUBLISHED
