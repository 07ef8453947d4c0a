# SPDX-License-Identifier: MIT
# Mounts for the fault tests, each of which disappears with the process that made it: `load mounts`.
# shellcheck shell=bash

# need_mounts: skips the case if mount namespaces are not available.
need_mounts() {
  need_root
  need unshare mount
  unshare -m true 2>/dev/null || skip "no mount namespaces here"
}

# need_fuse: skips the case if bindfs, which has no RENAME_NOREPLACE, cannot be mounted.
need_fuse() {
  need_mounts
  need bindfs
  [ -c /dev/fuse ] || skip "no /dev/fuse here"
}

# privately COMMAND [ARGUMENT…]: runs a command in a new mount namespace; what it mounts disappears with it.
privately() {
  export -f mounted
  unshare -m --propagation private "$@"
}

# mounted KIND DIRECTORY COMMAND [ARGUMENT…]: mounts a fresh filesystem at DIRECTORY/mnt and runs the command. Run it by
# `privately`. Kinds: tmpfs, overlay, bindfs (of DIRECTORY/real, a tmpfs), or any for which there is a mkfs. Status 77: this machine
# cannot mount it.
mounted() {
  local kind=$1 at=$2 status layers
  shift 2
  mkdir -p "$at/mnt" "$at/real"
  case $kind in
  tmpfs) mount -t tmpfs none "$at/mnt" || return 77 ;;
  bindfs) { mount -t tmpfs none "$at/real" && bindfs "$at/real" "$at/mnt" >/dev/null 2>&1 3>&-; } || return 77 ;;
  overlay)
    {
      mount -t tmpfs none "$at/real" && mkdir "$at/real/"{lower,upper,work} "$at/real/lower/old" &&
        layers=lowerdir=$at/real/lower,upperdir=$at/real/upper,workdir=$at/real/work &&
        mount -t overlay -o "redirect_dir=off,$layers" none "$at/mnt"
    } || return 77
    ;;
  *)
    truncate -s 400M "$at/$kind.img"
    { "mkfs.$kind" -q "$at/$kind.img" >/dev/null 2>&1 && mount -o loop "$at/$kind.img" "$at/mnt"; } || return 77
    rm "$at/$kind.img"
    ;;
  esac
  # The server of bindfs is in this namespace too, and would keep it alive forever.
  "$@" && status=0 || status=$?
  umount -l "$at/mnt"
  return $status
}
