# SPDX-License-Identifier: MIT
# Shared by guests with a server: `. tests/machines/network.bash`, from the root of the project.
# shellcheck shell=bash disable=SC2034 # for those that read this file
: "${BUILD:=build}" "${ROUNDS:=20}"
LIBRARY=$(cd "$BUILD" && pwd)/libnoclobber.so
VIEWS=$PWD/tests/machines/views
export LC_ALL=C
wrong=0

say() { # say SCENE STATUS WORDS…: prints a row
  local scene=$1 status=$2
  shift 2
  [ "$status" = 0 ] && echo "$scene right: $*" && return
  wrong=1
  echo "$scene wrong: $*"
}

guarded() { # guarded COMMAND…: runs it under the library
  LD_PRELOAD=$LIBRARY "$@"
}

serve_disk() {
  mkdir -p /srv/share
  truncate -s 300M /mnt/disk
  mkfs.ext4 -q -F /mnt/disk && modprobe -q loop
  mount -o loop /mnt/disk /srv/share && chmod 777 /srv/share
}

start_nfs() {
  modprobe -a nfsd nfs nfsv3 nfsv4 2>/dev/null
  mkdir -p /var/lib/nfs/{sm,v4recovery,rpc_pipefs,nfsdcltrack} /run/rpcbind
  touch /var/lib/nfs/{etab,rmtab,state}
  mount -t nfsd nfsd /proc/fs/nfsd 2>/dev/null
  mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs 2>/dev/null
  echo 10 >/proc/fs/nfsd/nfsv4gracetime
  echo 10 >/proc/fs/nfsd/nfsv4leasetime
  echo "/srv/share *(rw,no_root_squash,fsid=0,no_subtree_check,insecure)" >/etc/exports
  rpcbind -w
  rpc.statd --no-notify
  exportfs -ra && rpc.mountd && rpc.nfsd 8
}

start_smb() {
  mkdir -p /run/samba/msg.lock /run/samba/ncalrpc /var/log/samba
  cat >/run/smb.conf <<'END_OF_CONFIGURATION'
[global]
  map to guest = bad user
  guest account = root
  server min protocol = SMB2
  private dir = /run/samba
  lock directory = /run/samba
  state directory = /run/samba
  cache directory = /run/samba
  pid directory = /run/samba
[share]
  path = /srv/share
  guest ok = yes
  writable = yes
  force user = root
END_OF_CONFIGURATION
  smbd -s /run/smb.conf -D -l /var/log/samba
  modprobe -q cifs
}

retry() { # retry COMMAND…: repeats it until it succeeds, for up to a minute: servers start slowly
  local tries
  for tries in {1..60}; do
    "$@" 2>/run/retried && return
    sleep 1
  done
  echo "$* failed $tries times: $(tail -n 1 /run/retried)"
  return 1
}

# judge_dead DIRECTORY: a client died there between link and unlink, while it renamed `source` to `destination`. Both names must be one
# file, and a rename of `other` to `destination` must be refused.
judge_dead() {
  local at=$1
  [ "$(cat "$at/source" "$at/destination")" = $'published\npublished' ] || { echo "left: $(ls -i "$at")"; return 1; }
  ! guarded mv -T "$at/other" "$at/destination" 2>/dev/null || { echo "another one replaced it"; return 1; }
  [ "$(cat "$at/other" "$at/destination")" = $'other\npublished' ] || { echo "lost: $(ls -i "$at")"; return 1; }
  echo "both names on one file, the next one refused"
}
