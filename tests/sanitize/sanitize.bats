#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The short version of `scripts/sanitize`: the code under the eyes of what finds undefined behaviour, bad addresses and races.

load ../common

# build KIND TARGET…: as scripts/build, or skips the case where no compiler can.
build() {
  local status=0
  "$ROOT/scripts/build" "$@" || status=$?
  [ "$status" -ne 77 ] || skip "no compiler for $1 on this machine"
  [ "$status" -eq 0 ]
}

# tests_of KIND FILE…: runs tests of build/KIND, all of which must pass.
tests_of() {
  local kind=$1
  shift
  run env BUILD="build/$kind" "$ROOT/scripts/run-tests" "$@"
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "unit tests, those of faults among them, under AddressSanitizer and UndefinedBehaviorSanitizer" {
  build asan unit-programs
  cp "$SHIM" "$ROOT/build/asan" # what the command looks for beside itself
  cd "$ROOT"
  tests_of asan units
}

@test "the library and the command stop at undefined behaviour, and real programs do not meet any" {
  build trap all build/trap/tests/programs/{call,threads,exit,own_signals,vfork_child}
  [ "$(objdump -d "$ROOT/build/trap/libnoclobber.so" | grep -cw ud2)" -ge 100 ] || [ "$(uname -m)" != x86_64 ]
  tests_of trap tests/fault/exit.bats tests/e2e/publish.bats
}

@test "64 threads race in no way that ThreadSanitizer sees" {
  build tsan build/tsan/libnoclobber.so build/tsan/tests/programs/threads
  SHIM=$ROOT/build/tsan/libnoclobber.so shim NOCLOBBER_ALLOW=free/ "$ROOT/build/tsan/tests/programs/threads"
  [ "$(refusals)" -eq $((10 * 64 + 10 * 63)) ]
}

@test "the tracer's threads race in no way that ThreadSanitizer sees" {
  build tsan build/tsan/tests/sanitize/traced
  traced=$ROOT/build/tsan/tests/sanitize/traced # 66 if it has seen anything
  mkdir free
  echo new >new
  touch old
  # By many threads at once; with calls that the tracee makes; among signals, and by processes that end amid a rename.
  NOCLOBBER_LOG=$LOG NOCLOBBER_ALLOW=free/ "$traced" "$PROGRAMS/threads"
  [ "$(refusals)" -eq $((10 * 64 + 10 * 63)) ]
  NOCLOBBER_LOG=$LOG "$traced" "$PROGRAMS/lives" signals 100
  NOCLOBBER_LOG=$LOG NOCLOBBER_PROTECT=/nowhere/ "$traced" "$PROGRAMS/lives" ending 30
  NOCLOBBER_LOG=$LOG "$traced" "$PROGRAMS/lives" killed 20
  for i in {1..50}; do
    cp new "new$i"
  done
  # shellcheck disable=SC2016 # for that shell
  NOCLOBBER_ALLOW_IF=same NOCLOBBER_LOG=$LOG "$traced" sh -c 'for i in new?*; do mv "$i" new & done; wait'
  [ ! -e new1 ] && [ ! -e new50 ]
}

# watched COMMAND…: under valgrind, the library in it; its status is the command's, or 99 where memory was misused.
watched() {
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW='free/:no/*/where' NOCLOBBER_ALLOW_IF=same \
    valgrind -q --error-exitcode=99 --log-file=memory "$@"
}

@test "mv under valgrind misuses no memory, refused, allowed and free to go" {
  need valgrind
  mkdir free
  echo new >a
  touch old free/old
  run watched mv a old
  [ "$status" -eq 1 ]
  watched mv a free/old
  watched mv free/old vacant
  [ ! -s memory ]
  [ "$(events 'e["verdict"]' | tr '\n' ' ')" = "refused allowed " ]
}

@test "Python under valgrind misuses no memory, refused, allowed and free to go" {
  need valgrind python3
  mkdir free
  echo new >a
  touch b old free/old
  # Not a script of that name.
  PYTHONMALLOC=malloc run watched "$(python3 -c 'import sys; print(sys.executable)')" -S -c '
import os
try:
    os.replace("a", "old")
except FileExistsError:
    os.replace("a", "free/old")
os.rename("b", "vacant")
os.rename("vacant", "./vacant")
'
  [ "$status" -eq 0 ] || [ "$status" -eq 99 ]
  # Some builds of Python are not without fault themselves.
  run grep -E 'rename|libnoclobber' memory
  [ "$status" -eq 1 ]
  [ "$(events 'e["verdict"]' | tr '\n' ' ')" = "refused allowed " ]
}
