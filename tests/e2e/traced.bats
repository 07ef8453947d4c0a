#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The end-to-end cases of the library, once more with the tracer in its place (GUARD=tracer, tests/common.bash): real programs
# under the same policies must be told the same, leave the same files and give the same events. What is of the library alone is
# skipped there with its reason, which is printed.

load ../common

# again FILE [CASES]: all cases of tests/FILE.bats, or those whose names match, pass under the tracer.
again() {
  "$ROOT/tests/noclobber-trace" -P -q --no-verify true || skip "no tracing on this machine"
  env -i PATH="$PATH" HOME="$HOME" GUARD=tracer bats --formatter tap ${2:+--filter "$2"} "$ROOT/tests/$1.bats" \
    >cases 2>&1 || status=$?
  grep '^ok .* # skip' cases | sed 's/^ok [0-9]*/# skipped under the tracer:/' >&3 || true
  sed -n '/^ok/d; p' cases
  [ "${status:-0}" = 0 ]
  grep -q '^ok' cases
}

@test "policies" {
  again e2e/policy
}

@test "coreutils and their like" {
  again e2e/coreutils
}

@test "Python" {
  again e2e/python
}

@test "other languages" {
  again e2e/languages
}

@test "publishing, by several jobs at once" {
  again e2e/publish
}

@test "git" {
  again e2e/git
}

@test "signals, terminals, exit statuses" {
  again e2e/run
}

@test "loops" {
  again fault/loop
}

@test "bindfs, which lacks the flag" {
  again fault/bindfs
}
