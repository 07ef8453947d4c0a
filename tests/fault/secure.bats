#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Set-user-ID programs: the library is inert there, for its variables are the caller's and not the program's. ld.so itself
# drops a preload from them, unless it is set-user-ID too and named without a slash from a trusted directory.

load ../common

NAME=libnoclobber-test-$$.so

# Where ld.so finds a library by its bare name in secure-execution mode: beside libc.
trusted_directory() {
  dirname "$(ldd "$PROGRAMS/secure" | sed -n 's/.*libc\.so\.6 => \([^ ]*\).*/\1/p')"
}

as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

setup() {
  need_root
  need setpriv ldd
  cd "$BATS_TEST_TMPDIR" || return 1
  install -m 4755 "$SHIM" "$(trusted_directory)/$NAME"
  mkdir -m 777 work
  install -m 4755 "$PROGRAMS/secure" work/secure
  echo new >work/new
  echo old >work/old
  chown -R 65534:65534 work/new work/old
  # The folders above may be root's alone.
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  as_nobody work/secure none missing missing | grep -q '^secure=1' || skip "set-user-ID has no effect in $PWD"
}

teardown() {
  rm -f "$(trusted_directory)/$NAME"
}

# unprivileged COMMAND…: runs it as nobody, under the library, with a policy that refuses and a log.
unprivileged() {
  cd work || return 1
  touch log
  chmod 666 log
  run as_nobody env LD_PRELOAD="$NAME" NOCLOBBER_MODE=enforce NOCLOBBER_LOG="$PWD/log" "$@"
  echo "$output"
  cd ..
}

@test "a set-user-ID program that the library is loaded into is not touched by it" {
  unprivileged ./secure "$NAME" new old
  [ "$output" = "secure=1 mapped=1 answer=0" ] # what plain rename answers
  [ "$(cat work/old)" = new ]
  [ ! -s work/log ]
}

@test "a set-user-ID program says nothing of a policy that cannot be parsed" {
  unprivileged NOCLOBBER_MODE=typo NOCLOBBER_PROTECT= ./secure "$NAME" new old
  [ "$output" = "secure=1 mapped=1 answer=0" ]
}

@test "a set-user-ID program is not ended by NOCLOBBER_ON_REFUSAL=exit" {
  unprivileged NOCLOBBER_ON_REFUSAL=exit ./secure "$NAME" new old
  [ "$output" = "secure=1 mapped=1 answer=0" ]
}

@test "a program with file capabilities is not touched either" {
  need setcap
  chmod 755 work/secure
  setcap cap_net_raw=ep work/secure || skip "no file capabilities here"
  unprivileged ./secure "$NAME" new old
  [ "$output" = "secure=1 mapped=1 answer=0" ]
  [ ! -s work/log ]
}

@test "the same program, not set-user-ID, is refused by the same library" {
  chmod 755 work/secure
  unprivileged ./secure "$NAME" new old
  [ "$output" = "secure=0 mapped=1 answer=17" ]
  [ -s work/log ]
}
