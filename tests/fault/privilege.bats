#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --trace and rights: who gains them, who does not, and that nobody gets past it by that. Run by root, no_new_privs
# stays off and set-user-ID programs gain their rights under the tracer's eyes; run by anybody else, they gain nothing.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  need_root
  need setpriv
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$PWD/work/log.jsonl
  mkdir -m 777 work tools
  cp "$ROOT/$BUILD/noclobber" tools/
  # The folders above may be root's alone.
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  cd work || return 1
  mkdir dist
  echo old >dist/a
  echo new >new
  install -m 4755 "$(command -v id)" id
  install -m 4755 "$PROGRAMS/instruction" instruction
  chown -R 65534:65534 dist new .
  chown 0:0 id instruction
  chmod 4755 id instruction
  [ "$(as_nobody ./id -u)" = 0 ] || skip "set-user-ID has no effect in $PWD"
  guard -- true || skip "$(guard -- true 2>&1)"
}

as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups env TMPDIR=/tmp "$@"
}

guard() { # guard [OPTION…] -- COMMAND…
  ../tools/noclobber --trace -q --no-verify --protect dist/ --log "$LOG" "$@"
}

guard_as_nobody() {
  as_nobody ../tools/noclobber --trace -q --no-verify --protect dist/ --log "$LOG" "$@"
}

# kept: nothing was replaced, and one refusal is in the log.
kept() {
  [ "$(cat dist/a new)" = $'old\nnew' ]
  [ "$(refusals)" = 1 ]
}

no_new_privs='sed -n "s/^NoNewPrivs:.//p" /proc/self/status'

@test "run by a user: no_new_privs, and a set-user-ID program gains nothing and is refused" {
  [ "$(guard_as_nobody -- sh -c "$no_new_privs")" = 1 ]
  [ "$(guard_as_nobody -- ./id -u)" = 65534 ]
  [ "$(guard_as_nobody -- sh -c './id -u; :')" = 65534 ]
  run guard_as_nobody -- ./instruction rename new dist/a
  [ "$status" -eq 17 ]
  kept
}

@test "run by root: no no_new_privs, and a set-user-ID program gains its rights and is refused" {
  [ "$(guard -- sh -c "$no_new_privs")" = 0 ]
  [ "$(guard -- setpriv --reuid=65534 --clear-groups ./id -u)" = 0 ]
  chown 0:0 new dist dist/a
  run guard -- setpriv --reuid=65534 --clear-groups ./instruction rename new dist/a
  [ "$status" -eq 17 ]
  kept
}

@test "run with CAP_SYS_ADMIN and no more: a set-user-ID program gains nothing, for its tracer could not" {
  # shellcheck disable=SC2054 # sets of capabilities, not lists of words
  capable=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all,+sys_admin --ambient-caps=-all,+sys_admin
    --bounding-set=-all,+sys_admin,+setuid)
  "${capable[@]}" true || skip "no such capabilities here"
  [ "$("${capable[@]}" ../tools/noclobber --trace -q --no-verify -P sh -c "$no_new_privs")" = 0 ]
  [ "$("${capable[@]}" ../tools/noclobber --trace -q --no-verify -P ./id -u)" = 65534 ]
  run "${capable[@]}" ../tools/noclobber --trace -q --no-verify -p dist/ --log "$LOG" ./instruction rename new dist/a
  [ "$status" -eq 17 ]
  kept
}

@test "a 32-bit set-user-ID program, and int 0x80 from one, are no way around" {
  has_int80 || skip "no int 0x80 on this kernel"
  run guard_as_nobody -- ./instruction i386 new dist/a
  [ "$status" -eq 17 ]
  kept
  need i686-linux-gnu-gcc
  i686-linux-gnu-gcc -static -D_GNU_SOURCE -o call "$ROOT/tests/programs/call.c"
  chmod 4755 call
  guard_as_nobody --refused-status 0 -- ./call EEXIST rename new dist/a
  guard --refused-status 0 -- setpriv --reuid=65534 --clear-groups ./call EEXIST rename new dist/a
  [ "$(cat dist/a new)" = $'old\nnew' ]
}

@test "a program that may not be read is judged like others" {
  install -m 0111 "$PROGRAMS/instruction" secret
  run guard_as_nobody -- ./secret rename new dist/a
  [ "$status" -eq 17 ]
  kept
  [ "$(events 'e["rule"]')" = "protect:$PWD/dist/" ]
  guard_as_nobody -- ./secret rename new free
  [ "$(cat free)" = new ]
}

@test "sudo: run by a user it says why it cannot; run by root it works, and is traced" {
  need sudo
  run guard_as_nobody -- sudo -n true
  [ "$status" -ne 0 ]
  [[ $output == *'no new privileges'* ]]
  guard -- sudo -n -u nobody true || skip "sudo does not work here"
  run guard -- sudo -n -u nobody "$PWD/instruction" rename "$PWD/new" "$PWD/dist/a"
  [ "$status" -eq 17 ]
  kept
}

@test "a program that changes its user itself is refused as that user" {
  guard --refused-status 0 -- setpriv --reuid=65534 --regid=65534 --clear-groups mv -f new dist/a || true
  kept
  guard -- setpriv --reuid=65534 --regid=65534 --clear-groups mv new free
  [ "$(cat free)" = new ]
}

@test "a program in a chroot: its paths are judged where they are, and absolute links end at its root" {
  cc -static -I"$ROOT/shim" -o static "$ROOT/tests/programs/instruction.c" 2>/dev/null || skip "no static libc on this machine"
  mkdir jail
  mv static dist new jail/
  ln -s /dist jail/link
  traced=(../tools/noclobber --trace -q --no-verify --log "$LOG" --refused-status 0)
  for destination in /dist/a dist/a /link/a ../../dist/a; do
    status=0
    "${traced[@]}" --protect jail/dist/ chroot jail /static rename new $destination || status=$?
    [ "$status" = 17 ]
  done
  [ "$(cat jail/dist/a)" = old ]
  [ "$(events 'e["destination"]' | sort -u)" = "$PWD/jail/dist/a" ]
  # What is protected outside is not what has its name inside.
  "${traced[@]}" --protect /dist/ chroot jail /static rename new /dist/a
  [ "$(cat jail/dist/a)" = new ]
}

@test "a user and mount namespace of its own, with all rights in it, is no way around" {
  unshare --user --map-root-user --mount true 2>/dev/null || skip "no user namespaces here"
  run guard -- unshare --user --map-root-user --mount mv -f new dist/a
  kept
  rm "$LOG"
  run guard_as_nobody -- unshare --user --map-root-user --mount sh -c "$no_new_privs; mv -f new dist/a"
  [[ $output == 1* ]]
  kept
}
