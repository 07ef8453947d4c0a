#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each system call of noclobber itself fails once: what is protected is kept, and the status says so.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
}

# memory: $MEMORY fails allocations, and ./policy takes some.
memory() {
  cc -shared -fPIC -D_GNU_SOURCE -o libmemory.so "$BATS_TEST_DIRNAME/libraries/memory.c" || skip "no glibc on this machine"
  LD_PRELOAD=$PWD/libmemory.so FAIL_AT=1 "$NOCLOBBER" --version || true
  [ -e failed ] || skip "this command's allocations are not libc's"
  export MEMORY=$PWD/libmemory.so
  printf 'protect other/\nallow-if same\nlog %s/events\n' "$PWD" >policy
}

# may_trace: strace works.
may_trace() {
  need strace
  strace -qq -o log true || skip "strace may not trace here"
}

@test "no failing call costs the protection or the status" {
  may_trace
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --log "$PWD/events"
}

@test "no failing call costs them under --trace" {
  may_trace
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "no --trace here"
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --trace --format json --report-file "$PWD/report"
}

@test "no allocation that fails costs them" {
  memory
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --policy ../policy --verify hash
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --format json --report-file "$PWD/report"
}

@test "no allocation that fails costs the report of an audit" {
  memory
  NOCLOBBER_FALLBACK=emulate "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --audit --policy ../policy
}
