#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --trace of programs that the tracer may not look at: in containers, without /proc, behind FUSE, in sandboxes.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  export LOG=$BATS_TEST_TMPDIR/log.jsonl
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "$("$NOCLOBBER" --trace -P -q --no-verify true 2>&1)"
  mkdir dist real
  ln -s real link
  echo old >dist/app
  echo old >free
  touch new "$LOG"
  chmod -R a+rwX .
  chmod a+x "$BATS_RUN_TMPDIR"/{,test} # other users get here
}

MV=$(realpath "$(command -v mv)")

# What a tracer must get right whatever it may see, as the program itself: a free name, an unprotected file, a protected one by
# its name, by a link's, by a relative one and from elsewhere by descriptor, an equal file, a move onto itself.
renames() {
  cat <<'EOF'
set -e
renew() { rm -f new; echo new >new; }
renew; mv -f new none; [ "$(cat none)" = new ]
renew; mv -f new free; [ "$(cat free)" = new ]
renew; mv -f new link/free; [ "$(cat real/free)" = new ]
renew; mv -f new link/free; [ "$(cat real/free)" = new ]
renew; ! mv -f new dist/app; ! mv -f new "$PWD/dist/../dist/app"; (cd dist; ! mv -f ../new app); [ "$(cat new dist/app)" = "new
old" ]
ln free other; "$PROGRAMS/instruction" rename free other; [ -e free ]
mkdir directory dist/full dist/empty; touch dist/full/x; ! mv -T directory dist/full
! mv -T directory dist/empty; [ -d directory ]; rm -r directory dist/full dist/empty
EOF
}

# expect_all COMMAND…: the renames above, by a command that starts what follows with fewer rights; each refusal on the record.
expect_all() {
  local script
  script=$(renames)
  run "$@" bash -c "$script"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(events 'e["verdict"], e["rule"], e["source"], e["destination"], e["program"]' | sort -u)" = \
    "('refused', 'protect:$PWD/dist/', '$PWD/directory', '$PWD/dist/empty', '$MV')
('refused', 'protect:$PWD/dist/', '$PWD/new', '$PWD/dist/app', '$MV')" ]
  [ "$(refusals)" = 4 ]
}

traced() {
  "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG" "$@"
}

# docker COMMAND…: root with the capabilities that containers have by default: without CAP_SYS_PTRACE.
docker() {
  setpriv --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap \
    --inh-caps=-all "$@"
}

drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)

@test "a container's entry point drops root, as gosu and su-exec do" {
  need_root
  need setpriv
  expect_all docker "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG" "${drop[@]}"
}

@test "an equal file is found so by its owner, where root may not read it" {
  need_root
  need setpriv
  cp dist/app new
  chown 65534:65534 new dist/app
  docker "$NOCLOBBER" --trace --no-verify -q --protect dist/ --allow-if same "${drop[@]}" mv -f new dist/app
  [ ! -e new ] && [ "$(cat dist/app)" = old ]
}

@test "another root that the tracer may not look into: names there are not ours, so what is in the way is refused" {
  need_root
  need setpriv cc chroot
  mkdir jail
  cc -static -I"$ROOT/shim" -o jail/instruction "$ROOT/tests/programs/instruction.c" || skip "no static libc"
  echo old >jail/old
  echo new >jail/new
  chmod a+rwx jail
  chmod a+rw jail/*
  status=0
  docker "$NOCLOBBER" --trace --no-verify -q --protect dist/ --log "$LOG" \
    chroot --userspec=65534:65534 jail /instruction rename /new /old || status=$?
  [ $status = 17 ] && [ "$(cat jail/old)" = old ]
  [ "$(events 'e["rule"], e["destination"], e["program"]')" = "('undecided', '/old', 'instruction')" ]
  docker "$NOCLOBBER" --trace --no-verify -q --protect dist/ chroot --userspec=65534:65534 jail /instruction rename /new /free
  [ "$(cat jail/free)" = new ]
}

@test "there is no /proc" {
  need_root
  unshare -m umount -R /proc 2>/dev/null || skip "/proc cannot be taken away here"
  run unshare -m bash -c 'umount -R /proc; exec "$@"' - "$NOCLOBBER" --trace --no-verify -q --refused-status 0 \
    --protect "$PWD/dist/" --log "$LOG" sh -c 'echo new >new; mv -f new free; echo new >new; mv -f new dist/app; exit 0'
  echo "$output"
  [ "$(cat free dist/app)" = $'new\nold' ]
  [ "$(events 'e["source"], e["destination"], e["program"]')" = "('$PWD/new', '$PWD/dist/app', 'mv')" ]
}

@test "/proc is that of another PID namespace" {
  need_root
  unshare -pf true 2>/dev/null || skip "no PID namespaces here"
  expect_all unshare -pf "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG"
}

@test "bubblewrap's PID namespace with the outer /proc" {
  need bwrap
  bwrap --unshare-pid --dev-bind / / true 2>/dev/null || skip "bubblewrap does not work here"
  expect_all bwrap --unshare-pid --dev-bind / / \
    "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG"
}

@test "process_vm_readv is denied" {
  expect_all "$PROGRAMS/filter" process_vm_readv=EPERM \
    "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG"
}

@test "a user's FUSE mount, which root may not look into" {
  need_root
  need bindfs setpriv fusermount3 unshare
  mkdir back m
  chown 65534:65534 back m
  run unshare -m bash -eu -c '
    mknod fuse c 10 229 && chmod 666 fuse && mount --bind fuse /dev/fuse || exit 77
    trap "umount m" EXIT
    "${@:2:4}" bindfs --no-allow-other back m 2>/dev/null || exit 77
    ! ls m >/dev/null 2>&1 || exit 77 # a server that root may look into
    "$1" --trace --no-verify -q --refused-status 0 --protect app --log "$LOG" "${@:2:4}" sh -c "
      cd m; mkdir dist; echo old >dist/app; echo old >free
      echo new >new; mv -f new none; echo new >new; mv -f new free; echo new >new; mv -f new dist/app
      cat none free dist/app"
  ' - "$NOCLOBBER" "${drop[@]}"
  echo "$output"
  [ "$status" -ne 77 ] || skip "users cannot mount here, or root may look into it"
  [ "$status" -eq 0 ] && [[ $output == *$'new\nnew\nold' ]]
  [ "$(events 'e["verdict"], e["destination"]')" = "('refused', '$PWD/m/dist/app')" ]
}

@test "a call that is put into a sandboxed program does not end it" {
  for answer in TRAP ENOSYS EPERM; do
    status=0
    "$NOCLOBBER" --trace --no-verify -q -P "$PROGRAMS/filter" "renameat2=ENOSYS,linkat=$answer,mkdirat=$answer" "$PROGRAMS/instruction" renameat new none || status=$?
    [ $status = 95 ] && [ -e new ] && [ ! -e none ] # EOPNOTSUPP
  done
}

@test "a program that may be run but not read" {
  need_root
  need setpriv
  mkdir closed
  cp "$MV" closed/mv
  chmod 711 closed/mv
  MV=$PWD/closed/mv
  expect_all "${drop[@]}" env PATH="$PWD/closed:$PATH" \
    "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG"
  # And by itself.
  rm -f new free
  echo new >new
  echo old >free
  chmod a+rw new free
  "${drop[@]}" "$NOCLOBBER" --trace --no-verify -q --protect dist/ -- closed/mv -f new free
  [ "$(cat free)" = new ]
  # Across filesystems a free name is free.
  elsewhere=$(mktemp -d /dev/shm/noclobber.XXXXXX) || skip "no other filesystem here"
  chmod 777 "$elsewhere"
  "${drop[@]}" "$NOCLOBBER" --trace --no-verify -q --protect dist/ -- closed/mv free "$elsewhere/new" || status=$?
  moved=$(cat "$elsewhere/new")
  rm -r "$elsewhere"
  [ "${status-0}" = 0 ] && [ "$moved" = new ]
}

# A worker of nginx or Apache: drops root, starts no other program, and so is undumpable.
daemon='
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
def replace(name):
    open("new", "w").close()
    os.rename("new", name)
replace("none"); replace("free"); replace("link/free"); replace("link/free")
here = os.open("dist", os.O_RDONLY)
open("new", "w").close()
for attempt in (lambda: os.rename("new", "dist/app"), lambda: os.rename("new", "app", dst_dir_fd=here)):
    try:
        attempt()
        sys.exit(2)
    except FileExistsError: pass
'

@test "a daemon in a container that drops root and starts no other program" {
  need_root
  need setpriv python3
  run docker "$NOCLOBBER" --trace --no-verify -q --refused-status 0 --protect dist/ --log "$LOG" python3 -c "$daemon"
  echo "$output"
  [ "$status" -eq 0 ] && [ ! -s free ] && [ "$(cat dist/app)" = old ]
  [ "$(events 'e["rule"], e["source"], e["destination"]' | sort -u)" = "('protect:$PWD/dist/', '$PWD/new', '$PWD/dist/app')" ]
}

@test "what such a daemon overwrites in an IPC namespace of its own is refused, by its name" {
  need_root
  need setpriv python3
  unshare -i true 2>/dev/null || skip "no IPC namespaces here"
  run setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace \
    "$NOCLOBBER" --trace --no-verify --protect dist/ unshare -i python3 -c "$daemon"
  echo "$output"
  [ "$status" -ne 0 ] && [ "$(cat free)" = old ]
  [[ $output == *'by "python3'*'(undecided)'* ]]
}
