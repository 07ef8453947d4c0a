#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each system call of noclobber itself fails once: what is protected is kept, and the status says so.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  need strace
  strace -qq -o log true || skip "strace may not trace here"
}

@test "no failing call costs the protection or the status" {
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --log "$PWD/events"
}

@test "no failing call costs them under --trace" {
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "no --trace here"
  "$ROOT/tests/fault/fail-calls" "$NOCLOBBER" --trace --format json --report-file "$PWD/report"
}
