#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --doctor: one line for each thing, and what it means; its status says whether any is a problem.

load ../common
load ../fault/mounts

# finds STATUS TEXT [FILTER…]: --doctor ends with the status and has a line that matches, here in the directory ground; nothing stays there.
finds() {
  local expected=$1 text=$2 status=0
  shift 2
  mkdir -p ground
  "$@" "$NOCLOBBER" --doctor ground >said 2>&1 || status=$?
  cat said
  [ "$status" -eq "$expected" ]
  grep -qE "$text" said
  # Each line has a level.
  [ "$(grep -cvE '^(ok     |warning|problem)  [^:]+: ' said)" -eq 0 ]
  # The status is 1 where a line says problem, and nowhere else.
  [ "$status" -eq "$(grep -c -m 1 ^problem said)" ]
  [ -z "$(ls -A ground)" ]
}

@test "doctor: a machine that has all" {
  finds 0 "^ok       library: .* is the one in use"
  finds 0 "^ok       dynamic programs: "
  finds 0 "^ok       exclusive rename \(kernel\): .* has renameat2"
}

@test "doctor: filters" {
  local filter=$PROGRAMS/filter
  finds 0 "^warning  exclusive rename \(kernel\): .* has no renameat2" "$filter" renameat2=ENOSYS
  finds 0 "^warning  exclusive rename \(kernel\): .* has a filter" "$filter" renameat2=EPERM
  finds 0 "^warning  filesystem: 'ground' has no exclusive rename: link\+unlink" "$filter" renameat2=EINVAL
  finds 0 "^warning  filesystem: 'ground' has neither exclusive rename nor links" "$filter" renameat2=EINVAL,linkat=EPERM
  finds 0 "^warning  --trace: " "$filter" ptrace=EPERM
  finds 0 "^warning  --seal: " "$filter" mount_setattr=ENOSYS
  finds 0 "^warning  --trace: a filter of system calls" "$filter" ptrace=KILL
  finds 0 "^warning  --seal: a filter of system calls" "$filter" mount=KILL
}

@test "doctor: no /proc" {
  need_root
  unshare -m umount -R /proc 2>/dev/null || skip "/proc can't be taken away here"
  mkdir -p ground
  # The library is found by the command's own name.
  # shellcheck disable=SC2016 # for the other shell
  NOCLOBBER_LIBRARY=$SHIM unshare -m sh -c 'umount -R /proc; exec "$@"' - "$NOCLOBBER" --doctor ground >said || true
  cat said
  grep -q '^warning  /proc: is not mounted' said
}

# type HEX: what statfs says.
type() {
  TYPE=$1 finds "$2" "$3" env LD_PRELOAD="$PWD/libmachine.so"
}

@test "doctor: filesystems that other machines take part in, and one that ignores the flag" {
  cc -shared -fPIC -D_GNU_SOURCE -o libmachine.so "$BATS_TEST_DIRNAME/../fault/libraries/machine.c" || skip "no glibc on this machine"
  type FE534D42 0 "^warning  filesystem: 'ground' is SMB, whose exclusive rename holds on this machine only: link"
  type FF534D42 0 "is SMB"
  type 65735546 0 "^warning  filesystem: 'ground' is FUSE, and accepts the flag"
  type EF53 0 "^ok       filesystem: 'ground' has exclusive rename"
  IGNORES=yes finds 1 "^problem  filesystem: 'ground' accepts the flag but replaces" env LD_PRELOAD="$PWD/libmachine.so"
}

@test "doctor: what cannot be opened, once each" {
  local number
  need strace
  strace -qq -o log true || skip "strace may not trace here"
  mkdir ground
  for number in {1..40}; do
    local status=0
    strace -qq -o log -e inject=openat:error=EMFILE:when="$number" "$NOCLOBBER" --doctor ground >said 2>&1 || status=$?
    echo "openat $number: status $status"
    [[ $status -le 1 || $status -eq 127 ]]
    [ -z "$(ls -A ground)" ]
    grep -q INJECTED log || break
  done
}

@test "doctor: whatever memory it gets, it does not crash" {
  local kilobytes status
  for kilobytes in {2000..6000..50}; do
    # Below this, the loader has no memory to start it.
    (ulimit -v "$kilobytes" && exec "$NOCLOBBER" --version >said 2>&1) || continue
    status=0
    (ulimit -v "$kilobytes" && exec "$NOCLOBBER" --doctor >said 2>&1) || status=$?
    echo "$kilobytes KiB: status $status"
    [ $status -le 1 ]
  done
}

@test "doctor: nothing is said to root that is for others" {
  need_root
  finds 0 "^ok"
  [ "$(grep -ci 'sudo\|set-user-id' said)" -eq 0 ]
}
