#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every system call of the library fails in turn, in every way, in a process that is traced (tests/programs/faults.c). The same
# by a table of calls is build/tests/unit/test_faults; the figures of both are written by tests/fault/prove-faults.

load ../common

setup() {
  FOLDER=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "$BATS_TEST_TMPDIR")/faults.XXXXXX")
  cd "$FOLDER" || return 1
}

teardown() {
  rm -rf "$FOLDER"
}

@test "whichever call of the library fails, nothing is lost, and a second try works" {
  run "$PROGRAMS/faults" "$SHIM"
  [[ $output != *ptrace* ]] || skip "no ptrace here"
  echo "$output"
  [ "$status" = 0 ]
  [ "$(grep -c ', 0 violations$' <<<"$output")" -ge 37 ]
}
